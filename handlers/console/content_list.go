package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
)

const (
	entriesPerPage = 50
	dueSoon        = 60 // days before a review date from which an entry is listed as due
)

// The states by which the list is filtered.
const (
	isOpen     = "open"     // a version waits for somebody
	isWaiting  = "waiting"  // the street has not approved it as it reads
	isDue      = "due"      // its review is due, or soon
	isStopped  = "stopped"  // answers no more, by date or edition
	isChanging = "changing" // a cited law gets a new edition
	isDown     = "down"     // taken down
	isEdited   = "edited"   // staff changed it
)

// option is a line of a select, or a tab.
type option struct {
	Value, Name string
	On          bool
	Count       int
}

// badge is a short word about an entry; Kind is its look: good, warn, bad.
type badge struct{ Text, Kind string }

// listRow is an entry in the list.
type listRow struct {
	ID, Title, Question, Topic string
	Badges                     []badge
	ReviewDue                  string
}

type listPage struct {
	Query          string
	Topics, Themes []option
	States         []option
	Rows           []listRow
	Total          int
	Pager          pager
	Editor         bool
	Export         string // the address of the export of what is shown
}

// standings is all that is known of entries, to list them.
type standings struct {
	*visit
	lib      *content.Library
	approved map[string]edit.Approval
	heads    map[string]edit.Head
	today    string
}

func (v *visit) standings() (*standings, error) {
	ctx := v.r.Context()
	approved, err := v.approvals(ctx)
	if err != nil {
		return nil, err
	}
	heads, err := v.Content.Desk.Shelf.Heads(ctx)
	if err != nil {
		return nil, err
	}
	s := &standings{v, v.Content.Live.Library(), approved, make(map[string]edit.Head, len(heads)), dateOf(v.Now())}
	for _, h := range heads {
		s.heads[h.Entry] = h
	}
	return s, nil
}

// states are those of an entry.
func (s *standings) states(e *content.Entry) map[string]bool {
	h, a := s.heads[e.ID], s.approved[e.ID]
	standing := s.lib.Standing(e, s.Now())
	return map[string]bool{
		isOpen: h.Open(), isWaiting: !a.Is(e), isDown: a.Down, isEdited: h.Newest > 0,
		isDue:      standing != content.Stale && e.ReviewDue <= dateOf(s.Now().AddDate(0, 0, dueSoon)),
		isStopped:  standing == content.Lapsed || standing == content.Stale,
		isChanging: s.isChanging(e),
	}
}

// isChanging reports whether a cited law gets a new edition that the register
// knows of.
func (s *standings) isChanging(e *content.Entry) bool {
	for _, c := range e.Citations {
		if law, ok := s.lib.Law(c.Law); ok && law.Next != "" && c.Edition < law.Next && s.today < law.Next {
			return true
		}
	}
	return false
}

func stateNames() []option {
	return []option{
		{Value: "", Name: "全部"},
		{Value: isOpen, Name: "有草稿"},
		{Value: isWaiting, Name: "待街道审核"},
		{Value: isDue, Name: "该复核"},
		{Value: isChanging, Name: "依据将变"},
		{Value: isStopped, Name: "已停答"},
		{Value: isDown, Name: "已下线"},
		{Value: isEdited, Name: "改过的"},
	}
}

// badges say how an entry stands, in words.
func (s *standings) badges(e *content.Entry) []badge {
	list := []badge{}
	switch s.lib.Standing(e, s.Now()) {
	case content.Stale:
		list = append(list, badge{"停答：依据有新版本", "bad"})
	case content.Lapsed:
		list = append(list, badge{"停答：过了复核期", "bad"})
	case content.Overdue:
		list = append(list, badge{"过了复核日", "warn"})
	}
	a := s.approved[e.ID]
	switch {
	case a.Down:
		list = append(list, badge{"已下线", "bad"})
	case a.Is(e):
		list = append(list, badge{"街道已审核", "good"})
	default:
		list = append(list, badge{"待街道审核", "warn"})
	}
	if s.isChanging(e) {
		list = append(list, badge{"依据将有新版本", "warn"})
	}
	return append(list, openBadge(s.heads[e.ID])...)
}

func openBadge(h edit.Head) []badge {
	switch {
	case h.State == edit.Draft:
		return []badge{{"草稿待核对", "warn"}}
	case h.State == edit.Checked:
		return []badge{{"待发布", "warn"}}
	case h.State == edit.Returned:
		return []badge{{"草稿被退回", ""}}
	}
	return nil
}

