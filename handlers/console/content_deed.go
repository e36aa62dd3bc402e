package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/content/edit"
)

// deed is what a reviewer does to versions or entries.
type deed struct {
	picks    []edit.Pick
	seen     []edit.Seen
	reason   string
	override string
	back     string
}

// contentDeed does one, and goes back to where it was asked for.
func (v *visit) contentDeed() error {
	if err := v.r.ParseForm(); err != nil {
		return badForm(err)
	}
	d := deed{reason: v.form("reason"), override: v.form("override"), back: back(v.form("back"))}
	var err error
	if d.picks, err = picksOf(cleaned(v.r.PostForm, "pick")); err != nil {
		return err
	}
	for _, s := range append(cleaned(v.r.PostForm, "seen"), v.everySeen()...) {
		id, hash, _ := strings.Cut(s, " ")
		if seen := (edit.Seen{Entry: id, Hash: hash}); !slices.Contains(d.seen, seen) {
			d.seen = append(d.seen, seen)
		}
	}
	do, ok := map[string]func(*visit, deed) (string, error){
		"check": (*visit).check, "return": (*visit).giveBack, "release": (*visit).release, "rollback": (*visit).rollback,
		"approve": (*visit).approve, "approve-all": (*visit).approve, "withdraw": (*visit).withdraw, "takedown": (*visit).takeDown,
	}[v.form("do")]
	if !ok {
		return errBadForm
	}
	if len(d.picks)+len(d.seen) == 0 {
		return v.render(http.StatusUnprocessableEntity, "content-refused", frame{Title: "没有办成", Problem: sayNothing, Page: refusedPage{Back: d.back}})
	}
	told, err := do(v, d)
	var worse *edit.WorseError
	switch {
	case errors.As(err, &worse):
		return v.worse(d, worse)
	case err != nil:
		return v.refused(err, d.back)
	}
	return v.done(d.back, told)
}

// everySeen are the entries of the button that takes all that are listed.
func (v *visit) everySeen() []string {
	if v.form("do") != "approve-all" {
		return nil
	}
	return cleaned(v.r.PostForm, "every")
}

// picksOf reads versions like consumer/fraud#3.
func picksOf(list []string) (picks []edit.Pick, err error) {
	for _, s := range list {
		id, text, _ := strings.Cut(s, "#")
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || !content.ValidID(id) {
			return nil, errBadForm
		}
		picks = append(picks, edit.Pick{Entry: id, Number: n})
	}
	return picks, nil
}

func (v *visit) check(d deed) (string, error) {
	ctx := v.r.Context()
	_, err := v.Content.Desk.Check(ctx, v.who, d.picks...)
	if err != nil && !v.didThat(ctx, err, d, func(o edit.Version) bool { return o.State != edit.Draft && o.Checker == v.who.Name && o.Note == "" }) {
		return "", err
	}
	return "已核对 " + itoa(len(d.picks)) + " 条，可以发布了。", nil
}

func (v *visit) giveBack(d deed) (string, error) {
	ctx := v.r.Context()
	_, err := v.Content.Desk.Return(ctx, v.who, d.reason, d.picks...)
	if err != nil && !v.didThat(ctx, err, d, func(o edit.Version) bool { return o.State == edit.Returned && o.Checker == v.who.Name }) {
		return "", err
	}
	return "已退回 " + itoa(len(d.picks)) + " 条，作者会在“审核”里看到原因。", nil
}

func (v *visit) release(d deed) (string, error) {
	ctx := v.r.Context()
	worse, err := v.Content.Desk.Release(ctx, v.who, d.override, d.picks...)
	if err != nil && !v.didThat(ctx, err, d, func(o edit.Version) bool { return o.State == edit.Released && o.Releaser == v.who.Name }) {
		return "", err
	}
	told := "已发布 " + itoa(len(d.picks)) + " 条，两秒内居民就能看到。文字变了，要重新做街道审核。"
	if len(worse) > 0 {
		told += "有 " + itoa(len(worse)) + " 个问题答得比以前差，原因已记下。"
	}
	return told, nil
}

