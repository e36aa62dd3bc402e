package wechattest

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// spread makes one call for each follower from several callers at once.
func (r *rig) spread(callers, followers int, each func(n int)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range callers {
		wait.Go(func() {
			for n := int(next.Add(1)) - 1; n < followers; n = int(next.Add(1)) - 1 {
				each(n)
			}
		})
	}
	wait.Wait()
}

func (r *rig) notify(n int) {
	resp, err := r.client.Post(r.URL()+noticePath+"?access_token="+r.token, "application/json", strings.NewReader(noticeTo(n, "load")))
	if err != nil {
		r.t.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// Many callers at once: each follower is counted exactly once.
func TestCountsHoldUnderLoad(t *testing.T) {
	r := start(t, Options{Followers: 2000, Delay: 2 * time.Millisecond})
	r.spread(32, 2000, r.notify)
	if got := r.Reached("load"); got != (Reached{2000, 0, 2000}) {
		t.Errorf("Reached = %+v, want each of 2000 once", got)
	}
	if got := r.Recent(); len(got) < keepRecent/2 || len(got) > keepRecent || got[0].Campaign != "load" {
		t.Errorf("%d recent messages", len(got))
	}
	if got := r.Campaigns(); len(got) != 1 || got[0] != "load" {
		t.Errorf("Campaigns = %v", got)
	}
}

// A million followers cost a byte each, and one more for a campaign.
func TestFollowersAreCheap(t *testing.T) {
	const many = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := start(t, Options{Followers: many})
	r.notify(many - 1)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapAlloc) - int64(before.HeapAlloc); got > 8<<20 {
		t.Errorf("%d followers take %d bytes, want at most 8 MiB", many, got)
	}
	if got := r.Counts("load"); len(got) != many || got[many-1] != 1 {
		t.Errorf("Counts has %d followers", len(got))
	}
}

// Calls with a delay of 50 ms, 512 at once, caller and platform on the same
// processors: calls/s.
func BenchmarkNotices(b *testing.B) {
	r := start(b, Options{Followers: 1_000_000, Delay: 50 * time.Millisecond})
	r.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 512
	b.ResetTimer()
	r.spread(512, b.N, r.notify)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
