package deliver

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/wechat"
)

// progressOf leaves out what is 0.
func progressOf(p campaign.Progress) campaign.Progress {
	for f, n := range p {
		if n == 0 {
			delete(p, f)
		}
	}
	return p
}

func TestRun(t *testing.T) {
	const n = 250
	every := func(err error) func(string, int) error { return func(string, int) error { return err } }
	once := func(err error) func(string, int) error { // the first call of one resident
		return func(openID string, n int) error {
			if openID == "o7" && n == 1 {
				return err
			}
			return nil
		}
	}
	for _, c := range []struct {
		name   string
		answer func(string, int) error
		change func(*list)
		want   campaign.Progress
		halts  bool
		check  func(*testing.T, *list, *phone)
	}{
		{name: "everybody is called once", want: campaign.Progress{campaign.Accepted: n}},
		{
			name: "who may have been reached is in doubt and not called again", answer: once(errors.New("connection reset")),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.Doubtful: 1},
		},
		{
			name: "who certainly was not reached is called again", answer: once(refusal(0, wechat.Retry)),
			want: campaign.Progress{campaign.Accepted: n},
			check: func(t *testing.T, _ *list, p *phone) {
				if p.calls["o7"] != 2 {
					t.Errorf("called %d times, want 2", p.calls["o7"])
				}
			},
		},
		{
			name: "who left is marked", answer: once(refusal(43004, wechat.Unfollowed)),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.Unfollowed: 1},
			check: func(t *testing.T, l *list, _ *phone) {
				if !cmp.Equal(l.dropped, []int64{7}) {
					t.Errorf("dropped %v, want 7", l.dropped)
				}
			},
		},
		{
			name: "a refusal takes the consent back", answer: once(refusal(43101, wechat.NoConsent)),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.Refused: 1},
			check: func(t *testing.T, l *list, _ *phone) {
				if !cmp.Equal(l.refused, []string{"7 notice|T1 false"}) {
					t.Errorf("consents: %v", l.refused)
				}
			},
		},
		{
			name: "who blocked the account is counted as refusing", answer: once(refusal(43019, wechat.Refused)),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.Refused: 1},
		},
		{
			name: "who is outside the 48 hours is left alone", answer: once(refusal(45015, wechat.Outside48h)),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.Outside: 1},
		},
		{
			name: "one strange answer is one failure", answer: once(refusal(99999, wechat.Unknown)),
			want: campaign.Progress{campaign.Accepted: n - 1, campaign.FailedFate: 1},
		},
		{
			name: "many strange answers in a row end it", answer: every(refusal(99999, wechat.Unknown)),
			want: campaign.Progress{campaign.FailedFate: 24, campaign.Unsent: n - 24}, halts: true,
		},
		{
			name: "content that is refused ends it with nobody lost", answer: every(refusal(45002, wechat.Content)),
			want: campaign.Progress{campaign.Unsent: n}, halts: true,
		},
		{
			name: "a banned account stops everything", answer: every(refusal(48004, wechat.StopAll)),
			want: campaign.Progress{campaign.Unsent: n}, halts: true,
			check: func(t *testing.T, l *list, _ *phone) {
				if l.stopped == "" {
					t.Error("nothing is stopped")
				}
			},
		},
		{
			name: "the channel rests when it is called too often", answer: once(refusal(45011, wechat.RateLimited)),
			want: campaign.Progress{campaign.Accepted: n},
			check: func(t *testing.T, l *list, _ *phone) {
				if rest := time.Until(l.rested[campaign.Notice]); rest <= 50*time.Second {
					t.Errorf("it rests for %v more, want about a minute", rest)
				}
			},
		},
		{
			name: "nobody is called who has no openid", change: func(l *list) { l.gone[3], l.gone[120] = true, true },
			want: campaign.Progress{campaign.Accepted: n - 2, campaign.Unfollowed: 2},
		},
		{
			name: "a store that is away is asked again", change: func(l *list) { l.away = 9 },
			want: campaign.Progress{campaign.Accepted: n},
		},
		{
			name: "a step whose reply was lost is repeated and calls nobody twice", change: func(l *list) { l.away = -1 },
			want: campaign.Progress{campaign.Accepted: n},
			check: func(t *testing.T, l *list, p *phone) {
				if l.again != 1 || len(p.twice()) > 0 {
					t.Errorf("%d steps came again, want 1; twice: %v", l.again, p.twice())
				}
			},
		},
		{
			name: "everything is stopped already", change: func(l *list) { l.stopped = "48004" },
			want: campaign.Progress{campaign.Unsent: n}, halts: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, p := newList(n), &phone{took: 20 * time.Millisecond, answer: c.answer}
				if c.change != nil {
					c.change(l)
				}
				got, err := runnerOf(l).Run(t.Context(), jobOf(p))
				if (err != nil) != c.halts {
					t.Errorf("Run = %v", err)
				}
				if diff := cmp.Diff(c.want, progressOf(got.Progress)); diff != "" {
					t.Errorf("progress (-want +got):\n%s", diff)
				}
				if p.most > 8 {
					t.Errorf("%d calls at once, want at most 2 × 4", p.most)
				}
				if c.check != nil {
					c.check(t, l, p)
				}
			})
		})
	}
}

