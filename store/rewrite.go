package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// rewriteEvery is how often Redis is asked to write its append-only file anew.
// The file keeps what each script did side by side, a resident's number beside
// an entry's count; written anew it holds the keys alone.
const rewriteEvery = time.Hour

// rewriteChore is the name by which the chores know it; Open takes it as just
// done.
const rewriteChore = "rewrite append-only file"

// rewriteLog asks for it when it is due. A Redis that refuses is told of once
// an hour; the trial store folds its own journal.
func (s *Store) rewriteLog(ctx context.Context) {
	if s.door != nil || !s.chores.dueEvery(rewriteEvery, rewriteChore, s.now()) {
		return
	}
	err := s.do(ctx, rewriteChore, func(ctx context.Context) error {
		server, err := s.server(ctx)
		if err != nil {
			return err
		}
		return server.BgRewriteAOF(ctx).Err()
	})
	if err != nil {
		s.log.Warn("redis did not write its file anew: it keeps residents beside entries longer than an hour", "error", err)
	}
}

// oneServer is what a single Redis is asked about itself.
type oneServer interface {
	Info(ctx context.Context, section ...string) *redis.StringCmd
	ConfigGet(ctx context.Context, parameter string) *redis.MapStringStringCmd
	BgRewriteAOF(ctx context.Context) *redis.StatusCmd
}

// server is the Redis that holds the account's keys.
func (s *Store) server(ctx context.Context) (oneServer, error) {
	if c, ok := s.redis.(*redis.ClusterClient); ok {
		return c.MasterForKey(ctx, s.keys.next())
	}
	return s.redis, nil
}
