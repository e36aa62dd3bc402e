package campaign

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pufa/content"
)

// The shares of a pack's drafts are told apart by the ends of their ids.
const (
	pushMark  = "p"
	cardMark  = "c"
	afterMark = "f"
)

// pack adds the drafts of a pack: its pushes, as the account allows, a card for
// each of its days, and the card some days later.
func (p *planner) pack(pack content.Pack, day Occurrence) {
	first, last := span(pack.Date(), p.year)
	share := packShare{planner: p, pack: pack, day: day, first: first, last: last}
	switch account := p.opt.Account; {
	case !account.Verified:
		share.notes = append(share.notes, "账号没有认证，不能群发，只拟对话卡片")
	case account.Service:
		for i, push := range pack.Pushes {
			share.push(i+1, push.Day, push.Pieces)
		}
	default:
		for _, piece := range pack.Pieces {
			share.push(piece.Day, piece.Day, []int{piece.Day})
		}
	}
	for i, piece := range pack.Pieces {
		share.card(i, piece)
	}
	share.after()
}

// packShare is a pack in one year.
type packShare struct {
	*planner
	pack        content.Pack
	day         Occurrence
	first, last time.Time
	notes       []string
}

func (s *packShare) draft(end, title string) Campaign {
	c := s.planner.draft(s.day, s.pack.ID+"-"+end, fmt.Sprintf("%d年%s %s", s.year, s.pack.Name, title))
	c.Theme, c.Pack = s.pack.Theme, s.pack.ID
	c.Series = fmt.Sprintf("%d-%s", s.year, s.pack.ID)
	return c
}

func (s *packShare) add(c Campaign) {
	notes := append(slices.Clone(s.notes), "资料包的日期："+s.pack.Why)
	s.planner.add(c, s.day, notes...)
}

func (s *packShare) dayOf(n int) time.Time { return s.first.AddDate(0, 0, n-1) }

func (s *packShare) push(number, day int, pieces []int) {
	c := s.draft(fmt.Sprintf("%s%d", pushMark, number), fmt.Sprintf("群发（第%d天）", day))
	c.Channel = Mass
	for _, piece := range s.pack.Pieces {
		if slices.Contains(pieces, piece.Day) {
			c.Articles = append(c.Articles, s.article(piece))
		}
	}
	// Questions go on for some days after the push that raised them.
	last := s.dayOf(day).AddDate(0, 0, afterDays-1)
	if last.Before(s.last) {
		last = s.last
	}
	s.during(&c, s.dayOf(day), last)
	s.add(c)
}

func (s *packShare) card(i int, piece content.Piece) {
	c := s.draft(fmt.Sprintf("%s%d", cardMark, piece.Day), fmt.Sprintf("卡片（第%d天）", piece.Day))
	c.Channel, c.Entries = Card, piece.Entries
	c.Text = piece.Card + "\n接着可以问：" + piece.FollowUp
	s.during(&c, s.dayOf(piece.Day), s.dayOf(piece.Day))
	if i+1 < len(s.pack.Pieces) {
		// Until the next card takes over, so that two never lie over each other.
		c.Until = s.start(s.dayOf(s.pack.Pieces[i+1].Day))
		c.Grace = min(c.Until.Sub(c.Due), MaxGrace)
	}
	s.add(c)
}

func (s *packShare) after() {
	c := s.draft(afterMark, "回头看")
	c.Channel, c.Text, c.Entries = Card, s.pack.After.Card, s.pack.After.Entries
	first := s.last.AddDate(0, 0, s.pack.After.Days)
	s.during(&c, first, first.AddDate(0, 0, afterDays-1))
	s.add(c)
}

// article is a piece with the basis of its entries below: nothing in the pack
// names a law itself, so a corrected entry corrects the article.
func (s *packShare) article(piece content.Piece) Article {
	body := strings.TrimSpace(piece.Body) + "\n" + basisOf(s.lib, piece.Entries) +
		"\n想接着问，直接在本公众号打字：" + piece.FollowUp
	return Article{Title: piece.Title, Digest: piece.Digest, Body: body, Entries: piece.Entries}
}

// basisOf names the articles that entries cite, law by law in the order of the
// entries, and the day on which the oldest of them was checked.
func basisOf(lib *content.Library, ids []string) string {
	var laws []string
	articles := map[string][]string{}
	checked := ""
	for _, id := range ids {
		e, ok := lib.Entry(id)
		if !ok {
			continue
		}
		if checked == "" || e.CheckedOn < checked {
			checked = e.CheckedOn
		}
		for _, c := range e.Citations {
			law := "《" + c.Law + "》（" + c.Edition + "起施行）"
			if !slices.Contains(laws, law) {
				laws = append(laws, law)
			}
			if name := articleName(c.Article); !slices.Contains(articles[law], name) {
				articles[law] = append(articles[law], name)
			}
		}
	}
	for i, law := range laws {
		laws[i] = law + strings.Join(articles[law], "、")
	}
	return "依据（核对至" + checked + "）：" + strings.Join(laws, "；") + "。"
}

// articleName is 第25条, or 第287条之2 for "287-2".
func articleName(article string) string {
	base, inserted, has := strings.Cut(article, "-")
	if has {
		return "第" + base + "条之" + inserted
	}
	return "第" + base + "条"
}
