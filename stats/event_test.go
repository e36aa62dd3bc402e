package stats

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// asked is a message as the bot answers most of them, on 8 March at 10:20.
func asked() Event {
	return Event{
		At: time.Date(2026, 3, 8, 10, 20, 0, 0, zone), Kind: Message, Outcome: "answered",
		Entry: "consumer/seven-day-return", Topic: "consumer", Themes: []string{"3.15"}, Source: "text",
	}
}

// with returns asked after a change.
func with(change func(*Event)) Event {
	e := asked()
	change(&e)
	return e
}

func fieldsOf(e Event) []string {
	var list []string
	for _, c := range e.Counters() {
		list = append(list, string(c.Scope)+" "+c.Period+" "+c.Field)
	}
	return list
}

func namesOf(windows []Window) []string {
	var list []string
	for _, w := range windows {
		list = append(list, w.Name+" "+w.Ends.In(zone).Format("2006-01-02 15:04"))
	}
	return list
}

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		name     string
		event    Event
		line     string
		counters []string
		windows  []string
	}{
		{
			"an answer counts for its day, hour, entry, topic and theme", asked(),
			"20260308|10|message|answered|consumer/seven-day-return|consumer|3.15|text|0",
			[]string{
				"day 20260308 message|answered|consumer|3.15|text|0", "day 20260308 hour|10",
				"month 202603 entry|message|consumer/seven-day-return",
			},
			[]string{"day|20260308 2026-03-09 00:00", "topic|consumer|202603 2026-04-01 00:00", "theme|3.15|202603 2026-04-01 00:00"},
		},
		{
			"a crisis keeps the day and nothing else",
			with(func(e *Event) { e.Outcome, e.Model = CrisisOutcome, true }),
			"20260308||message|crisis|||||0",
			[]string{"day 20260308 message|crisis||||0"},
			nil,
		},
		{
			"residents of a sensitive matter are counted by day only",
			with(func(e *Event) { e.Entry, e.Topic, e.Themes, e.Sensitive = "dv/police", "dv", []string{"3.8"}, true }),
			"20260308|10|message|answered|dv/police|dv|3.8|text|0",
			[]string{
				"day 20260308 message|answered|dv|3.8|text|0", "day 20260308 hour|10",
				"month 202603 entry|message|dv/police",
			},
			[]string{"day|20260308 2026-03-09 00:00"},
		},
		{
			"a rating counts beside the messages: no hour, no resident",
			with(func(e *Event) { e.Kind, e.Outcome = Helpful, "" }),
			"20260308|10|helpful||consumer/seven-day-return|consumer|3.15|text|0",
			[]string{"day 20260308 helpful||consumer|3.15|text|0", "month 202603 entry|helpful|consumer/seven-day-return"},
			nil,
		},
		{
			"a model's choice is marked",
			with(func(e *Event) { e.Outcome, e.Entry, e.Topic, e.Themes, e.Model = "referred", "", "", nil, true }),
			"20260308|10|message|referred||||text|1",
			[]string{"day 20260308 message|referred|||text|1", "day 20260308 hour|10"},
			[]string{"day|20260308 2026-03-09 00:00"},
		},
		{
			"a theme that is named twice counts once, an empty one not at all",
			with(func(e *Event) { e.Entry, e.Themes = "", []string{"3.8", "", "3.15", "3.8"} }),
			"20260308|10|message|answered||consumer|3.8,3.15|text|0",
			[]string{"day 20260308 message|answered|consumer|3.8,3.15|text|0", "day 20260308 hour|10"},
			[]string{
				"day|20260308 2026-03-09 00:00", "topic|consumer|202603 2026-04-01 00:00",
				"theme|3.8|202603 2026-04-01 00:00", "theme|3.15|202603 2026-04-01 00:00",
			},
		},
		{
			"a field cannot run into the next one",
			with(func(e *Event) {
				e.Entry, e.Topic, e.Themes, e.Source = "a|b/c\n", "x|/y", []string{"3,8|1"}, "te\xffxt"
			}),
			"20260308|10|message|answered|a_b/c_|x__y|3_8_1|te_xt|0",
			[]string{
				"day 20260308 message|answered|x__y|3_8_1|te_xt|0", "day 20260308 hour|10",
				"month 202603 entry|message|a_b/c_",
			},
			[]string{"day|20260308 2026-03-09 00:00", "topic|x__y|202603 2026-04-01 00:00", "theme|3_8_1|202603 2026-04-01 00:00"},
		},
		{
			"a test raises nothing", with(func(e *Event) { e.Source = TestSource }),
			"20260308|10|message|answered|consumer/seven-day-return|consumer|3.15|test|0", nil, nil,
		},
		{
			"a closed day has its residents and its last day",
			Closing(Window{"day|20260308", time.Date(2026, 3, 9, 0, 0, 0, 0, zone)}, 12),
			"20260308||unique|12|day/20260308||||0",
			[]string{"month 202603 unique|day/20260308"},
			nil,
		},
		{
			"a closed month of a topic stands on the month's last day",
			Closing(Window{"topic|consumer|202602", time.Date(2026, 3, 1, 0, 0, 0, 0, zone)}, 3),
			"20260228||unique|3|topic/consumer/202602||||0",
			[]string{"month 202602 unique|topic/consumer/202602"},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.event.Line(); got != c.line {
				t.Errorf("Line = %q, want %q", got, c.line)
			}
			if diff := cmp.Diff(c.counters, fieldsOf(c.event)); diff != "" {
				t.Errorf("Counters (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.windows, namesOf(c.event.Windows())); diff != "" {
				t.Errorf("Windows (-want +got):\n%s", diff)
			}
			back, err := ParseLine(c.line)
			if err != nil {
				t.Fatal(err)
			}
			if back.Line() != c.line || back.Amount() != c.event.Amount() {
				t.Errorf("read back as %q, %d, want %q, %d", back.Line(), back.Amount(), c.line, c.event.Amount())
			}
			if diff := cmp.Diff(fieldsOf(c.event), fieldsOf(back)); diff != "" {
				t.Errorf("Counters read back (-written +read):\n%s", diff)
			}
		})
	}
}

