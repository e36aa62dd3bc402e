package content

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateKind is one of the five ways in which a day of publicity gets its date.
type DateKind string

// The kinds of date.
const (
	FixedDate   DateKind = "fixed"   // 固定日期: the same day, or days, of every year
	WeekdayDate DateKind = "weekday" // 第几个星期几
	LunarDate   DateKind = "lunar"   // 农历
	WeekDate    DateKind = "week"    // 某月第几周、某日所在周、某月全月: the law sets no borders
	NoticeDate  DateKind = "notice"  // 按通知: has no date before the year's notice
)

// Last stands for the last week or weekday of a month.
const Last = -1

// When says on which days of a year an observance lies. What it is read from
// is the plain Chinese that staff see: see ParseWhen.
type When struct {
	Text    string       // as it was written
	Kind    DateKind     // which of the fields below count
	Month   int          // 1 to 12; of LunarDate a lunar month, never a leap one
	Day     int          // of FixedDate and LunarDate; of WeekDate the day whose week it is, or 0
	ToMonth int          // of FixedDate: its last day, the same as the first for one day
	ToDay   int          //
	Nth     int          // of WeekdayDate and WeekDate: 1 to 4, or Last; a WeekDate without Nth and Day is the whole month
	Weekday time.Weekday // of WeekdayDate
	Likely  *When        // of NoticeDate: days to plan with until the notice comes, or nil
}

// maxWhen is the length in bytes past which no date is read.
const maxWhen = 120

const numeral = `([0-9]{1,2}|[一二三四五六七八九十]{1,3})`

var (
	dayForm     = regexp.MustCompile(`^` + numeral + `月` + numeral + `日$`)
	daysForm    = regexp.MustCompile(`^` + numeral + `月` + numeral + `日至` + numeral + `月` + numeral + `日$`)
	weekdayForm = regexp.MustCompile(`^` + numeral + `月(?:第` + numeral + `|最后一)个?星期([一二三四五六日天])$`)
	lunarForm   = regexp.MustCompile(`^农历(闰?)([正冬腊一二三四五六七八九十]{1,2})月(初?)([一二三四五六七八九十廿卅]{1,3})$`)
	weekForm    = regexp.MustCompile(`^` + numeral + `月(?:第` + numeral + `|最后一)周$`)
	weekOfForm  = regexp.MustCompile(`^` + numeral + `月` + numeral + `日所在周$`)
	monthForm   = regexp.MustCompile(`^` + numeral + `月全月$`)
)

// noticeMark begins a date that waits for a notice.
const noticeMark = "按通知"

// ParseWhen reads a date as the calendar's table and the packs write it:
// 3月8日, 3月2日至3月8日, 5月第三个星期日, 农历九月初九, 4月第四周,
// 5月15日所在周, 9月全月, 按通知, 按通知，拟6月全月. Numbers are digits or
// Chinese numerals. A day that not every year has (2月29日, 2月31日, a 31st
// lunar day, a leap lunar month) is an error.
func ParseWhen(text string) (When, error) {
	if len(text) > maxWhen {
		return When{}, fmt.Errorf("date of %d bytes, at most %d", len(text), maxWhen)
	}
	rest, byNotice := strings.CutPrefix(text, noticeMark)
	if !byNotice {
		return parseDated(text)
	}
	w := When{Text: text, Kind: NoticeDate}
	if rest == "" {
		return w, nil
	}
	rest, ok := strings.CutPrefix(rest, "，拟")
	if !ok {
		return When{}, fmt.Errorf("date %q: after 按通知 comes nothing or ，拟 with days", text)
	}
	likely, err := parseDated(rest)
	w.Likely = &likely
	return w, err
}

func parseDated(text string) (When, error) {
	for _, read := range []func(string) (When, bool, error){readDays, readWeekday, readLunar, readWeek} {
		if w, mine, err := read(text); mine {
			if err != nil {
				return When{}, fmt.Errorf("date %q: %w", text, err)
			}
			w.Text = text
			return w, nil
		}
	}
	return When{}, fmt.Errorf("date %q is of no known form, such as 3月8日, 5月第三个星期日, 农历九月初九, 4月第四周, 按通知", text)
}

func readDays(text string) (When, bool, error) {
	m := dayForm.FindStringSubmatch(text)
	if m == nil {
		if m = daysForm.FindStringSubmatch(text); m == nil {
			return When{}, false, nil
		}
	} else {
		m = append(m, m[1], m[2])
	}
	w := When{Kind: FixedDate, Month: count(m[1]), Day: count(m[2]), ToMonth: count(m[3]), ToDay: count(m[4])}
	if err := everyYear(w.Month, w.Day); err != nil {
		return w, true, err
	}
	if err := everyYear(w.ToMonth, w.ToDay); err != nil {
		return w, true, err
	}
	if w.ToMonth < w.Month || w.ToMonth == w.Month && w.ToDay < w.Day {
		return w, true, fmt.Errorf("its end is before its beginning")
	}
	return w, true, nil
}