// listed is what the address asks for.
type listed struct{ query, topic, theme, state string }

func listedOf(q url.Values) listed {
	return listed{strings.TrimSpace(q.Get("q")), q.Get("topic"), q.Get("theme"), q.Get("state")}
}

// fits reports whether an entry is asked for, but for its state.
func (l listed) fits(e *content.Entry) bool {
	if l.topic != "" && e.Topic() != l.topic {
		return false
	}
	if l.theme != "" && !slices.Contains(e.Themes, l.theme) {
		return false
	}
	text := strings.ToLower(strings.Join([]string{
		e.ID, e.Title, strings.Join(e.Questions, "\n"), strings.Join(e.Keywords, "\n"), e.Short,
	}, "\n"))
	for _, c := range e.Citations {
		text += "\n" + c.Law
	}
	for _, word := range strings.Fields(strings.ToLower(l.query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// contentList lists the entries.
func (v *visit) contentList() error {
	s, err := v.standings()
	if err != nil {
		return err
	}
	want := listedOf(v.r.URL.Query())
	rows, counts := s.rows(want)
	page := listPage{
		Query: want.query, Total: len(rows), Pager: v.pageOf(len(rows), entriesPerPage), Editor: v.who.May(staff.Editor),
		Topics: topicOptions(s.lib, want.topic), Themes: themeOptions(want.theme),
		Export: contentPath + "/export?" + url.Values{"topic": {want.topic}}.Encode(),
	}
	page.Rows = rows[page.Pager.From:page.Pager.To]
	for _, o := range stateNames() {
		q := v.r.URL.Query()
		q.Del("page")
		q.Set("state", o.Value)
		o.On, o.Count, o.Value = o.Value == want.state, counts[o.Value], contentPath+"?"+q.Encode()
		page.States = append(page.States, o)
	}
	return v.page("content-list", "条目", page)
}

// rows are the entries that are asked for, and how many there are of each
// state.
func (s *standings) rows(want listed) (rows []listRow, counts map[string]int) {
	counts = map[string]int{}
	for _, e := range s.lib.Entries() {
		if !want.fits(e) {
			continue
		}
		states := s.states(e)
		counts[""]++
		for state, is := range states {
			if is {
				counts[state]++
			}
		}
		if want.state == "" || states[want.state] {
			rows = append(rows, listRow{e.ID, e.Title, e.Question(), s.topicName(e.Topic()), s.badges(e), e.ReviewDue})
		}
	}
	drafts := s.drafts(want)
	counts[""] += len(drafts)
	counts[isOpen] += len(drafts)
	counts[isEdited] += len(drafts)
	if want.state == "" || want.state == isOpen || want.state == isEdited {
		rows = append(drafts, rows...)
	}
	return rows, counts
}

// drafts are entries that residents have never read.
func (s *standings) drafts(want listed) (rows []listRow) {
	for id, h := range s.heads {
		topic, _, _ := strings.Cut(id, "/")
		if _, ok := s.lib.Entry(id); ok || h.Released > 0 || !h.Open() && h.State != edit.Returned || want.theme != "" ||
			want.topic != "" && topic != want.topic || want.query != "" && !strings.Contains(id, want.query) {
			continue
		}
		rows = append(rows, listRow{
			ID: id, Title: "新条目 " + id, Question: h.Author + " 写于 " + minuteOf(h.At), Topic: s.topicName(topic),
			Badges: append([]badge{{"还没有发布过", ""}}, openBadge(h)...),
		})
	}
	sortRows(rows)
	return rows
}

func (s *standings) topicName(slug string) string {
	t, _ := s.lib.Topic(slug)
	return t.Name
}

func topicOptions(lib *content.Library, on string) []option {
	list := []option{{Name: "全部主题"}}
	for _, t := range lib.Topics() {
		list = append(list, option{Value: t.Slug, Name: t.Name, On: t.Slug == on})
	}
	return list
}

func themeOptions(on string) []option {
	list := []option{{Name: "全部主题日"}}
	for _, t := range content.Themes() {
		list = append(list, option{Value: t, Name: t, On: t == on})
	}
	return list
}

// shanghai is the zone whose days count. China has had no summer time since
// 1992.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func sortRows(rows []listRow) {
	slices.SortFunc(rows, func(a, b listRow) int { return strings.Compare(a.ID, b.ID) })
}
