package console

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/report"
	"pufa/stats"
)

// What is said about posters that were not made.
const (
	sayPosterNot   = "没有做成：请改正标出的地方。"
	sayPosterTaken = "这个编号用过了，数会混在一起。请换一个，例如 "
	sayNoSubject   = "请选一项内容：码后面的网页要答它的问题。"
	sayNoAccount   = "公众号没有做成码。"
	sayPageInstead = "也可以改选网页的码。"
)

// posterForm is the form of a new poster, as it was typed.
type posterForm struct {
	Subjects               []posterGroup
	Line, Place, Event, ID string
	Codes, Sizes           []activityChoice
	Faults                 map[string]string
	NoWay                  string
	SVG                    template.HTML // of the preview
}

// posterGroup is a part of the choice of what a poster says.
type posterGroup struct {
	Label   string
	Options []activityChoice
}

func (v *visit) posterNew() error {
	form, err := v.posterFormFor(stats.Scene{}, "", nil)
	if err != nil {
		return err
	}
	return v.page("poster-form", "做一张海报", form)
}

// posterFormFor makes the form of s; an id that is empty is proposed.
func (v *visit) posterFormFor(s stats.Scene, subject string, faults map[string]string) (posterForm, error) {
	if s.ID == "" {
		free, err := v.freeScene()
		if err != nil {
			return posterForm{}, err
		}
		s.ID = free
	}
	page, account := v.Posters.Desk.Ways()
	f := posterForm{
		Subjects: posterSubjects(v.Posters.Library(), subject), Line: v.form("line"), Place: s.Place, Event: s.Event, ID: s.ID,
		Faults: faults, NoWay: v.noWay(),
	}
	if page {
		f.Codes = append(f.Codes, activityChoice{Value: "page", Label: "网页的码：扫了打开海报上那件事的几个问题", Chosen: !account || v.form("code") != "account"})
	}
	if account {
		f.Codes = append(f.Codes, activityChoice{Value: "account", Label: "公众号的码：扫了进公众号，答同样的问题；做了收不回来，一个公众号最多10万个", Chosen: !page || v.form("code") == "account"})
	}
	shown := posterSizeOf(v.form("size"))
	for _, size := range report.PosterSizes() {
		f.Sizes = append(f.Sizes, activityChoice{Value: size.Name, Label: size.Title, Chosen: size.Name == shown.Name})
	}
	return f, nil
}

// posterSubjects are the lines of all packs, then the themes for a line of
// one's own.
func posterSubjects(lib *content.Library, chosen string) (list []posterGroup) {
	for _, pack := range lib.Packs() {
		group := posterGroup{Label: pack.Name}
		for _, piece := range pack.Pieces {
			if piece.Poster == "" {
				continue
			}
			value := pack.ID + ":" + strconv.Itoa(piece.Day)
			group.Options = append(group.Options, activityChoice{Value: value, Label: fmt.Sprintf("第%d天：%s", piece.Day, piece.Poster), Chosen: value == chosen})
		}
		list = append(list, group)
	}
	own := posterGroup{Label: "自己写一句，答这个专题的问题"}
	for _, theme := range content.Themes() {
		value := "theme:" + theme
		own.Options = append(own.Options, activityChoice{Value: value, Label: themeLabel(theme), Chosen: value == chosen})
	}
	return append(list, own)
}

// freeScene proposes an id that nobody used: the day and a number.
func (v *visit) freeScene() (string, error) {
	list, err := v.Posters.Desk.Scenes(v.r.Context())
	if err != nil {
		return "", err
	}
	day := "p" + inShanghai(v.Now()).Format("060102") + "-"
	for n := 1; ; n++ {
		id := day + strconv.Itoa(n)
		if !slices.ContainsFunc(list, func(s stats.Scene) bool { return s.ID == id }) {
			return id, nil
		}
	}
}

