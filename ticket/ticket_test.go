package ticket

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	rules = Rules{RequestDays: 15, KeepDays: 30}
	noon  = time.Date(2026, 3, 8, 12, 30, 0, 0, zone())
)

func opened(k Kind) Ticket { return rules.Open("K7M3C4", k, "消费维权", noon) }

func TestTimeLimits(t *testing.T) {
	for _, c := range []struct {
		name string
		kind Kind
		at   time.Time
		due  time.Time
		left int
	}{
		{"a wish to be answered ends with the window", Talk, noon, time.Date(2026, 3, 10, 12, 0, 0, 0, zone()), 2},
		{"the day a complaint came does not count, the last day does", Complaint, noon, time.Date(2026, 3, 24, 0, 0, 0, 0, zone()), 15},
		{"a day is one of Shanghai", Complaint, time.Date(2026, 3, 8, 23, 30, 0, 0, time.UTC), time.Date(2026, 3, 25, 0, 0, 0, 0, zone()), 15},
		{"a limit reaches over the end of the year", Complaint, time.Date(2026, 12, 31, 23, 59, 59, 0, zone()), time.Date(2027, 1, 16, 0, 0, 0, 0, zone()), 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := rules.Open("K7M3C4", c.kind, "", c.at)
			if !is.Due.Equal(c.due) || is.DaysLeft(c.at) != c.left {
				t.Errorf("due %s with %d days left, want %s with %d", is.Due.In(zone()), is.DaysLeft(c.at), c.due, c.left)
			}
			if is.Overdue(c.due.Add(-time.Second)) || !is.Overdue(c.due) {
				t.Errorf("overdue a second before its time %t, at it %t", is.Overdue(c.due.Add(-time.Second)), is.Overdue(c.due))
			}
			if got := is.DaysLeft(c.due); c.kind == Complaint && got != -1 {
				t.Errorf("%d days left when the last day is over, want -1", got)
			}
		})
	}
}

func TestARowTellsTheHourAndNotTheMinute(t *testing.T) {
	if is := opened(Talk); is.Opened.Minute() != 0 || is.Since.Minute() != 0 {
		t.Errorf("opened %s since %s, want whole hours", is.Opened, is.Since)
	}
}

// step is one deed in a life.
type step func(Ticket, time.Time) (Ticket, error)

func take(who string) step {
	return func(t Ticket, at time.Time) (Ticket, error) { return t.Take(who, at) }
}

func begin(who string) step {
	return func(t Ticket, at time.Time) (Ticket, error) { return t.begin(who, at) }
}

func end(state SendState) step {
	return func(t Ticket, at time.Time) (Ticket, error) { return t.ended(state, "", at), nil }
}

func settle(who string, arrived bool) step {
	return func(t Ticket, at time.Time) (Ticket, error) { return t.Settle(who, arrived, at) }
}

func finish(who string, way Way, note string) step {
	return func(t Ticket, at time.Time) (Ticket, error) { return t.Close(who, way, note, at) }
}

func withdraw(t Ticket, at time.Time) (Ticket, error) { return t.Withdraw(at) }

