package console

import (
	"slices"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
	"pufa/staff"
)

// The tabs of the page of what waits for 审核.
const (
	showCheck   = "check"
	showRelease = "release"
	showStreet  = "street"
)

type approvePage struct {
	Tabs      []option
	Show      string
	Versions  []waitingVersion
	Topics    []option // with how many of each wait
	Topic     string   // that is shown; empty: none
	TopicName string
	Entries   []waitingEntry
	Reviewer  bool
	Back      string
	Waiting   int
	Of        int
}

// waitingVersion is a version that waits for the check of its law, or for its
// release.
type waitingVersion struct {
	Entry, Title, Author, At, Reason, Checker, Pick string
	Changes                                         []sheet.Difference
	Own                                             bool
}

// waitingEntry is an entry that waits for the street.
type waitingEntry struct {
	ID, Title, Question, Short, CheckedOn, Seen string
	Lines                                       []content.Line
	Basis                                       []official
	Down                                        bool
}

func (v *visit) approvePage() error {
	s, err := v.standings()
	if err != nil {
		return err
	}
	p := approvePage{Show: v.r.URL.Query().Get("show"), Reviewer: v.who.May(staff.Reviewer), Back: v.r.URL.RequestURI()}
	if p.Show != showRelease && p.Show != showStreet {
		p.Show = showCheck
	}
	counts := map[string]int{}
	var open []edit.Head
	for _, h := range s.heads {
		switch h.State {
		case edit.Draft:
			counts[showCheck]++
		case edit.Checked:
			counts[showRelease]++
		}
		if h.State == edit.Draft && p.Show == showCheck || h.State == edit.Checked && p.Show == showRelease {
			open = append(open, h)
		}
	}
	p.Waiting, p.Of = edit.Waiting(s.lib, s.approved), len(s.lib.Entries())
	counts[showStreet] = p.Waiting
	for _, o := range []option{{Value: showCheck, Name: "草稿待核对"}, {Value: showRelease, Name: "待发布"}, {Value: showStreet, Name: "待街道审核"}} {
		o.On, o.Count = o.Value == p.Show, counts[o.Value]
		p.Tabs = append(p.Tabs, o)
	}
	if p.Show == showStreet {
		v.streetOf(&p, s)
		return v.page("content-approve", "审核", p)
	}
	slices.SortFunc(open, func(a, b edit.Head) int { return a.At.Compare(b.At) })
	for _, h := range open[:min(len(open), entriesPerPage)] {
		w, err := v.waitingVersion(s, h)
		if err != nil {
			return err
		}
		p.Versions = append(p.Versions, w)
	}
	return v.page("content-approve", "审核", p)
}

func (v *visit) waitingVersion(s *standings, h edit.Head) (waitingVersion, error) {
	history, err := v.Content.Desk.Shelf.History(v.r.Context(), h.Entry)
	if err != nil {
		return waitingVersion{}, err
	}
	d, ok := history.Version(history.Newest)
	if !ok {
		return waitingVersion{}, edit.ErrNone
	}
	e, err := d.Read()
	if err != nil {
		return waitingVersion{}, err
	}
	before, ok := s.lib.Entry(h.Entry)
	if !ok {
		before = &content.Entry{}
	}
	return waitingVersion{
		Entry: h.Entry, Title: e.Title, Author: d.Author, At: minuteOf(d.At), Reason: d.Reason, Checker: d.Checker,
		Pick: h.Entry + "#" + itoa(d.Number), Changes: sheet.Compare(before, e), Own: d.Author == v.who.Name,
	}, nil
}

// streetOf lists the topics with what waits and, of one, the entries.
func (v *visit) streetOf(p *approvePage, s *standings) {
	p.Topic = v.r.URL.Query().Get("topic")
	for _, t := range s.lib.Topics() {
		o := option{Value: t.Slug, Name: t.Name, On: t.Slug == p.Topic}
		for _, e := range s.lib.EntriesOf(t.Slug) {
			if s.approved[e.ID].Is(e) {
				continue
			}
			o.Count++
			if o.On {
				p.Entries = append(p.Entries, v.waitingEntry(e, s.approved[e.ID]))
			}
		}
		if o.On {
			p.TopicName = t.Name
		}
		p.Topics = append(p.Topics, o)
	}
}

func (v *visit) waitingEntry(e *content.Entry, a edit.Approval) waitingEntry {
	w := waitingEntry{
		ID: e.ID, Title: e.Title, Question: e.Question(), Short: e.Short, Lines: e.Lines, CheckedOn: e.CheckedOn,
		Seen: strings.Join([]string{e.ID, e.Hash}, " "), Down: a.Down,
	}
	for _, c := range e.Citations {
		w.Basis = append(w.Basis, official{Name: citationName(c), Note: c.Gist})
	}
	return w
}
