package console

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
)

const known, neighbour = "consumer/seven-day-return", "consumer/store-return"

// editShelf keeps versions and approvals in memory.
type editShelf struct {
	mu       sync.Mutex
	heads    map[string]edit.Head
	versions map[string][]edit.Version
	laid     map[string]edit.Version
	approved map[string]edit.Approval
	library  int64
	steps    []staff.Draft
}

func newEditShelf() *editShelf {
	return &editShelf{
		heads: map[string]edit.Head{}, versions: map[string][]edit.Version{}, laid: map[string]edit.Version{},
		approved: map[string]edit.Approval{},
	}
}

func (s *editShelf) History(_ context.Context, entry string) (edit.History, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := edit.History{Head: s.heads[entry], Versions: slices.Clone(s.versions[entry])}
	h.Entry = entry
	return h, nil
}

func (s *editShelf) Heads(context.Context) (list []edit.Head, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.heads {
		list = append(list, h)
	}
	return list, nil
}

func (s *editShelf) Laid(context.Context) (map[string]edit.Version, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	laid := map[string]edit.Version{}
	for id, v := range s.laid {
		laid[id] = v
	}
	return laid, s.library, nil
}

func (s *editShelf) Version(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.library, nil
}

func (s *editShelf) KeepEdits(_ context.Context, changes []edit.Change, library int64, step staff.Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if library >= 0 && library != s.library {
		return edit.ErrMoved
	}
	for _, c := range changes {
		was := s.heads[c.Now.Entry]
		if was.Entry = c.Now.Entry; was != c.Was {
			return edit.ErrChanged
		}
	}
	for _, c := range changes {
		id := c.Now.Entry
		s.heads[id] = c.Now
		for _, v := range c.Put {
			list := slices.DeleteFunc(s.versions[id], func(o edit.Version) bool { return o.Number == v.Number })
			s.versions[id] = append(list, v)
		}
		if c.Shows() {
			s.library++
			delete(s.laid, id)
			if c.Lay != nil {
				s.laid[id] = *c.Lay
			}
		}
	}
	s.steps = append(s.steps, step)
	return nil
}

func (s *editShelf) Approvals(context.Context) (map[string]edit.Approval, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := map[string]edit.Approval{}
	for id, a := range s.approved {
		list[id] = a
	}
	return list, 0, nil
}

func (s *editShelf) Approve(_ context.Context, list map[string]*edit.Approval, step staff.Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, a := range list {
		delete(s.approved, id)
		if a != nil {
			s.approved[id] = *a
		}
	}
	s.steps = append(s.steps, step)
	return nil
}

// editRoom is the library of a console's tests: two entries, and what staff do
// to them.
type editRoom struct {
	*editShelf
	desk  *edit.Desk
	base  content.Overlay
	at    time.Time
	worse []edit.Worse

	opt    bot.Options
	built  int64
	lib    *content.Library
	engine *bot.Engine
}

// Library is laid anew when something was released.
func (r *editRoom) Library() *content.Library {
	if r.lib != nil && r.built == r.library {
		return r.lib
	}
	laid, number, _ := r.Laid(context.Background())
	texts := map[string]string{}
	for id, v := range laid {
		texts[id] = v.Text
	}
	lib, _, err := content.Lay(r.base, texts)
	if err != nil {
		panic(err)
	}
	r.lib, r.built, r.engine = lib, number, bot.New(lib, r.opt)
	return lib
}

func (r *editRoom) Engine() *bot.Engine { r.Library(); return r.engine }

func (r *editRoom) Standing(e *content.Entry, t time.Time) content.Standing {
	return r.Library().Standing(e, t)
}

func editBase(t *testing.T) content.Overlay {
	t.Helper()
	base := content.Overlay{FS: content.Shipped(), Alone: true, Files: map[string][]byte{"phrases.yaml": []byte("[]\n")}}
	for _, id := range []string{known, neighbour} {
		base.Files[id+".md"] = []byte(entryText(t, id, func(*content.Entry) {}))
	}
	return base
}