func TestLives(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  State
		err   error // of the last step
	}{
		{"taken, answered and closed", []step{take("甲"), begin("甲"), end(Sent), finish("甲", ByMessage, "")}, Closed, nil},
		{"called and closed", []step{take("甲"), finish("甲", ByPhone, "约了周三上午")}, Closed, nil},
		{"nobody answers what they did not take", []step{begin("甲")}, New, ErrOthers},
		{"nobody answers what another has", []step{take("甲"), begin("乙")}, Taken, ErrOthers},
		{"a colleague may take it over", []step{take("甲"), take("乙"), begin("乙"), end(Sent)}, Answered, nil},
		{"who takes over what was answered does not begin anew", []step{take("甲"), begin("甲"), end(Sent), take("乙")}, Answered, nil},
		{"two replies are not on their way at once", []step{take("甲"), begin("甲"), begin("甲")}, Taken, ErrOnItsWay},
		{"what is in doubt is not followed by another", []step{take("甲"), begin("甲"), end(Doubt), begin("甲")}, Taken, ErrOnItsWay},
		{"what is in doubt is not closed", []step{take("甲"), begin("甲"), end(Doubt), finish("甲", ByMessage, "")}, Taken, ErrOnItsWay},
		{"a doubt is settled: it arrived", []step{take("甲"), begin("甲"), end(Doubt), settle("甲", true)}, Answered, nil},
		{"a doubt is settled: it did not, and it is written again", []step{take("甲"), begin("甲"), end(Doubt), settle("甲", false), begin("甲"), end(Sent)}, Answered, nil},
		{"what was not in doubt is not settled", []step{take("甲"), begin("甲"), end(Sent), settle("甲", true)}, Answered, ErrChanged},
		{"what failed may be written again", []step{take("甲"), begin("甲"), end(Failed), begin("甲"), end(Sent)}, Answered, nil},
		{"the resident takes it back", []step{take("甲"), withdraw}, Withdrawn, nil},
		{"what was taken back is not answered", []step{take("甲"), withdraw, begin("甲")}, Withdrawn, ErrOver},
		{"what is closed is not taken back", []step{take("甲"), finish("甲", Nowhere, ""), withdraw}, Closed, ErrOver},
		{"what is over is not taken", []step{withdraw, take("甲")}, Withdrawn, ErrOver},
		{"a closing says how", []step{take("甲"), finish("甲", "", "")}, Taken, ErrInput},
		{"a note names no telephone", []step{take("甲"), finish("甲", ByPhone, "回电 138 0000 0000 没人接")}, Taken, ErrInput},
		{"a note is short", []step{take("甲"), finish("甲", ByPhone, strings.Repeat("长", 101))}, Taken, ErrInput},
		{"a note may have a date", []step{take("甲"), finish("甲", ByPhone, "2026年3月9日、10日打过")}, Closed, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			is, at := opened(Talk), noon
			for i, do := range c.steps {
				at = at.Add(time.Second)
				next, err := do(is, at)
				if last := i == len(c.steps)-1; last && !errors.Is(err, c.err) || !last && err != nil {
					t.Fatalf("step %d: %v, want %v", i+1, err, c.err)
				}
				if err != nil && !cmp.Equal(next, is) {
					t.Errorf("step %d was refused and changed the ticket", i+1)
				}
				if err == nil && next.Version != is.Version+1 {
					t.Errorf("step %d: version %d after %d", i+1, next.Version, is.Version)
				}
				is = next
			}
			if is.State != c.want {
				t.Errorf("state %s, want %s", is.State, c.want)
			}
			if is.State == Withdrawn && is.Topic != "" {
				t.Errorf("what was taken back is still about %s", is.Topic)
			}
		})
	}
}

func TestADeletionIsDoneAtOnce(t *testing.T) {
	is := rules.Open("K7M3C4", Deletion, "", noon)
	if is.State != Closed || is.Way != Itself || is.Overdue(noon.AddDate(1, 0, 0)) {
		t.Errorf("%+v", is)
	}
	if diff := cmp.Diff([]string{"opened|删除", "closed|删除"}, is.Counts(Ticket{})); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTimeDoes(t *testing.T) {
	taken, _ := opened(Talk).Take("甲", noon)
	onItsWay, _ := taken.begin("甲", noon)
	answered := onItsWay.ended(Sent, "", noon)
	doubtful := onItsWay.ended(Doubt, "", noon)
	closed, _ := answered.Close("甲", ByMessage, "", noon)
	complaint := opened(Complaint)
	over, _ := complaint.Withdraw(noon)
	day := 24 * time.Hour
	for _, c := range []struct {
		name  string
		is    Ticket
		after time.Duration
		want  string // the state, "gone", or "" where it stays
	}{
		{"a reply is on its way for a minute", onItsWay, time.Minute - time.Second, ""},
		{"then nobody knows", onItsWay, time.Minute, "doubt"},
		{"a doubt waits for a person", doubtful, 5 * day, ""},
		{"even when nobody comes it lapses at last", doubtful, 16 * day, "lapsed"},
		{"what was answered waits 7 days", answered, 7*day - time.Second, ""},
		{"then it closes", answered, 7 * day, "closed"},
		{"what nobody took is listed 14 days past its time", opened(Talk), 15 * day, ""},
		{"then it lapses", opened(Talk), 16 * day, "lapsed"},
		{"a request never lapses", complaint, 400 * day, ""},
		{"a row stays 30 days", closed, 30*day - time.Second, ""},
		{"then it goes", closed, 30 * day, "gone"},
		{"the row of a request stays 3 years", over, 3*365*day - time.Second, ""},
		{"then it goes too", over, 3 * 365 * day, "gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is, gone, changed := c.is.Age(noon.Add(c.after), rules)
			got := ""
			switch {
			case gone:
				got = "gone"
			case changed && is.Send != nil && is.Send.State != c.is.Send.State:
				got = string(is.Send.State)
			case changed:
				got = string(is.State)
			}
			if got != c.want || changed != (c.want != "") {
				t.Errorf("becomes %q (changed %t), want %q", got, changed, c.want)
			}
		})
	}
}

