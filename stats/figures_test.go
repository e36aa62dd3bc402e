package stats

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var library = map[string][]string{
	"consumer/seven-day-return": {"3.15"}, "consumer/fraud": {"3.15"}, "women/harassment": {"3.8"},
	"dv/police": nil, "labor/overtime-pay": nil,
}

func byID(figures []Figure) map[string]Figure {
	m := map[string]Figure{}
	for _, f := range figures {
		m[f.ID] = f
	}
	return m
}

// yearBook is February to April 2026 in a street of twelve residents.
func yearBook() *book {
	b := newBook()
	for resident := 1; resident <= 12; resident++ {
		b.put(on(3, 8), resident, 2)                                       // 24
		b.put(about(on(3, 8), "women/harassment", "3.8"), 1+resident%6, 1) // 12
		b.put(about(on(2, 3), "labor/overtime-pay"), 1+resident%2, 1)      // 12
	}
	dv := about(on(3, 9), "dv/police")
	dv.Sensitive, dv.Model, dv.Source = true, true, "voice"
	b.put(dv, 12, 3)
	b.put(on(4, 1), 13, 6)
	b.put(with(func(e *Event) {
		e.At, e.Outcome, e.Entry, e.Topic, e.Themes = on(3, 9).At.Add(12*time.Hour), "referred", "", "", nil
	}), 12, 7)
	b.put(Crisis(on(3, 9).At), 0, 1)
	b.put(Crisis(on(4, 1).At), 0, 1)
	for kind, n := range map[Kind]int{Helpful: 2, Unhelpful: 1, Unsubscribe: 3} {
		b.put(Event{At: on(3, 9).At, Kind: kind}, 0, n)
	}
	b.put(Event{At: on(3, 9).At, Kind: Subscribe, Source: "scan"}, 0, 2)
	b.put(Event{At: on(3, 9).At, Kind: Subscribe}, 0, 4)
	b.put(Event{At: on(3, 9).At, Kind: PageOpen, Entry: "women/harassment", Topic: "women", Source: "page"}, 0, 6)
	b.put(with(func(e *Event) { e.Source = TestSource }), 0, 50)
	b.close(on(4, 2).At)
	return b
}

func figuresOf(t *testing.T, b *book, from, to string) map[string]Figure {
	t.Helper()
	in, err := Gather(t.Context(), b, period(t, from, to), on(4, 2).At, library)
	if err != nil {
		t.Fatal(err)
	}
	return byID(Figures(in))
}

func TestFiguresOfAYear(t *testing.T) {
	f := figuresOf(t, yearBook(), "2026-01-01", "2026-12-31")
	for id, want := range map[string]int64{
		"messages": 66, "answered": 57, "menu": 0, "referred": 7, "crisis": 2, "command": 0, "limited": 0, "none": 0,
		"model": 3, "entries": 57, "helpful": 2, "unhelpful": 1, "subscribe": 6, "unsubscribe": 3, "pages": 6, "residents": 13,
	} {
		if c := f[id].Cell; c != (Cell{Value: want}) {
			t.Errorf("%s = %+v, want %d", id, c, want)
		}
	}
	few, n := Cell{Hidden: true}, func(v int64) Cell { return Cell{Value: v} }
	for _, c := range []struct {
		id, by string
		want   map[string]Cell
	}{
		{"messages", "outcome", map[string]Cell{"answered": n(57), "referred": n(7), "crisis": n(2)}},
		{"messages", "source", map[string]Cell{"text": n(61), "voice": n(3)}},
		{"messages", "month", map[string]Cell{"202602": n(12), "202603": n(47), "202604": n(7)}},
		{"messages", "day", map[string]Cell{"20260203": n(12), "20260308": n(36), "20260309": n(11), "20260401": n(7)}},
		// March hides labor and dv, and no other month: the year does not tell them.
		{"messages", "topic", map[string]Cell{"consumer": n(30), "women": n(12), "labor": few, "dv": few}},
		{"messages", "theme", map[string]Cell{"3.15": n(30), "3.8": n(12)}},
		{"entries", "entry", map[string]Cell{"consumer/seven-day-return": n(30), "women/harassment": n(12)}},
		{"subscribe", "source", map[string]Cell{"scan": n(2), "other": n(4)}},
		{"pages", "topic", map[string]Cell{"women": n(6), "consumer": n(0), "labor": n(0), "dv": n(0)}},
		{"residents", "month", map[string]Cell{"202601": n(0), "202602": n(2), "202603": n(12)}},
		{"residents", "open_month", map[string]Cell{"202604": n(1)}},
		{"residents", "day", map[string]Cell{"20260203": few, "20260308": n(12), "20260309": few, "20260401": few}},
		{"residents_topic", "topic", map[string]Cell{"202603/consumer": n(12), "202603/women": n(6), "202602/labor": few}},
		{"residents_theme", "theme", map[string]Cell{"202603/3.15": n(12), "202603/3.8": n(6)}},
	} {
		if diff := cmp.Diff(c.want, f[c.id].By[c.by]); diff != "" {
			t.Errorf("%s by %s (-want +got):\n%s", c.id, c.by, diff)
		}
	}
	hours := f["messages"].By["hour"]
	if len(hours) != 24 || hours["09"] != n(57) || hours["21"] != n(7) || hours["03"] != n(0) {
		t.Errorf("hours %v", hours)
	}
	for _, id := range []string{"residents_topic", "residents_theme"} {
		if !f[id].Missing || f[id].Hidden {
			t.Errorf("%s has a sum: %+v", id, f[id].Cell)
		}
	}
}