func TestDaysAreThoseOfShanghai(t *testing.T) {
	for _, c := range []struct {
		name        string
		at          time.Time
		day, hour   string
		month, year string
		dayEnds     string
		monthEnds   string
	}{
		{
			"the last second of a day", time.Date(2026, 3, 8, 23, 59, 59, 999, zone),
			"20260308", "23", "202603", "2026", "2026-03-09 00:00", "2026-04-01 00:00",
		},
		{
			"the first moment of a day", time.Date(2026, 3, 9, 0, 0, 0, 0, zone),
			"20260309", "00", "202603", "2026", "2026-03-10 00:00", "2026-04-01 00:00",
		},
		{
			"half past eleven at night in UTC is the next morning", time.Date(2026, 3, 7, 23, 30, 0, 0, time.UTC),
			"20260308", "07", "202603", "2026", "2026-03-09 00:00", "2026-04-01 00:00",
		},
		{
			"a month ends in Shanghai before it does in UTC", time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC),
			"20260301", "00", "202603", "2026", "2026-03-02 00:00", "2026-04-01 00:00",
		},
		{
			"the last second of February", time.Date(2026, 2, 28, 15, 59, 59, 0, time.UTC),
			"20260228", "23", "202602", "2026", "2026-03-01 00:00", "2026-03-01 00:00",
		},
		{
			"the last second of a year", time.Date(2026, 12, 31, 23, 59, 59, 0, zone),
			"20261231", "23", "202612", "2026", "2027-01-01 00:00", "2027-01-01 00:00",
		},
		{
			"the first moment of a year", time.Date(2027, 1, 1, 0, 0, 0, 0, zone),
			"20270101", "00", "202701", "2027", "2027-01-02 00:00", "2027-02-01 00:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := with(func(e *Event) { e.At, e.Themes, e.Entry = c.at, nil, "" })
			if e.Day() != c.day || e.Month() != c.month || YearOf(c.at) != c.year {
				t.Errorf("day %s, month %s, year %s", e.Day(), e.Month(), YearOf(c.at))
			}
			if want := c.day + "|" + c.hour + "|"; !strings.HasPrefix(e.Line(), want) {
				t.Errorf("Line = %q, want it to begin with %s", e.Line(), want)
			}
			want := []string{"day|" + c.day + " " + c.dayEnds, "topic|consumer|" + c.month + " " + c.monthEnds}
			if diff := cmp.Diff(want, namesOf(e.Windows())); diff != "" {
				t.Errorf("Windows (-want +got):\n%s", diff)
			}
			if got := Crisis(c.at).Line(); got != c.day+"||message|crisis|||||0" {
				t.Errorf("crisis = %q, want only the day", got)
			}
			for _, w := range e.Windows() {
				if last := Closing(w, 1); !strings.HasPrefix(w.Name, "day") && last.Month() != c.month || last.At.Before(c.at.Truncate(time.Second)) {
					t.Errorf("window %s closes as of %s", w.Name, last.At)
				}
			}
		})
	}
}

