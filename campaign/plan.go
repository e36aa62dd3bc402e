package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pufa/content"
)

// Options are what a plan is made for.
type Options struct {
	Author  string        // who asks for the plan; drafts carry it
	Account Account       // what the account may send decides push or card
	At      time.Duration // time of day at which drafts start; 0 is 10:00
	From    time.Time     // drafts that would start before are left out; zero: none are
}

// Proposal is a draft that nobody has asked for yet, and why. It is never
// scheduled and never sent by itself.
type Proposal struct {
	Campaign   Campaign // a Draft; without Due where only the year's notice can tell the day
	Occurrence Occurrence
	Why        string   // for staff: which day, its basis, and how far that was checked
	Verified   bool     // the basis was read in a law or on a public page; false: by custom
	Notes      []string // for staff: what to do before it can go out
}

const (
	startAt    = 10 * time.Hour // of proposals, unless Options say otherwise
	pushGrace  = 6 * time.Hour  // a push of 10:00 may start until 16:00, then its day is as good as over
	afterDays  = 3              // days for which a follow-up card is shown
	maxAsk     = 3              // questions on the card of a plain draft
	maxPropose = 5              // entries of a plain draft
)

// Propose returns drafts for a year: of a pack where the library has one for
// the observance, else one plain card; and one for each law that takes effect.
// Ids depend on year and observance alone, so a second plan doubles nothing.
// By Due, those without one last. A year outside FirstYear to LastYear is an
// error in words for staff.
func Propose(year int, lib *content.Library, o Options) ([]Proposal, error) {
	days, err := NewCalendar(lib).Year(year)
	if err != nil {
		return nil, err
	}
	p := planner{lib: lib, opt: o, year: year}
	if p.opt.At == 0 {
		p.opt.At = startAt
	}
	packed, covered := map[string]content.Pack{}, map[string]bool{}
	for _, pack := range lib.Packs() {
		packed[pack.Observance] = pack
		for _, id := range pack.Covers {
			covered[id] = true
		}
	}
	for _, day := range days {
		if pack, ok := packed[day.ID]; ok {
			p.pack(pack, day)
		} else if !covered[day.ID] {
			p.plain(day)
		}
	}
	return p.finish(), nil
}

// planner gathers the proposals of a year.
type planner struct {
	lib  *content.Library
	opt  Options
	year int
	list []Proposal
}

func (p *planner) start(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, Zone).Add(p.opt.At)
}

func endOf(day time.Time) time.Time { return dayIn(day.Year(), int(day.Month()), day.Day()+1) }

// draft is what all drafts of an occurrence share.
func (p *planner) draft(day Occurrence, id, title string) Campaign {
	return Campaign{
		ID: fmt.Sprintf("%d-%s", p.year, id), Title: title, Theme: day.Observance.Theme, Observance: day.ID,
		Audience: Audience{Scope: Everyone}, Status: Draft, Author: p.opt.Author,
	}
}

// during sets the times of a draft that starts on one day and ends with
// another.
func (p *planner) during(c *Campaign, first, last time.Time) {
	c.Due, c.Until = p.start(first), endOf(last)
	if c.Grace = pushGrace; c.Channel == Card {
		c.Grace = min(c.Until.Sub(c.Due), MaxGrace)
	}
}

// add takes a proposal, unless its time is over.
func (p *planner) add(c Campaign, day Occurrence, notes ...string) {
	if !c.Due.IsZero() && c.Due.Before(p.opt.From) {
		return
	}
	notes = append(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), p.silent(c)...)
	p.list = append(p.list, Proposal{
		Campaign: c, Occurrence: day, Why: p.why(day), Notes: notes,
		Verified: day.Law != "" || day.Observance.Verified != content.ByCustom,
	})
}

// silent names the entries of a draft that would not answer on its day.
func (p *planner) silent(c Campaign) (notes []string) {
	for _, id := range entriesOf(c) {
		e, ok := p.lib.Entry(id)
		switch {
		case !ok || c.Due.IsZero():
		case p.lib.Standing(e, c.Due) == content.Stale:
			notes = append(notes, fmt.Sprintf("条目「%s」引用的法律到那天已换版本，要先改好这一条", e.Title))
		case p.lib.Standing(e, c.Due) == content.Lapsed:
			notes = append(notes, fmt.Sprintf("条目「%s」的复核日是%s，到那天已停止作答，要先复核", e.Title, e.ReviewDue))
		}
	}
	return notes
}

