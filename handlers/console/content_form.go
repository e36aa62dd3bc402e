package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/statute"
)

// What a form of an entry has room for; more is refused by the library anyway.
const (
	formLines     = 9
	formCitations = 5
	formRelated   = 3
)

// entryForm is an entry as it stands in the fields of a form.
type entryForm struct {
	Topic, Slug                        string // of a new entry
	Seen                               int    // the newest version when the author began
	Title, Questions, Not, Keywords    string
	Short                              string
	Lines                              []lineField
	Citations                          []citeField
	Door, Bring, Deadline, Cost, Where string
	Hotlines, Themes                   []option
	Facts                              string
	Sensitive                          bool
	CheckedOn, ReviewDue, ReviewWhy    string
	Related                            []string
	Reason                             string
}

type lineField struct {
	N    int
	Text string
	Must bool
}

type citeField struct {
	N                           int
	Law, Article, Edition, Gist string
}

// entryFormOf fills a form from an entry.
func entryFormOf(lib *content.Library, e *content.Entry) entryForm {
	topic, slug, _ := strings.Cut(e.ID, "/")
	f := entryForm{
		Topic: topic, Slug: slug, Title: e.Title, Questions: strings.Join(e.Questions, "\n"), Keywords: strings.Join(e.Keywords, "、"),
		Short: e.Short, Door: e.Remedy.Door, Bring: e.Remedy.Bring, Deadline: e.Remedy.Deadline, Cost: e.Remedy.Cost,
		Where: e.Remedy.Where, Facts: strings.Join(e.Facts, "、"), Sensitive: e.Sensitive, CheckedOn: e.CheckedOn,
		ReviewDue: e.ReviewDue, ReviewWhy: e.ReviewWhy, Related: slices.Clone(e.Related),
	}
	for _, n := range e.Not {
		f.Not += n.Ask + "｜" + n.Entry + "\n"
	}
	for _, l := range e.Lines {
		f.Lines = append(f.Lines, lineField{Text: l.Text, Must: l.Must})
	}
	for _, c := range e.Citations {
		f.Citations = append(f.Citations, citeField{Law: c.Law, Article: c.Article, Edition: c.Edition, Gist: c.Gist})
	}
	f.choices(lib, e.Remedy.Hotlines, e.Themes)
	f.pad()
	return f
}

// choices lists every hotline and theme, those that are chosen first and in
// their order, which residents see; one that the tables no longer have stands
// there as well, to be taken out.
func (f *entryForm) choices(lib *content.Library, hotlines, themes []string) {
	f.Hotlines, f.Themes = nil, nil
	for _, number := range hotlines {
		name := "热线表里没有"
		if h, ok := lib.Hotline(number); ok {
			name = h.Name
		}
		f.Hotlines = append(f.Hotlines, option{Value: number, Name: number + " " + name, On: true})
	}
	for _, h := range lib.Hotlines() {
		if !slices.Contains(hotlines, h.Number) {
			f.Hotlines = append(f.Hotlines, option{Value: h.Number, Name: h.Number + " " + h.Name})
		}
	}
	for _, t := range themes {
		f.Themes = append(f.Themes, option{Value: t, Name: t, On: true})
	}
	for _, t := range content.Themes() {
		if !slices.Contains(themes, t) {
			f.Themes = append(f.Themes, option{Value: t, Name: t})
		}
	}
}

// pad adds empty fields for what may still be written.
func (f *entryForm) pad() {
	for len(f.Lines) < formLines {
		f.Lines = append(f.Lines, lineField{})
	}
	for len(f.Citations) < formCitations {
		f.Citations = append(f.Citations, citeField{})
	}
	for len(f.Related) < formRelated {
		f.Related = append(f.Related, "")
	}
	for i := range f.Lines {
		f.Lines[i].N = i
	}
	for i := range f.Citations {
		f.Citations[i].N = i
	}
}

