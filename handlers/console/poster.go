package console

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
	"pufa/web"
)

const (
	posterPath = Path + "/posters"
	// postersShown is how many posters stand on one page of the list.
	postersShown = 40
)

// PosterDesk makes, draws and ends posters; the terminal stands before the same
// rules.
type PosterDesk interface {
	Scenes(ctx context.Context) ([]stats.Scene, error)
	// Scene returns stats.ErrNoScene for an id that never was.
	Scene(ctx context.Context, id string) (stats.Scene, error)
	// Check reports everything that is wrong with a new poster, for
	// stats.FieldErrors.
	Check(s stats.Scene) error
	// Make keeps a new poster, with a code of the account where one is wanted;
	// stats.ErrSceneTaken when the id was used.
	Make(ctx context.Context, s stats.Scene, account bool) (stats.Scene, error)
	// Withdraw lets a code count no more; twice is as good as once.
	Withdraw(ctx context.Context, who, id string) error
	// Draw is the poster as it is printed now.
	Draw(s stats.Scene) report.Poster
	// Ways says which codes can be made: one of our page, one of the account.
	Ways() (page, account bool)
}

// Posters is what the pages of posters are built from.
type Posters struct {
	Desk    PosterDesk
	Library func() *content.Library // whose packs a poster can be made of
}

func (c *Console) posterRoutes() []route {
	if c.Posters == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + posterPath, do: (*visit).posterList},
		{pattern: "GET " + posterPath + "/new", role: staff.Editor, do: (*visit).posterNew},
		{pattern: "POST " + posterPath + "/new", role: staff.Editor, do: (*visit).posterMake},
		{pattern: "GET " + posterPath + "/{scene}", do: (*visit).posterOne},
		{pattern: "GET " + posterPath + "/{scene}/print/{size}", do: (*visit).posterPrint},
		{pattern: "GET " + posterPath + "/{scene}/file/{size}", do: (*visit).posterFile},
		{pattern: "POST " + posterPath + "/{scene}/withdraw", role: staff.Editor, do: (*visit).posterWithdraw},
	}
}

func (c *Console) posterNav() []section {
	if c.Posters == nil {
		return nil
	}
	return []section{{Name: "海报", URL: posterPath}}
}

// posterRow is a poster as the pages show it.
type posterRow struct {
	ID, URL, Line, Place, Theme, Event, Code, By, At string
	Scans                                            string // of this year, by K39; empty where it is not kept apart
	Withdrawn                                        string // the day; empty while it counts
}

func (v *visit) posterRowOf(s stats.Scene, scans map[string]stats.Cell) posterRow {
	row := posterRow{
		ID: s.ID, URL: posterPath + "/" + s.ID, Line: s.Line, Place: s.Place, Theme: themeLabel(s.Theme), Event: s.Event,
		Code: "网页", By: s.By, At: v.local(s.At).Format("2006-01-02"),
	}
	if s.Code != "" {
		row.Code = "公众号"
	}
	if c, ok := scans[s.ID]; ok {
		row.Scans = c.String()
	}
	if !s.Withdrawn.IsZero() {
		row.Withdrawn = v.local(s.Withdrawn).Format("2006-01-02")
	}
	return row
}

// scansPage says how often codes were scanned in a year, as the year's report
// does: what is small there is hidden here.
type scansPage struct {
	Year  string
	Known bool // figures are read at all
	Total string
	Apart bool // the codes can be shown one by one
	Rules []ruleRef
}

// scansOf reads this year's scans by code.
func (v *visit) scansOf() (page scansPage, scans map[string]stats.Cell, err error) {
	page.Year = atOf(stats.Whole, inShanghai(v.Now()))
	if v.Figures == nil {
		return page, nil, nil
	}
	period, err := parsePeriod(stats.Whole, page.Year, "", "")
	if err != nil {
		return page, nil, err
	}
	f, err := v.Figures.Scans(v.r.Context(), period)
	if err != nil {
		return page, nil, err
	}
	page.Known, page.Total, scans = true, f.Cell.String(), f.By["scene"]
	page.Apart, page.Rules = len(scans) > 0, refs("K39")
	return page, scans, nil
}

// posterListPage is the list of posters.
type posterListPage struct {
	Rows     []posterRow
	Pager    pager
	Scans    scansPage
	InUse    int
	MayMake  bool
	NoWay    string // why none can be made
	Register string // where the sheets that were hung are entered; empty: nowhere
}

func (v *visit) posterList() error {
	list, err := v.Posters.Desk.Scenes(v.r.Context())
	if err != nil {
		return err
	}
	slices.SortFunc(list, newestPosterFirst)
	page := posterListPage{Pager: v.pageOf(len(list), postersShown), MayMake: v.who.May(staff.Editor), NoWay: v.noWay()}
	var scans map[string]stats.Cell
	if page.Scans, scans, err = v.scansOf(); err != nil {
		return err
	}
	for i, s := range list {
		if s.Withdrawn.IsZero() {
			page.InUse++
		}
		if i >= page.Pager.From && i < page.Pager.To {
			page.Rows = append(page.Rows, v.posterRowOf(s, scans))
		}
	}
	if v.Activities != nil && page.MayMake {
		page.Register = activityPath + "/new?" + queryOf("kind", "海报")
	}
	return v.page("poster-list", "海报", page)
}