func entriesOf(c Campaign) []string {
	ids := slices.Clone(c.Entries)
	for _, a := range c.Articles {
		ids = append(ids, a.Entries...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// plain adds a card that costs no quota and asks to ask.
func (p *planner) plain(day Occurrence) {
	id := day.ID
	if slices.ContainsFunc(p.list, func(other Proposal) bool { return other.Occurrence.ID == id }) {
		id += "-2" // a lunar day that comes twice in a year
	}
	c := p.draft(day, id, fmt.Sprintf("%d年%s", p.year, day.Name))
	c.Channel, c.Grace = Card, DefaultGrace
	note := "默认用对话卡片，不占群发次数；要群发请改渠道、写图文"
	if day.Dated() {
		last := day.To
		if longest := day.From.Add(DefaultSpan - 24*time.Hour); last.After(longest) {
			last = longest
			note += "。活动时间长，先排头7天"
		}
		p.during(&c, day.From, last)
	}
	entries := p.suggest(day, c.Due)
	for _, e := range entries {
		c.Entries = append(c.Entries, e.ID)
	}
	c.Text = plainText(day, entries)
	without := ""
	if len(entries) == 0 {
		without = "本库没有对应主题的条目，要不要开展由街道定"
	}
	p.add(c, day, note, without)
}

// suggest picks entries: those the calendar names, or those that cite the law,
// but none whose law has another edition on that day.
func (p *planner) suggest(day Occurrence, due time.Time) (list []*content.Entry) {
	for _, e := range p.candidates(day) {
		if due.IsZero() || p.lib.Standing(e, due) != content.Stale {
			list = append(list, e)
		}
	}
	return list[:min(len(list), maxPropose)]
}

func (p *planner) candidates(day Occurrence) (list []*content.Entry) {
	for _, id := range day.Observance.Entries {
		if e, ok := p.lib.Entry(id); ok {
			list = append(list, e)
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, topic := range day.Observance.Topics {
		list = append(list, p.lib.EntriesOf(topic)...)
	}
	for _, e := range p.lib.Entries() {
		if day.Law != "" && cites(e, day.Law) {
			list = append(list, e)
		}
	}
	return list
}

func cites(e *content.Entry, law string) bool {
	return slices.ContainsFunc(e.Citations, func(c content.Citation) bool { return c.Law == law })
}

// plainText is a card that states nothing of law: the day, and questions that
// the library answers.
func plainText(day Occurrence, entries []*content.Entry) string {
	text := day.Name + "期间，"
	switch {
	case day.Law != "":
		text = fmt.Sprintf("《%s》现行版本%s起施行。", day.Law, day.From.Format("2006年1月2日"))
	case day.Dated() && day.From.Equal(day.To):
		text = fmt.Sprintf("今天（%s）是%s。", day.From.Format("1月2日"), day.Name)
	}
	if len(entries) == 0 {
		return text + "有法律问题，直接打字问我。"
	}
	text += "可以直接打字问我："
	for _, e := range entries[:min(len(entries), maxAsk)] {
		if line := "\n" + e.Question(); len(text)+len(line) <= MaxCard {
			text += line
		}
	}
	return text
}

// finish sorts the proposals and says where cards lie over each other.
func (p *planner) finish() []Proposal {
	slices.SortStableFunc(p.list, func(a, b Proposal) int {
		return cmp.Or(before(a.Campaign.Due, b.Campaign.Due), cmp.Compare(a.Campaign.ID, b.Campaign.ID))
	})
	for i := range p.list {
		c := p.list[i].Campaign
		var over []string
		for _, other := range p.list {
			o := other.Campaign
			if c.Pack == "" && o.ID != c.ID && c.Channel == Card && o.Channel == Card && c.Due.Before(o.Until) && o.Due.Before(c.Until) {
				over = append(over, o.Title)
			}
		}
		if len(over) > 0 {
			p.list[i].Notes = append(p.list[i].Notes, "同时还有对话卡片："+strings.Join(over, "、")+"；居民一次只看到一张，请选一张或错开")
		}
	}
	return p.list
}
