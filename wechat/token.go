package wechat

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"
)

// TokenStore shares the access token between all instances of an account. Its
// errors hold no token.
type TokenStore interface {
	// TakeToken returns the shared token and how long it is still good. When
	// there is none token is empty, and mine says whether holder is now the one
	// to fetch it, for at most lease; otherwise another one is at it.
	TakeToken(ctx context.Context, holder string, lease time.Duration) (token string, life time.Duration, mine bool, err error)
	// KeepToken keeps a token for life and lets go of holder's right to fetch.
	KeepToken(ctx context.Context, holder, token string, life time.Duration) error
	// ReleaseToken lets go of holder's right to fetch.
	ReleaseToken(ctx context.Context, holder string) error
	// DropToken deletes the shared token if it still is the one given.
	DropToken(ctx context.Context, token string) error
}

const (
	fetchLease  = 12 * time.Second // longer than a fetch takes
	fetchesMost = 5                // fetches of one process within fetchesIn
	fetchesIn   = time.Minute
	storeTime   = 2 * time.Second // for what must be said after the caller is gone
	tokenMargin = time.Minute     // before its end a token is not used any more
	tokenMost   = 2 * time.Hour   // the longest life that is believed
)

// accessToken is a token with its end.
type accessToken struct {
	text  string
	until time.Time
}

// tokens hands the token out. One goroutine of the process asks store or
// platform; the others wait for what it finds. When the store is away the
// token stays in the process.
type tokens struct {
	store  TokenStore
	fetch  func(context.Context) (accessToken, error)
	holder string
	now    func() time.Time
	log    *slog.Logger
	poll   time.Duration

	cached  atomic.Pointer[accessToken]
	turn    chan struct{} // holds one: the right to what stands below
	bad     string        // the last token that was refused
	fetched []time.Time   // of the last minute
	stopped error         // the platform knows the account under another secret
	warned  time.Time
}

func newTokens(cfg ClientConfig, fetch func(context.Context, string) (accessToken, error)) *tokens {
	t := &tokens{
		store: cfg.Tokens, holder: rand.Text(), now: cfg.Now, log: cfg.Log,
		poll: 100 * time.Millisecond, turn: make(chan struct{}, 1),
	}
	secret := cfg.Secret
	t.fetch = func(ctx context.Context) (accessToken, error) { return fetch(ctx, secret) }
	return t
}

// get returns a token that is good for a minute or more.
func (t *tokens) get(ctx context.Context, k call) (*accessToken, error) {
	if a := t.live(); a != nil {
		return a, nil
	}
	return t.replace(ctx, k, nil)
}

// live returns the token of the process, nil when it has none that is good.
func (t *tokens) live() *accessToken {
	a := t.cached.Load()
	if a == nil || !t.now().Before(a.until) {
		return nil
	}
	return a
}

// replace returns another token than used, which the platform refused.
func (t *tokens) replace(ctx context.Context, k call, used *accessToken) (*accessToken, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return nil, disconnected(ctx, k, false, ctx.Err())
	}
	if used != nil && t.cached.CompareAndSwap(used, nil) {
		t.bad = used.text
		t.drop(ctx)
	}
	if a := t.live(); a != nil {
		return a, nil
	}
	a, err := t.renew(ctx)
	if err != nil {
		return nil, err
	}
	t.cached.Store(&a)
	return &a, nil
}

// drop deletes the refused token for all, unless another instance has already
// put a new one in its place.
func (t *tokens) drop(ctx context.Context) {
	if err := t.store.DropToken(ctx, t.bad); err != nil {
		t.warn(err)
	}
}