// ordered is a job whose order is changed by the test.
func ordered(p *phone) (Job, *atomic.Int32) {
	var order atomic.Int32
	job := jobOf(p)
	job.Order = func(context.Context) (Order, error) { return Order(order.Load()), nil }
	return job, &order
}

func TestPauseAndCancel(t *testing.T) {
	for _, c := range []struct {
		name  string
		order Order
		rest  campaign.Fate
	}{
		{"held, the rest waits", Hold, campaign.Unsent},
		{"cancelled, the rest is skipped", Cancel, campaign.Skipped},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, p := newList(2000), &phone{took: 50 * time.Millisecond}
				job, order := ordered(p)
				time.AfterFunc(1200*time.Millisecond, func() { order.Store(int32(c.order)) })
				start := time.Now()
				got, err := runnerOf(l).Run(t.Context(), job)
				if took := time.Since(start); err != nil || took > 2800*time.Millisecond {
					t.Errorf("Run ended after %v with %v, want the order of 1.2 s seen by 2.2 s, and the calls finished", took, err)
				}
				called := int64(len(p.calls))
				want := campaign.Progress{campaign.Accepted: called, c.rest: 2000 - called}
				if diff := cmp.Diff(want, progressOf(got.Progress)); diff != "" || called == 0 {
					t.Errorf("progress (-want +got):\n%s", diff)
				}
				if c.order == Cancel {
					return
				}
				order.Store(int32(Go))
				if got, err := runnerOf(l).Run(t.Context(), job); err != nil || got.Progress[campaign.Accepted] != 2000 || len(p.twice()) > 0 {
					t.Errorf("resumed: %v, %v, twice %v", got.Progress, err, p.twice())
				}
			})
		})
	}
}

func TestOrdersThatCannotBeAsked(t *testing.T) {
	job := jobOf(&phone{})
	job.Order = func(context.Context) (Order, error) { return Go, errAway }
	if _, err := runnerOf(newList(1)).Run(t.Context(), job); !errors.Is(err, errAway) {
		t.Errorf("Run = %v, want that nothing is begun without orders", err)
	}
}

func TestEndOfContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p := newList(500), &phone{took: 700 * time.Millisecond}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		got, err := runnerOf(l).Run(ctx, jobOf(p))
		if err != nil || got.Progress[campaign.Begun] != 0 || got.Progress[campaign.Accepted] != int64(len(p.calls)) {
			t.Errorf("Run = %v, %v with %d calls, want every call kept", got.Progress, err, len(p.calls))
		}
		if len(l.until) != 0 {
			t.Errorf("%d batches are still held", len(l.until))
		}
	})
}

func TestEndWhileTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p := newList(20), &phone{took: time.Second}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.away = 1 << 30
			cancel()
		})
		start := time.Now()
		if _, err := runnerOf(l).Run(ctx, jobOf(p)); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("it tried for %v", took)
		}
	})
}