// didThat reports whether a deed failed only because the same person has done
// it just before: the button was pressed twice.
func (v *visit) didThat(ctx context.Context, err error, d deed, is func(edit.Version) bool) bool {
	if !errors.Is(err, edit.ErrState) && !errors.Is(err, edit.ErrChanged) {
		return false
	}
	for _, p := range d.picks {
		h, err := v.Content.Desk.Shelf.History(ctx, p.Entry)
		if err != nil {
			return false
		}
		if o, ok := h.Version(p.Number); !ok || !is(o) {
			return false
		}
	}
	return true
}

func (v *visit) rollback(d deed) (string, error) {
	if len(d.picks) != 1 {
		return "", errBadForm
	}
	p := d.picks[0]
	ctx := v.r.Context()
	if h, err := v.Content.Desk.Shelf.History(ctx, p.Entry); err == nil && h.Released == p.Number {
		return "居民看到的已经是" + versionName(p.Number) + "。", nil
	}
	worse, err := v.Content.Desk.Rollback(ctx, v.who, p.Entry, p.Number, d.reason)
	if err != nil {
		return "", err
	}
	told := "已退回到" + versionName(p.Number) + "，两秒内居民就能看到。"
	if len(worse) > 0 {
		told += "有 " + itoa(len(worse)) + " 个问题答得比退回前差。"
	}
	return told, nil
}

func (v *visit) approve(d deed) (string, error) {
	if err := v.Content.Desk.Approve(v.r.Context(), v.who, d.seen...); err != nil {
		return "", err
	}
	return "已审核 " + itoa(len(d.seen)) + " 条。", nil
}

func (d deed) entries() []string {
	ids := make([]string, len(d.seen))
	for i, s := range d.seen {
		ids[i] = s.Entry
	}
	return ids
}

func (v *visit) withdraw(d deed) (string, error) {
	if err := v.Content.Desk.Withdraw(v.r.Context(), v.who, d.entries()...); err != nil {
		return "", err
	}
	return "已撤回 " + itoa(len(d.seen)) + " 条的审核。", nil
}

func (v *visit) takeDown(d deed) (string, error) {
	if err := v.Content.Desk.TakeDown(v.r.Context(), v.who, d.reason, d.entries()...); err != nil {
		return "", err
	}
	return "已下线 " + itoa(len(d.seen)) + " 条，两秒内所有居民都看不到。要恢复，请重新做街道审核。", nil
}

// worsePage lists what a release would make worse, and asks for a reason.
type worsePage struct {
	List  []worseRow
	Picks []string
	Back  string
	Full  int // how many there are; List may be shorter
}

type worseRow struct{ Question, Was, Is string }

// maxWorse is how many questions are shown.
const maxWorse = 100

func (v *visit) worse(d deed, err *edit.WorseError) error {
	p := worsePage{Back: d.back, Full: len(err.List)}
	for _, w := range err.List[:min(len(err.List), maxWorse)] {
		p.List = append(p.List, worseRow{w.Question, v.got(w.Was), v.got(w.Is)})
	}
	for _, pick := range d.picks {
		p.Picks = append(p.Picks, pick.Entry+"#"+itoa(pick.Number))
	}
	const said = "还没有发布：下面的问题会答得比现在差。请先退回修改；确实要发布的，写明原因。"
	return v.render(http.StatusConflict, "content-worse", frame{Title: "发布前的检查", Problem: said, Page: p})
}

// got says in Chinese what a question got.
func (v *visit) got(what string) string {
	kind, rest, _ := strings.Cut(what, " ")
	switch kind {
	case "right":
		return "答对：" + v.titleOf(rest)
	case "wrong":
		return "答成：" + v.titleOf(rest)
	case "menu":
		if place, ok := strings.CutPrefix(rest, "at "); ok {
			return "列选项，对的是第" + place + "个"
		}
		return "列选项，里面没有对的"
	}
	if name := outcomes[what]; name != "" {
		return name
	}
	return what
}

// outcomes are the kinds of reply in the words of staff.
var outcomes = map[string]string{
	"answered": "直接回答", "menu": "列选项", "referred": "引导到12348或司法所", "crisis": "紧急求助卡", "command": "当成指令",
	"limited": "发得太快", "none": "不回复",
}

func itoa(n int) string { return strconv.Itoa(n) }

func asError[T error](err error, into *T) bool { return errors.As(err, into) }
