package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/stats"
)

// history lets things happen at random to a store, and to a plain account of
// them beside it: what was accepted is counted there once, by hand.
type history struct {
	*rig
	t       *testing.T
	r       *rand.Rand
	counts  stats.Counts
	keys    int
	recent  []past           // deliveries that the platform may repeat
	begun   map[int64]bool   // recipients of the campaign to whom the call was made
	fates   map[int64]string // what a receipt or staff said of them first
	deeds   map[int64]*stats.Activity
	checked map[int64]bool
	waiting bool // something lies in the spool
}

// past is a message that was delivered.
type past struct {
	key    string
	at     time.Time
	events []stats.Event
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{
		rig: overMiniredis(t), t: t, r: rand.New(rand.NewPCG(seed, 6)), counts: stats.Counts{}, begun: map[int64]bool{},
		fates: map[int64]string{}, deeds: map[int64]*stats.Activity{}, checked: map[int64]bool{},
	}
	h.clock.set(time.Date(2026, 12, 20, 9, 0, 0, 0, zone).Add(time.Duration(h.r.IntN(10*24)) * time.Hour)) // a year ends
	h.planned(t, 60, sendTerms)
	b := h.taken(t)
	h.step(t, b, sendTerms, campaign.Step{Number: 1, Begin: b.List[:40]})
	for _, one := range b.List[:40] {
		h.begun[one.Resident] = true
	}
	return h
}

// one is one event of a message, of any kind that there is.
func (h *history) one() []stats.Event {
	topics := []string{"consumer", "women", "dv"}
	topic := topics[h.r.IntN(len(topics))]
	e := stats.Event{
		At: h.clock.now(), Kind: stats.Message, Outcome: "answered", Entry: topic + fmt.Sprint("/", h.r.IntN(4)), Topic: topic, Source: "text",
		Sensitive: topic == "dv", Model: h.r.IntN(6) == 0,
	}
	if topic == "women" {
		e.Themes = []string{"3.8"}
	}
	switch h.r.IntN(12) {
	case 0:
		return []stats.Event{stats.Crisis(e.At)}
	case 1:
		e.Outcome, e.Entry, e.Topic, e.Themes = "referred", "", "", nil
		return []stats.Event{e, {At: e.At, Kind: stats.Gap, Outcome: "unsure", Entry: topic + "/0", Topic: topic, Length: "short", Source: "text"}}
	case 2:
		return []stats.Event{{At: e.At, Kind: stats.Subscribe, Source: "scan"}, {At: e.At, Kind: stats.Scan, Scene: "east-gate", Source: "scan"}}
	case 3:
		return []stats.Event{{At: e.At, Kind: stats.Unsubscribe}}
	case 4:
		e.Outcome, e.Entry, e.Topic, e.Themes = "command", "", "", nil
		return []stats.Event{e, {At: e.At, Kind: []stats.Kind{stats.Helpful, stats.Unhelpful}[h.r.IntN(2)], Entry: topic + "/1", Topic: topic, Source: "text"}}
	case 5:
		return []stats.Event{e, {At: e.At, Kind: stats.Card, Source: stats.Via("w38")}}
	case 6:
		e.Source = stats.TestSource
	case 7:
		e.Source, e.Outcome = "voice", "menu"
	}
	return []stats.Event{e}
}

func (h *history) count(events []stats.Event) {
	for _, e := range events {
		h.counts.Add(e)
	}
}

// delivered is a message that is answered, and may be delivered again.
func (h *history) delivered() {
	h.keys++
	p := past{fmt.Sprint("id:", h.keys), h.clock.now(), h.one()}
	h.deliver(p)
	h.count(p.events)
	h.recent = append(h.recent, p)
}

// again is a delivery that was counted: it gets its reply.
func (h *history) again() {
	if len(h.recent) == 0 {
		return
	}
	p := h.recent[h.r.IntN(len(h.recent))]
	if h.clock.now().Sub(p.at).Abs() > 10*time.Minute {
		return
	}
	if c, err := h.Claim(h.t.Context(), Arrival{MessageKey: p.key, OpenID: h.person(p.key)}); err != nil || c.State != Answered {
		h.t.Fatalf("the repeated delivery is %d, %v", c.State, err)
	}
}

func (h *history) person(key string) string { return fmt.Sprint("p", len(key)*7%5, key[len(key)-1:]) }

