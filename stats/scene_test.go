package stats

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func gate() Scene {
	return Scene{ID: "east-gate", Place: "东门社区公告栏", Theme: "3.8", Line: "遇到性骚扰，先脱身再留证", By: "王编辑", At: on(3, 1).At}
}

func scanned(scene string) Event {
	return Event{At: on(3, 9).At, Kind: Scan, Scene: scene, Source: "page"}
}

func TestSceneCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Scene)
		want   string // empty: it is right
	}{
		{"a whole one", func(*Scene) {}, ""},
		{"the longest id", func(s *Scene) { s.ID = strings.Repeat("a", 32) }, ""},
		{"an id too long", func(s *Scene) { s.ID = strings.Repeat("a", 33) }, "is not 1 to 32"},
		{"an id with capitals", func(s *Scene) { s.ID = "East" }, "is not 1 to 32"},
		{"an id that leads elsewhere", func(s *Scene) { s.ID = "../a" }, "is not 1 to 32"},
		{"no id", func(s *Scene) { s.ID = "" }, "is not 1 to 32"},
		{"no place", func(s *Scene) { s.Place = " " }, "the place is missing"},
		{"a place too long", func(s *Scene) { s.Place = strings.Repeat("东", 41) }, "place has 41 characters, at most 40"},
		{"a place with a telephone number", func(s *Scene) { s.Place = "东门 13800138000" }, "11 digits in a row"},
		{"nothing to say", func(s *Scene) { s.Line = "" }, "the poster says nothing"},
		{"too much to say", func(s *Scene) { s.Line = strings.Repeat("法", 41) }, "line has 41 characters"},
		{"two lines", func(s *Scene) { s.Line = "一\n二" }, "cannot be printed"},
		{"an event with a telephone number", func(s *Scene) { s.Event = "13800138000" }, "11 digits in a row"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := gate()
			c.change(&s)
			err := s.Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("Check = %v, want %q", err, c.want)
			}
		})
	}
}

func TestScanLine(t *testing.T) {
	e := scanned("east-gate")
	if got, want := e.Line(), "20260309|09|scan||east-gate|||page|0"; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
	back, err := ParseLine(e.Line())
	if err != nil || back.Scene != "east-gate" || back.Entry != "" {
		t.Errorf("ParseLine = %+v, %v", back, err)
	}
	if diff := cmp.Diff([]Counter{{PerDay, "20260309", "scan|east-gate"}}, back.Counters()); diff != "" {
		t.Errorf("Counters (-want +got):\n%s", diff)
	}
	if list := e.Windows(); len(list) > 0 {
		t.Errorf("a scan counts residents in %v", list)
	}
	e.Source = TestSource
	if list := e.Counters(); len(list) > 0 {
		t.Errorf("a trial raises %v", list)
	}
}

// scansOf counts scans of March 2026 by scene.
func scansOf(t *testing.T, scans map[string]int, scenes ...Scene) Figure {
	t.Helper()
	b := newBook()
	b.scenes = scenes
	for scene, n := range scans {
		b.put(scanned(scene), 0, n)
	}
	f := figuresOf(t, b, "2026-03-01", "2026-03-31")["scans"]
	in, err := Gather(t.Context(), b, period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, ScansOf(in)); diff != "" {
		t.Errorf("the figure alone (-among the others +alone):\n%s", diff)
	}
	return f
}

func scene(id, code string) Scene {
	s := gate()
	s.ID, s.Code = id, code
	return s
}

