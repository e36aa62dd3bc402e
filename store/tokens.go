package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/bot"
	"pufa/stats"
)

// tokensLife is how long a day's tokens are known after they were last
// touched: a call that began before midnight is settled after it.
const tokensLife = 25 * time.Hour

// TokenLimits are what a day may cost: tokens in all, and questions of one
// resident.
type TokenLimits struct {
	Tokens    int
	Questions int
}

// Purse pays for the help of a model with one message. A helper that was given
// up may still be settling while the next one takes.
type Purse struct {
	store  *Store
	limits TokenLimits
	day    string
	who    []byte // stands for the person on this day; nil for nobody

	mu    sync.Mutex
	began bool // the person's question was counted
}

var _ bot.Purse = (*Purse)(nil)

// Purse returns what pays for one message of a person, or with an empty openid
// for what no person asked. It asks Redis only when a model is about to be
// asked.
func (s *Store) Purse(openID string, limits TokenLimits) *Purse {
	p := &Purse{store: s, limits: limits, day: stats.DayOf(s.now())}
	if openID != "" {
		p.who = s.names.hash("model", p.day+"\x00"+openID)[:8]
	}
	return p
}

// Take implements bot.Purse. The error wraps bot.ErrNoTokens or ErrUnavailable.
func (p *Purse) Take(ctx context.Context, tokens int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := 1
	if p.began {
		first = 0
	}
	done, err := p.run(ctx, "take tokens", tokens, tokensLife.Milliseconds(), p.limits.Tokens, p.who, first, p.limits.Questions)
	if err != nil {
		return err
	}
	if done != 1 {
		return fmt.Errorf("take tokens: %w", bot.ErrNoTokens)
	}
	p.began = true
	return nil
}

// Settle implements bot.Purse. What Redis does not take now stays set aside:
// the day then ends a little early.
func (p *Purse) Settle(ctx context.Context, taken, spent int) {
	if taken == spent {
		return
	}
	_, _ = p.run(ctx, "settle tokens", spent-taken, tokensLife.Milliseconds())
}

func (p *Purse) run(ctx context.Context, what string, args ...any) (done int64, err error) {
	err = p.store.do(ctx, what, func(ctx context.Context) (err error) {
		done, err = tokensScript.Run(ctx, p.store.redis, []string{p.store.keys.model(p.day)}, args...).Int64()
		return err
	})
	return done, err
}

// TokensSpent is what the day cost so far, with what is set aside now.
func (s *Store) TokensSpent(ctx context.Context) (tokens int64, err error) {
	err = s.do(ctx, "read tokens", func(ctx context.Context) (err error) {
		tokens, err = s.redis.HGet(ctx, s.keys.model(stats.DayOf(s.now())), "t").Int64()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return tokens, err
}
