package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"pufa/wechat/wechattest"
)

// resumeLimit is how soon sending goes on after everything died.
const resumeLimit = 10 * time.Second

// soakVariable says for how long storms follow each other, such as 10m.
const soakVariable = "PUFA_SOAK"

// storm is what happens while a campaign is sent.
type storm struct {
	followers int
	deaths    int // moments at which something is killed
	hangs     int // calls that are accepted and never answered
}

// TestStorm sends a campaign by two processes while they, the store, or all of
// them at once are killed at random moments, and the platform cuts connections
// before and after it accepted.
func TestStorm(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	redis := startRedis(t)
	got := storm{followers: 3000, deaths: 4}.over(t, redis, "storm", seed)
	t.Logf("%s", got)
}

// TestSoak lets storms follow each other for as long as PUFA_SOAK says.
func TestSoak(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv(soakVariable))
	if err != nil {
		t.Skip(soakVariable + " says no length of time, such as 10m: run make soak")
	}
	redis := startRedis(t)
	var all weather
	storms := 0
	for end := time.Now().Add(d); time.Now().Before(end) && !t.Failed(); storms++ {
		seed := rand.Uint64()
		got := storm{followers: 10_000, deaths: 10, hangs: 20}.over(t, redis, fmt.Sprint("soak", storms), seed)
		t.Logf("storm %d (seed %d): %s", storms, seed, got)
		all.add(got)
	}
	t.Logf("%d storms: %s", storms, all)
}

// weather is what a storm came to.
type weather struct {
	followers, doubts       int64
	workers, servers, whole int // how often a process, the store, everything was killed
	longest                 time.Duration
	took                    time.Duration
}

func (w weather) String() string {
	return fmt.Sprintf("%d followers in %v, 0 twice, 0 lost, %d in doubt; killed: a worker %d, the store %d, everything %d times; at most %v without progress",
		w.followers, w.took.Round(time.Millisecond), w.doubts, w.workers, w.servers, w.whole, w.longest.Round(time.Millisecond))
}

func (w *weather) add(other weather) {
	w.followers += other.followers
	w.doubts += other.doubts
	w.workers += other.workers
	w.servers += other.servers
	w.whole += other.whole
	w.took += other.took
	w.longest = max(w.longest, other.longest)
}

// over sends a campaign through the storm, and compares in the end what the
// store knows with what the platform saw.
func (s storm) over(t *testing.T, redis *redisServer, id string, seed uint64) weather {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	p, err := wechattest.Start(wechattest.Options{
		Followers: s.followers, Seed: seed, Delay: 20 * time.Millisecond, CampaignOf: campaignIn,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, f := range []wechattest.Fault{
		{Kind: wechattest.Reset, Path: noticePath, Accept: true, Chance: 0.002},
		{Kind: wechattest.Reset, Path: noticePath, Chance: 0.002},
		{Kind: wechattest.Half, Path: noticePath, Accept: true, Chance: 0.002},
		{Kind: wechattest.HTML, Path: noticePath, Chance: 0.002},
	} {
		p.Break(f)
	}
	if s.hangs > 0 {
		p.Break(wechattest.Fault{Kind: wechattest.Hang, Path: noticePath, Accept: true, After: s.followers / 4, Times: s.hangs})
	}
	ours := storeOf(t, redis, id)
	enrol(t, ours, s.followers)
	settings := childSettings{account: id, redis: redis.addr(), api: p.URL()[len("http://"):], id: id, workers: 3, group: 8}
	kids := []*child{startChild(t, settings), startChild(t, settings)}
	start := time.Now()
	watch := watchProgress(t.Context(), p)
	var w weather
	for n := range s.deaths {
		// Wait until it has come so far again, and die a moment later.
		until(t, "progress", func() bool {
			return p.Accepted(noticePath) >= s.followers*(n+1)/(s.deaths+2) || left(t.Context(), ours, id) == 0
		})
		<-time.After(time.Duration(random.IntN(100)) * time.Millisecond)
		switch n % 5 {
		case 1:
			redis.kill()
			redis.start()
			w.servers++
		case 3:
			killAll(kids, redis)
			redis.start()
			kids = []*child{startChild(t, settings), startChild(t, settings)}
			w.whole++
		default:
			i := random.IntN(2)
			kids[i].kill()
			kids[i] = startChild(t, settings)
			w.workers++
		}
	}
	until(t, "the end of the campaign", func() bool { return left(t.Context(), ours, id) == 0 })
	w.took, w.longest = time.Since(start), watch()
	for _, kid := range kids {
		kid.kill()
	}
	w.followers, w.doubts = int64(s.followers), audit(t, ours, p, id, s.followers)
	if w.longest > resumeLimit {
		t.Errorf("nothing was sent for %v, want at most %v", w.longest, resumeLimit)
	}
	return w
}

// killAll kills both workers and the store at the same moment.
func killAll(kids []*child, redis *redisServer) {
	var all sync.WaitGroup
	for _, kid := range kids {
		all.Go(kid.kill)
	}
	all.Go(redis.kill)
	all.Wait()
}

// watchProgress measures the longest time in which the platform was sent
// nothing; the returned function ends it.
func watchProgress(ctx context.Context, p *wechattest.Platform) (end func() time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	var longest time.Duration
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		last, at := 0, time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if n := p.Accepted(noticePath); n != last {
				last, at = n, time.Now()
			}
			longest = max(longest, time.Since(at))
		}
	})
	return func() time.Duration {
		cancel()
		done.Wait()
		return longest
	}
}
