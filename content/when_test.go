package content

import (
	"strings"
	"testing"
	"time"
)

func TestParseWhen(t *testing.T) {
	cases := []struct {
		name, text string
		want       When
	}{
		{"a fixed day", "3月8日", When{Kind: FixedDate, Month: 3, Day: 8, ToMonth: 3, ToDay: 8}},
		{"a fixed day in numerals", "十二月三十一日", When{Kind: FixedDate, Month: 12, Day: 31, ToMonth: 12, ToDay: 31}},
		{"days on end", "4月25日至5月1日", When{Kind: FixedDate, Month: 4, Day: 25, ToMonth: 5, ToDay: 1}},
		{"the third Sunday", "5月第三个星期日", When{Kind: WeekdayDate, Month: 5, Nth: 3, Weekday: time.Sunday}},
		{"the third Saturday", "9月第3个星期六", When{Kind: WeekdayDate, Month: 9, Nth: 3, Weekday: time.Saturday}},
		{"the last Monday", "9月最后一个星期一", When{Kind: WeekdayDate, Month: 9, Nth: Last, Weekday: time.Monday}},
		{"a lunar day", "农历九月初九", When{Kind: LunarDate, Month: 9, Day: 9}},
		{"a lunar day of the last month", "农历腊月廿三", When{Kind: LunarDate, Month: 12, Day: 23}},
		{"the lunar new year", "农历正月初一", When{Kind: LunarDate, Month: 1, Day: 1}},
		{"a twentieth lunar day", "农历十一月二十", When{Kind: LunarDate, Month: 11, Day: 20}},
		{"the fourth week", "4月第四周", When{Kind: WeekDate, Month: 4, Nth: 4}},
		{"the last week", "4月最后一周", When{Kind: WeekDate, Month: 4, Nth: Last}},
		{"the week of a day", "5月15日所在周", When{Kind: WeekDate, Month: 5, Day: 15}},
		{"a whole month", "9月全月", When{Kind: WeekDate, Month: 9}},
		{"by notice", "按通知", When{Kind: NoticeDate}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseWhen(c.text)
			c.want.Text = c.text
			if err != nil || got != c.want {
				t.Errorf("ParseWhen(%q) = %+v, %v, want %+v", c.text, got, err, c.want)
			}
		})
	}
	w, err := ParseWhen("按通知，拟6月全月")
	if err != nil || w.Kind != NoticeDate || w.Likely == nil || w.Likely.Month != 6 || w.Likely.Kind != WeekDate {
		t.Errorf("a notice with likely days = %+v, %v", w, err)
	}
}

func TestParseWhenRefuses(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"31 February", "2月31日", "not every year has a day 31 in month 2"},
		{"29 February, which three years of four lack", "2月29日", "not every year"},
		{"a day 0", "3月0日", "not every year"},
		{"a month 13", "13月1日", "no month 13"},
		{"a month 0", "0月1日", "no month 0"},
		{"a span that runs back", "3月8日至3月2日", "its end is before"},
		{"a fifth Sunday", "5月第五个星期日", "not number 5"},
		{"an eighth day of the week", "5月第三个星期八", "no known form"},
		{"a fifth week", "4月第五周", "not number 5"},
		{"the week of a day that is none", "4月31日所在周", "day 31 in month 4"},
		{"a lunar thirtieth, which short months lack", "农历九月三十", "not every lunar month"},
		{"a lunar day past all", "农历九月三十一", "not every lunar month"},
		{"初 before a day past ten", "农历九月初十一", "not every lunar month"},
		{"a lunar day without 初", "农历九月九", "not every lunar month"},
		{"a lunar month that is none", "农历十三月初一", "no such lunar month"},
		{"a lunar month of two tens", "农历十十月初一", "no such lunar month"},
		{"a leap lunar month", "农历闰六月初一", "leap month"},
		{"nothing", "", "no known form"},
		{"a notice with other words", "按通知吧", "after 按通知"},
		{"a notice of a notice", "按通知，拟按通知", "no known form"},
		{"a novel", strings.Repeat("长", 100), "at most 120"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseWhen(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ParseWhen(%q) = %v, want an error with %q", c.text, err, c.want)
			}
		})
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"3月8日", "3月2日至3月8日", "5月第三个星期日", "农历九月初九", "4月第四周", "5月15日所在周", "9月全月", "按通知，拟6月全月", "十十月"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWhen(text)
		if err != nil {
			return
		}
		if w.Kind == NoticeDate {
			if w.Likely == nil {
				return
			}
			w = *w.Likely
		}
		if w.Month < 1 || w.Month > 12 || w.Day < 0 || w.Day > 31 || w.Nth < Last || w.Nth > 4 {
			t.Errorf("ParseWhen(%q) = %+v", text, w)
		}
		if again, err := ParseWhen(w.Text); err != nil || again != w {
			t.Errorf("%q reads as %+v, then as %+v, %v", w.Text, w, again, err)
		}
	})
}
