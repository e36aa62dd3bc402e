package wechattest

import (
	"fmt"
	"time"
)

const (
	maxSpan     = 7 // days
	figuresHour = 8 // yesterday's figures come at this hour
	// fewReads is what reads, shares and favourites must sum up to for an
	// article to appear in the figures.
	fewReads = 3
)

// dayBook counts what the figures tell, by day.
type dayBook struct {
	by    map[string]*dayCount
	reads map[string]map[int]*ArticleReads // msgid, days since it was sent
}

type dayCount struct {
	came, went, messages int
	writers              map[int]bool
}

// ArticleReads are the figures of one article on one day.
type ArticleReads struct {
	Readers    int `json:"int_page_read_user"`
	Reads      int `json:"int_page_read_count"`
	Sharers    int `json:"share_user"`
	Shares     int `json:"share_count"`
	Favourers  int `json:"add_to_fav_user"`
	Favourites int `json:"add_to_fav_count"`
	// Originals are clicks on 阅读原文.
	Originals     int `json:"ori_page_read_count"`
	OriginalUsers int `json:"ori_page_read_user"`
}

func (b *dayBook) day(t time.Time) *dayCount {
	if b.by == nil {
		b.by = map[string]*dayCount{}
	}
	key := dayOf(t)
	if b.by[key] == nil {
		b.by[key] = &dayCount{writers: map[int]bool{}}
	}
	return b.by[key]
}

func (b *dayBook) came(t time.Time) { b.day(t).came++ }
func (b *dayBook) went(t time.Time) { b.day(t).went++ }
func (b *dayBook) said(n int, t time.Time) {
	d := b.day(t)
	d.messages++
	d.writers[n] = true
}

// SetReads says how article index, from 1, of a mass message did on day after,
// 0 for the day on which it was sent.
func (p *Platform) SetReads(msgID int64, index, after int, reads ArticleReads) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.mass.find(msgID)
	if m == nil || index < 1 || index > len(m.Articles) {
		return fmt.Errorf("set reads of mass message %d: there is no article %d", msgID, index)
	}
	if p.days.reads == nil {
		p.days.reads = map[string]map[int]*ArticleReads{}
	}
	id := m.articleID(index)
	if p.days.reads[id] == nil {
		p.days.reads[id] = map[int]*ArticleReads{}
	}
	p.days.reads[id][after] = &reads
	return nil
}

func (m *MassMessage) articleID(index int) string { return fmt.Sprintf("%d_%d", m.DataID, index) }

// span reads the dates of a call: whole days that are over, and known.
func (c *call) span(days int) (from, to time.Time, o outcome) {
	var in struct {
		From string `json:"begin_date"`
		To   string `json:"end_date"`
	}
	if !c.read(&in) {
		return from, to, fail(47001, "data format error")
	}
	from, err1 := time.ParseInLocation(time.DateOnly, in.From, zone())
	to, err2 := time.ParseInLocation(time.DateOnly, in.To, zone())
	now := c.now.In(zone())
	switch {
	case err1 != nil || err2 != nil:
		return from, to, fail(61500, "date format error")
	case to.Before(from), !to.Before(from.AddDate(0, 0, days)), dayOf(to) >= dayOf(now):
		return from, to, fail(61501, "date range error")
	case dayOf(to) == dayOf(now.AddDate(0, 0, -1)) && now.Hour() < figuresHour:
		return from, to, fail(61503, "data not ready")
	}
	return from, to, ok()
}

type figures struct {
	List []any `json:"list"`
}

// perDay answers a line for each day of the span for which there is one.
func (p *Platform) perDay(c *call, line func(day string, d *dayCount) any) any {
	from, to, o := c.span(maxSpan)
	if o.failed() {
		return o
	}
	f := figures{List: []any{}}
	for t := from; !t.After(to); t = t.AddDate(0, 0, 1) {
		if l := line(dayOf(t), p.days.day(t)); l != nil {
			f.List = append(f.List, l)
		}
	}
	return f
}

