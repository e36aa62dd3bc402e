package wechat

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxNews is the number of news items that may answer an event, such as a
	// subscription or a menu click. Any other message takes one.
	MaxNews = 8
	// nonceRandom is the random part of a reply's nonce, in bytes.
	nonceRandom = 8

	replyNews     = "news"
	replyTransfer = "transfer_customer_service"
)

// Reply is a passive answer. The zero value answers nothing.
type Reply struct {
	kind    string
	text    string // content of a text, or the account of a transfer
	article []NewsItem
}

// NewsItem is one card of a news reply.
type NewsItem struct{ Title, Description, PicURL, URL string }

// Text answers with a text of 1 to MaxText bytes.
func Text(content string) Reply { return Reply{kind: TypeText, text: content} }

// News answers with cards: one, or up to MaxNews to an event.
func News(items ...NewsItem) Reply { return Reply{kind: replyNews, article: items} }

// TransferCustomerService hands the conversation to the account's customer
// service at the platform; account names one clerk (kf_account), or is empty
// for whoever is free.
func TransferCustomerService(account string) Reply {
	return Reply{kind: replyTransfer, text: account}
}

// Reply returns the response body for r: the reply's XML, encrypted with the
// key that opened the message, or Success for the zero Reply. random is
// crypto/rand.Reader when nil; now becomes the time of the reply. Errors are
// ErrReply, or that of random.
func (d *Delivery) Reply(r Reply, now time.Time, random io.Reader) ([]byte, error) {
	return d.AppendReply(nil, r, now, random)
}

// AppendReply appends what Reply returns to dst.
func (d *Delivery) AppendReply(dst []byte, r Reply, now time.Time, random io.Reader) ([]byte, error) {
	if r.kind == "" {
		return append(dst, Success...), nil
	}
	r, err := r.checked(d.Type)
	if err != nil {
		return dst, err
	}
	if d.key == nil {
		return d.appendReply(dst, r, now), nil
	}
	sc := d.callback.borrow()
	defer d.callback.giveBack(sc)
	sc.text = d.appendReply(sc.text[:0], r, now)
	nonce, err := sc.fill(random)
	if err != nil {
		return dst, fmt.Errorf("encrypt reply: %w", err)
	}
	return d.callback.appendEnvelope(dst, sc, d.key, strconv.FormatInt(now.Unix(), 10), nonce), nil
}

// checked returns r with characters that XML allows, or says why the platform
// would show it as a fault.
func (r Reply) checked(inboundType string) (Reply, error) {
	r.text = clean(r.text)
	switch r.kind {
	case TypeText:
		if strings.TrimSpace(r.text) == "" {
			return r, badReply("text is empty")
		}
		if len(r.text) > MaxText {
			return r, badReply("text is over 2048 bytes")
		}
	case replyNews:
		limit := 1
		if inboundType == TypeEvent {
			limit = MaxNews
		}
		if len(r.article) == 0 || len(r.article) > limit {
			return r, badReply("number of news items")
		}
	}
	return r, nil
}

// appendReply appends the reply's XML.
func (d *Delivery) appendReply(b []byte, r Reply, now time.Time) []byte {
	b = slices.Grow(b, 256+len(d.FromUser)+len(d.ToUser)+len(r.text))
	b = append(b, "<xml>"...)
	b = appendElement(b, "ToUserName", d.FromUser)
	b = appendElement(b, "FromUserName", d.ToUser)
	b = appendNumber(b, "CreateTime", now.Unix())
	b = appendElement(b, "MsgType", r.kind)
	switch {
	case r.kind == TypeText:
		b = appendElement(b, "Content", r.text)
	case r.kind == replyTransfer && r.text != "":
		b = append(b, "<TransInfo>"...)
		b = appendElement(b, "KfAccount", r.text)
		b = append(b, "</TransInfo>"...)
	case r.kind == replyNews:
		b = appendNews(b, r.article)
	}
	return append(b, "</xml>"...)
}

func appendNews(b []byte, items []NewsItem) []byte {
	b = appendNumber(b, "ArticleCount", int64(len(items)))
	b = append(b, "<Articles>"...)
	for _, it := range items {
		b = append(b, "<item>"...)
		b = appendElement(b, "Title", clean(it.Title))
		b = appendElement(b, "Description", clean(it.Description))
		b = appendElement(b, "PicUrl", clean(it.PicURL))
		b = appendElement(b, "Url", clean(it.URL))
		b = append(b, "</item>"...)
	}
	return append(b, "</Articles>"...)
}

// fill draws the random start of a frame and a nonce.
func (sc *scratch) fill(random io.Reader) (nonce string, err error) {
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, sc.random[:]); err != nil {
		return "", fmt.Errorf("draw random bytes: %w", err)
	}
	return hex.EncodeToString(sc.random[randomLen:]), nil
}

// appendEnvelope appends the encrypted and signed form of the reply in sc.text.
func (c *Callback) appendEnvelope(b []byte, sc *scratch, k *aesKey, timestamp, nonce string) []byte {
	const around = 256 // elements, signature, timestamp, nonce
	c.seal(sc, k)
	b = slices.Grow(b, around+base64.StdEncoding.EncodedLen(len(sc.frame)))
	b = append(b, "<xml><Encrypt><![CDATA["...)
	start := len(b)
	b = base64.StdEncoding.AppendEncode(b, sc.frame)
	var signature [signatureLen]byte
	signature, sc.signed = sign(sc.signed, c.token, timestamp, nonce, b[start:])
	b = append(b, "]]></Encrypt><MsgSignature><![CDATA["...)
	b = append(b, signature[:]...)
	b = append(b, "]]></MsgSignature><TimeStamp>"...)
	b = append(b, timestamp...)
	b = append(b, "</TimeStamp>"...)
	b = appendElement(b, "Nonce", nonce)
	return append(b, "</xml>"...)
}

// seal makes sc.frame the encrypted form of sc.text, under the random bytes
// that were drawn before.
func (c *Callback) seal(sc *scratch, k *aesKey) {
	sc.frame = appendFrame(sc.frame[:0], sc.random[:randomLen], sc.text, c.appID)
	k.encrypt(sc.frame)
}