// everyYear refuses a day that some or all years do not have.
func everyYear(month, day int) error {
	if month < 1 || month > 12 {
		return fmt.Errorf("there is no month %d", month)
	}
	// 2021 is no leap year: what it has, every year has.
	if d := time.Date(2021, time.Month(month), day, 0, 0, 0, 0, time.UTC); day < 1 || int(d.Month()) != month {
		return fmt.Errorf("not every year has a day %d in month %d", day, month)
	}
	return nil
}

// days is how many days a FixedDate has, both ends counted, in a year that is
// no leap year.
func (w When) days() int {
	from := time.Date(2021, time.Month(w.Month), w.Day, 0, 0, 0, 0, time.UTC)
	to := time.Date(2021, time.Month(w.ToMonth), w.ToDay, 0, 0, 0, 0, time.UTC)
	return int(to.Sub(from)/(24*time.Hour)) + 1
}

func readWeekday(text string) (When, bool, error) {
	m := weekdayForm.FindStringSubmatch(text)
	if m == nil {
		return When{}, false, nil
	}
	w := When{Kind: WeekdayDate, Month: count(m[1]), Nth: nth(m[2])}
	w.Weekday = time.Weekday(strings.Index("日一二三四五六", strings.Replace(m[3], "天", "日", 1)) / len("日"))
	return w, true, nthError(w)
}

func readWeek(text string) (When, bool, error) {
	if m := monthForm.FindStringSubmatch(text); m != nil {
		w := When{Kind: WeekDate, Month: count(m[1])}
		return w, true, everyYear(w.Month, 1)
	}
	if m := weekOfForm.FindStringSubmatch(text); m != nil {
		w := When{Kind: WeekDate, Month: count(m[1]), Day: count(m[2])}
		return w, true, everyYear(w.Month, w.Day)
	}
	m := weekForm.FindStringSubmatch(text)
	if m == nil {
		return When{}, false, nil
	}
	w := When{Kind: WeekDate, Month: count(m[1]), Nth: nth(m[2])}
	return w, true, nthError(w)
}

// nth is a number's value; no number stands for the last.
func nth(s string) int {
	if s == "" {
		return Last
	}
	return count(s)
}

// nthError refuses a fifth: not every month has one.
func nthError(w When) error {
	if w.Nth != Last && (w.Nth < 1 || w.Nth > 4) {
		return fmt.Errorf("a month surely has the first to the fourth and a last, not number %d", w.Nth)
	}
	return everyYear(w.Month, 1)
}

var lunarMonths = strings.NewReplacer("正", "一", "冬", "十一", "腊", "十二")

func readLunar(text string) (When, bool, error) {
	m := lunarForm.FindStringSubmatch(text)
	if m == nil {
		return When{}, false, nil
	}
	w := When{Kind: LunarDate, Month: count(lunarMonths.Replace(m[2])), Day: lunarDay(m[3], m[4])}
	switch {
	case m[1] != "":
		return w, true, fmt.Errorf("a leap month comes in few years")
	case w.Month < 1 || w.Month > 12:
		return w, true, fmt.Errorf("there is no such lunar month")
	case w.Day < 1 || w.Day > 29:
		return w, true, fmt.Errorf("not every lunar month has such a day: 初一 to 廿九")
	}
	return w, true, nil
}

// lunarDay is 0 for a day that is written wrongly: 初 stands before one to ten.
func lunarDay(initial, numerals string) int {
	day := count(strings.NewReplacer("廿", "二十", "卅", "三十").Replace(numerals))
	if (initial != "") != (day <= 10) {
		return 0
	}
	return day
}

const units = "一二三四五六七八九"

// count reads digits or Chinese numerals up to 99; 0 for what is neither.
func count(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	tens, ones, hasTen := strings.Cut(s, "十")
	if !hasTen {
		return unit(s)
	}
	if tens != "" && unit(tens) == 0 || ones != "" && unit(ones) == 0 {
		return 0
	}
	return max(1, unit(tens))*10 + unit(ones)
}

func unit(s string) int {
	if len(s) != len("一") {
		return 0
	}
	if i := strings.Index(units, s); i >= 0 {
		return i/len("一") + 1
	}
	return 0
}