func (p *Platform) userSummary(c *call) any {
	return p.perDay(c, func(day string, d *dayCount) any {
		return map[string]any{"ref_date": day, "user_source": 0, "new_user": d.came, "cancel_user": d.went}
	})
}

func (p *Platform) userCumulate(c *call) any {
	return p.perDay(c, func(day string, _ *dayCount) any {
		total := p.crowd.following()
		for later, d := range p.days.by {
			if later > day {
				total += d.went - d.came
			}
		}
		return map[string]any{"ref_date": day, "user_source": 0, "cumulate_user": total}
	})
}

func (p *Platform) upstream(c *call) any {
	return p.perDay(c, func(day string, d *dayCount) any {
		if d.messages == 0 {
			return nil
		}
		return map[string]any{"ref_date": day, "msg_type": 1, "msg_user": len(d.writers), "msg_count": d.messages}
	})
}

type articleLine struct {
	Date  string `json:"ref_date"`
	ID    string `json:"msgid"`
	Title string `json:"title"`
	*ArticleReads
	Details []articleDay `json:"details,omitempty"`
}

type articleDay struct {
	Date    string `json:"stat_date"`
	Targets int64  `json:"target_user"`
	*ArticleReads
}

// eachArticle visits the sent articles that have figures, with the days for
// which they are known.
func (p *Platform) eachArticle(visit func(m *MassMessage, index int, days map[int]*ArticleReads)) {
	for _, m := range p.mass.list {
		for i := range m.Articles {
			if days := p.days.reads[m.articleID(i+1)]; days != nil && m.State == MassDone {
				visit(m, i+1, days)
			}
		}
	}
}

func (r *ArticleReads) few() bool { return r.Reads+r.Shares+r.Favourites < fewReads }

// articleSummary is what each article did on one day, whenever it was sent.
func (p *Platform) articleSummary(c *call) any {
	day, _, o := c.span(1)
	if o.failed() {
		return o
	}
	f := figures{List: []any{}}
	p.eachArticle(func(m *MassMessage, index int, days map[int]*ArticleReads) {
		for after, r := range days {
			if dayOf(m.Ended.AddDate(0, 0, after)) == dayOf(day) && !r.few() {
				f.List = append(f.List, articleLine{
					Date: dayOf(day), ID: m.articleID(index), Title: m.Articles[index-1].Title, ArticleReads: r,
				})
			}
		}
	})
	return f
}

// articleTotal is what the articles sent on one day did since, summed up day
// by day.
func (p *Platform) articleTotal(c *call) any {
	day, _, o := c.span(1)
	if o.failed() {
		return o
	}
	f := figures{List: []any{}}
	p.eachArticle(func(m *MassMessage, index int, days map[int]*ArticleReads) {
		if dayOf(m.Ended) != dayOf(day) {
			return
		}
		line := articleLine{Date: dayOf(day), ID: m.articleID(index), Title: m.Articles[index-1].Title}
		sum := new(ArticleReads)
		for after := 0; after < maxSpan && dayOf(m.Ended.AddDate(0, 0, after)) < dayOf(c.now); after++ {
			sum = sum.plus(days[after])
			if !sum.few() {
				line.Details = append(line.Details, articleDay{dayOf(m.Ended.AddDate(0, 0, after)), m.Counts.Sent, sum})
			}
		}
		if len(line.Details) > 0 {
			f.List = append(f.List, line)
		}
	})
	return f
}

func (r *ArticleReads) plus(o *ArticleReads) *ArticleReads {
	if o == nil {
		return r
	}
	return &ArticleReads{
		r.Readers + o.Readers, r.Reads + o.Reads, r.Sharers + o.Sharers, r.Shares + o.Shares,
		r.Favourers + o.Favourers, r.Favourites + o.Favourites, r.Originals + o.Originals, r.OriginalUsers + o.OriginalUsers,
	}
}
