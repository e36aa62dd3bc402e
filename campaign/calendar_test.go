package campaign

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/content"
)

func shippedLibrary(t testing.TB) *content.Library {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func yearOf(t *testing.T, lib *content.Library, year int) []Occurrence {
	t.Helper()
	list, err := NewCalendar(lib).Year(year)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestYearDatesTheObservances(t *testing.T) {
	lib := shippedLibrary(t)
	cases := []struct {
		name     string
		year     int
		id       string
		from, to string
		awaits   bool
	}{
		{"a fixed day", 2027, "womens-day", "2027-03-08", "2027-03-08", false},
		{"the third Sunday of May 2027", 2027, "disabled-day", "2027-05-16", "2027-05-16", false},
		{"the third Sunday of May 2028", 2028, "disabled-day", "2028-05-21", "2028-05-21", false},
		{"the third Saturday of September", 2027, "defence-day", "2027-09-18", "2027-09-18", false},
		{"the Double Ninth of 2026", 2026, "seniors-day", "2026-10-18", "2026-10-18", false},
		{"the Double Ninth of 2027", 2027, "seniors-day", "2027-10-08", "2027-10-08", false},
		{"the Double Ninth of 2028", 2028, "seniors-day", "2028-10-26", "2028-10-26", false},
		{"the Double Ninth of a month that may begin a day later", 2057, "seniors-day", "2057-10-06", "2057-10-06", true},
		{"the third week of September as it was in 2023", 2023, "cyber-security-week", "2023-09-11", "2023-09-17", true},
		{"the fourth week of April", 2027, "reading-week", "2027-04-19", "2027-04-25", true},
		{"the week of 15 May, a Saturday", 2027, "family-week", "2027-05-10", "2027-05-16", true},
		{"the last week of April reaches into May", 2027, "occupational-week", "2027-04-26", "2027-05-02", true},
		{"a whole month, whose borders are plain", 2027, "science-month", "2027-09-01", "2027-09-30", false},
		{"a month that waits for a notice", 2027, "civil-code-month", "2027-05-01", "2027-05-31", true},
		{"the last days of a December", 2027, "constitution-week", "2027-12-01", "2027-12-07", true},
		{"a law of which the register knows the next edition", 2027, lawID("商标法", dayIn(2027, 1, 1)), "2027-01-01", "2027-01-01", false},
		{"a law whose edition in force began that year", 2026, lawID("生态环境法典", dayIn(2026, 8, 15)), "2026-08-15", "2026-08-15", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := yearOf(t, lib, c.year)
			i := slices.IndexFunc(list, func(o Occurrence) bool { return o.ID == c.id })
			if i < 0 {
				t.Fatalf("%s is not in %d", c.id, c.year)
			}
			o := list[i]
			if o.From.Format(time.DateOnly) != c.from || o.To.Format(time.DateOnly) != c.to || o.Awaits != c.awaits || o.From.Location() != Zone {
				t.Errorf("%s is from %s to %s, awaits %v", c.id, o.From, o.To, o.Awaits)
			}
		})
	}
}

func TestYearIsInOrderAndWhole(t *testing.T) {
	lib := shippedLibrary(t)
	for year := FirstYear; year <= LastYear; year++ {
		list := yearOf(t, lib, year)
		seen := map[string]bool{}
		for i, o := range list {
			seen[o.ID] = true
			if o.Dated() && o.From.Year() != year && o.ID != "occupational-week" {
				t.Errorf("%s of %d begins on %s", o.ID, year, o.From)
			}
			if i > 0 && before(list[i-1].From, o.From) > 0 {
				t.Errorf("%d: %s stands after %s", year, o.ID, list[i-1].ID)
			}
		}
		for _, o := range lib.Observances() {
			if !seen[o.ID] {
				t.Errorf("%s is missing in %d", o.ID, year)
			}
		}
	}
	if list := yearOf(t, lib, 2027); list[len(list)-1].ID != "anti-cult" || list[len(list)-1].Dated() {
		t.Errorf("what waits for a notice does not stand last: %+v", list[len(list)-1])
	}
}

func TestYearRefusesAnUnknownYear(t *testing.T) {
	calendar := NewCalendar(shippedLibrary(t))
	for _, year := range []int{2019, 2101, 0, -1} {
		if _, err := calendar.Year(year); err == nil || !strings.Contains(err.Error(), "普法日历只能查2020年到2100年") ||
			!strings.Contains(err.Error(), "known from 2020 to 2100") {
			t.Errorf("Year(%d) = %v", year, err)
		}
	}
}

func TestSpan(t *testing.T) {
	cases := []struct {
		name, when string
		year       int
		from, to   string
	}{
		{"the first week holds the 1st, a Saturday", "5月第一周", 2027, "2027-04-26", "2027-05-02"},
		{"a first week that begins on the 1st", "3月第一周", 2027, "2027-03-01", "2027-03-07"},
		{"a week of a Sunday", "5月16日所在周", 2027, "2027-05-10", "2027-05-16"},
		{"a week of a Monday", "5月17日所在周", 2027, "2027-05-17", "2027-05-23"},
		{"the last week of the year", "12月最后一周", 2027, "2027-12-27", "2028-01-02"},
		{"a February in a leap year", "2月全月", 2028, "2028-02-01", "2028-02-29"},
		{"the last Friday", "12月最后一个星期五", 2027, "2027-12-31", "2027-12-31"},
		{"the first Friday on the 1st", "10月第一个星期五", 2027, "2027-10-01", "2027-10-01"},
		{"days over the end of a month", "4月25日至5月1日", 2027, "2027-04-25", "2027-05-01"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := content.ParseWhen(c.when)
			if err != nil {
				t.Fatal(err)
			}
			if from, to := span(w, c.year); from.Format(time.DateOnly) != c.from || to.Format(time.DateOnly) != c.to {
				t.Errorf("%s of %d is %s to %s", c.when, c.year, from, to)
			}
		})
	}
}

// A day of the twelfth lunar month lies in the next year, and now and then
// twice in one or not at all.
func TestLunarDaysOfTheLastMonth(t *testing.T) {
	w, err := content.ParseWhen("农历腊月初八")
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][]string{2027: {"2027-01-15"}, 2020: {"2020-01-02"}, 2021: {"2021-01-20"}, 2022: {"2022-01-10", "2022-12-30"}, 2023: nil}
	for year, days := range want {
		list, err := lunarOccurrences(Occurrence{}, w, year)
		var got []string
		for _, o := range list {
			got = append(got, o.From.Format(time.DateOnly))
		}
		if err != nil || !slices.Equal(got, days) {
			t.Errorf("腊八 in %d = %v, %v, want %v", year, got, err, days)
		}
	}
}
