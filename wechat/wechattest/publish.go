package wechattest

import (
	"strconv"
	"time"

	"pufa/wechat"
)

// Values of Page.Status: the platform's publish_status.
const (
	PageOut     = "0"
	PagePending = "1"
	PageFailed  = "3"
	PageRefused = "4"
)

// Page is one publication: its draft is gone, and nobody is told.
type Page struct {
	PublishID string
	ArticleID string // empty until it is out
	DataID    int64  // msg_data_id
	Status    string
	Campaign  string
	Articles  []Article
	Accepted  time.Time
	Ended     time.Time // zero until there is a result

	media string
}

// EndPage says how the next publication ends: a publish_status. When several
// are said they hold for one after the other.
func (p *Platform) EndPage(status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drafts.ends = append(p.drafts.ends, status)
}

// Pages returns every publication, oldest first.
func (p *Platform) Pages() []Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Page, len(p.drafts.pages))
	for i, page := range p.drafts.pages {
		list[i] = *page
	}
	return list
}

func (p *Platform) publishSubmit(c *call) any {
	var in mediaID
	draft, o := p.draftOf(c)
	if o.failed() {
		return o
	}
	c.read(&in)
	delete(p.drafts.drafts, in.ID)
	page := &Page{
		PublishID: strconv.FormatInt(2247483650+p.next(), 10), DataID: 2650000000 + p.next(), Status: PagePending,
		Campaign: p.campaignOf(draft), Articles: draft, Accepted: c.now, media: in.ID,
	}
	p.drafts.pages = append(p.drafts.pages, page)
	end := PageOut
	if len(p.drafts.ends) > 0 {
		end, p.drafts.ends = p.drafts.ends[0], p.drafts.ends[1:]
	}
	p.plan(c.now.Add(p.opt.JobTime), func(now time.Time) { p.endPage(page, end, now) })
	return struct {
		outcome
		ID     string `json:"publish_id"`
		DataID int64  `json:"msg_data_id"`
	}{ok(), page.PublishID, page.DataID}
}

// endPage ends a publication; what failed is a draft again.
func (p *Platform) endPage(page *Page, status string, now time.Time) {
	page.Status, page.Ended = status, now
	if status == PageOut {
		page.ArticleID = "article-" + page.PublishID
	} else {
		p.drafts.drafts[page.media] = page.Articles
	}
	p.later(now, p.eventFrom(platformUser, wechat.EventPublished,
		wechat.Element{Name: "PublishEventInfo", Elements: page.elements()}))
}

func (page *Page) elements() []wechat.Element {
	list := []wechat.Element{
		{Name: "publish_id", Value: page.PublishID}, {Name: "publish_status", Value: page.Status},
	}
	if page.Status != PageOut {
		return append(list, wechat.Element{Name: "fail_idx", Value: "1"})
	}
	detail := []wechat.Element{{Name: "count", Value: strconv.Itoa(len(page.Articles))}}
	for i := range page.Articles {
		detail = append(detail, wechat.Element{Name: "item", Elements: []wechat.Element{
			{Name: "idx", Value: strconv.Itoa(i + 1)}, {Name: "article_url", Value: page.address(i)},
		}})
	}
	return append(list, wechat.Element{Name: "article_id", Value: page.ArticleID},
		wechat.Element{Name: "article_detail", Elements: detail})
}

func (page *Page) address(i int) string {
	return "https://mp.weixin.qq.com/s/" + page.PublishID + "-" + strconv.Itoa(i+1)
}

func (p *Platform) publishGet(c *call) any {
	var in struct {
		ID string `json:"publish_id"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	for _, page := range p.drafts.pages {
		if page.PublishID == in.ID {
			return page.answer()
		}
	}
	return fail(53502, "invalid publish_id")
}

func (page *Page) answer() any {
	type item struct {
		Index int    `json:"idx"`
		URL   string `json:"article_url"`
	}
	type detail struct {
		Count int    `json:"count"`
		Items []item `json:"item"`
	}
	status, _ := strconv.Atoi(page.Status)
	a := struct {
		ID        string  `json:"publish_id"`
		Status    int     `json:"publish_status"`
		ArticleID string  `json:"article_id,omitempty"`
		Detail    *detail `json:"article_detail,omitempty"`
		Failed    []int   `json:"fail_idx"`
	}{ID: page.PublishID, Status: status, ArticleID: page.ArticleID, Failed: []int{}}
	switch page.Status {
	case PageOut:
		a.Detail = &detail{Count: len(page.Articles)}
		for i := range page.Articles {
			a.Detail.Items = append(a.Detail.Items, item{i + 1, page.address(i)})
		}
	case PagePending:
	default:
		a.Failed = append(a.Failed, 1)
	}
	return a
}

// hasArticle knows the pages that are out.
func (b *draftBook) hasArticle(id string) bool {
	for _, page := range b.pages {
		if id != "" && page.ArticleID == id {
			return true
		}
	}
	return false
}
