package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Scope is what an interface token (接口令牌) opens; it opens nothing else and
// changes nothing.
type Scope string

// The scopes.
const (
	ReadFigures   Scope = "figures"   // 统计数字
	ReadEntries   Scope = "entries"   // 条目
	ReadCampaigns Scope = "campaigns" // 主题推送
)

// Scopes lists every scope, in the order in which they are shown.
func Scopes() []Scope { return []Scope{ReadFigures, ReadEntries, ReadCampaigns} }

// Chinese is the scope as staff read it.
func (s Scope) Chinese() string {
	return map[Scope]string{ReadFigures: "统计数字", ReadEntries: "条目", ReadCampaigns: "主题推送"}[s]
}

// The measures of a token.
const (
	MaxAPITokens = 20                   // in use at once
	MaxTokenLife = 366 * 24 * time.Hour // until it has to be made anew
	tokenBytes   = 32                   // of its secret
	tokenIDBytes = 6
	maxTokenName = 30 // characters
	tokenPrefix  = "pufa_"
)

// The errors of interface tokens that a caller decides by.
var (
	// ErrTokenName means that the name of a token is empty, too long or cannot
	// be printed.
	ErrTokenName = errors.New("the token needs a name of 1 to 30 characters")
	// ErrTokenScope means that a token would open nothing, or what is no scope.
	ErrTokenScope = errors.New("the token needs one or more of the scopes figures, entries, campaigns")
	// ErrTokenLife means that a token would not end within a year.
	ErrTokenLife = errors.New("the token has to end within a year")
	// ErrTokenTaken means that there is a token of this name.
	ErrTokenTaken = errors.New("there is a token of this name: withdraw it first")
	// ErrTokens means that there are as many tokens as there may be.
	ErrTokens = errors.New("there are 20 tokens: withdraw one that is not used")
	// ErrNoToken means that there is no such token.
	ErrNoToken = errors.New("there is no such token")
)

// APIToken is an interface token as it is kept: of its text only a hash.
type APIToken struct {
	ID      string    `json:"id"` // 12 hex digits; part of the text
	Name    string    `json:"name"`
	Scopes  []Scope   `json:"scopes"`
	Hash    string    `json:"hash"` // SHA-256 of the text, in hex
	By      string    `json:"by"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"` // the first moment at which it opens nothing
}

// APITokens is where interface tokens are kept, each change with its step of
// the trail, both or neither.
type APITokens interface {
	// APIToken returns ErrNoToken for an id that has none.
	APIToken(ctx context.Context, id string) (APIToken, error)
	APITokens(ctx context.Context) ([]APIToken, error)
	// PutAPIToken keeps a new token; ErrTokens when there are MaxAPITokens.
	PutAPIToken(ctx context.Context, t APIToken, step Draft) error
	// DropAPIToken withdraws a token; ErrNoToken when it is not there any more.
	DropAPIToken(ctx context.Context, id string, step Draft) error
}

// Issuer makes, withdraws and checks interface tokens.
type Issuer struct {
	tokens APITokens
	now    func() time.Time
}

// NewIssuer makes an issuer; now is the clock, time.Now when nil.
func NewIssuer(tokens APITokens, now func() time.Time) *Issuer {
	if now == nil {
		now = time.Now
	}
	return &Issuer{tokens, now}
}

// List returns the tokens that are kept, those that ended too, the newest
// first.
func (i *Issuer) List(ctx context.Context) ([]APIToken, error) {
	list, err := i.tokens.APITokens(ctx)
	slices.SortFunc(list, func(a, b APIToken) int { return b.Made.Compare(a.Made) })
	return list, err
}

// Make makes a token for somebody with the role 管理 and returns its text, which
// is shown once and kept nowhere. The error joins everything that is wrong.
func (i *Issuer) Make(ctx context.Context, by Account, name string, scopes []Scope, life time.Duration) (APIToken, string, error) {
	if !by.May(Admin) {
		return APIToken{}, "", fmt.Errorf("make token: %w", ErrRole)
	}
	name = strings.TrimSpace(name)
	if err := errors.Join(checkTokenName(name), checkScopes(scopes), checkLife(life)); err != nil {
		return APIToken{}, "", fmt.Errorf("make token: %w", err)
	}
	kept, err := i.tokens.APITokens(ctx)
	if err != nil {
		return APIToken{}, "", fmt.Errorf("make token: %w", err)
	}
	if slices.ContainsFunc(kept, func(t APIToken) bool { return t.Name == name }) {
		return APIToken{}, "", fmt.Errorf("make token: %w", ErrTokenTaken)
	}
	raw := make([]byte, tokenIDBytes+tokenBytes)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	id := hex.EncodeToString(raw[:tokenIDBytes])
	text := tokenPrefix + id + "_" + base64.RawURLEncoding.EncodeToString(raw[tokenIDBytes:])
	now := i.now().UTC().Truncate(time.Second)
	t := APIToken{ID: id, Name: name, Scopes: slices.Clone(scopes), Hash: hashOfToken(text), By: by.Name, Made: now, Expires: now.Add(life)}
	step := Draft{At: now, Who: by.Name, Did: "make token", What: id, Note: name + ": " + joinScopes(scopes)}
	if err := i.tokens.PutAPIToken(ctx, t, step); err != nil {
		return APIToken{}, "", fmt.Errorf("make token: %w", err)
	}
	return t, text, nil
}

// Withdraw ends a token at once.
func (i *Issuer) Withdraw(ctx context.Context, by Account, id string) error {
	if !by.May(Admin) {
		return fmt.Errorf("withdraw token: %w", ErrRole)
	}
	step := Draft{At: i.now(), Who: by.Name, Did: "withdraw token", What: id}
	if err := i.tokens.DropAPIToken(ctx, id, step); err != nil {
		return fmt.Errorf("withdraw token %q: %w", id, err)
	}
	return nil
}

// Of returns the token of a text, or ErrNoToken for a text that is none, was
// withdrawn or has ended. What cannot be a token is refused without a look.
func (i *Issuer) Of(ctx context.Context, text string) (APIToken, error) {
	found := tokenForm.FindStringSubmatch(text)
	if found == nil {
		return APIToken{}, ErrNoToken
	}
	t, err := i.tokens.APIToken(ctx, found[1])
	if err != nil {
		return APIToken{}, err
	}
	right := subtle.ConstantTimeCompare([]byte(hashOfToken(text)), []byte(t.Hash)) == 1
	if !right || t.Over(i.now()) {
		return APIToken{}, ErrNoToken
	}
	return t, nil
}

var tokenForm = regexp.MustCompile(`^` + tokenPrefix + `([0-9a-f]{12})_[A-Za-z0-9_-]{43}$`)

// Over reports whether the token has ended.
func (t APIToken) Over(now time.Time) bool { return !now.Before(t.Expires) }

// May reports whether the token opens something.
func (t APIToken) May(s Scope) bool { return slices.Contains(t.Scopes, s) }

func hashOfToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func checkTokenName(name string) error {
	n := utf8.RuneCountInString(name)
	if n < 1 || n > maxTokenName || strings.ContainsFunc(name, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) {
		return ErrTokenName
	}
	return nil
}

func checkScopes(scopes []Scope) error {
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s Scope) bool { return !slices.Contains(Scopes(), s) }) {
		return ErrTokenScope
	}
	return nil
}

func checkLife(life time.Duration) error {
	if life <= 0 || life > MaxTokenLife {
		return ErrTokenLife
	}
	return nil
}

func joinScopes(scopes []Scope) string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	return strings.Join(texts, ",")
}