// entryText is a shipped entry, alone and changed, as its file.
func entryText(t *testing.T, id string, change func(*content.Entry)) string {
	t.Helper()
	e := shippedEntry(t, id)
	e.Related, e.Not = nil, nil
	change(e)
	text, err := content.FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func shippedEntry(t *testing.T, id string) *content.Entry {
	t.Helper()
	data, err := fs.ReadFile(content.Shipped(), id+".md")
	if err != nil {
		t.Fatal(err)
	}
	e, err := content.ParseEntry(id+".md", data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// contentDesk is a console with the pages of the library.
func contentDesk(t *testing.T, set ...func(*Config)) (*desk, *editRoom) {
	t.Helper()
	r := &editRoom{editShelf: newEditShelf(), base: editBase(t), at: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	r.opt = bot.Options{Now: func() time.Time { return r.at }}
	r.desk = edit.NewDesk(edit.Config{
		Shelf: r.editShelf, Approvals: r.editShelf, Base: r.base, Now: r.opt.Now,
		Inspect: func(lib *content.Library, e *content.Entry) error { return bot.CheckLength(lib, e, r.opt) },
		Gate:    func(context.Context, *content.Library, *content.Library) ([]edit.Worse, error) { return r.worse, nil },
	})
	d := newDesk(t, func(c *Config) {
		c.Now = r.opt.Now
		c.Content = &Content{
			Desk: r.desk, Live: r, Options: r.opt,
			Page: func(e *content.Entry) ([]byte, error) {
				return fmt.Appendf(nil, "<title>%s</title>", html.EscapeString(e.Question())), nil
			},
		}
		for _, s := range set {
			s(c)
		}
	})
	d.people["赵编"] = staff.Account{Name: "赵编", Roles: []staff.Role{staff.Editor}}
	d.people["孙看"] = staff.Account{Name: "孙看", Roles: []staff.Role{staff.Viewer}}
	d.people["全能"] = staff.Account{Name: "全能", Roles: []staff.Role{staff.Editor, staff.Reviewer}}
	return d, r
}

// as is another browser on the same console.
func (d *desk) as(t *testing.T, name string) *desk {
	t.Helper()
	other := *d
	other.client = &http.Client{Jar: newJar(t)}
	return (&other).signedIn(t, name)
}

// formIn reads the fields of a page as a browser would send them, that of the
// first form whose action is path.
func formIn(t *testing.T, page, path string) url.Values {
	t.Helper()
	start := strings.Index(page, `action="`+path+`"`)
	if start < 0 {
		t.Fatalf("no form for %s in\n%s", path, page)
	}
	page = page[start:]
	page = page[:strings.Index(page, "</form>")]
	form := url.Values{}
	for _, m := range fieldForm.FindAllStringSubmatch(page, -1) {
		tag, attrs, inner := m[1], m[2], m[3]
		name := attr(attrs, "name")
		switch kind := attr(attrs, "type"); {
		case name == "" || tag == "input" && (kind == "checkbox" || kind == "radio") && !strings.Contains(attrs, " checked"):
		case tag == "textarea":
			form.Add(name, html.UnescapeString(inner))
		case tag == "select":
			if o := selectedForm.FindStringSubmatch(inner); o != nil {
				form.Add(name, html.UnescapeString(o[1]))
			}
		default:
			form.Add(name, html.UnescapeString(attr(attrs, "value")))
		}
	}
	return form
}

var (
	fieldForm    = regexp.MustCompile(`(?s)<(input|textarea|select)( [^>]*)>(?:([^<]*)</textarea>|(.*?)</select>)?`)
	selectedForm = regexp.MustCompile(`value="([^"]*)" selected`)
)

func attr(attrs, name string) string {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(attrs)
	if m == nil {
		return ""
	}
	return m[1]
}

// send posts a whole form.
func (d *desk) send(t *testing.T, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.do(t, req)
}

// uploadFile posts a file to the import.
func (d *desk) uploadFile(t *testing.T, name string, data []byte) (*http.Response, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = form.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+contentPath+"/import", &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.do(t, req)
}

// edited opens the form of an entry, changes fields and presses a button.
func (d *desk) edited(t *testing.T, id, do string, fields ...string) (*http.Response, string) {
	t.Helper()
	path := contentPath + "/" + id + "/edit"
	_, page := d.get(t, path)
	form := formIn(t, page, path)
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	form.Set("do", do)
	return d.send(t, path, form)
}