func (h *history) deliver(p past) {
	c := h.claimed(h.t, Arrival{MessageKey: p.key, OpenID: h.person(p.key)})
	stored := Stored{Text: "答"}
	if p.events[0].InCrisis() {
		stored = Stored{Card: "fire"}
	}
	for range 1 + h.r.IntN(2) { // the answer of Redis may be lost, so that it is tried twice
		if err := h.Commit(h.t.Context(), c, Result{Stored: stored, Events: p.events}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// late is a message that is answered while Redis is away, by one process or by
// two; it is counted once when the spool is.
func (h *history) late() {
	h.keys++
	key, events := fmt.Sprint("late:", h.keys), h.one()
	h.away()
	a, result := Arrival{MessageKey: key, OpenID: h.person(key)}, Result{Stored: Stored{Text: "答"}, Events: events}
	h.later(h.t, a, result)
	if h.r.IntN(2) == 0 { // once more, as another process would
		if err := h.CommitLater(h.t.Context(), a, result); err != nil {
			h.t.Fatal(err)
		}
	}
	h.back()
	h.count(events)
	h.waiting = true
}

func (h *history) replayed() {
	for range 1 + h.r.IntN(2) {
		if err := h.Replay(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	h.waiting = false
}

// opened is a page, sometimes out of a campaign, or a poster's code.
func (h *history) opened() {
	e := stats.Event{At: h.clock.now(), Kind: stats.PageOpen, Entry: "consumer/1", Topic: "consumer", Source: []string{"page", stats.Via("w38")}[h.r.IntN(2)]}
	if h.r.IntN(2) == 0 {
		e = stats.Event{At: e.At, Kind: stats.Scan, Scene: []string{"east-gate", "market"}[h.r.IntN(2)], Source: "page"}
	}
	page, visitor := fmt.Sprint(e.Kind, e.Scene, e.Source), fmt.Sprint("visitor ", h.r.IntN(6))
	for i := range 2 {
		done, err := h.CountPage(h.t.Context(), page, visitor, e)
		if err != nil || i == 1 && done {
			h.t.Fatalf("opening number %d of one visitor is counted: %t, %v", i+1, done, err)
		}
		if done {
			h.count([]stats.Event{e})
		}
	}
}

// receipt is what the platform says of a recipient, more than once.
func (h *history) receipt() {
	resident := int64(1 + h.r.IntN(60))
	f := []campaign.Fate{campaign.Accepted, campaign.FailedFate, campaign.Refused}[h.r.IntN(3)]
	news, err := h.SettleReceipt(h.t.Context(), "c1", resident, f)
	if want := h.begun[resident] && h.fates[resident] == ""; err != nil || news != want {
		h.t.Fatalf("a receipt of %d is news: %t, %v, want %t", resident, news, err, want)
	}
	if news {
		h.fates[resident] = string(f)
	}
}

// registers is a deed at the register of activities.
func (h *history) registers() {
	numbers := slices.Sorted(maps.Keys(h.deeds))
	a := stats.Activity{Kind: []string{"法治讲座", "横幅"}[h.r.IntN(2)], On: "2026-12-19", Place: "东门", Quantity: int64(1 + h.r.IntN(5)), People: int64(h.r.IntN(50))}
	of, did := int64(0), h.r.IntN(4)
	if len(numbers) > 0 {
		of = numbers[h.r.IntN(len(numbers))]
	}
	if of == 0 {
		did = 0
	}
	l := h.keep(h.t, h.Store, func(g *stats.Register) (stats.ActivityLine, error) {
		switch did {
		case 1:
			return g.Correct("王编辑", h.clock.now(), of, a, "写错了")
		case 2:
			return g.Withdraw("王编辑", h.clock.now(), of, "重复")
		case 3:
			return g.Confirm("李审核", h.clock.now(), of, 0)
		}
		return g.Enter("王编辑", h.clock.now(), a)
	})
	switch did {
	case 2:
		delete(h.deeds, l.Of)
		delete(h.checked, l.Of)
	case 3:
		h.checked[l.Of] = true
	default:
		h.deeds[l.Of] = &a
		delete(h.checked, l.Of)
	}
}

// happens is one thing at random.
func (h *history) happens() {
	switch h.r.IntN(20) {
	case 0, 1:
		h.again()
	case 2:
		h.late()
	case 3:
		h.replayed()
	case 4, 5, 6:
		h.opened()
	case 7, 8:
		h.receipt()
	case 9:
		h.registers()
	case 10:
		h.advance(h.t, time.Duration(h.r.IntN(40))*time.Hour)
	case 11:
		if !h.waiting { // a clock that is set back, as by a time server
			h.clock.set(h.clock.now().Add(-time.Duration(h.r.IntN(180)) * time.Minute))
		}
	case 12:
		if err := h.Tick(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
		h.waiting = false
	default:
		h.delivered()
	}
}

// stored are the counters of a store, without those of closed windows.
func stored(t *testing.T, s *Store) stats.Counts {
	t.Helper()
	days, months, err := s.Counters(t.Context(), time.Date(2026, 12, 1, 0, 0, 0, 0, zone), time.Date(2027, 6, 30, 0, 0, 0, 0, zone))
	if err != nil {
		t.Fatal(err)
	}
	counts := stats.Counts{}
	for scope, periods := range map[stats.Scope]map[string]map[string]int64{stats.PerDay: days, stats.PerMonth: months} {
		for period, fields := range periods {
			for field, n := range fields {
				if !strings.HasPrefix(field, "unique|") {
					counts[stats.Counter{Scope: scope, Period: period, Field: field}] = n
				}
			}
		}
	}
	return counts
}

// ends closes everything and holds the store to the account, and the account
// to what is rebuilt from the ledger.
func (h *history) ends() {
	h.replayed()
	h.advance(h.t, 40*24*time.Hour)
	if err := h.CloseWindows(h.t.Context(), h.clock.now()); err != nil {
		h.t.Fatal(err)
	}
	h.verified(h.t)
	if diff := cmp.Diff(h.counts, stored(h.t, h.Store)); diff != "" {
		h.t.Fatalf("counters (-by hand +kept):\n%s", diff)
	}
	progress, err := h.CountSend(h.t.Context(), "c1")
	want := campaign.Progress{campaign.Unsent: 20, campaign.Begun: int64(40 - len(h.fates))}
	for _, f := range h.fates {
		want[campaign.Fate(f[0])]++
	}
	maps.DeleteFunc(want, func(_ campaign.Fate, n int64) bool { return n == 0 })
	if diff := cmp.Diff(want, progress); err != nil || diff != "" {
		h.t.Fatalf("recipients, %v (-by hand +kept):\n%s", err, diff)
	}
	h.activities()

	var copied held
	if _, err := h.Backup(h.t.Context(), copied.put); err != nil {
		h.t.Fatal(err)
	}
	s := emptyStore(h.t, h.rig)
	if _, err := s.Restore(h.t.Context(), copied.read); err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(h.counts, stored(h.t, s)); diff != "" {
		h.t.Fatalf("counters (-by hand +rebuilt from the ledger):\n%s", diff)
	}
}

// activities compares the figures of the register with sums by hand.
func (h *history) activities() {
	in, err := stats.Gather(h.t.Context(), h.Store, stats.Year(2026), h.clock.now(), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	figures := stats.Figures(in)
	want := map[string]int64{"activities": 0, "activities_confirmed": 0, "activity_people": 0}
	for of, a := range h.deeds {
		want["activity_people"] += a.People
		if a.Kind != "横幅" {
			want["activities"] += a.Quantity
			if h.checked[of] {
				want["activities_confirmed"] += a.Quantity
			}
		}
	}
	for id, n := range want {
		if got := stats.CellOf(figures, id, "", "").Value; got != n {
			h.t.Fatalf("%s = %d, by hand %d", id, got, n)
		}
	}
}

// TestCountersAreWhatTheLedgerSays goes through random histories of every
// source, with deliveries that are repeated, events that come late, clocks that
// are set, and the end of a year.
func TestCountersAreWhatTheLedgerSays(t *testing.T) {
	kinds := map[stats.Kind]bool{}
	for seed := range uint64(20) {
		h := newHistory(t, seed)
		for range 250 {
			h.happens()
		}
		h.ends()
		for c := range h.counts {
			kind, _, _ := strings.Cut(c.Field, "|")
			kinds[stats.Kind(kind)] = true
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, kind := range []stats.Kind{stats.Message, stats.Helpful, stats.Unhelpful, stats.Subscribe, stats.Unsubscribe, stats.PageOpen, stats.Gap, stats.Card, stats.Scan} {
		if !kinds[kind] {
			t.Errorf("%s never happened", kind)
		}
	}
}
