package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
)

const (
	pathMass       = "/cgi-bin/message/mass/"
	maxClientMsgID = 64 // bytes
)

// MassContent is what a mass message shows. It is made by MassText or MassNews;
// the zero value is an error.
type MassContent struct{ kind, value string }

// MassText is a text of 1 to MaxText bytes.
func MassText(content string) MassContent { return MassContent{"text", content} }

// MassNews is a draft, by its media id. The draft is gone once it was sent.
func MassNews(mediaID string) MassContent { return MassContent{"mpnews", mediaID} }

func (m MassContent) check(r *review) {
	switch m.kind {
	case "text":
		r.size("text", "群发文字", m.value, MaxText)
	case "mpnews":
		r.word("media id", "草稿编号", m.value, 256)
	default:
		r.that(false, "message has no content", "群发没有内容。")
	}
}

// into adds the content to a request.
func (m MassContent) into(request map[string]any) map[string]any {
	field := "media_id"
	if m.kind == "text" {
		field = "content"
	}
	request["msgtype"] = m.kind
	request[m.kind] = map[string]string{field: m.value}
	return request
}

// MassMessage is a message to many followers at once (群发).
type MassMessage struct {
	Audience Audience
	Content  MassContent
	// Key is the clientmsgid, 1 to 64 bytes of printable ASCII: the platform
	// sends one message under one key, however often it is asked to.
	Key string
	// IgnoreReprint sends also when the platform takes the article for a
	// reprint of somebody else's.
	IgnoreReprint bool
}

// String names key and audience, nobody and nothing of the content.
func (m MassMessage) String() string { return fmt.Sprintf("mass message %q to %s", m.Key, m.Audience) }

// Format is String for every verb.
func (m MassMessage) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// LogValue is String, for slog.
func (m MassMessage) LogValue() slog.Value { return slog.StringValue(m.String()) }

func (m MassMessage) call() (call, error) {
	ignore := 0
	if m.IgnoreReprint {
		ignore = 1
	}
	request := m.Content.into(map[string]any{"clientmsgid": m.Key, "send_ignore_reprint": ignore})
	k := call{path: pathMass + "sendall", in: request, keyed: true, coded: true}
	switch m.Audience.kind {
	case everybody:
		request["filter"] = map[string]any{"is_to_all": true}
	case tagged:
		request["filter"] = map[string]any{"is_to_all": false, "tag_id": m.Audience.tag}
	case listed:
		request["touser"] = m.Audience.openIDs
		k.path = pathMass + "send"
	}
	r := review{path: k.path}
	r.word("clientmsgid", "群发编号", m.Key, maxClientMsgID)
	m.Audience.check(&r, m.Key)
	m.Content.check(&r)
	return k, r.err
}

// MassJob is the platform's work on a mass message. Its result comes with the
// event MASSSENDJOBFINISH, whose JobID is MsgID.
type MassJob struct {
	MsgID  int64
	DataID int64 // msg_data_id, the first half of an article's id in the figures; 0 if there is none
	// Repeated means that the platform had the message already under this key
	// (45065). MsgID is that of the first time, or 0 if the platform left it out.
	Repeated bool
}

// SendMass asks the platform to send a message to many. An error that
// MaybeAccepted or of kind RetrySameKey may be repeated, by the caller and under
// the same Key. 45065 (sent before) is no error.
func (c *Client) SendMass(ctx context.Context, m MassMessage) (MassJob, error) {
	k, err := m.call()
	if err != nil {
		return MassJob{}, err
	}
	var out struct {
		MsgID  looseID `json:"msg_id"`
		DataID looseID `json:"msg_data_id"`
	}
	k.out = &out
	err = c.do(ctx, k)
	var refused *APIError
	repeated := errors.As(err, &refused) && refused.Code == 45065
	if err != nil && !repeated {
		return MassJob{}, err
	}
	job := MassJob{Repeated: repeated}
	job.MsgID, _ = strconv.ParseInt(string(out.MsgID), 10, 64)
	job.DataID, _ = strconv.ParseInt(string(out.DataID), 10, 64)
	if job.MsgID <= 0 && !repeated {
		return MassJob{}, unanswered(k, true, "answer holds no message id", nil)
	}
	return job, nil
}

// PreviewMass shows a message to one follower, by openid. It takes nothing of
// the quota of mass messages; the platform allows 100 previews a day.
func (c *Client) PreviewMass(ctx context.Context, openID string, m MassContent) error {
	return c.preview(ctx, "touser", openID, m)
}

// PreviewMassByName does it for the follower of a WeChat name (微信号).
func (c *Client) PreviewMassByName(ctx context.Context, name string, m MassContent) error {
	return c.preview(ctx, "towxname", name, m)
}

func (c *Client) preview(ctx context.Context, field, to string, m MassContent) error {
	k := call{path: pathMass + "preview", coded: true, in: m.into(map[string]any{field: to})}
	r := review{path: k.path}
	r.word("receiver", "预览人", to, 128)
	if m.check(&r); r.err != nil {
		return r.err
	}
	return c.do(ctx, k)
}

// MassState is how far a mass message is.
type MassState string

// The states, spelled as the platform spells them.
const (
	MassSent    MassState = "SEND_SUCCESS"
	MassSending MassState = "SENDING"
	MassFailed  MassState = "SEND_FAIL"
	MassDeleted MassState = "DELETE"
)

// MassStateOf asks how far a mass message is.
func (c *Client) MassStateOf(ctx context.Context, msgID int64) (MassState, error) {
	k := call{path: pathMass + "get", in: map[string]int64{"msg_id": msgID}, reads: true}
	var out struct {
		State MassState `json:"msg_status"`
	}
	k.out = &out
	r := review{path: k.path}
	if r.that(msgID > 0, "message id is not above 0", "群发还没有编号。"); r.err != nil {
		return "", r.err
	}
	if err := c.do(ctx, k); err != nil {
		return "", err
	}
	switch out.State {
	case MassSent, MassSending, MassFailed, MassDeleted:
		return out.State, nil
	}
	return "", unanswered(k, true, "answer holds no known state", nil)
}

// DeleteMassArticle deletes the page of one article of a mass message, counted
// from 1. Followers keep the card they got. Only news can be deleted.
func (c *Client) DeleteMassArticle(ctx context.Context, msgID int64, article int) error {
	r := review{path: pathMass + "delete"}
	r.that(article >= 1 && article <= maxArticles, "article is not from 1 to 8", "没有选定要删的是第几篇。")
	if r.err != nil {
		return r.err
	}
	return c.deleteMass(ctx, msgID, article)
}

// DeleteMass deletes the pages of all articles of a mass message.
func (c *Client) DeleteMass(ctx context.Context, msgID int64) error {
	return c.deleteMass(ctx, msgID, 0)
}

func (c *Client) deleteMass(ctx context.Context, msgID int64, article int) error {
	k := call{path: pathMass + "delete", coded: true, in: map[string]int64{"msg_id": msgID, "article_idx": int64(article)}}
	r := review{path: k.path}
	if r.that(msgID > 0, "message id is not above 0", "群发还没有编号。"); r.err != nil {
		return r.err
	}
	return c.do(ctx, k)
}