// typedPoster is the poster of the form, with what the chosen pack says.
func (v *visit) typedPoster() (s stats.Scene, known bool) {
	s = stats.Scene{ID: v.form("id"), Line: v.form("line"), Place: v.form("place"), Event: v.form("event"), By: v.who.Name}
	lib := v.Posters.Library()
	of, which, _ := strings.Cut(v.form("subject"), ":")
	if of == "theme" {
		s.Theme = which
		return s, slices.Contains(content.Themes(), which)
	}
	pack, ok := lib.Pack(of)
	day, err := strconv.Atoi(which)
	i := slices.IndexFunc(pack.Pieces, func(p content.Piece) bool { return p.Day == day })
	if !ok || err != nil || i < 0 {
		return s, false
	}
	s.Pack, s.Theme = pack.ID, pack.Theme
	if s.Line == "" {
		s.Line = pack.Pieces[i].Poster
	}
	return s, true
}

// posterMake shows the poster first, or makes it.
func (v *visit) posterMake() error {
	s, known := v.typedPoster()
	faults := stats.FieldErrors(v.Posters.Desk.Check(s))
	if delete(faults, "theme"); !known {
		faults["subject"] = sayNoSubject
		if v.form("line") == "" {
			delete(faults, "line") // the pack's line is used
		}
	}
	switch account := v.form("code") == "account"; {
	case v.noWay() != "":
		return v.posterAgain(s, v.noWay(), nil)
	case len(faults) > 0:
		return v.posterAgain(s, sayPosterNot, faults)
	case v.form("deed") == "preview":
		return v.posterPreview(s)
	default:
		return v.posterKeep(s, account)
	}
}

func (v *visit) posterAgain(s stats.Scene, problem string, faults map[string]string) error {
	f, err := v.posterFormFor(s, v.form("subject"), faults)
	if err != nil {
		return err
	}
	return v.again("poster-form", "做一张海报", problem, f)
}

// posterPreview shows what was typed as it would be printed. A code of the
// account is made last, so that the picture has the code of the page.
func (v *visit) posterPreview(s stats.Scene) error {
	f, err := v.posterFormFor(s, v.form("subject"), nil)
	if err != nil {
		return err
	}
	p := v.Posters.Desk.Draw(s)
	if p.Follow = v.form("code") == "account"; p.Code == "" {
		p.Code = s.ID
	}
	svg, err := posterSVG(p, posterSizeOf(v.form("size")))
	if err != nil {
		return err
	}
	f.SVG = drawing(svg)
	return v.show(http.StatusOK, "poster-form", "做一张海报", f)
}

func (v *visit) posterKeep(s stats.Scene, account bool) error {
	at := posterPath + "/" + s.ID + "?" + queryOf("size", posterSizeOf(v.form("size")).Name)
	made, err := v.Posters.Desk.Make(v.r.Context(), s, account)
	var advice interface{ Advice() string }
	switch {
	case errors.Is(err, stats.ErrSceneTaken):
		return v.posterTaken(s, account, at)
	case errors.As(err, &advice):
		v.Log.Warn("a code of the account was not made", "scene", s.ID, "error", err)
		say := sayNoAccount + advice.Advice()
		if page, _ := v.Posters.Desk.Ways(); page {
			say += sayPageInstead
		}
		return v.posterAgain(s, say, nil)
	case err != nil:
		return err
	}
	return v.done(at, "海报已做好，编号 "+made.ID+"。打印或者下载下面的文件；贴之前请用微信扫一遍。")
}

// posterTaken tells a second click on the button from an id that somebody else
// used.
func (v *visit) posterTaken(s stats.Scene, account bool, at string) error {
	is, err := v.Posters.Desk.Scene(v.r.Context(), s.ID)
	if err != nil {
		return err
	}
	s.At, s.Code, s.Withdrawn = is.At, is.Code, is.Withdrawn
	if is == s && account == (is.Code != "") && v.Now().Sub(is.At) < sameSpan {
		return v.done(at, "您刚刚做过完全相同的一张（"+s.ID+"），没有重复做。")
	}
	free, err := v.freeScene()
	if err != nil {
		return err
	}
	return v.posterAgain(s, sayPosterNot, map[string]string{"id": sayPosterTaken + free + "。"})
}
