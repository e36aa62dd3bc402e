package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/content"
	"pufa/statute"
	"pufa/web"
)

// Library is where the entries are.
type Library interface {
	Entry(id string) (*content.Entry, bool)
	Topics() []content.Topic
	Standing(e *content.Entry, day time.Time) content.Standing
	Law(name string) (content.Law, bool)
	Hotline(number string) (content.Hotline, bool)
}

// Approvals knows what the street's justice office has approved.
type Approvals interface {
	Approved(e *content.Entry) bool // as it reads now
}

const (
	saysLapsed     = "这一条超过了核对期限，正在重新核对，暂时不提供答案。请打12348咨询，或到司法所问。"
	saysStale      = "这一条依据的法律已经有了新的规定，正在重新核对，暂时不提供答案。请打12348咨询，或到司法所问。"
	saysTakenDown  = "这一条正在重新核对，暂时不提供答案。请打12348咨询，或到司法所问。"
	saysUnapproved = "这一条正在等本街道司法所审核，暂时不提供答案。请打12348咨询，或到司法所问。"
	noAnswerNumber = "12348"
)

// shanghai is the zone whose days count. China has had no summer time since
// 1992.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// entryPage shows an entry, or says why it answers nothing now.
func (s *Site) entryPage(c *gin.Context) {
	e, ok := s.Library.Entry(c.Param("topic") + "/" + c.Param("slug"))
	if !ok {
		s.noPage(c)
		return
	}
	page := s.viewOf(e, s.Now())
	page.Frame = s.frame(e.Question())
	data, err := s.Pages.Entry(page)
	s.html(c, http.StatusOK, data, err)
	if err == nil && page.Withheld == "" {
		s.countOpen(c, e)
	}
}

// viewOf says what the page of e shows at that time.
func (s *Site) viewOf(e *content.Entry, now time.Time) web.EntryPage {
	page := web.EntryPage{Question: e.Question(), Topic: s.topicName(e.Topic())}
	standing, approved := s.Library.Standing(e, now.In(shanghai)), s.Approvals.Approved(e)
	if page.Withheld = s.withheld(standing, approved); page.Withheld != "" {
		page.Hotlines = s.hotlines([]string{noAnswerNumber}, e.Remedy.Hotlines)
		return page
	}
	s.fill(&page, e, standing, approved, now)
	return page
}

// Preview renders the page of an entry that staff are writing, as residents
// would see it once it is released. It counts nothing.
func (s *Site) Preview(e *content.Entry) ([]byte, error) {
	page := web.EntryPage{Question: e.Question(), Topic: s.topicName(e.Topic())}
	page.Frame = s.frame("预览：" + e.Question())
	s.fill(&page, e, content.Current, false, s.Now())
	return s.Pages.Entry(page)
}

// fill writes the answer on the page.
func (s *Site) fill(page *web.EntryPage, e *content.Entry, standing content.Standing, approved bool, now time.Time) {
	if standing == content.Overdue {
		page.Notice = "本条核对于" + e.CheckedOn + "，请以12348答复为准。"
	}
	page.Short = e.Short
	for _, l := range e.Lines {
		page.Lines = append(page.Lines, web.Line{Text: l.Text, Must: l.Must})
	}
	page.Basis = "依据核对至" + e.CheckedOn + "，待本街道司法所审核。"
	if approved {
		page.Basis = "依据核对至" + e.CheckedOn + "，本街道司法所已审核。"
	}
	for _, citation := range e.Citations {
		page.Citations = append(page.Citations, s.citation(citation))
	}
	page.Remedy = remedyRows(e.Remedy)
	page.Hotlines = s.hotlines(e.Remedy.Hotlines)
	page.Related = s.related(e, now)
}

// withheld returns why e answers nothing, or nothing when it does.
func (s *Site) withheld(standing content.Standing, approved bool) string {
	switch {
	case standing == content.TakenDown:
		return saysTakenDown
	case standing == content.Stale:
		return saysStale
	case standing != content.Current && standing != content.Overdue:
		return saysLapsed
	case s.OnlyApproved && !approved:
		return saysUnapproved
	}
	return ""
}

func (s *Site) topicName(slug string) string {
	for _, t := range s.Library.Topics() {
		if t.Slug == slug {
			return t.Name
		}
	}
	return ""
}

// citation writes the full title of a law: short names may be ours.
func (s *Site) citation(c content.Citation) web.Citation {
	title := c.Law
	if law, ok := s.Library.Law(c.Law); ok && law.Title != "" {
		title = law.Title
	}
	return web.Citation{Law: title, Article: statute.FormatArticle(c.Article), Edition: c.Edition, Gist: c.Gist}
}

func remedyRows(r content.Remedy) []web.Row {
	var rows []web.Row
	for _, row := range []web.Row{
		{Label: "找谁", Text: r.Door},
		{Label: "去哪里", Text: r.Where},
		{Label: "带什么", Text: r.Bring},
		{Label: "期限", Text: r.Deadline},
		{Label: "费用", Text: r.Cost},
	} {
		if row.Text != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// hotlines joins lists of numbers, each number once.
func (s *Site) hotlines(lists ...[]string) []web.Hotline {
	var out []web.Hotline
	seen := map[string]bool{}
	for _, list := range lists {
		for _, number := range list {
			if seen[number] {
				continue
			}
			seen[number] = true
			h, _ := s.Library.Hotline(number)
			out = append(out, web.Hotline{Number: number, Name: h.Name})
		}
	}
	return out
}

// related leads to entries that answer now.
func (s *Site) related(e *content.Entry, now time.Time) []web.Link {
	var links []web.Link
	for _, id := range e.Related {
		other, ok := s.Library.Entry(id)
		if !ok || s.withheld(s.Library.Standing(other, now.In(shanghai)), s.Approvals.Approved(other)) != "" {
			continue
		}
		links = append(links, web.Link{URL: "/a/" + id, Text: other.Question()})
	}
	return links
}
