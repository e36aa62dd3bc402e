package wechat

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	// maxEcho bounds the word of a URL check; real ones have about 20 digits.
	maxEcho = 1024
	// maxScratch is the largest buffer kept for the next request, in bytes.
	maxScratch = 64 << 10
)

// Callback is one account's end of the protocol. It is for use by many
// goroutines at once and holds nothing of what passes through it.
type Callback struct {
	token      string
	appID      string
	originalID string
	mode       Mode
	maxAge     int64 // seconds

	keys    []*aesKey // current first; empty in plain mode without a key
	scratch sync.Pool // *scratch
}

// scratch is the working memory of one request.
type scratch struct {
	signed []byte // what a signature is taken of
	text   []byte // base64, or the XML of a reply
	frame  []byte // the encrypted or decrypted frame
	random [randomLen + nonceRandom]byte
}

// New checks the settings and prepares the keys. The error joins all problems
// and holds no secret.
func New(cfg Config) (*Callback, error) {
	keys, err := cfg.validate()
	if err != nil {
		return nil, fmt.Errorf("wechat settings: %w", err)
	}
	maxAge := cfg.MaxAge
	if maxAge == 0 {
		maxAge = DefaultMaxAge
	}
	return &Callback{
		token: cfg.Token, appID: cfg.AppID, originalID: cfg.OriginalID,
		mode: cfg.Mode, maxAge: int64(maxAge / time.Second), keys: keys,
		scratch: sync.Pool{New: func() any { return new(scratch) }},
	}, nil
}

// Format names the account and the mode for every verb, no secret.
func (c *Callback) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "wechat.Callback{AppID:%q Mode:%s}", c.appID, c.mode)
}

// Delivery is one authentic message with what is needed to answer it. Its
// printed form is that of the message.
type Delivery struct {
	Message

	callback *Callback
	key      *aesKey // that opened the message; nil if it came unencrypted
}

// Encrypted reports whether the message came encrypted, and the reply will go so.
func (d *Delivery) Encrypted() bool { return d.key != nil }

// VerifyURL answers the platform's check of the address (GET): the word to
// send back as plain text. Errors are ErrDenied. The word is printable ASCII
// without markup, so that no answer of the server is ever a page.
func (c *Callback) VerifyURL(q url.Values, now time.Time) (echo string, err error) {
	sc := c.borrow()
	defer c.giveBack(sc)
	if err := c.authenticate(sc, q, now); err != nil {
		return "", err
	}
	echo = q.Get("echostr")
	if echo == "" || len(echo) > maxEcho {
		return "", denied("echostr is empty or too long")
	}
	for i := range len(echo) {
		if b := echo[i]; b <= ' ' || b >= 0x7F || b == '<' || b == '>' || b == '&' || b == '"' || b == '\'' {
			return "", denied("echostr is not plain")
		}
	}
	return echo, nil
}

// Open checks, decrypts and reads one delivery (POST). Errors are ErrTooLarge,
// ErrDenied or ErrUnreadable. An encrypted delivery is read with the current,
// then the previous key, and only from its encrypted part, whatever stands
// beside it (compatible mode).
func (c *Callback) Open(q url.Values, body []byte, now time.Time) (*Delivery, error) {
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	sc := c.borrow()
	defer c.giveBack(sc)
	if err := c.authenticate(sc, q, now); err != nil {
		return nil, err
	}
	encrypted, err := c.encrypted(q)
	if err != nil {
		return nil, err
	}
	d := &Delivery{callback: c}
	doc := string(body)
	if encrypted {
		if doc, d.key, err = c.openEnvelope(sc, q, doc); err != nil {
			return nil, err
		}
	}
	if err := d.read(doc); err != nil {
		return nil, err
	}
	if c.originalID != "" && d.ToUser != c.originalID {
		return nil, denied("the message is for another account")
	}
	return d, nil
}

// authenticate checks signature and age of a request, GET or POST.
func (c *Callback) authenticate(sc *scratch, q url.Values, now time.Time) error {
	timestamp := q.Get("timestamp")
	var want [signatureLen]byte
	want, sc.signed = sign(sc.signed, c.token, timestamp, q.Get("nonce"), nil)
	if !sameSignature(want, q.Get("signature")) {
		return denied("signature does not match")
	}
	at, err := strconv.ParseUint(timestamp, 10, 63)
	if err != nil {
		return denied("timestamp is not a number of seconds")
	}
	// Compared this way round, since a difference could overflow.
	if sec := now.Unix(); int64(at) < sec-c.maxAge || int64(at) > sec+c.maxAge {
		return denied("timestamp is too far from now")
	}
	return nil
}

// encrypted says whether to read the encrypted part of the body. The mode
// decides, not the request: safe mode knows no other.
func (c *Callback) encrypted(q url.Values) (bool, error) {
	switch q.Get("encrypt_type") {
	case "aes":
		// Without a key (plain mode) the plain fields beside it will do.
		return len(c.keys) > 0, nil
	case "", "raw":
		if c.mode == Safe {
			return false, denied("unencrypted delivery in safe mode")
		}
		return false, nil
	}
	return false, denied("encrypt_type is unknown")
}

// envelope picks the encrypted part out of a body.
type envelope struct{ encrypted string }

func (e *envelope) open([]string) {}

func (e *envelope) leaf(path []string, value string) {
	if len(path) == 1 && path[0] == "Encrypt" {
		setFirst(&e.encrypted, value)
	}
}

// openEnvelope returns the message inside an encrypted body and the key that
// opened it. Until msg_signature holds, nothing about the body is authentic,
// so every fault of it is a denial.
func (c *Callback) openEnvelope(sc *scratch, q url.Values, body string) (string, *aesKey, error) {
	var e envelope
	if scan(body, MaxBody, &e) != nil || e.encrypted == "" {
		return "", nil, denied("body has no encrypted part")
	}
	sc.text = append(sc.text[:0], e.encrypted...)
	var want [signatureLen]byte
	want, sc.signed = sign(sc.signed, c.token, q.Get("timestamp"), q.Get("nonce"), sc.text)
	if !sameSignature(want, q.Get("msg_signature")) {
		return "", nil, denied("msg_signature does not match")
	}
	return c.decrypt(sc)
}

// decrypt opens the base64 in sc.text with the first key that fits.
func (c *Callback) decrypt(sc *scratch) (msg string, key *aesKey, err error) {
	for _, k := range c.keys {
		sc.frame, err = base64.StdEncoding.AppendDecode(sc.frame[:0], sc.text)
		if err != nil {
			return "", nil, denied("encrypted part is not base64")
		}
		if len(sc.frame)%padBlock != 0 {
			return "", nil, denied("encrypted part is not whole blocks")
		}
		k.decrypt(sc.frame)
		var plain []byte
		if plain, err = openFrame(sc.frame, c.appID); err == nil {
			return string(plain), k, nil
		}
	}
	return "", nil, err
}

func (c *Callback) borrow() *scratch { return c.scratch.Get().(*scratch) }

// giveBack keeps the buffers, emptied of what was said, unless a large body
// has grown them.
func (c *Callback) giveBack(sc *scratch) {
	clear(sc.text)
	clear(sc.frame)
	if max(cap(sc.signed), cap(sc.text), cap(sc.frame)) <= maxScratch {
		c.scratch.Put(sc)
	}
}