func TestEveryChangeIsCountedOnce(t *testing.T) {
	is := opened(Talk)
	taken, _ := is.Take("甲", noon)
	over, _ := taken.Take("乙", noon)
	begun, _ := over.begin("乙", noon)
	answered := begun.ended(Sent, "", noon)
	closed, _ := answered.Close("乙", ByMessage, "", noon)
	late, _ := taken.Close("甲", Nowhere, "", noon.Add(Window))
	for _, c := range []struct {
		name    string
		was, is Ticket
		want    []string
	}{
		{"opened", Ticket{}, is, []string{"opened|人工"}},
		{"taken", is, taken, []string{"taken|人工"}},
		{"taken over", taken, over, nil},
		{"on its way", over, begun, nil},
		{"answered in time", begun, answered, []string{"answered|人工", "intime|人工"}},
		{"closed after the answer", answered, closed, []string{"closed|人工"}},
		{"closed late without one", taken, late, []string{"closed|人工"}},
	} {
		if diff := cmp.Diff(c.want, c.is.Counts(c.was)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCodes(t *testing.T) {
	seen := map[rune]bool{}
	for i := range 256 {
		code := CodeOf([]byte{byte(i), byte(i * 7), byte(i * 13), byte(i * 31), byte(i * 57), byte(255 - i), 1})
		if got, ok := ParseCode(strings.ToLower(code)); !ok || got != code {
			t.Fatalf("%s is read as %q, %t", code, got, ok)
		}
		for _, r := range code {
			seen[r] = true
		}
	}
	for _, r := range "0OQ1IL2Z5S8BAEUVNU" {
		if seen[r] {
			t.Errorf("codes hold %c, which looks or sounds like another", r)
		}
	}
	if len(seen) != len(letters) {
		t.Errorf("%d letters come up, want %d", len(seen), len(letters))
	}
	for _, s := range []string{"", "K7M3Q", "K7M3C44", "K7M3O4", "京京", strings.Repeat("K", 6) + "\n", "K7M3C'"} {
		if got, ok := ParseCode(s); ok {
			t.Errorf("ParseCode(%q) = %s", s, got)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("k7m-3c4")
	f.Add("ｋ７ｍ")
	f.Fuzz(func(t *testing.T, s string) {
		if code, ok := ParseCode(s); ok && (len(code) != CodeLength || strings.Trim(code, letters) != "") {
			t.Errorf("ParseCode(%q) = %q", s, code)
		}
	})
}

func TestWordsForStaff(t *testing.T) {
	for _, s := range States() {
		if s.Chinese() == string(s) {
			t.Errorf("state %s has no Chinese", s)
		}
	}
	for _, w := range append(Ways(), Itself) {
		if w.Chinese() == string(w) {
			t.Errorf("way %s has no Chinese", w)
		}
	}
	for _, err := range []error{ErrChanged, ErrOver, ErrOthers, ErrOnItsWay, ErrWindow, ErrNoContact, inputError("请先写答复。")} {
		if Say(err) == "" {
			t.Errorf("nothing is said of %v", err)
		}
	}
	if Say(errors.New("redis is unavailable")) != "" {
		t.Error("something is said of an error that is none of the desk's")
	}
	if !slices.Contains(Kinds(), Talk) || Talk.Request() || !Complaint.Request() {
		t.Error("what is a request?")
	}
}
