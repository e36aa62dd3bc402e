package wechattest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"pufa/wechat"
)

const (
	// tries is how often a message is delivered until it is answered.
	tries = 3
	// platformUser is who events come from that no resident caused.
	platformUser = "oPlatformMassAssistant000000"
)

func (p *Platform) prepareCallback() (err error) {
	p.client = &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 2 * atOnce}, Timeout: p.opt.AnswerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if p.opt.Callback.Token == "" {
		return nil
	}
	if p.callback, err = wechat.New(p.opt.Callback); err != nil {
		return fmt.Errorf("start wechat platform: %w", err)
	}
	return nil
}

// DeliverTo says where messages and events go from now on: the address of the
// callback with its path.
func (p *Platform) DeliverTo(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callbackURL = address
}

// Deliver brings one message to the callback, as XML, signed and, in safe
// mode, encrypted: three times in all, until it is answered in time. It
// returns the reply as the platform reads it.
func (p *Platform) Deliver(ctx context.Context, message []byte) (*wechat.ReplyMessage, error) {
	if p.callback == nil {
		return nil, errors.New("deliver message: the platform has no callback")
	}
	if !p.enter() {
		return nil, errors.New("deliver message: the platform is closed")
	}
	defer p.running.Done()
	ctx, cancel := p.untilClosed(ctx)
	defer cancel()
	var reply *wechat.ReplyMessage
	var query url.Values
	var body []byte
	var err error
	for try := range tries {
		// Nobody knows whether a repeated delivery is signed anew: the second
		// has the signature of the first, the third its own.
		if try != 1 {
			if query, body, err = p.callback.Seal(message, p.now(), nil); err != nil {
				return nil, fmt.Errorf("deliver message: %w", err)
			}
		}
		if reply, err = p.post(ctx, query, body); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("deliver message: %w", err)
	}
	return reply, nil
}

func (p *Platform) post(ctx context.Context, query url.Values, body []byte) (*wechat.ReplyMessage, error) {
	p.mu.Lock()
	address := p.callbackURL
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/xml")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, wechat.MaxBody+1))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("callback answered status %d", resp.StatusCode)
	}
	return p.callback.OpenReply(answer)
}

// CheckURL checks the callback's address as the platform does when it is
// entered on the account's page.
func (p *Platform) CheckURL(ctx context.Context) error {
	if p.callback == nil {
		return errors.New("check callback: the platform has no callback")
	}
	const word = "5927782489442352469"
	query, err := p.callback.SealURL(word, p.now(), nil)
	if err != nil {
		return fmt.Errorf("check callback: %w", err)
	}
	p.mu.Lock()
	address := p.callbackURL
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("check callback: %w", err)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("check callback: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, int64(len(word))+1))
	if err != nil || resp.StatusCode != http.StatusOK || string(answer) != word {
		return fmt.Errorf("check callback: status %d, or the answer is not the word sent", resp.StatusCode)
	}
	return nil
}

func (p *Platform) eventFrom(openid, event string, fields ...wechat.Element) []byte {
	return wechat.EventMessage(openid, p.opt.Callback.OriginalID, event, p.now(), fields...)
}
