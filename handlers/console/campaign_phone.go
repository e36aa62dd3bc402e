package console

import (
	"strings"

	"pufa/campaign"
)

// cardHead stands over a card, as handlers puts it there.
const cardHead = "—— 普法宣传 ——"

// phone is what a campaign looks like on a resident's telephone.
type phone struct {
	Account  string // whose account it is
	Kind     string // how it comes
	Card     string
	Message  string
	Fields   []campaign.Field
	Fault    string // why a notice cannot be shown
	Articles []phoneArticle
	Open     bool // articles are shown in full
}

// CardHead is the line over a card.
func (phone) CardHead() string { return cardHead }

// phoneArticle is one piece of a mass message or a published page.
type phoneArticle struct {
	Number        int
	Title, Digest string
	Paragraphs    []string
	Entries       []entryLink
	Cover         string
}

// entryLink is an entry that something stands on.
type entryLink struct {
	ID, Title string
	URL       string // empty when the library does not have it
}

// phoneOf shows a campaign. open shows articles in full from the start.
func (v *visit) phoneOf(c campaign.Campaign, open bool) phone {
	p := phone{Account: "本公众号", Open: open}
	if v.Street != nil {
		if s := v.Street(); s.Office != "" {
			p.Account = s.Office
		}
	}
	text := strings.TrimSpace(c.Text)
	switch c.Channel {
	case campaign.Mass:
		p.Kind = "群发的图文，出现在居民的聊天列表里"
	case campaign.Publish:
		p.Kind = "发布的网页，不推送，有链接的能看"
	case campaign.Notice:
		p.Kind = "订阅通知，出现在“服务通知”里"
		if fields, err := campaign.NoticeFields(text); err != nil {
			p.Fault = err.Error()
		} else {
			p.Fields = fields
		}
	case campaign.Message:
		p.Kind, p.Message = "客服消息，像一条聊天消息", text
	case campaign.Card:
		p.Kind, p.Card = "对话卡片，附在居民提问的答复下面", text
	default:
		p.Kind, p.Message = "还没有选渠道", text
	}
	if c.Channel.Written() {
		for i, a := range c.Articles {
			p.Articles = append(p.Articles, v.phoneArticle(i, a))
		}
	}
	return p
}

func (v *visit) phoneArticle(i int, a campaign.Article) phoneArticle {
	p := phoneArticle{Number: i + 1, Title: a.Title, Digest: a.Digest, Cover: a.Cover, Entries: v.entryLinks(a.Entries)}
	for line := range strings.Lines(a.Body) {
		if line = strings.TrimSpace(line); line != "" {
			p.Paragraphs = append(p.Paragraphs, line)
		}
	}
	return p
}

// entryLinks name entries by their titles, and lead to what residents read.
func (v *visit) entryLinks(ids []string) (list []entryLink) {
	lib := v.Campaigns.Library()
	for _, id := range ids {
		link := entryLink{ID: id, Title: id}
		if e, ok := lib.Entry(id); ok {
			link.Title, link.URL = e.Title, "/a/"+e.ID
		}
		list = append(list, link)
	}
	return list
}
