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
		{"at the first tick", 0, 1},
		{"not at the next", time.Second, 1},
		{"not half an hour later", 30 * time.Minute, 1},
		{"again after an hour", 31 * time.Minute, 2},
	} {
		r.clock.set(r.clock.now().Add(c.after))
		if err := r.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := calls(); n != c.want {
			t.Errorf("%s: asked %d times, want %d", c.name, n, c.want)
		}
	}
}
