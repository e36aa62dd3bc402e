package wechat

import (
	"context"
	"fmt"
	"log/slog"
)

const (
	// MaxNoticeField is the longest field of a notice in characters.
	MaxNoticeField  = 20
	maxNoticeFields = 20
)

// Notice is a subscription notice (订阅通知) for a resident who consented to
// its template. Its printed form is its template.
type Notice struct {
	TemplateID string
	Page       string            // where a tap leads; may be empty
	Fields     map[string]string // as the template names them (thing1); each of 1 to 20 characters in one line
}

// String names the template.
func (n Notice) String() string { return fmt.Sprintf("notice of template %q", n.TemplateID) }

// GoString is String, for %#v.
func (n Notice) GoString() string { return n.String() }

// Format is String for every verb.
func (n Notice) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(n.String())) }

// LogValue is String, for slog.
func (n Notice) LogValue() slog.Value { return slog.StringValue(n.String()) }

func (n Notice) check(r *review) {
	r.word("template id", "通知模板编号", n.TemplateID, 128)
	r.link("page", "通知链接", n.Page, false)
	r.that(len(n.Fields) > 0 && len(n.Fields) <= maxNoticeFields, "notice has not 1 to 20 fields", "通知没有内容。")
	for name, value := range n.Fields {
		r.word("field's name", "通知字段名", name, 64)
		r.chars("field", "通知的每一项", value, 1, MaxNoticeField)
		r.line("field", "通知的每一项", value)
	}
}

// SendNotice sends a notice to one resident. It takes no key and is not
// repeated once it may have been accepted; how it fared comes with the event
// subscribe_msg_sent_event. jobID is the MsgID of that event where the
// platform tells it at once, and may be empty.
func (c *Client) SendNotice(ctx context.Context, openID string, n Notice) (jobID string, err error) {
	var out struct {
		ID looseID `json:"msgid"`
	}
	r := review{path: "/cgi-bin/message/subscribe/bizsend"}
	r.openID(openID)
	if n.check(&r); r.err != nil {
		return "", r.err
	}
	data := map[string]any{}
	for name, value := range n.Fields {
		data[name] = map[string]string{"value": value}
	}
	in := map[string]any{"touser": openID, "template_id": n.TemplateID, "data": data}
	if n.Page != "" {
		in["page"] = n.Page
	}
	err = c.do(ctx, call{path: r.path, in: in, out: &out, coded: true})
	return string(out.ID), err
}
