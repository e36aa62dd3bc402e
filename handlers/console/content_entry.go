package console

import (
	"errors"
	"strconv"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
	"pufa/staff"
)

// entryPage is one entry: what residents read, what waits, its versions.
type entryPage struct {
	ID, Title, Question, Topic string
	Hash                       string
	Badges                     []badge
	Approval                   string
	Down, Approved, Read       bool
	CheckedOn, ReviewDue       string
	Now                        *bubble // nil: residents read nothing
	Official                   []official
	Open                       *openVersion
	Versions                   []versionRow
	Released                   int
	Editor, Reviewer           bool
	Back                       string
}

// openVersion is the newest version while it waits for somebody.
type openVersion struct {
	Number                        int
	Author, At, Reason, Note      string
	Draft, Checked, Returned, Own bool
	Changes                       []sheet.Difference
	Bubble                        bubble
	Official                      []official
}

// versionRow is a version in the list of an entry.
type versionRow struct {
	Number                                       int
	State, Author, At, Checker, Releaser, Reason string
	Alone, Read, MayReturn                       bool // MayReturn: residents may read it again
	Before                                       int  // the version to compare with
}

func (v *visit) entryPage() error {
	id, err := v.entryID()
	if err != nil {
		return err
	}
	s, err := v.standings()
	if err != nil {
		return err
	}
	h, err := v.Content.Desk.Shelf.History(v.r.Context(), id)
	if err != nil {
		return err
	}
	e, shipped := s.lib.Entry(id)
	if !shipped && h.Newest == 0 {
		return errNoPage
	}
	p := entryPage{
		ID: id, Title: "新条目 " + id, Released: h.Released, Back: contentPath + "/" + id,
		Editor: v.who.May(staff.Editor), Reviewer: v.who.May(staff.Reviewer),
	}
	if shipped {
		v.describe(&p, s, e)
	}
	if err := v.openOf(&p, h); err != nil {
		return err
	}
	p.Versions = versionRows(h)
	return v.page("content-entry", p.Title, p)
}

// describe says what residents read.
func (v *visit) describe(p *entryPage, s *standings, e *content.Entry) {
	a := s.approved[e.ID]
	now := v.bubble(e)
	p.Title, p.Question, p.Topic, p.Hash, p.Badges = e.Title, e.Question(), s.topicName(e.Topic()), e.Hash, s.badges(e)
	p.CheckedOn, p.ReviewDue, p.Now, p.Read = e.CheckedOn, e.ReviewDue, &now, true
	p.Down, p.Approved, p.Official = a.Down, a.Is(e), v.officials(e)
	switch {
	case a.Down:
		p.Approval = a.On + " " + a.As + " 下线：" + a.Why
	case a.Is(e):
		p.Approval = a.On + " " + a.As + "（" + a.Role + "）已审核"
	case a.As != "":
		p.Approval = a.On + " " + a.As + " 审核过，后来文字改了，要重新审核"
	default:
		p.Approval = "还没有审核。居民看到的回答写着“待本街道司法所审核”。"
	}
}

// openOf shows the newest version while it waits, beside what residents read.
func (v *visit) openOf(p *entryPage, h edit.History) error {
	newest, ok := h.Version(h.Newest)
	if !ok || newest.State == edit.Released {
		return nil
	}
	e, err := newest.Read()
	if err != nil {
		return err
	}
	before := &content.Entry{}
	switch text, err := v.Content.Desk.Text(v.r.Context(), p.ID, h.Released); {
	case err == nil:
		if before, err = parsed(p.ID, text); err != nil {
			return err
		}
	case !errors.Is(err, edit.ErrNone):
		return err
	}
	p.Open = &openVersion{
		Number: newest.Number, Author: newest.Author, At: minuteOf(newest.At), Reason: newest.Reason, Note: newest.Note,
		Draft: newest.State == edit.Draft, Checked: newest.State == edit.Checked, Returned: newest.State == edit.Returned,
		Own: newest.Author == v.who.Name, Changes: sheet.Compare(before, e), Bubble: v.bubble(e), Official: v.officials(e),
	}
	return nil
}

func stateName(s edit.State) string {
	switch s {
	case edit.Draft:
		return "草稿"
	case edit.Returned:
		return "已退回"
	case edit.Checked:
		return "已核对"
	default:
		return "已发布"
	}
}

// versionRows lists the versions, the newest first, the shipped text last.
func versionRows(h edit.History) (list []versionRow) {
	for i, d := range h.Versions {
		row := versionRow{
			Number: d.Number, State: stateName(d.State), Author: d.Author, At: minuteOf(d.At), Checker: d.Checker, Releaser: d.Releaser,
			Reason: d.Reason, Alone: d.Alone, Read: d.Number == h.Released,
			MayReturn: d.State == edit.Released && d.Number != h.Released,
		}
		if d.Note != "" {
			row.Reason += "；退回：" + d.Note
		}
		if d.Override != "" {
			row.Reason += "；有问题变差仍发布：" + d.Override
		}
		if i > 0 {
			row.Before = h.Versions[i-1].Number
		}
		list = append([]versionRow{row}, list...)
	}
	if len(list) == 0 {
		return nil
	}
	return append(list, versionRow{State: "随程序发布的", Read: h.Released == 0, MayReturn: h.Released != 0, Before: -1})
}

// diffPage is what changed between two versions.
type diffPage struct {
	ID       string
	A, B     string
	Changes  []sheet.Difference
	Versions []versionRow
}

// diffPage compares versions a and b; 0 is the shipped text.
func (v *visit) diffPage() error {
	id, err := v.entryID()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	a, errA := strconv.Atoi(q.Get("a"))
	b, errB := strconv.Atoi(q.Get("b"))
	if errA != nil || errB != nil || a < 0 || b < 0 {
		return errNoPage
	}
	var both [2]*content.Entry
	for i, n := range [2]int{a, b} {
		text, err := v.Content.Desk.Text(v.r.Context(), id, n)
		if err != nil {
			return err
		}
		if both[i], err = parsed(id, text); err != nil {
			return err
		}
	}
	return v.page("content-diff", "两个版本的不同", diffPage{ID: id, A: versionName(a), B: versionName(b), Changes: sheet.Compare(both[0], both[1])})
}

func versionName(n int) string {
	if n == 0 {
		return "随程序发布的"
	}
	return "第" + strconv.Itoa(n) + "版"
}
