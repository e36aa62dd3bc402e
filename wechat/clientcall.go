package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	maxAnswer   = 1 << 20 // bytes of an answer
	maxRepeats  = 3       // of a call that changes nothing
	callTime    = 10 * time.Second
	uploadTime  = 30 * time.Second
	contentJSON = "application/json; charset=utf-8"
)

// call is one call to the platform.
type call struct {
	path  string     // "/cgi-bin/…"
	query url.Values // beside the token
	in    any        // the body, as JSON; nil without file: GET
	file  *upload    // the body, as a form
	out   any        // takes the answer; nil: none but errcode
	reads bool       // changes nothing, so it may be repeated
	keyed bool       // carries a clientmsgid
	coded bool       // an answer without errcode is none
	bare  bool       // goes without a token
}

// name is the path without what all have in common.
func (k call) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(k.path, "/"), "cgi-bin/")
}

// body is an encoded request.
type body struct {
	bytes []byte
	kind  string
}

// encode writes the body once, for all tries.
func (k call) encode() (body, error) {
	switch {
	case k.file != nil:
		return k.file.encode()
	case k.in == nil:
		return body{}, nil
	}
	text, err := encodeJSON(k.in)
	if err != nil {
		return body{}, badInput(k.path, "text holds a control character or bytes that are no UTF-8", "内容里有看不见的控制字符，请删掉后重新输入。")
	}
	return body{text, contentJSON}, nil
}

// do makes a call with a token. One that changes nothing is repeated after a
// pause when the platform is busy or away.
func (c *Client) do(ctx context.Context, k call) error {
	b, err := k.encode()
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		err = c.try(ctx, k, b)
		if !k.reads || n == maxRepeats || KindOf(err) != Retry || !rest(ctx, c.pause<<n) {
			return err
		}
	}
}

// rest pauses for half of d and a random part of the other half. It reports
// false when ctx ended.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d/2 + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}

// try makes a call, and once more with a new token if the token was refused:
// the platform did nothing then.
func (c *Client) try(ctx context.Context, k call, b body) error {
	token, err := c.tokens.get(ctx, k)
	if err != nil {
		return err
	}
	err = c.send(ctx, k, b, token.text)
	if KindOf(err) != TokenBad {
		return err
	}
	if token, err = c.tokens.replace(ctx, k, token); err != nil {
		return err
	}
	return c.send(ctx, k, b, token.text)
}

// send makes one request and reads the answer.
func (c *Client) send(ctx context.Context, k call, b body, token string) error {
	limit := callTime
	if k.file != nil {
		limit = uploadTime
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var sent atomic.Bool
	sent.Store(!c.tells())
	req, err := c.request(limited, k, b, token, &sent)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return disconnected(ctx, k, sent.Load(), err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return disconnected(ctx, k, true, err)
	case len(answer) > maxAnswer:
		return unanswered(k, true, "answer is over 1 MiB", nil)
	case res.StatusCode != http.StatusOK:
		return oddStatus(k, res.StatusCode)
	}
	return k.read(answer)
}

// request builds a request that notes in sent whether any of it may have left.
func (c *Client) request(ctx context.Context, k call, b body, token string, sent *atomic.Bool) (*http.Request, error) {
	// A second GetConn means that nothing was written to the first connection:
	// net/http repeats a POST in no other case.
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	query := url.Values{}
	for name, values := range k.query {
		query[name] = values
	}
	if !k.bare {
		query.Set("access_token", token)
	}
	address := c.base + k.path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	method := http.MethodGet
	if b.kind != "" {
		method = http.MethodPost
	}
	// A reader of this type goes out with the head in one write.
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(b.bytes))
	if err != nil { // its text would hold the address
		return nil, notMade(k, Misconfigured, "address cannot be used", "请技术人员检查 PUFA_WECHAT_API_BASE。", nil)
	}
	if b.kind != "" {
		req.Header.Set("Content-Type", b.kind)
	}
	return req, nil
}

// tells reports whether the transport says when it has a connection. With
// another one every call counts as sent.
func (c *Client) tells() bool {
	_, standard := c.http.Transport.(*http.Transport)
	return standard || c.http.Transport == nil
}

// oddStatus is an answer that is not the platform's. A gateway says 5xx also
// when the platform behind it did its work.
func oddStatus(k call, status int) error {
	certain := status >= 300 && status < 500 && status != http.StatusRequestTimeout
	e := unanswered(k, !certain, "HTTP status "+http.StatusText(status), nil)
	if certain {
		e.Kind, e.advice = Unknown, "接口地址答复异常，请技术人员检查网络和 PUFA_WECHAT_API_BASE。"
	}
	return e
}

// read takes in an answer.
func (k call) read(answer []byte) error {
	var head struct {
		Code    *int   `json:"errcode"`
		Message string `json:"errmsg"`
	}
	if err := json.Unmarshal(answer, &head); err != nil || answer[0] == 'n' {
		return unanswered(k, true, "answer cannot be read", nil)
	}
	if head.Code == nil && k.coded {
		return unanswered(k, true, "answer has no errcode", nil)
	}
	if k.out != nil {
		if err := json.Unmarshal(answer, k.out); err != nil && (head.Code == nil || *head.Code == 0) {
			return unanswered(k, true, "answer cannot be read", nil)
		}
	}
	if head.Code != nil && *head.Code != 0 {
		return refusedBy(k, *head.Code, head.Message)
	}
	return nil
}

var errEscape = errors.New("text cannot go unescaped")

// encodeJSON writes JSON without any \u escape, which the platform would show
// as it stands or refuse (40033).
func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return unescapeJSON(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// unescapeJSON writes the two line separators that encoding/json always escapes
// as they are. Any other escape stands for a control character or broken UTF-8.
func unescapeJSON(text []byte) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		switch rest := text[i:]; {
		case bytes.HasPrefix(rest, []byte(`\u2028`)):
			out, i = append(out, "\u2028"...), i+5
		case bytes.HasPrefix(rest, []byte(`\u2029`)):
			out, i = append(out, "\u2029"...), i+5
		case bytes.HasPrefix(rest, []byte(`\u`)), bytes.HasPrefix(rest, []byte(`\b`)), bytes.HasPrefix(rest, []byte(`\f`)):
			return nil, errEscape
		default:
			out, i = append(out, text[i], text[i+1]), i+1
		}
	}
	return out, nil
}

// looseID is an id that the platform writes as a number or as a text.
type looseID string

func (id *looseID) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" {
		return nil
	}
	if strings.ContainsAny(text, `\"{}[]`) || len(text) > 128 {
		return errors.New("id is neither number nor text")
	}
	*id = looseID(text)
	return nil
}