// TestLateAnswer has a call that outlives the lease while the store is away:
// another worker takes the batch over, and the answer still counts.
func TestLateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p := newList(4), &phone{took: 2 * time.Second}
		b, err := l.TakeSend(t.Context(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		late := &run{Runner: runnerOf(l).complete(), job: jobOf(p)}
		late.log = late.Log
		done := make(chan struct{})
		time.AfterFunc(100*time.Millisecond, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.holder[0], l.until[0] = "other", time.Time{}
		})
		go func() { late.send(t.Context(), b.Batch); close(done) }()
		time.Sleep(200 * time.Millisecond)
		other, err := runnerOf(l).Run(t.Context(), jobOf(&phone{}))
		<-done
		if err != nil || len(p.twice()) > 0 {
			t.Errorf("Run = %v, twice %v", err, p.twice())
		}
		if diff := cmp.Diff(campaign.Progress{campaign.Accepted: 4}, progressOf(other.Progress)); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
	})
}

func TestSlowCallsKeepTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p := newList(100), &phone{took: 9 * time.Second}
		got, err := runnerOf(l).Run(t.Context(), jobOf(p))
		if err != nil || got.Progress[campaign.Accepted] != 100 || l.taken != 1 {
			t.Errorf("Run = %v, %v, batch taken %d times, want once", got.Progress, err, l.taken)
		}
	})
}

func TestReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Standing
		job := jobOf(&phone{took: 100 * time.Millisecond})
		job.Report = func(s Standing) { seen = append(seen, s) }
		if _, err := runnerOf(newList(400)).Run(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		if len(seen) < 4 {
			t.Fatalf("%d reports in 5 seconds", len(seen))
		}
		for i, s := range seen[1:] {
			if s.Rate < 70 || s.Rate > 90 || s.Left < 0 || s.Left > 5*time.Second {
				t.Errorf("report %d: %.0f a second, %v left, want about 80 and less than 5 s", i, s.Rate, s.Left)
			}
		}
	})
}

func TestSpeed(t *testing.T) {
	var s speed
	start := time.Date(2026, 3, 8, 9, 0, 0, 0, campaign.Zone)
	for _, c := range []struct {
		after time.Duration
		done  int64
		want  float64
	}{{0, 0, 0}, {time.Second, 10, 10}, {2 * time.Second, 40, 20}, {-time.Hour, 40, 0}, {-time.Hour + time.Second, 50, 10}} {
		if got := s.of(campaign.Progress{campaign.Accepted: c.done, campaign.Unsent: 9}, start.Add(c.after)); got != c.want {
			t.Errorf("after %v: %v a second, want %v", c.after, got, c.want)
		}
	}
}

func TestTallyAndEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		p    campaign.Progress
		want campaign.Tally
		ends campaign.Status
	}{
		{"all reached", campaign.Progress{campaign.Accepted: 5}, campaign.Tally{Planned: 5, Reached: 5}, campaign.Done},
		{
			"some did not want it",
			campaign.Progress{campaign.Accepted: 5, campaign.Refused: 1, campaign.Skipped: 1},
			campaign.Tally{Planned: 7, Reached: 5, Filtered: 2},
			campaign.Done,
		},
		{
			"some could not be reached",
			campaign.Progress{campaign.Accepted: 5, campaign.Unfollowed: 1, campaign.Outside: 1, campaign.FailedFate: 1},
			campaign.Tally{Planned: 8, Reached: 5, Failed: 3},
			campaign.Partly,
		},
		{
			"some are in doubt",
			campaign.Progress{campaign.Accepted: 5, campaign.Doubtful: 1},
			campaign.Tally{Planned: 6, Reached: 5, InDoubt: 1},
			campaign.InDoubt,
		},
		{"nobody was reached", campaign.Progress{campaign.Outside: 2}, campaign.Tally{Planned: 2, Failed: 2}, campaign.Failed},
		{"nobody was on the list", campaign.Progress{}, campaign.Tally{}, campaign.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Tally(c.p)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Tally (-want +got):\n%s", diff)
			}
			if ends := Ended(got); ends != c.ends {
				t.Errorf("Ended = %s, want %s", ends, c.ends)
			}
		})
	}
}
