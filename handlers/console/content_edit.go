package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
)

// maxAsk is how much of a question is taken over into a form, in characters.
const maxAsk = 120

// editPage is the form of an entry, with how it would look beside it.
type editPage struct {
	ID, Action string
	New        bool
	Form       entryForm
	Topics     []option
	Laws       []string // names for the picker
	Entries    []option // ids for the picker
	Panel      panel
	Conflict   *conflict
	Find       string
	Found      []found
	Looked     bool // Find was looked for
}

// conflict is what somebody else saved meanwhile.
type conflict struct {
	Number     int
	Author, At string
	Changes    []sheet.Difference // from their text to this one
	Theirs     string             // their text
}

func (v *visit) newEntry() error {
	p := v.editPage("", v.blank())
	return v.page("content-edit", "新条目", p)
}

// blank is the form of an entry with nothing in it.
func (v *visit) blank() entryForm {
	lib := v.Content.Live.Library()
	f := entryForm{
		Topic: v.r.URL.Query().Get("topic"), CheckedOn: dateOf(v.Now()), ReviewDue: dateOf(v.Now().AddDate(1, 0, 0)),
	}
	f.choices(lib, nil, nil)
	f.pad()
	return f
}

func (v *visit) editPage(id string, f entryForm) editPage {
	lib := v.Content.Live.Library()
	p := editPage{ID: id, New: id == "", Action: contentPath + "/new", Form: f, Topics: topicOptions(lib, f.Topic)[1:]}
	if id != "" {
		p.Action = contentPath + "/" + id + "/edit"
	}
	for _, law := range lib.Laws() {
		p.Laws = append(p.Laws, law.Law)
	}
	for _, e := range lib.Entries() {
		p.Entries = append(p.Entries, option{Value: e.ID, Name: e.Title})
	}
	return p
}

// editEntry shows the form of an entry as its author goes on: from the open
// draft or, where there is none, from what residents read.
func (v *visit) editEntry() error {
	id, err := v.entryID()
	if err != nil {
		return err
	}
	f, err := v.begun(id)
	if err != nil {
		return err
	}
	p := v.editPage(id, f)
	p.Panel = v.glance(f.entry(id))
	return v.page("content-edit", "修改条目", p)
}

func (v *visit) begun(id string) (entryForm, error) {
	ctx := v.r.Context()
	h, err := v.Content.Desk.Shelf.History(ctx, id)
	if err != nil {
		return entryForm{}, err
	}
	from := h.Released
	if h.Newest > 0 && h.State != edit.Released {
		from = h.Newest
	}
	text, err := v.Content.Desk.Text(ctx, id, from)
	if err != nil {
		return entryForm{}, err
	}
	e, err := parsed(id, text)
	if err != nil {
		return entryForm{}, err
	}
	f := entryFormOf(v.Content.Live.Library(), e)
	f.Seen = h.Newest
	return f, nil
}

// writeEntry does what the buttons of the form say.
func (v *visit) writeEntry() error {
	id, err := v.entryID()
	if err != nil {
		return err
	}
	if v.form("do") != "ask" {
		return v.write(id)
	}
	f, err := v.begun(id)
	if err != nil {
		return err
	}
	f.ask(v.form("ask"))
	p := v.editPage(id, f)
	p.Panel = v.glance(f.entry(id))
	return v.page("content-edit", "修改条目", p)
}

// ask adds a wording, unless it stands there.
func (f *entryForm) ask(question string) {
	if runes := []rune(question); len(runes) > maxAsk {
		question = string(runes[:maxAsk])
	}
	question = strings.Join(strings.Fields(question), " ")
	for _, q := range rows(f.Questions) {
		if q == question {
			return
		}
	}
	f.Questions = strings.TrimSpace(f.Questions + "\n" + question)
}

func (v *visit) writeNew() error {
	if v.form("do") == "ask" {
		f := v.blank()
		f.ask(v.form("ask"))
		p := v.editPage("", f)
		return v.page("content-edit", "新条目", p)
	}
	return v.write("")
}

// write takes the form: it saves, shows how it would look, or looks for an
// article. Whatever happens, what was typed is shown again.
func (v *visit) write(id string) error {
	f, err := v.entryForm(v.Content.Live.Library())
	if err != nil {
		return err
	}
	p := v.editPage(id, f)
	e := f.entry(p.id())
	switch do, what, _ := strings.Cut(v.form("do"), " "); do {
	case "save":
		return v.save(p, e)
	case "find":
		p.Panel, p.Find, p.Looked = v.glance(e), v.form("find"), true
		p.Found = v.find(p.Find)
		return v.page("content-edit", p.title(), p)
	case "cite":
		p.Form.cite(what, v.Content.Live.Library())
		p.Panel = v.glance(p.Form.entry(p.id()))
		return v.page("content-edit", p.title(), p)
	case "glance":
		p.Panel = v.glance(e)
		v.wins(&p.Panel, e)
		return v.page("content-edit", p.title(), p)
	default:
		return v.showChecked(p, e)
	}
}

