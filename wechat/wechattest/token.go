package wechattest

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const (
	tokenPath = "/cgi-bin/stable_token"
	// tokenLife is how long a token is good.
	tokenLife = 2 * time.Hour
	// tokenOverlap is the end of a token's life, in which the platform gives
	// out the next one while the old one still works.
	tokenOverlap = 5 * time.Minute
	// tokenLen is the length that a store of tokens must bear, in bytes.
	tokenLen = 512

	tokensAMinute = 10_000
	forcesADay    = 20
	forceApart    = 30 * time.Second
)

// tokens are the account's tokens, good and former ones.
type tokens struct {
	current string
	ends    map[string]time.Time // the zero time: withdrawn
	forced  time.Time
	made    int
}

func (t *tokens) check(token string, now time.Time) outcome {
	ends, known := t.ends[token]
	switch {
	case token == "":
		return fail(41001, "access_token missing")
	case len(token) != tokenLen:
		return fail(40014, "invalid access_token")
	case !known, ends.IsZero():
		return fail(40001, "invalid credential, access_token is invalid or not latest")
	case !now.Before(ends):
		return fail(42001, "access_token expired")
	}
	return ok()
}

// give returns the token of now and what is left of its life.
func (t *tokens) give(now time.Time, force bool) (string, time.Duration) {
	left := t.ends[t.current].Sub(now)
	if left > tokenOverlap && !force {
		return t.current, left
	}
	if t.ends == nil {
		t.ends = map[string]time.Time{}
	}
	if force && t.current != "" {
		t.ends[t.current] = time.Time{}
	}
	t.made++
	t.current = tokenOf(t.made)
	t.ends[t.current] = now.Add(tokenLife)
	return t.current, tokenLife
}

// tokenOf makes a token of the full length with every letter a token may have.
func tokenOf(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < tokenLen; i++ {
		sum := sha256.Sum256([]byte("token " + strconv.Itoa(n) + " " + strconv.Itoa(i)))
		b.WriteString(base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	return b.String()[:tokenLen]
}

func (p *Platform) stableToken(c *call) any {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	switch {
	case !c.read(&in):
		return fail(47001, "data format error")
	case in.Grant != "client_credential":
		return fail(40002, "invalid grant_type")
	case in.AppID == "":
		return fail(41002, "appid missing")
	case in.AppID != p.opt.AppID:
		return fail(40013, "invalid appid")
	case in.Secret == "":
		return fail(41004, "appsecret missing")
	case in.Secret != p.opt.Secret:
		return fail(40125, "invalid appsecret")
	case !p.quota.minute(c.path, tokensAMinute, c.now):
		return fail(45011, "api minute-quota reach limit")
	}
	if in.Force {
		if !p.tokens.forced.IsZero() && c.now.Sub(p.tokens.forced) < forceApart {
			return fail(45011, "api minute-quota reach limit")
		}
		if !p.quota.day(tokenPath+" force", forcesADay, c.now) {
			return fail(45009, "reach max api daily quota limit")
		}
		p.tokens.forced = c.now
	}
	token, left := p.tokens.give(c.now, in.Force)
	return struct {
		Token string `json:"access_token"`
		Ends  int64  `json:"expires_in"`
	}{token, int64(left / time.Second)}
}

// ExpireTokens ends every token that was given out: calls with one are answered
// 42001.
func (p *Platform) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for token, ends := range p.tokens.ends {
		if !ends.IsZero() {
			p.tokens.ends[token] = time.Unix(1, 0)
		}
	}
}

// WithdrawTokens makes every token that was given out invalid: calls with one
// are answered 40001.
func (p *Platform) WithdrawTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for token := range p.tokens.ends {
		p.tokens.ends[token] = time.Time{}
	}
}

// TokensMade returns how many different tokens were given out.
func (p *Platform) TokensMade() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tokens.made
}