func TestFiguresOfPartOfAMonth(t *testing.T) {
	f := figuresOf(t, yearBook(), "2026-03-09", "2026-03-09")
	for id, want := range map[string]Cell{
		"messages":        {Value: 11},
		"crisis":          {Value: 1},
		"residents":       {Missing: true},
		"entries":         {Missing: true},
		"residents_topic": {Missing: true},
	} {
		if f[id].Cell != want {
			t.Errorf("%s = %+v, want %+v", id, f[id].Cell, want)
		}
	}
	if _, ok := f["entries"].By["entry"]; ok {
		t.Error("entries are kept by month and were split for a day")
	}
	if len(f["residents"].By["month"])+len(f["residents_topic"].By["topic"]) > 0 {
		t.Error("residents of a month were given for a day")
	}
	if diff := cmp.Diff(map[string]Cell{"20260309": {Hidden: true}}, f["residents"].By["day"]); diff != "" {
		t.Errorf("residents by day (-want +got):\n%s", diff)
	}
}

func TestFiguresOfNothing(t *testing.T) {
	in, err := Gather(t.Context(), newBook(), period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, nil)
	if err != nil {
		t.Fatal(err)
	}
	list := Figures(in)
	if len(list) != len(Rules()) || list[0].ID != "messages" || list[0].Rule != "K01" {
		t.Fatalf("%d figures, the first %s", len(list), list[0].ID)
	}
	for _, f := range list {
		if f.Value != 0 || f.Hidden || f.By == nil {
			t.Errorf("%s = %+v", f.ID, f)
		}
	}
}

// TestASplitThatCannotBeHiddenIsLeftOut: three messages, all of one topic and
// one hour, with no other topic to hide among.
func TestASplitThatCannotBeHiddenIsLeftOut(t *testing.T) {
	b := newBook()
	b.put(about(on(3, 8), "dv/police"), 1, 3)
	in, err := Gather(t.Context(), b, period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, map[string][]string{"dv/police": nil})
	if err != nil {
		t.Fatal(err)
	}
	f := byID(Figures(in))
	if cells, ok := f["messages"].By["topic"]; ok {
		t.Errorf("topics %v beside a total of %d", cells, f["messages"].Value)
	}
	for hour, c := range f["messages"].By["hour"] {
		if !c.Hidden {
			t.Errorf("hour %s is shown as %s", hour, c)
		}
	}
	if got := f["entries"].By["entry"]; len(got) > 0 {
		t.Errorf("entries %v", got)
	}
}

func TestEveryHiddenCellHasNoValue(t *testing.T) {
	for _, f := range figuresOf(t, yearBook(), "2026-01-01", "2026-12-31") {
		for by, cells := range f.By {
			for name, c := range cells {
				if (c.Hidden || c.Missing) && c.Value != 0 {
					t.Errorf("%s by %s: %s holds %d", f.ID, by, name, c.Value)
				}
				protected := []string{"topic", "theme", "hour", "entry"}
				if slices.Contains(protected, by) && !c.Hidden && c.Value > 0 && c.Value < 5 {
					t.Errorf("%s by %s: %s shows %d", f.ID, by, name, c.Value)
				}
			}
		}
	}
}

func TestGatherFailsWhenItCannotRead(t *testing.T) {
	for _, method := range []string{"Counters", "Residents", "Activities"} {
		b := yearBook()
		b.broken = method
		if _, err := Gather(t.Context(), b, Year(2026), on(4, 2).At, library); !errors.Is(err, errBroken) {
			t.Errorf("%s: Gather = %v, want the error of the store", method, err)
		}
	}
}

func TestCellsAsStaffReadThem(t *testing.T) {
	for want, c := range map[string]Cell{"12": {Value: 12}, "0": {}, "少于5": {Hidden: true}, "无": {Missing: true}} {
		if got := c.String(); got != want {
			t.Errorf("%+v reads %s, want %s", c, got, want)
		}
	}
}