// renew takes the shared token, or fetches one, or waits for the instance that
// does. Without the store it fetches for this process alone.
func (t *tokens) renew(ctx context.Context) (accessToken, error) {
	for waited := time.Duration(0); waited < fetchLease; waited += t.poll {
		text, life, mine, err := t.store.TakeToken(ctx, t.holder, fetchLease)
		switch {
		case err != nil:
			t.warn(err)
			return t.fetchOne(ctx)
		case text != "" && text == t.bad:
			t.drop(ctx) // it could not be dropped when it was refused
		case text != "":
			return accessToken{text, t.now().Add(life)}, nil
		case mine:
			return t.fetchShared(ctx)
		}
		if !rest(ctx, t.poll) {
			return accessToken{}, disconnected(ctx, tokenCall(nil, nil), false, ctx.Err())
		}
	}
	return t.fetchOne(ctx)
}

// fetchShared fetches for all instances.
func (t *tokens) fetchShared(ctx context.Context) (accessToken, error) {
	a, err := t.fetchOne(ctx)
	// The others wait for this, also when the caller is gone meanwhile.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	told := error(nil)
	if err != nil {
		told = t.store.ReleaseToken(after, t.holder)
	} else {
		told = t.store.KeepToken(after, t.holder, a.text, a.until.Sub(t.now()))
	}
	if told != nil {
		t.warn(told)
	}
	return a, err
}

// fetchOne fetches a token, at most 5 times a minute whatever goes wrong, and
// never again after the platform has refused the secret.
func (t *tokens) fetchOne(ctx context.Context) (accessToken, error) {
	if t.stopped != nil {
		return accessToken{}, t.stopped
	}
	now := t.now()
	for len(t.fetched) > 0 && now.Sub(t.fetched[0]).Abs() >= fetchesIn {
		t.fetched = t.fetched[1:]
	}
	if len(t.fetched) >= fetchesMost {
		return accessToken{}, notMade(tokenCall(nil, nil), Retry, "a token was fetched 5 times within a minute", "请一分钟后再试。", nil)
	}
	t.fetched = append(t.fetched, now)
	a, err := t.fetch(ctx)
	if wrongSecret(err) {
		t.stopped = err
	}
	return a, err
}

// warn says once a minute that the store is away.
func (t *tokens) warn(err error) {
	if now := t.now(); now.Sub(t.warned).Abs() >= time.Minute {
		t.warned = now
		t.log.Warn("access token is not shared", "error", err)
	}
}

func tokenCall(in, out any) call {
	return call{path: "/cgi-bin/stable_token", in: in, out: out, reads: true, bare: true}
}

// fetchToken asks the platform for a token. It never asks it to make a new one
// in place of one that is good (force_refresh).
func (c *Client) fetchToken(ctx context.Context, secret string) (accessToken, error) {
	in := struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}{"client_credential", c.appID, secret, false}
	var out struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	k := tokenCall(in, &out)
	b, err := k.encode()
	if err != nil {
		return accessToken{}, err
	}
	asked := c.now()
	if err := c.send(ctx, k, b, ""); err != nil {
		return accessToken{}, explained(err)
	}
	life := min(time.Duration(min(out.Expires, int64(tokenMost/time.Second)))*time.Second, tokenMost)
	if out.Token == "" || life <= 0 || len(out.Token) > 2048 || strings.ContainsAny(out.Token, " \r\n") {
		return accessToken{}, unanswered(k, false, "answer holds no token", nil)
	}
	return accessToken{out.Token, asked.Add(max(life-tokenMargin, life/2))}, nil
}

// explained turns "bad token", said to the call that asks for one, into what
// it means there.
func explained(err error) error {
	if e, ok := err.(*APIError); ok && e.Kind == TokenBad {
		r := rulingOf(40125)
		e.Kind, e.meaning, e.advice = Misconfigured, "AppSecret is wrong: no more calls until it is corrected and the program restarted", r.advice
	}
	return err
}

// wrongSecret reports whether the platform does not know AppID and AppSecret.
func wrongSecret(err error) bool {
	e, ok := err.(*APIError)
	if !ok {
		return false
	}
	switch e.Code {
	case 40001, 40013, 40125, 41002, 41004:
		return true
	}
	return false
}
