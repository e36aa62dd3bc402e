package stats

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unanswered is a question that went without an answer on 8 March.
func unanswered(shape, near, length string) Event {
	topic, _, _ := strings.Cut(near, "/")
	return Event{
		At: time.Date(2026, 3, 8, 10, 20, 0, 0, zone), Kind: Gap, Outcome: shape, Entry: near, Topic: topic, Source: "text", Length: length,
	}
}

func TestGapEvents(t *testing.T) {
	topicOnly := unanswered("withheld", "", "")
	topicOnly.Topic = "dv"
	odd := unanswered("a|b/c", "x|y\n", "l,/|")
	test := unanswered("unsure", "consumer/fraud", "short")
	test.Source = TestSource
	for _, c := range []struct {
		name     string
		event    Event
		line     string
		counters []string
	}{
		{
			"a gap counts for its month by shape, length and what is near", unanswered("unsure", "consumer/fraud", "short"),
			"20260308|10|gap|unsure|consumer/fraud|consumer|short|text|0",
			[]string{"month 202603 gap|unsure|short|consumer/fraud"},
		},
		{"a topic stands in for an entry", topicOnly, "20260308|10|gap|withheld||dv||text|0", []string{"month 202603 gap|withheld||dv"}},
		{"nothing near", unanswered("no_candidate", "", "long"), "20260308|10|gap|no_candidate|||long|text|0", []string{"month 202603 gap|no_candidate|long|"}},
		{"a field cannot run into the next one", odd, "20260308|10|gap|a_b_c|x_y_|x_y_|l___|text|0", []string{"month 202603 gap|a_b_c|l___|x_y_"}},
		{"a test raises nothing", test, "20260308|10|gap|unsure|consumer/fraud|consumer|short|test|0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.event.Line(); got != c.line {
				t.Errorf("Line = %q, want %q", got, c.line)
			}
			back, err := ParseLine(c.line)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range []Event{c.event, back} {
				if diff := cmp.Diff(c.counters, fieldsOf(e)); diff != "" {
					t.Errorf("Counters (-want +got):\n%s", diff)
				}
			}
			if windows := c.event.Windows(); windows != nil {
				t.Errorf("Windows = %v: a gap counts no resident", windows)
			}
		})
	}
}

// months are the counters that n gaps of each field raise.
func inMonths(fields map[string]int64) Input {
	return Input{
		Period: Period{time.Date(2026, 3, 1, 0, 0, 0, 0, zone), time.Date(2026, 3, 31, 0, 0, 0, 0, zone)},
		Now:    time.Date(2026, 4, 2, 0, 0, 0, 0, zone),
		Months: map[string]map[string]int64{"202603": fields},
		Entries: map[string][]string{
			"consumer/fraud": {"3.15"}, "consumer/return": {"3.15"}, "family/gift": nil, "dv/police": nil,
		},
	}
}

func TestGapsOf(t *testing.T) {
	in := inMonths(map[string]int64{
		"gap|unsure|short|consumer/fraud": 4, "gap|unsure|long|consumer/fraud": 3, "gap|unsure|short|family/gift": 3,
		"gap|no_candidate|medium|": 12, "gap|none_fits||consumer/return": 2, "gap|ask_back|short|gone/entry": 9,
		"entry|message|consumer/fraud": 100, "unique|topic/consumer/202603": 50,
	})
	got := GapsOf(in)
	if got.Value != 33 || got.Missing {
		t.Errorf("all = %+v, want 33", got.Cell)
	}
	if diff := cmp.Diff(map[string]Cell{"short": {Value: 16}, "medium": {Value: 12}, "long": {Value: 3}}, got.Length); diff != "" {
		t.Errorf("by length (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"no_candidate": "12 { 12} false",
		"unsure":       "10 {consumer/fraud 7} true",
		"none_fits":    "2 true",
		"ask_back":     "9 {gone/entry 9} false",
		"articles":     "0 false",
	}
	for i, s := range got.Shapes {
		if s.Shape != Shapes()[i] {
			t.Errorf("shape %d is %s, want %s", i, s.ID, Shapes()[i].ID)
		}
		line := fmt.Sprint(s.Cell, " ")
		for _, near := range s.Near {
			line += "{" + near.ID + " " + near.String() + "} "
		}
		line += fmt.Sprint(s.Rest)
		if want[s.ID] != "" && line != want[s.ID] {
			t.Errorf("%s = %s, want %s", s.ID, line, want[s.ID])
		}
	}
	for _, f := range Figures(in) {
		if f.ID == "gaps" && (f.Value != 33 || f.By["shape"]["unsure"].Value != 10 || f.Rule != "K28") {
			t.Errorf("figure = %+v", f)
		}
	}
}

// What is hidden may be any entry of the library: a reader who knows the total
// cannot tell which one the rest belongs to.
func TestGapsHideWhatIsSmall(t *testing.T) {
	one, other := map[string]int64{"gap|unsure|short|consumer/fraud": 8, "gap|unsure|short|dv/police": 3}, map[string]int64{}
	for field, n := range one {
		other[strings.Replace(field, "dv/police", "family/gift", 1)] = n
	}
	if diff := cmp.Diff(GapsOf(inMonths(one)), GapsOf(inMonths(other))); diff != "" {
		t.Errorf("two tables that a reader must not tell apart differ:\n%s", diff)
	}
}

func TestGapsNeedWholeMonths(t *testing.T) {
	in := inMonths(map[string]int64{"gap|unsure|short|consumer/fraud": 8})
	in.Period.From = in.Period.From.AddDate(0, 0, 3)
	if got := GapsOf(in); !got.Missing || got.Shapes != nil {
		t.Errorf("GapsOf a part of a month = %+v, want nothing", got)
	}
}

func TestVerifyRebuildsGaps(t *testing.T) {
	b := newBook()
	b.since = "20260308"
	b.put(unanswered("unsure", "consumer/fraud", "short"), 1, 3)
	now := time.Date(2026, 3, 9, 0, 0, 0, 0, zone)
	if r, err := Verify(t.Context(), b, now); err != nil || len(r.Differences) != 0 || r.Lines != 3 {
		t.Fatalf("Verify = %+v, %v", r, err)
	}
	b.months["202603"]["gap|unsure|short|consumer/fraud"]++
	want := []Difference{"month 202603 gap|unsure|short|consumer/fraud: ledger 3, counter 4"}
	r, err := Verify(t.Context(), b, now)
	if diff := cmp.Diff(want, r.Differences); err != nil || diff != "" {
		t.Errorf("after a counter was changed (-want +got), %v:\n%s", err, diff)
	}
}
