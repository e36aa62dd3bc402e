package store

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"pufa/bot"
)

func testTokens(t *testing.T, r *rig) {
	ctx, limits := t.Context(), TokenLimits{Tokens: 1000, Questions: 2}
	p := r.Purse("o-one", limits)
	for _, n := range []int{300, 400} { // two calls for one question
		if err := p.Take(ctx, n); err != nil {
			t.Fatalf("Take(%d): %v", n, err)
		}
	}
	if err := p.Take(ctx, 301); !errors.Is(err, bot.ErrNoTokens) {
		t.Errorf("more than the day has: %v, want no tokens", err)
	}
	p.Settle(ctx, 300, 100)
	p.Settle(ctx, 400, 450)
	if n, err := r.TokensSpent(ctx); err != nil || n != 550 {
		t.Errorf("TokensSpent = %d, %v, want 550", n, err)
	}
	if err := r.Purse("o-one", limits).Take(ctx, 10); err != nil {
		t.Errorf("the second question: %v", err)
	}
	if err := r.Purse("o-one", limits).Take(ctx, 10); !errors.Is(err, bot.ErrNoTokens) {
		t.Errorf("the third question of two: %v, want no tokens", err)
	}
	for _, who := range []string{"o-two", ""} {
		if err := r.Purse(who, limits).Take(ctx, 10); err != nil {
			t.Errorf("%q: %v", who, err)
		}
	}
	r.advance(t, 24*time.Hour)
	p.Settle(ctx, 100, 50) // of yesterday
	if n, err := r.TokensSpent(ctx); err != nil || n != 0 {
		t.Errorf("the next day begins with %d, %v", n, err)
	}
	if err := r.Purse("o-one", limits).Take(ctx, 10); err != nil {
		t.Errorf("the next day: %v", err)
	}
	r.advance(t, 2*tokensLife)
	for _, key := range r.allKeys(t) {
		if strings.Contains(key, "}:model:") {
			t.Errorf("%s is left", key)
		}
	}
}

func testTokensAtOnce(t *testing.T, r *rig) {
	other := r.second(t)
	var paid atomic.Int64
	var wg sync.WaitGroup
	for i := range 20 {
		s := r.Store
		if i%2 == 1 {
			s = other
		}
		wg.Go(func() {
			if s.Purse("", TokenLimits{Tokens: 70}).Take(t.Context(), 10) == nil {
				paid.Add(1)
			}
		})
	}
	wg.Wait()
	if paid.Load() != 7 {
		t.Errorf("%d of 20 calls were paid, want 7", paid.Load())
	}
}

// A day's hash tells of nobody on another day, and holds no openid.
func testTokensTellNobody(t *testing.T, r *rig) {
	ctx, limits := t.Context(), TokenLimits{Tokens: 1000, Questions: 2}
	seen := map[string]bool{}
	for range 2 {
		if err := r.Purse("o-one", limits).Take(ctx, 10); err != nil {
			t.Fatal(err)
		}
		for _, key := range r.allKeys(t) {
			if !strings.Contains(key, "}:model:") {
				continue
			}
			for field := range r.raw.HGetAll(ctx, key).Val() {
				if strings.Contains(field, "o-one") || field != "t" && len(field) != 8 {
					t.Errorf("%s holds %q", key, field)
				}
				if field != "t" && seen[key+field] {
					t.Errorf("%s is there twice", key)
				}
				seen[field] = true
			}
		}
		r.advance(t, 24*time.Hour)
	}
	if len(seen) != 3 {
		t.Errorf("%d fields over two days, want t and two that differ", len(seen))
	}
}

func TestNoTokensWithoutRedis(t *testing.T) {
	server := miniredis.RunT(t)
	r := overURL(t, "redis://"+server.Addr(), redis.NewClient(&redis.Options{Addr: server.Addr(), Protocol: 2, DisableIdentity: true}))
	server.Close()
	if err := r.Purse("o-one", TokenLimits{Tokens: 1000, Questions: 2}).Take(t.Context(), 1); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Take = %v, want unavailable: no model is asked", err)
	}
}