func TestScansByScene(t *testing.T) {
	few := Cell{Hidden: true}
	n := func(v int64) Cell { return Cell{Value: v} }
	gone, later := scene("gone", ""), scene("later", "")
	gone.Withdrawn, later.At = on(2, 27).At, on(4, 1).At
	all := []Scene{scene("a", ""), scene("b", ""), scene("c", ""), gone, later}
	for _, c := range []struct {
		name   string
		scans  map[string]int
		scenes []Scene
		total  int64
		want   map[string]Cell
	}{
		{"all large", map[string]int{"a": 7, "b": 5, "c": 9}, all, 21, map[string]Cell{"a": n(7), "b": n(5), "c": n(9)}},
		{"two small ones", map[string]int{"a": 7, "b": 4}, all, 11, map[string]Cell{"a": n(7), "b": few, "c": few}},
		{"one small one takes the next with it", map[string]int{"a": 7, "b": 4, "c": 30}, all, 41, map[string]Cell{"a": few, "b": few, "c": n(30)}},
		{"nobody at all is no secret", nil, all, 0, map[string]Cell{"a": n(0), "b": n(0), "c": n(0)}},
		{"one scene with few cannot be shown", map[string]int{"a": 3}, all[:1], 3, nil},
		{"what was withdrawn meanwhile still counts", map[string]int{"gone": 8, "a": 6, "b": 9, "c": 7}, all, 30, map[string]Cell{"a": n(6), "b": n(9), "c": n(7), "gone": n(8)}},
		{
			"the sum of the account's codes is known too",
			map[string]int{"a": 20, "x": 3, "y": 30, "z": 40},
			[]Scene{all[0], scene("x", "http://x"), scene("y", "http://y"), scene("z", "http://z")},
			93,
			map[string]Cell{"a": n(20), "x": few, "y": few, "z": n(40)},
		},
		{"one of each kind hides all", map[string]int{"a": 20, "x": 3}, []Scene{all[0], scene("x", "http://x")}, 23, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := scansOf(t, c.scans, c.scenes...)
			if f.Rule != "K39" || f.Value != c.total || f.Hidden {
				t.Errorf("scans = %+v, want %d by K39", f, c.total)
			}
			if diff := cmp.Diff(c.want, f.By["scene"]); diff != "" {
				t.Errorf("by scene (-want +got):\n%s", diff)
			}
		})
	}
}

// No hidden number follows from the sums that a reader knows: of all scans, of
// the account's codes, and of the others.
func TestHiddenScansDoNotFollowFromSums(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for range 3000 {
		c, groups := count{}, [2][]string{}
		for i := range 2 + r.IntN(6) {
			name, g := string(rune('a'+i)), r.IntN(2)
			c[name] = int64(r.IntN(12))
			groups[g] = append(groups[g], name)
		}
		hide, ok := protectGroups(c, set{}, groups[0], groups[1])
		if !ok {
			continue
		}
		for name, n := range c {
			if n > 0 && n < hideBelow && !hide[name] {
				t.Fatalf("%v shows %s", c, name)
			}
		}
		for _, g := range groups {
			if lonely(c, g, hide) {
				t.Fatalf("%v of %v hides %v: what is hidden is all of one size", c, g, hide)
			}
		}
	}
}

func TestVerifyRecountsScans(t *testing.T) {
	b := newBook()
	b.put(scanned("east-gate"), 0, 3)
	b.sets["page|20260309"] = map[int]bool{1: true, 2: true, 3: true}
	r, err := Verify(t.Context(), b, on(4, 2).At)
	if err != nil || len(r.Differences) > 0 {
		t.Errorf("differences %v, %v", r.Differences, err)
	}
	b.days["20260309"]["scan|east-gate"]++
	r, err = Verify(t.Context(), b, on(4, 2).At)
	want := []Difference{"day 20260309 scan|east-gate: ledger 3, counter 4"}
	if diff := cmp.Diff(want, r.Differences); err != nil || diff != "" {
		t.Errorf("%v, differences (-want +got):\n%s", err, diff)
	}
}

func TestSceneHung(t *testing.T) {
	march := period(t, "2026-03-01", "2026-03-31")
	for _, c := range []struct {
		name     string
		at, gone time.Time
		want     bool
	}{
		{"from before", on(1, 1).At, time.Time{}, true},
		{"from the last day on", on(3, 31).At, time.Time{}, true},
		{"from the next day on", on(4, 1).At, time.Time{}, false},
		{"gone on the first day", on(1, 1).At, on(3, 1).At, true},
		{"gone the day before", on(1, 1).At, on(2, 28).At, false},
	} {
		if got := (Scene{At: c.at, Withdrawn: c.gone}).hung(march); got != c.want {
			t.Errorf("%s: hung = %t, want %t", c.name, got, c.want)
		}
	}
}
