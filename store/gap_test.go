package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

const gapWords = "店名被人抢注了怎么办"

// unanswered is a gap with its message.
func (r *rig) unanswered() Result {
	at := r.clock.now()
	return Result{
		Stored: Stored{Text: "答"},
		Events: []stats.Event{
			{At: at, Kind: stats.Message, Outcome: "referred", Source: "text"},
			{At: at, Kind: stats.Gap, Outcome: "unsure", Entry: "consumer/fraud", Topic: "consumer", Source: "text", Length: "medium"},
		},
		Gap: GapText{Text: gapWords, Shape: "unsure", Near: "consumer/fraud"},
	}
}

// asksInVain lets people ask what goes without an answer, each in a message of
// its own.
func (r *rig) asksInVain(t *testing.T, result Result, people ...string) {
	t.Helper()
	for _, who := range people {
		c := r.claimed(t, Arrival{MessageKey: "gap:" + newToken(), OpenID: who})
		for range 2 { // a second commit changes nothing
			if err := r.Commit(t.Context(), c, result); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (r *rig) keptGaps(t *testing.T) []KeptGap {
	t.Helper()
	list, _, err := r.GapTexts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wordsIn returns the keys in which the words stand.
func (r *rig) wordsIn(t *testing.T) (keys []string) {
	t.Helper()
	for key, values := range r.dump(t) {
		if strings.Contains(key+strings.Join(values, " "), gapWords) {
			keys = append(keys, strings.TrimPrefix(key, r.keys.prefix))
		}
	}
	return keys
}

func testGapTexts(t *testing.T, r *rig) {
	r.asksInVain(t, r.unanswered(), "o1", "o2", "o1", "o2")
	if keys := r.wordsIn(t); keys != nil {
		t.Fatalf("two residents asked, and the words stand in %v", keys)
	}
	r.asksInVain(t, r.unanswered(), "o3")
	want := []KeptGap{{GapText{gapWords, "unsure", "consumer/fraud"}, 3}}
	if diff := cmp.Diff(want, r.keptGaps(t)); diff != "" {
		t.Errorf("kept after three (-want +got):\n%s", diff)
	}
	other := r.unanswered()
	other.Gap = GapText{Text: "另一句 话|3", Shape: "a|b", Near: ""}
	r.asksInVain(t, other, "o1", "o2", "o3")
	r.asksInVain(t, r.unanswered(), "o4")
	want[0].Residents = 4
	want = append(want, KeptGap{GapText{"另一句 话|3", "a_b", ""}, 3})
	if diff := cmp.Diff(want, r.keptGaps(t)); diff != "" {
		t.Errorf("kept in the end (-want +got):\n%s", diff)
	}
	start := startOf(gapWindow(r.clock.now()))
	if diff := cmp.Diff([]string{"gaps:" + start}, r.wordsIn(t)); diff != "" {
		t.Errorf("the words stand in (-want +got):\n%s", diff)
	}
	if n := r.field(t, r.keys.month("202603"), "gap|unsure|medium|consumer/fraud"); n != 9 {
		t.Errorf("%d gaps were counted, want 9", n)
	}
	sets := r.withPrefix(t, "gap:")
	if len(sets) != 2 {
		t.Fatalf("sets %v, want 2", sets)
	}
	if same := r.raw.SInter(t.Context(), sets...).Val(); len(same) > 0 {
		t.Errorf("a resident is the same in two sets")
	}
	for _, key := range append(sets, r.keys.gaps(start), r.keys.gapSets(start)) {
		if ttl := r.raw.PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > gapDays*24*time.Hour {
			t.Errorf("%s lives %v, want at most 30 days", key, ttl)
		}
	}
}

func testGapTextsLeftOut(t *testing.T, r *rig) {
	danger := r.unanswered()
	danger.Events = []stats.Event{stats.Crisis(r.clock.now())}
	sensitive := r.unanswered()
	sensitive.Events[0].Sensitive = true
	uncounted := r.unanswered()
	uncounted.Events = nil
	for i, result := range []Result{danger, sensitive, uncounted} {
		r.asksInVain(t, result, fmt.Sprint("a", i), fmt.Sprint("b", i), fmt.Sprint("c", i))
	}
	for i := range 3 {
		c := r.claimed(t, Arrival{MessageKey: fmt.Sprint("test:", i), OpenID: fmt.Sprint("t", i), Test: true})
		if err := r.Commit(t.Context(), c, r.unanswered()); err != nil {
			t.Fatal(err)
		}
	}
	if left := r.withPrefix(t, "gap"); len(left) > 0 {
		t.Errorf("keys %v were made", left)
	}
}

func testGapTextsEnd(t *testing.T, r *rig) {
	r.asksInVain(t, r.unanswered(), "o1", "o2", "o3")
	_, until, err := r.GapTexts(t.Context())
	if left := until.Sub(r.clock.now()); err != nil || left <= 0 || left > gapDays*24*time.Hour {
		t.Fatalf("kept until %v, %v", until, err)
	}
	r.advance(t, until.Sub(r.clock.now())+windowGrace)
	if left := r.withPrefix(t, "gap"); len(left) > 0 {
		t.Errorf("after the end %v are there", left)
	}
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	live, err := r.Windows(t.Context())
	for _, w := range live {
		if strings.HasPrefix(w.Name, gapPrefix) {
			t.Errorf("the key of %s is still there", w.Name)
		}
	}
	for _, line := range r.lines(t, r.keys.ledger("202603")) {
		if strings.Contains(line, "unique|3|gap") {
			t.Errorf("residents of gaps were counted: %s", line)
		}
	}
	r.asksInVain(t, r.unanswered(), "o1", "o2")
	if list := r.keptGaps(t); err != nil || len(list) > 0 {
		t.Errorf("two residents of the next 30 days, and %+v is kept (%v)", list, err)
	}
}

func testGapTextsLimit(t *testing.T, r *rig) {
	start := startOf(gapWindow(r.clock.now()))
	r.asksInVain(t, r.unanswered(), "o1")
	r.raw.Set(t.Context(), r.keys.gapSets(start), maxGapSets-1, time.Hour)
	second, third := r.unanswered(), r.unanswered()
	second.Gap.Text, third.Gap.Text = "第二句", "第三句"
	r.asksInVain(t, second, "o1", "o2", "o3")
	r.asksInVain(t, third, "o1", "o2", "o3")
	r.asksInVain(t, r.unanswered(), "o2", "o3")
	var kept []string
	for _, g := range r.keptGaps(t) {
		kept = append(kept, g.Text)
	}
	if diff := cmp.Diff([]string{gapWords, "第二句"}, kept); diff != "" {
		t.Errorf("kept (-want +got): the newest is dropped\n%s", diff)
	}
	if n := len(r.withPrefix(t, "gap:")); n != 2 {
		t.Errorf("%d sets, want 2", n)
	}
}

func testGapTextsInOutage(t *testing.T, r *rig) {
	r.asksInVain(t, r.unanswered(), "o1", "o2")
	held := r.claimed(t, Arrival{MessageKey: "id:held", OpenID: "o3"})
	r.away()
	if err := r.Commit(t.Context(), held, r.unanswered()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(r.spool.dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("spool: %v, %v", files, err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil || strings.Contains(string(text), "店名") {
			t.Errorf("%s holds the words (%v)", name, err)
		}
	}
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.month("202603"), "gap|unsure|medium|consumer/fraud"); n != 3 {
		t.Errorf("%d gaps were counted, want 3: the count waited", n)
	}
	if list := r.keptGaps(t); len(list) > 0 {
		t.Errorf("%+v is kept, though the third came in an outage", list)
	}
}

func TestGapWindowsAreThirtyDays(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
	last := gapWindow(at)
	for range 200 * 24 {
		w := gapWindow(at)
		start, err := time.ParseInLocation("20060102", startOf(w), zone)
		if err != nil || at.Before(start) || !at.Before(w.Ends) || w.Ends.Sub(start) != 30*24*time.Hour {
			t.Fatalf("%s lies in %s to %s: %v", at, start, w.Ends, err)
		}
		if w != last && !last.Ends.Equal(start) {
			t.Fatalf("%s follows %s", w.Name, last.Name)
		}
		last, at = w, at.Add(time.Hour)
	}
}