func TestParseLineRefuses(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"nothing", "", "1 fields, want 9"},
		{"a line cut short", "20260308|10|message|answered", "4 fields"},
		{"a field too many", "20260308|10|message|answered|||||text|0", "10 fields"},
		{"a day that is none", "20260230|10|message|answered||||text|0", `"20260230" is no day`},
		{"an hour past the day", "20260308|24|message|answered||||text|0", `hour "24"`},
		{"an hour with one digit", "20260308|7|message|answered||||text|0", "never written"},
		{"a message without its hour", "20260308||message|answered||||text|0", "never written"},
		{"an unknown kind", "20260308|10|massage|answered||||text|0", `unknown kind "massage"`},
		{"no kind", "20260308|10||answered||||text|0", `unknown kind ""`},
		{"a crisis with its hour", "20260308|10|message|crisis|||||0", "never written"},
		{"a crisis with a topic", "20260308||message|crisis||dv|||0", "never written"},
		{"a flag that is neither 0 nor 1", "20260308|10|message|answered||||text|yes", "never written"},
		{"a theme twice", "20260308|10|message|answered|||3.8,3.8|text|0", "never written"},
		{"a closed window of nobody", "20260308||unique|0|day/20260308||||0", `window of "0" residents`},
		{"a closed window of many words", "20260308||unique|many|day/20260308||||0", `window of "many" residents`},
		{"a closed window with an hour", "20260308|10|unique|3|day/20260308||||0", "never written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := ParseLine(c.line)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ParseLine = %+v, %v, want an error with %q", e, err, c.want)
			}
		})
	}
}

func TestParseSplit(t *testing.T) {
	for _, c := range []struct {
		name, field string
		want        Split
		ok          bool
	}{
		{
			"a message with two themes", "message|answered|women|3.8,3.15|voice|1",
			Split{Message, "answered", "women", []string{"3.8", "3.15"}, "voice", true},
			true,
		},
		{"a crisis", "message|crisis||||0", Split{Kind: Message, Outcome: CrisisOutcome}, true},
		{"an hour is no split", "hour|10", Split{}, false},
		{"an entry is no split", "entry|message|consumer/fraud", Split{}, false},
		{"a closed window is no split", "unique|day/20260308||||0", Split{}, false},
		{"an unknown kind is no split", "massage|answered||||0", Split{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := ParseSplit(c.field)
			if diff := cmp.Diff(c.want, got); ok != c.ok || ok && diff != "" {
				t.Errorf("ParseSplit = %t, want %t (-want +got):\n%s", ok, c.ok, diff)
			}
		})
	}
}

// FuzzParseLine holds that a line that is read is written the same again, and
// that its counters can be read.
func FuzzParseLine(f *testing.F) {
	for _, e := range []Event{
		asked(), Crisis(asked().At), Closing(asked().Windows()[1], 7),
		with(func(e *Event) { e.Kind, e.Model, e.Themes = PageOpen, true, []string{"3.8", "12.4"} }),
		unanswered("unsure", "consumer/fraud", "short"), scanned("east-gate"),
	} {
		f.Add(e.Line())
	}
	f.Fuzz(func(t *testing.T, line string) {
		e, err := ParseLine(line)
		if err != nil {
			return
		}
		if got := e.Line(); got != line {
			t.Errorf("Line = %q, want %q", got, line)
		}
		for _, c := range e.Counters() {
			if _, ok := ParseSplit(c.Field); !ok && !strings.HasPrefix(c.Field, hourField) && !strings.HasPrefix(c.Field, scanField) && c.Scope == PerDay {
				t.Errorf("counter %q of %q cannot be read", c.Field, line)
			}
		}
	})
}

// FuzzEvent holds that whatever an event carries, its line is read back and
// raises the same counters.
func FuzzEvent(f *testing.F) {
	f.Add("answered", "consumer/fraud", "consumer", "3.15", "text", int64(1772985600), "day|20260308")
	f.Add("|", "\n", ",", "/", "\xff", int64(0), "topic|\x00|x")
	f.Add(CrisisOutcome, "dv/police", "dv", "3.8", TestSource, int64(-1), "")
	f.Fuzz(func(t *testing.T, outcome, entry, topic, theme, source string, unix int64, window string) {
		at := time.Unix(unix%(1<<35), 0)
		for _, e := range []Event{
			{At: at, Kind: Message, Outcome: outcome, Entry: entry, Topic: topic, Themes: []string{theme, entry}, Source: source},
			{At: at, Kind: PageOpen, Outcome: outcome, Entry: entry, Topic: topic, Source: source, Model: true},
			{At: at, Kind: Gap, Outcome: outcome, Entry: entry, Topic: topic, Source: source, Length: theme, Model: true},
			{At: at, Kind: Scan, Scene: entry, Outcome: outcome, Topic: topic, Source: source, Model: true},
			Closing(Window{window, at}, 1+max(0, unix)),
		} {
			if YearOf(e.At) < "0000" || len(YearOf(e.At)) != 4 {
				return
			}
			back, err := ParseLine(e.Line())
			if err != nil {
				t.Fatalf("ParseLine(%q) = %v", e.Line(), err)
			}
			if diff := cmp.Diff(fieldsOf(e), fieldsOf(back)); diff != "" {
				t.Errorf("counters of %q (-written +read):\n%s", e.Line(), diff)
			}
		}
	})
}

func FuzzParseSplit(f *testing.F) {
	f.Add("message|answered|women|3.8,3.15|voice|1")
	f.Add("hour|10")
	f.Fuzz(func(t *testing.T, field string) {
		if s, ok := ParseSplit(field); ok && s.Field() != field {
			t.Errorf("Field = %q, want %q", s.Field(), field)
		}
	})
}
