package stats

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// entering is the moment at which the tests work on the register.
var entering = time.Date(2026, 4, 2, 9, 0, 0, 0, zone)

func lecture() Activity {
	return Activity{
		Kind: "法治讲座", On: "2026-03-07", Place: "东门社区", Theme: "3.8", Quantity: 1, People: 42, Material: "普法折页", Items: 100, Ref: "照片12",
	}
}

func activity(change func(*Activity)) Activity {
	a := lecture()
	change(&a)
	return a
}

func counted(kind, month string, accepted, succeeded int64) Activity {
	return Activity{Kind: kind, On: month, Accepted: accepted, Succeeded: succeeded}
}

func TestActivitiesAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		a    Activity
		want string
	}{
		{"a lecture is right", lecture(), ""},
		{"a month's counts are right", counted(Mediation, "2026-03", 118, 113), ""},
		{"a month in which nobody came is right", counted(LegalAid, "2026-03", 0, 0), ""},
		{"a kind that there is not", activity(func(a *Activity) { a.Kind = "晚会" }), `kind "晚会" is none of 宣讲会`},
		{"a day that there is not", activity(func(a *Activity) { a.On = "2026-02-30" }), "is no day"},
		{"a day to come", activity(func(a *Activity) { a.On = "2026-04-03" }), "still to come"},
		{"no place", activity(func(a *Activity) { a.Place = "　" }), "the place is missing"},
		{"no quantity", activity(func(a *Activity) { a.Quantity = 0 }), "quantity 0"},
		{"people below nobody", activity(func(a *Activity) { a.People = -1 }), "people -1"},
		{"more people than a district has", activity(func(a *Activity) { a.People = 10_000_000 }), "people 10000000"},
		{"an estimate of nobody", activity(func(a *Activity) { a.Estimated, a.People = true, 0 }), "an estimate of nobody"},
		{"pieces of nothing", activity(func(a *Activity) { a.Material = "" }), "say what was given out"},
		{"a telephone number", activity(func(a *Activity) { a.Ref = "联系13800138000" }), "11 digits in a row"},
		{"a line end", activity(func(a *Activity) { a.Theme = "3.8\n3.15" }), "cannot be printed"},
		{"a place of many words", activity(func(a *Activity) { a.Place = strings.Repeat("远", 41) }), "41 characters"},
		{"a lecture with cases", activity(func(a *Activity) { a.Accepted = 3 }), "accepted and succeeded are of"},
		{"counts of a day", counted(Mediation, "2026-03-07", 3, 1), "is no month"},
		{"counts of a month to come", counted(Mediation, "2026-05", 3, 1), "still to come"},
		{"a case with its place", Activity{Kind: Mediation, On: "2026-03", Place: "东门3号楼", Accepted: 1}, "only a month"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.a.Check(entering)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("Check = %v, want %q", err, c.want)
			}
		})
	}
}

