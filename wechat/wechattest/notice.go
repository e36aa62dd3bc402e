package wechattest

import (
	"strconv"
	"strings"

	"pufa/wechat"
)

// maxNoticeField is the longest field of a notice in characters.
const maxNoticeField = 20

// noticeBook holds who refuses which notices.
type noticeBook struct {
	refused map[string]map[int]bool // by template id
}

// refuses reports whether a follower refuses a template.
func (b *noticeBook) refuses(template string, n int) bool { return b.refused[template][n] }

func (b *noticeBook) set(template string, n int, refuse bool) {
	if b.refused == nil {
		b.refused = map[string]map[int]bool{}
	}
	if b.refused[template] == nil {
		b.refused[template] = map[int]bool{}
	}
	if refuse {
		b.refused[template][n] = true
	} else {
		delete(b.refused[template], n)
	}
}

type notice struct {
	To       string `json:"touser"`
	Template string `json:"template_id"`
	Page     string `json:"page"`
	Data     map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// noticeSend is bizsend. Its answer holds no message number; that comes with
// the receipt.
func (p *Platform) noticeSend(c *call) any {
	var in notice
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	n, o := p.receiver(in.To)
	if !o.failed() {
		o = p.checkNotice(&in)
	}
	switch {
	case o.failed():
		return o
	case !p.crowd.follows(n):
		return fail(43004, "require subscribe")
	case p.notices.refuses(in.Template, n):
		return fail(43101, "user refuse to accept the msg")
	}
	p.deliver(c, n)
	if p.opt.Receipts {
		p.receipt(in.To, in.Template, c)
	}
	return ok()
}

func (p *Platform) checkNotice(in *notice) outcome {
	fields, known := p.fieldsOf(in.Template)
	if in.Template == "" || !known {
		return fail(40037, "invalid template_id")
	}
	if len(in.Data) == 0 {
		return fail(47003, "argument invalid! data is empty")
	}
	for _, name := range fields {
		if _, sent := in.Data[name]; !sent {
			return fail(47003, "argument invalid! data."+name+" is missing")
		}
	}
	for name, field := range in.Data {
		if v := field.Value; v == "" || chars(v) > maxNoticeField || strings.ContainsAny(v, "\r\n") {
			return fail(47003, "argument invalid! data."+name+".value invalid")
		}
	}
	return ok()
}

func (p *Platform) fieldsOf(template string) (fields []string, known bool) {
	for _, t := range p.opt.Templates {
		if t.ID == template {
			return t.Fields, true
		}
	}
	return nil, len(p.opt.Templates) == 0
}

// receipt plans the event that tells how a notice fared.
func (p *Platform) receipt(openid, template string, c *call) {
	list := wechat.Element{Name: "List", Elements: []wechat.Element{
		{Name: "TemplateId", Value: template},
		{Name: "MsgID", Value: strconv.FormatInt(p.next(), 10)},
		{Name: "ErrorCode", Value: "0"},
		{Name: "ErrorStatus", Value: "success"},
	}}
	p.later(c.now, p.eventFrom(openid, wechat.EventSubscriptionSent,
		wechat.Element{Name: "SubscribeMsgSentEvent", Elements: []wechat.Element{list}}))
}
