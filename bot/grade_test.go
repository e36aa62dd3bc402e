package bot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	answered, referred := Expect{Outcome: Answered, Entry: "a/b"}, Expect{Outcome: Referred}
	right, wrong := Item{Outcome: Answered, Entry: "a/b", Right: true, Rank: 1}, Item{Outcome: Answered, Entry: "a/c"}
	menu := func(rank int) Item { return Item{Outcome: Menu, Rank: rank} }
	none, crisis := Item{Outcome: Referred}, Item{Outcome: Crisis}
	for _, c := range []struct {
		name          string
		expect        Expect
		before, after Item
		better, worse int
	}{
		{"a menu becomes the right answer", answered, menu(1), right, 1, 0},
		{"the right answer becomes a menu", answered, right, menu(1), 0, 1},
		{"the right answer becomes a wrong one", answered, right, wrong, 0, 1},
		{"a wrong answer becomes a referral", answered, wrong, none, 1, 0},
		{"the right line climbs in the menu", answered, menu(3), menu(2), 1, 0},
		{"the right line leaves the menu", answered, menu(5), menu(0), 0, 1},
		{"a menu without the right line becomes a referral", answered, menu(0), none, 0, 0},
		{"another right entry answers", answered, right, Item{Outcome: Answered, Entry: "a/d", Right: true, Rank: 1}, 0, 0},
		{"a false alarm is as bad as a wrong answer", answered, wrong, crisis, 0, 0},
		{"what is not ours is answered", referred, none, wrong, 0, 1},
		{"what is not ours gets a menu", referred, none, menu(0), 0, 1},
		{"what is not ours is referred again", referred, wrong, none, 1, 0},
		{"a crisis is missed", Expect{Outcome: Crisis}, crisis, none, 0, 1},
		{"a command is understood", Expect{Outcome: Command}, none, Item{Outcome: Command}, 1, 0},
		{"nothing changed", answered, right, right, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.before.ID, c.after.ID = "Q1", "Q1"
			list := Compare([]Case{{ID: "Q1", Expect: c.expect}}, []Item{c.before}, []Item{c.after})
			if better, worse := len(Better(list)), len(Worse(list)); better != c.better || worse != c.worse {
				t.Errorf("better %d, worse %d, want %d and %d: %+v", better, worse, c.better, c.worse, list)
			}
		})
	}
}

func TestCompareLeavesOutWhatWasMeasuredOnce(t *testing.T) {
	cases := []Case{{ID: "both"}, {ID: "new"}, {ID: "gone"}}
	before := []Item{{ID: "gone", Outcome: Menu}, {ID: "both", Outcome: Menu}}
	after := []Item{{ID: "both", Outcome: Referred}, {ID: "new", Outcome: Referred}}
	got := Compare(cases, before, after)
	if diff := cmp.Diff([]Change{{cases[0], before[1], after[0], 0}}, got); diff != "" {
		t.Errorf("Compare (-want +got):\n%s", diff)
	}
}