// newestPosterFirst puts those that count first, the newest on top.
func newestPosterFirst(a, b stats.Scene) int {
	over := func(s stats.Scene) int {
		if s.Withdrawn.IsZero() {
			return 0
		}
		return 1
	}
	return cmp.Or(over(a)-over(b), b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
}

// noWay says why no poster can be made, if so.
func (v *visit) noWay() string {
	if page, account := v.Posters.Desk.Ways(); page || account {
		return ""
	}
	return sayNoCode
}

const sayNoCode = "现在做不了海报：没有设置居民能打开的网址（PUFA_PUBLIC_URL），码扫了打不开；也没有接公众号。请告诉技术人员。"

// posterPage is the page of one poster.
type posterPage struct {
	posterRow
	Scans       scansPage
	Counted     string
	Sizes       []posterSize
	Size        posterSize // the one that is shown
	SVG         template.HTML
	Inside      string // what the code holds
	MayWithdraw bool
}

// posterSize is a size with its addresses.
type posterSize struct {
	Name, Title      string
	Show, Print, SVG string
	Here             bool
}

func (v *visit) posterOne() error {
	s, err := v.poster()
	if err != nil {
		return err
	}
	scans, cells, err := v.scansOf()
	if err != nil {
		return err
	}
	page := posterPage{posterRow: v.posterRowOf(s, cells), Scans: scans, MayWithdraw: v.who.May(staff.Editor) && s.Withdrawn.IsZero()}
	page.Counted = page.posterRow.Scans
	if page.Withdrawn == "" {
		if err := v.drawInto(&page, s); err != nil {
			return err
		}
	}
	return v.page("poster-one", "海报："+s.Line, page)
}

// drawInto adds the picture and the files of a poster that counts.
func (v *visit) drawInto(page *posterPage, s stats.Scene) error {
	p := v.Posters.Desk.Draw(s)
	if page.Inside = p.Code; p.Code == "" {
		return nil // the address was taken from the settings since
	}
	shown := posterSizeOf(v.r.URL.Query().Get("size"))
	for _, size := range report.PosterSizes() {
		one := posterSize{
			Name: size.Name, Title: size.Title, Show: page.URL + "?size=" + size.Name,
			Print: page.URL + "/print/" + size.Name, SVG: page.URL + "/file/" + size.Name, Here: size.Name == shown.Name,
		}
		if one.Here {
			page.Size = one
		}
		page.Sizes = append(page.Sizes, one)
	}
	svg, err := posterSVG(p, shown)
	page.SVG = drawing(svg)
	return err
}

// posterSizeOf is the size of a name, the usual one where there is none.
func posterSizeOf(name string) report.PosterSize {
	sizes := report.PosterSizes()
	if i := slices.IndexFunc(sizes, func(s report.PosterSize) bool { return s.Name == name }); i >= 0 {
		return sizes[i]
	}
	return sizes[0]
}

func posterSVG(p report.Poster, size report.PosterSize) (string, error) {
	var out strings.Builder
	err := report.PosterSVG(&out, p, size)
	return out.String(), err
}

// poster is the one that the address names.
func (v *visit) poster() (stats.Scene, error) {
	id := v.r.PathValue("scene")
	if !stats.ValidScene(id) {
		return stats.Scene{}, errNoPage
	}
	s, err := v.Posters.Desk.Scene(v.r.Context(), id)
	if errors.Is(err, stats.ErrNoScene) {
		err = errNoPage
	}
	return s, err
}

// drawable is the poster of the address in the size of the address. One that
// was withdrawn is not printed any more.
func (v *visit) drawable() (s stats.Scene, p report.Poster, size report.PosterSize, err error) {
	if s, err = v.poster(); err != nil {
		return s, p, size, err
	}
	p, size = v.Posters.Desk.Draw(s), posterSizeOf(v.r.PathValue("size"))
	if !s.Withdrawn.IsZero() || p.Code == "" || size.Name != v.r.PathValue("size") {
		err = errNoPage
	}
	return s, p, size, err
}

// posterPrint is the poster alone, on a page that prints on exactly one sheet.
func (v *visit) posterPrint() error {
	s, p, size, err := v.drawable()
	if err != nil {
		return err
	}
	svg, err := posterSVG(p, size)
	if err != nil {
		return err
	}
	text, err := v.Pages.Poster(web.PosterPage{Scene: s.ID, Size: size.Name, Title: size.Title, Back: posterPath + "/" + s.ID, SVG: drawing(svg)})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = v.w.Write(text)
	return err
}

func (v *visit) posterFile() error {
	s, p, size, err := v.drawable()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := report.PosterSVG(&out, p, size); err != nil {
		return err
	}
	return v.attached(s.ID+"-"+size.Name+".svg", fmt.Sprintf("海报-%s-%s.svg", s.Place, size.Name), out.Bytes())
}

func (v *visit) posterWithdraw() error {
	s, err := v.poster()
	if err != nil {
		return err
	}
	if err := v.Posters.Desk.Withdraw(v.r.Context(), v.who.Name, s.ID); err != nil {
		return err
	}
	return v.done(posterPath+"/"+s.ID, "这个码已收回：以前的数保留，以后不再计数。请把贴着的海报取下来。")
}
