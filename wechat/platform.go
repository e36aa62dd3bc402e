package wechat

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Seal signs msg, and in safe mode encrypts it, as the platform would, and
// returns the query and the body of its POST. random is crypto/rand.Reader
// when nil. It serves tests and the page that tries the bot out.
func (c *Callback) Seal(msg []byte, now time.Time, random io.Reader) (url.Values, []byte, error) {
	sc := c.borrow()
	defer c.giveBack(sc)
	q, err := c.query(sc, now, random)
	if err != nil {
		return nil, nil, fmt.Errorf("seal message: %w", err)
	}
	var to string
	if m, err := Parse(msg); err == nil {
		q.Set("openid", m.FromUser)
		to = m.ToUser
	}
	if c.mode != Safe {
		return q, append([]byte(nil), msg...), nil
	}
	sc.text = append(sc.text[:0], msg...)
	c.seal(sc, c.keys[0])
	encrypted := base64.StdEncoding.AppendEncode(nil, sc.frame)
	var signature [signatureLen]byte
	signature, sc.signed = sign(sc.signed, c.token, q.Get("timestamp"), q.Get("nonce"), encrypted)
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", string(signature[:]))
	body := appendElement([]byte("<xml>"), "ToUserName", to)
	body = appendElement(body, "Encrypt", string(encrypted))
	return q, append(body, "</xml>"...), nil
}

// SealURL returns the query of the platform's check of the address.
func (c *Callback) SealURL(echo string, now time.Time, random io.Reader) (url.Values, error) {
	sc := c.borrow()
	defer c.giveBack(sc)
	q, err := c.query(sc, now, random)
	if err != nil {
		return nil, fmt.Errorf("seal address check: %w", err)
	}
	q.Set("echostr", echo)
	return q, nil
}

func (c *Callback) query(sc *scratch, now time.Time, random io.Reader) (url.Values, error) {
	nonce, err := sc.fill(random)
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	var signature [signatureLen]byte
	signature, sc.signed = sign(sc.signed, c.token, timestamp, nonce, nil)
	return url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "signature": {string(signature[:])},
	}, nil
}

// ReplyMessage is what the server answered, as the platform reads it. The zero
// value is no answer.
type ReplyMessage struct {
	ToUser, FromUser, CreateTime, Type string

	Content   string // text
	KfAccount string // transfer_customer_service
	News      []NewsItem

	encrypted, msgSignature, timestamp, nonce string // of the envelope
}

// OpenReply reads a response body as the platform would: it checks the
// signature, decrypts with the current, then the previous key, and refuses
// what a resident would see as a fault. Success and an empty body are no
// answer. In safe mode an unencrypted reply is refused.
func (c *Callback) OpenReply(body []byte) (*ReplyMessage, error) {
	if len(body) == 0 || string(body) == Success {
		return new(ReplyMessage), nil
	}
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	r, err := readReply(string(body))
	if err != nil {
		return nil, err
	}
	if r.encrypted != "" {
		if r, err = c.openSealedReply(r); err != nil {
			return nil, err
		}
	} else if c.mode == Safe {
		return nil, denied("unencrypted reply in safe mode")
	}
	if err := r.fault(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return r, nil
}

func (c *Callback) openSealedReply(r *ReplyMessage) (*ReplyMessage, error) {
	if len(c.keys) == 0 {
		return nil, denied("encrypted reply without a key")
	}
	sc := c.borrow()
	defer c.giveBack(sc)
	sc.text = append(sc.text[:0], r.encrypted...)
	var want [signatureLen]byte
	want, sc.signed = sign(sc.signed, c.token, r.timestamp, r.nonce, sc.text)
	if !sameSignature(want, r.msgSignature) {
		return nil, denied("reply signature does not match")
	}
	doc, _, err := c.decrypt(sc)
	if err != nil {
		return nil, err
	}
	return readReply(doc)
}

func readReply(doc string) (*ReplyMessage, error) {
	r := new(ReplyMessage)
	if err := scan(clean(doc), MaxBody, r); err != nil {
		return nil, unreadable(err.Error())
	}
	return r, nil
}

// fault says what of the reply the platform would show as a fault.
func (r *ReplyMessage) fault() error {
	switch {
	case r.ToUser == "" || r.CreateTime == "":
		return errors.New("reply has no receiver or time")
	case r.Type == TypeText && (strings.TrimSpace(r.Content) == "" || len(r.Content) > MaxText):
		return errors.New("reply text is empty or too long")
	case r.Type == replyNews && (len(r.News) == 0 || len(r.News) > MaxNews):
		return errors.New("reply has no news items or too many")
	case r.Type != TypeText && r.Type != replyNews && r.Type != replyTransfer:
		return errors.New("reply type is unknown")
	}
	return nil
}

func (r *ReplyMessage) open(path []string) {
	if len(path) == 2 && path[0] == "Articles" && path[1] == "item" {
		r.News = append(r.News, NewsItem{})
	}
}

func (r *ReplyMessage) leaf(path []string, value string) {
	switch {
	case len(path) == 1:
		setFirst(r.field(path[0]), value)
	case len(path) == 2 && path[0] == "TransInfo" && path[1] == "KfAccount":
		setFirst(&r.KfAccount, value)
	case len(path) == 3 && path[0] == "Articles" && path[1] == "item":
		setFirst(r.News[len(r.News)-1].field(path[2]), value)
	}
}

func (r *ReplyMessage) field(name string) *string {
	switch name {
	case "ToUserName":
		return &r.ToUser
	case "FromUserName":
		return &r.FromUser
	case "CreateTime":
		return &r.CreateTime
	case "MsgType":
		return &r.Type
	case "Content":
		return &r.Content
	case "Encrypt":
		return &r.encrypted
	case "MsgSignature":
		return &r.msgSignature
	case "TimeStamp":
		return &r.timestamp
	case "Nonce":
		return &r.nonce
	}
	return nil
}

func (n *NewsItem) field(name string) *string {
	switch name {
	case "Title":
		return &n.Title
	case "Description":
		return &n.Description
	case "PicUrl":
		return &n.PicURL
	case "Url":
		return &n.URL
	}
	return nil
}