// id is the entry that the form is about.
func (p editPage) id() string {
	if !p.New {
		return p.ID
	}
	return p.Form.Topic + "/" + p.Form.Slug
}

func (p editPage) title() string {
	if p.New {
		return "新条目"
	}
	return "修改条目"
}

// showChecked shows the form with everything that is wrong, and how it would
// look.
func (v *visit) showChecked(p editPage, e *content.Entry) error {
	_, faults, err := v.judged(p, e)
	if err != nil {
		return err
	}
	p.Panel = v.glance(e)
	v.wins(&p.Panel, e)
	p.Panel.Checked, p.Panel.Faults = true, faults
	return v.page("content-edit", p.title(), p)
}

// judged writes the form as a file and finds what is wrong with it.
func (v *visit) judged(p editPage, e *content.Entry) (text string, faults []fault, err error) {
	if !content.ValidID(e.ID) {
		return "", []fault{{"编号", "slug", "要写成主题下的短名，只用小写字母、数字和 -，如 store-return"}}, nil
	}
	in, err := v.Content.Desk.NewIntake(v.r.Context())
	if err != nil {
		return "", nil, err
	}
	if _, taken := v.Content.Live.Library().Entry(e.ID); taken && p.New {
		return "", []fault{{"编号", "slug", "已经有这个编号的条目了，请换一个短名，或去修改那一条"}}, nil
	}
	if e.Short == "" {
		return "", []fault{{"简短回答", "short", "还没有写"}}, nil
	}
	if len(e.Questions) == 0 {
		return "", []fault{{"问法", "questions", "还没有写"}}, nil
	}
	data, err := content.FormatEntry(e)
	if err != nil {
		return "", []fault{{"全文", "title", inChinese(err.Error())}}, nil
	}
	in.Add(e.ID+".md", "草稿", data)
	in.Check()
	for _, m := range in.All() {
		faults = append(faults, faultOf(m))
	}
	return string(data), faults, nil
}

// save keeps the form as a draft.
func (v *visit) save(p editPage, e *content.Entry) error {
	text, faults, err := v.judged(p, e)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		p.Panel = v.glance(e)
		p.Panel.Checked, p.Panel.Faults = true, faults
		return v.again("content-edit", p.title(), sayRefused, p)
	}
	ctx := v.r.Context()
	saved, err := v.Content.Desk.Save(ctx, v.who, edit.Proposal{Entry: e.ID, Seen: p.Form.Seen, Text: text, Reason: p.Form.Reason})
	if err == nil {
		return v.savedDraft(saved[0])
	}
	if errors.Is(err, edit.ErrChanged) {
		return v.conflicted(ctx, p, e, text)
	}
	said, ok := refusal(err)
	if !ok {
		return err
	}
	p.Panel = v.glance(e)
	return v.again("content-edit", p.title(), said, p)
}

func (v *visit) savedDraft(d edit.Version) error {
	return v.done(contentPath+"/"+d.Entry, "已存为草稿，第"+itoa(d.Number)+"版。请另一位同事核对、发布，居民才会看到。")
}

// conflicted lays what somebody else saved beside what was typed. Where it is
// the author's own text, the button was only pressed twice.
func (v *visit) conflicted(ctx context.Context, p editPage, e *content.Entry, text string) error {
	h, err := v.Content.Desk.Shelf.History(ctx, e.ID)
	if err != nil {
		return err
	}
	newest, ok := h.Version(h.Newest)
	if !ok {
		return edit.ErrNone
	}
	if newest.Author == v.who.Name && newest.Text == text {
		return v.savedDraft(newest)
	}
	theirs, err := newest.Read()
	if err != nil {
		return err
	}
	p.Form.Seen = h.Newest
	p.Conflict = &conflict{newest.Number, newest.Author, minuteOf(newest.At), sheet.Compare(theirs, e), newest.Text}
	p.Panel = v.glance(e)
	return v.render(http.StatusConflict, "content-edit", frame{Title: p.title(), Problem: sayMeanwhile, Page: p})
}

// pagePreview shows the form as the page that residents would open.
func (v *visit) pagePreview() error {
	if v.Content.Page == nil {
		return errNoPage
	}
	f, err := v.entryForm(v.Content.Live.Library())
	if err != nil {
		return err
	}
	e := f.entry(f.Topic + "/" + f.Slug)
	if len(e.Questions) == 0 {
		e.Questions = []string{"（还没有写问法）"}
	}
	page, err := v.Content.Page(e)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = v.w.Write(page)
	return err
}
