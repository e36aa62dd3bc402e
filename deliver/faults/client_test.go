package faults

import (
	"context"
	"net/http"
	"sync"
	"time"

	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// clientOf is a client of the platform at an address, with a token of this
// process's own.
func clientOf(api string) (*wechat.Client, error) {
	return wechat.NewClient(wechat.ClientConfig{
		AppID: wechattest.DefaultAppID, Secret: wechattest.DefaultSecret, BaseURL: api,
		HTTP:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}},
		Tokens: &tokens{}, Ledger: nobody{},
	})
}

// tokens keeps one token in memory.
type tokens struct {
	mu     sync.Mutex
	token  string
	holder string
	ends   time.Time
}

func (k *tokens) TakeToken(_ context.Context, holder string, _ time.Duration) (string, time.Duration, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != "" {
		return k.token, time.Until(k.ends), false, nil
	}
	if k.holder == "" || k.holder == holder {
		k.holder = holder
		return "", 0, true, nil
	}
	return "", 0, false, nil
}

func (k *tokens) KeepToken(_ context.Context, _, token string, life time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.token, k.holder, k.ends = token, "", time.Now().Add(life)
	return nil
}

func (k *tokens) ReleaseToken(context.Context, string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.holder = ""
	return nil
}

func (k *tokens) DropToken(_ context.Context, token string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token == token {
		k.token = ""
	}
	return nil
}

// nobody may be sent a customer message.
type nobody struct{}

func (nobody) TakeMessage(context.Context, string) (wechat.Grant, error) {
	return wechat.Grant{}, wechat.ErrOutside48h
}
func (nobody) ReturnMessage(context.Context, string, wechat.Grant) error { return nil }
func (nobody) ShutMessages(context.Context, string, bool) error          { return nil }