// entryForm reads the form that was sent.
func (v *visit) entryForm(lib *content.Library) (entryForm, error) {
	if err := v.r.ParseForm(); err != nil {
		return entryForm{}, badForm(err)
	}
	f := entryForm{
		Topic: v.form("topic"), Slug: v.form("slug"), Title: v.form("title"), Questions: v.area("questions"),
		Not: v.area("not"), Keywords: v.form("keywords"), Short: v.form("short"), Door: v.form("door"), Bring: v.form("bring"),
		Deadline: v.form("deadline"), Cost: v.form("cost"), Where: v.form("where"), Facts: v.form("facts"),
		Sensitive: v.form("sensitive") != "", CheckedOn: v.form("checked_on"), ReviewDue: v.form("review_due"),
		ReviewWhy: v.form("review_why"), Reason: v.form("reason"),
	}
	var err error
	if f.Seen, err = strconv.Atoi(v.form("seen")); err != nil || f.Seen < 0 {
		return entryForm{}, errBadForm
	}
	for i := range formLines {
		n := "-" + strconv.Itoa(i)
		f.Lines = append(f.Lines, lineField{Text: v.form("line" + n), Must: v.form("must"+n) != ""})
	}
	for i := range formCitations {
		n := "-" + strconv.Itoa(i)
		f.Citations = append(f.Citations, completed(lib, citeField{
			Law: v.form("law" + n), Article: v.form("article" + n), Edition: v.form("edition" + n), Gist: v.form("gist" + n),
		}))
	}
	for i := range formRelated {
		f.Related = append(f.Related, v.form("related-"+strconv.Itoa(i)))
	}
	f.choices(lib, cleaned(v.r.PostForm, "hotline"), cleaned(v.r.PostForm, "theme"))
	f.pad()
	return f, nil
}

func badForm(err error) error {
	var tooLong *http.MaxBytesError
	if asError(err, &tooLong) {
		return err
	}
	return errBadForm
}

// area is a field of several lines, with the line ends of Unix.
func (v *visit) area(name string) string {
	return strings.ReplaceAll(v.form(name), "\r\n", "\n")
}

func cleaned(form url.Values, name string) (list []string) {
	for _, s := range form[name] {
		list = append(list, strings.ToValidUTF8(strings.TrimSpace(s), ""))
	}
	return list
}

// completed fills in what the register knows of a citation: the short name of
// the law, the article in figures, and the edition in force.
func completed(lib *content.Library, c citeField) citeField {
	if number, err := statute.ParseArticle(c.Article); err == nil {
		c.Article = number
	}
	law, ok := lib.Law(c.Law)
	if !ok {
		return c
	}
	c.Law = law.Law
	if c.Edition == "" {
		c.Edition = law.Edition
	}
	return c
}

// entry is what the form says.
func (f entryForm) entry(id string) *content.Entry {
	e := &content.Entry{
		ID: id, Title: f.Title, Questions: rows(f.Questions), Keywords: words(f.Keywords), Short: f.Short,
		Remedy: content.Remedy{
			Door: f.Door, Bring: f.Bring, Deadline: f.Deadline, Cost: f.Cost, Where: f.Where, Hotlines: chosen(f.Hotlines),
		},
		Themes: chosen(f.Themes), Facts: words(f.Facts), Sensitive: f.Sensitive,
		CheckedOn: f.CheckedOn, ReviewDue: f.ReviewDue, ReviewWhy: f.ReviewWhy,
	}
	for _, row := range rows(f.Not) {
		e.Not = append(e.Not, lookalike(row))
	}
	for _, l := range f.Lines {
		if l.Text != "" {
			e.Lines = append(e.Lines, content.Line{Text: l.Text, Must: l.Must})
		}
	}
	for _, c := range f.Citations {
		if c.Law+c.Article+c.Gist != "" {
			e.Citations = append(e.Citations, content.Citation{Law: c.Law, Article: c.Article, Edition: c.Edition, Gist: c.Gist})
		}
	}
	for _, id := range f.Related {
		if id != "" {
			e.Related = append(e.Related, id)
		}
	}
	return e
}

// lookalike reads 问法｜编号; what stands behind the last ｜ is the entry.
func lookalike(row string) content.Lookalike {
	row = strings.ReplaceAll(row, "|", "｜")
	i := strings.LastIndex(row, "｜")
	if i < 0 {
		return content.Lookalike{Ask: row}
	}
	return content.Lookalike{Ask: strings.TrimSpace(row[:i]), Entry: strings.TrimSpace(row[i+len("｜"):])}
}

func chosen(list []option) (values []string) {
	for _, o := range list {
		if o.On {
			values = append(values, o.Value)
		}
	}
	return values
}

// rows are the lines that hold something.
func rows(text string) (list []string) {
	for _, row := range strings.Split(text, "\n") {
		if row = strings.TrimSpace(row); row != "" {
			list = append(list, row)
		}
	}
	return list
}

// words are separated as staff separate them.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；; \n\t　", r) })
}
