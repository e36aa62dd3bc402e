package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

const (
	pathCustomer = "/cgi-bin/message/custom/send"
	pathTyping   = "/cgi-bin/message/custom/typing"
	// maxChoices of a menu message, a choice's length, and a card's title and
	// description, in characters: the program's own limits, the platform's are
	// not published.
	maxChoices   = 10
	maxChoiceLen = 64
	maxCardTitle = 64
	maxCardText  = 512
)

// CustomerMessage is a message to one resident (客服消息). It is made by
// CustomerText, CustomerNews, CustomerArticle or CustomerMenu; the zero value
// is an error. Its printed form is its type.
type CustomerMessage struct {
	kind    string
	text    string // content, or the article's id
	card    NewsItem
	choices []MenuChoice
	tail    string
}

// MenuChoice is one line of a menu message. ID comes back as Message.MenuID.
type MenuChoice struct{ ID, Content string }

// CustomerText is a text of 1 to MaxText bytes.
func CustomerText(content string) CustomerMessage {
	return CustomerMessage{kind: "text", text: content}
}

// CustomerNews is one card; the platform takes no more.
func CustomerNews(card NewsItem) CustomerMessage { return CustomerMessage{kind: "news", card: card} }

// CustomerArticle is a published article, by its article_id.
func CustomerArticle(id string) CustomerMessage {
	return CustomerMessage{kind: "mpnewsarticle", text: id}
}

// CustomerMenu is a text with choices to tap, 1 to 10, and a text below, which
// may be empty.
func CustomerMenu(head string, choices []MenuChoice, tail string) CustomerMessage {
	return CustomerMessage{kind: "msgmenu", text: head, choices: choices, tail: tail}
}

// String names the type.
func (m CustomerMessage) String() string { return "customer message " + m.kind }

// GoString is String, for %#v.
func (m CustomerMessage) GoString() string { return m.String() }

// Format is String for every verb.
func (m CustomerMessage) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// LogValue is String, for slog.
func (m CustomerMessage) LogValue() slog.Value { return slog.StringValue(m.String()) }

func (m CustomerMessage) check(r *review) {
	switch m.kind {
	case "text":
		r.size("text", "消息", m.text, MaxText)
	case "news":
		r.chars("title", "标题", m.card.Title, 1, maxCardTitle)
		r.chars("description", "说明", m.card.Description, 0, maxCardText)
		r.link("address", "链接", m.card.URL, true)
		r.link("picture", "图片链接", m.card.PicURL, false)
	case "mpnewsarticle":
		r.word("article id", "文章编号", m.text, 128)
	case "msgmenu":
		m.checkMenu(r)
	default:
		r.that(false, "message has no content", "消息没有内容。")
	}
}

func (m CustomerMessage) checkMenu(r *review) {
	whole := m.text + m.tail
	for _, c := range m.choices {
		whole += c.Content
	}
	r.size("head", "菜单的开头", m.text, MaxText)
	r.size("menu", "菜单消息", whole, MaxText)
	r.that(len(m.choices) > 0 && len(m.choices) <= maxChoices, "menu has not 1 to 10 choices", "菜单要有1到10个选项。")
	for _, c := range m.choices {
		r.chars("choice", "选项", c.Content, 1, maxChoiceLen)
		r.chars("choice's id", "选项编号", c.ID, 1, maxChoiceLen)
		r.line("choice", "选项", c.ID+c.Content)
	}
}

// payload is what stands under the message's type.
func (m CustomerMessage) payload() any {
	switch m.kind {
	case "text":
		return map[string]string{"content": m.text}
	case "news":
		return map[string]any{"articles": []map[string]string{{
			"title": m.card.Title, "description": m.card.Description, "url": m.card.URL, "picurl": m.card.PicURL,
		}}}
	case "mpnewsarticle":
		return map[string]string{"article_id": m.text}
	}
	list := make([]map[string]string, len(m.choices))
	for i, c := range m.choices {
		list[i] = map[string]string{"id": c.ID, "content": c.Content}
	}
	return map[string]any{"head_content": m.text, "list": list, "tail_content": m.tail}
}

// SendMessage sends a message to one resident, if the ledger has one left for
// them; otherwise the error is of kind Outside48h or CountUsed and nothing was
// called. It is never repeated by itself; what certainly was not sent is
// returned to the ledger.
func (c *Client) SendMessage(ctx context.Context, openID string, m CustomerMessage) error {
	k := call{path: pathCustomer, coded: true, in: map[string]any{"touser": openID, "msgtype": m.kind, m.kind: m.payload()}}
	r := review{path: k.path}
	r.openID(openID)
	m.check(&r)
	if r.err != nil {
		return r.err
	}
	grant, err := c.ledger.TakeMessage(ctx, openID)
	if err != nil {
		return notGranted(k, err)
	}
	err = c.do(ctx, k)
	if err == nil || MaybeAccepted(err) {
		return err
	}
	return errors.Join(err, c.settle(ctx, openID, grant, KindOf(err)))
}

// notGranted says why the ledger has no message left.
func notGranted(k call, err error) error {
	switch {
	case errors.Is(err, ErrOutside48h):
		return notMade(k, Outside48h, "not sent", rulingOf(45015).advice, ErrOutside48h)
	case errors.Is(err, ErrCountUsed):
		return notMade(k, CountUsed, "not sent", rulingOf(45047).advice, ErrCountUsed)
	}
	return notMade(k, Retry, "not sent", "存储暂时连不上，请稍后再试。", err)
}

// settle tells the ledger of a message that was not sent. The caller may be
// gone meanwhile.
func (c *Client) settle(ctx context.Context, openID string, g Grant, kind Kind) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	var err error
	switch kind {
	case Outside48h, CountUsed:
		err = c.ledger.ShutMessages(ctx, openID, kind == Outside48h)
	default:
		err = c.ledger.ReturnMessage(ctx, openID, g)
	}
	if err != nil {
		return fmt.Errorf("settle ledger of customer messages: %w", err)
	}
	return nil
}

// Typing shows the resident that an answer is being written, or no longer.
func (c *Client) Typing(ctx context.Context, openID string, on bool) error {
	command := "CancelTyping"
	if on {
		command = "Typing"
	}
	r := review{path: pathTyping}
	if r.openID(openID); r.err != nil {
		return r.err
	}
	return c.do(ctx, call{path: pathTyping, coded: true, in: map[string]string{"touser": openID, "command": command}})
}
