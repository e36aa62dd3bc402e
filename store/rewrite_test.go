package store

import (
	"strings"
	"testing"
	"time"
)

// TestAppendOnlyFileIsWrittenAnew: what a commit wrote side by side does not
// stay side by side on Redis's disk.
func TestAppendOnlyFileIsWrittenAnew(t *testing.T) {
	r := overServer(t)(t)
	calls := func() int {
		info, err := r.raw.Info(t.Context(), "commandstats").Result()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(info, "cmdstat_bgrewriteaof:calls=")
		if !found {
			return 0
		}
		return int(rest[0] - '0')
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		want  int
	}{
		{"not at the first tick", 0, 0},
		{"not half an hour later", 30 * time.Minute, 0},
		{"after an hour", 31 * time.Minute, 1},
		{"not at the next tick", time.Second, 1},
	} {
		r.clock.set(r.clock.now().Add(c.after))
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := calls(); n != c.want {
			t.Errorf("%s: asked %d times, want %d", c.name, n, c.want)
		}
	}
	until := time.Now().Add(10 * time.Second)
	for info := ""; !strings.Contains(info, "aof_rewrite_in_progress:0"); {
		if info = r.raw.Info(t.Context(), "persistence").Val(); time.Now().After(until) {
			t.Fatalf("the file is not done: %s", info)
		}
	}
}