// write adds a line that must be right.
func write(t *testing.T, r *Register) func(ActivityLine, error) ActivityLine {
	t.Helper()
	return func(l ActivityLine, err error) ActivityLine {
		t.Helper()
		if err == nil {
			err = r.Add(l)
		}
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

func TestRegister(t *testing.T) {
	r := &Register{}
	put := write(t, r)
	first := put(r.Enter("王编辑", entering, lecture()))
	put(r.Enter("王编辑", entering, counted(Mediation, "2026-03", 118, 113)))
	if _, err := r.Confirm("王编辑", entering, first.Of, 0); !errors.Is(err, ErrSelfConfirm) {
		t.Errorf("who entered it confirms: %v", err)
	}
	put(r.Confirm("李审核", entering, first.Of, first.N))
	if e, _ := r.Get(first.Of); e.ConfirmedBy != "李审核" {
		t.Errorf("confirmed: %+v", e)
	}
	put(r.Correct("张编辑", entering, first.Of, activity(func(a *Activity) { a.People = 45 }), "签到表是45人"))
	e, err := r.Get(first.Of)
	want := Entered{Activity: activity(func(a *Activity) { a.People = 45 }), Number: 1, Line: 4, By: "张编辑", At: entering.UTC(), Corrections: 1}
	if diff := cmp.Diff(want, e); err != nil || diff != "" {
		t.Errorf("corrected: %v (-want +got):\n%s", err, diff)
	}
	if _, err := r.Confirm("李审核", entering, first.Of, first.N); !errors.Is(err, ErrCorrected) {
		t.Errorf("confirming what was corrected since: %v", err)
	}
	put(r.Confirm("王编辑", entering, first.Of, 0)) // another than who corrected it
	if _, err := r.Enter("王编辑", entering, counted(Mediation, "2026-03", 1, 1)); !errors.Is(err, ErrEntered) {
		t.Errorf("a month's counts twice: %v", err)
	}
	put(r.Enter("王编辑", entering, counted(LegalAid, "2026-03", 4, 1)))
	put(r.Withdraw("王编辑", entering, 2, "录错了月份"))
	if _, err := r.Get(2); !errors.Is(err, ErrNoActivity) {
		t.Errorf("a withdrawn one: %v", err)
	}
	put(r.Enter("王编辑", entering, counted(Mediation, "2026-03", 120, 113))) // its place is free again
	if _, err := r.Correct("王编辑", entering, 99, lecture(), ""); !errors.Is(err, ErrNoActivity) {
		t.Errorf("correcting what is not there: %v", err)
	}
	if got := r.List(); len(got) != 3 || got[0].On != "2026-03" || r.Lines() != 8 {
		t.Errorf("list %+v of %d lines", got, r.Lines())
	}
}

func TestRegisterRefusesWhatItNeverWrote(t *testing.T) {
	a := lecture()
	for name, lines := range map[string][]ActivityLine{
		"a line is missing":               {{N: 2, Of: 2, Did: Enter, By: "王", Activity: &a}},
		"a new one under an old number":   {{N: 1, Of: 7, Did: Enter, By: "王", Activity: &a}},
		"nothing is entered":              {{N: 1, Of: 1, Did: Enter, By: "王"}},
		"what is not there is corrected":  {{N: 1, Of: 1, Did: Correct, By: "王", Activity: &a}},
		"one confirms what one entered":   {{N: 1, Of: 1, Did: Enter, By: "王", Activity: &a}, {N: 2, Of: 1, Did: Confirm, By: "王", Seen: 1}},
		"a line is confirmed that is old": {{N: 1, Of: 1, Did: Enter, By: "王", Activity: &a}, {N: 2, Of: 1, Did: Confirm, By: "李", Seen: 5}},
		"a deed that there is not":        {{N: 1, Of: 1, Did: Enter, By: "王", Activity: &a}, {N: 2, Of: 1, Did: "burn", By: "李"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Register{}
			var err error
			for _, l := range lines {
				if err = r.Add(l); err != nil {
					break
				}
			}
			if err == nil {
				t.Error("it was read")
			}
		})
	}
}

func TestFiguresOfActivities(t *testing.T) {
	b := yearBook()
	put := write(t, &b.activities)
	first := put(b.activities.Enter("王编辑", entering, lecture()))
	put(b.activities.Enter("王编辑", entering, activity(func(a *Activity) { a.Kind, a.On, a.Estimated, a.Theme = "进学校", "2026-02-01", true, "" })))
	put(b.activities.Enter("王编辑", entering, Activity{Kind: "横幅", On: "2026-03-01", Place: "主街", Quantity: 12}))
	put(b.activities.Enter("王编辑", entering, activity(func(a *Activity) { a.On = "2025-12-31" })))
	put(b.activities.Enter("王编辑", entering, counted(Mediation, "2026-02", 90, 88)))
	put(b.activities.Enter("王编辑", entering, counted(Mediation, "2026-03", 3, 1)))
	put(b.activities.Confirm("李审核", entering, first.Of, 0))
	gone := put(b.activities.Enter("王编辑", entering, lecture()))
	put(b.activities.Withdraw("王编辑", entering, gone.Of, "重复"))
	n := func(v int64) Cell { return Cell{Value: v} }
	f := figuresOf(t, b, "2026-01-01", "2026-12-31")
	for id, want := range map[string]Cell{
		"activities": n(2), "activities_confirmed": n(1), "activity_people": n(84), "materials": n(200), "publicity": {Missing: true},
		"mediation": n(93), "mediation_done": n(89), "legal_aid": n(0),
	} {
		if f[id].Cell != want {
			t.Errorf("%s = %+v, want %+v", id, f[id].Cell, want)
		}
	}
	for _, c := range []struct {
		id, by string
		want   map[string]Cell
	}{
		{"activities", "theme", map[string]Cell{"3.8": n(1), "other": n(1)}},
		{"activities", "month", map[string]Cell{"202602": n(1), "202603": n(1)}},
		{"activity_people", "basis", map[string]Cell{"counted": n(42), "estimated": n(42)}},
		{"mediation", "month", map[string]Cell{"202602": n(90), "202603": n(3)}}, // what the office did is never hidden
		{"legal_aid", "month", map[string]Cell{}},
	} {
		if diff := cmp.Diff(c.want, f[c.id].By[c.by]); diff != "" {
			t.Errorf("%s by %s (-want +got):\n%s", c.id, c.by, diff)
		}
	}
	if got := f["publicity"].By["kind"]["横幅"]; got != n(12) {
		t.Errorf("banners %+v", got)
	}
	part := figuresOf(t, b, "2026-03-05", "2026-03-09")
	if part["activities"].Value != 1 || !part["mediation"].Missing {
		t.Errorf("five days: %+v, %+v", part["activities"].Cell, part["mediation"].Cell)
	}
}
