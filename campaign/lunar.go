package campaign

import (
	"fmt"
	"slices"
	"time"
)

// FirstYear and LastYear bound the years for which the calendar is known.
const (
	FirstYear = 2020
	LastYear  = 2100
)

// lunarFrom is the first year of the table: days of the last lunar months of
// 2019 lie in 2020.
const lunarFrom = FirstYear - 1

// lunarYear is the lunar year that begins in a year: bit n is set where its
// month n (from 0, a leap month counted in its place) has 30 days and not 29;
// bits 13 to 16 are the month that a leap month follows, or 0; the bits above
// are how many days after 1 January it begins.
type lunarYear uint32

// lunarYears is the Chinese calendar from lunarFrom to LastYear, computed from
// the motions of sun and moon at 120° east (+8) by the rule of GB/T 33661;
// lunar_test.go computes it anew. See closeCalls for what cannot be computed.
var lunarYears = [...]lunarYear{
	0x460c95,                                                                                           // 2019
	0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5, 0x5e0725, 0x48064b, 0x32ac97, 0x560cab, // from 2020
	0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25, 0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b, // from 2030
	0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, 0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6, 0x4005b5, // from 2040
	0x2c6daa, 0x520ec9, 0x3f1e92, 0x620e92, 0x4c0d26, 0x36ca56, 0x5a0a57, 0x440556, 0x2e86d5, 0x540755, // from 2050
	0x400749, 0x286e93, 0x4e0693, 0x38f52b, 0x5e052b, 0x460a5b, 0x32b55a, 0x58056a, 0x420b65, 0x2c974a, // from 2060
	0x520b4a, 0x3d1a95, 0x620a95, 0x4a052d, 0x34caad, 0x5a0ab5, 0x4605aa, 0x2e8ba5, 0x540da5, 0x400d4a, // from 2070
	0x2a7c95, 0x4e0c96, 0x38f94e, 0x5e0556, 0x480ab5, 0x32b5b2, 0x5806d2, 0x420ea5, 0x2e8e4a, 0x50068b, // from 2080
	0x3b0c97, 0x6004ab, 0x4a055b, 0x34cad6, 0x5a0b6a, 0x460752, 0x309725, 0x540b45, 0x3e0a8b, 0x28549b, // from 2090
	0x4e04ab, // from 2100
}

// closeCalls are the lunar months, as year and month, whose new moon falls
// within three minutes of midnight: 2 s before that of 2057-09-29, 144 s before
// that of 2089-09-05, 20 s before that of 2097-08-08. How fast the earth will
// turn by then is not known so well, so the month may begin a day later than
// the table has it; the calendar that is published for the year decides.
var closeCalls = [...][2]int{{2057, 9}, {2089, 8}, {2097, 7}}

// LunarDoubtful reports whether a lunar month may begin a day later than
// LunarDate has it.
func LunarDoubtful(year, month int) bool {
	return slices.Contains(closeCalls[:], [2]int{year, month})
}

func (y lunarYear) leap() int { return int(y >> 13 & 15) }

func (y lunarYear) first(year int) time.Time {
	return time.Date(year, 1, 1, 0, 0, 0, 0, Zone).AddDate(0, 0, int(y>>17))
}

// months is how many the year has, a leap month counted.
func (y lunarYear) months() int {
	if y.leap() > 0 {
		return 13
	}
	return 12
}

// length is how many days month n has, from 0, a leap month counted in its
// place.
func (y lunarYear) length(n int) int { return 29 + int(y>>n&1) }

// LunarDate is the day, at 00:00 +08:00, of a day of the lunar year that begins
// in the year, of a month that is no leap month. The error is a sentence for
// staff: a year outside FirstYear to LastYear, or a day that the month does not
// have.
func LunarDate(year, month, day int) (time.Time, error) {
	if err := yearError("农历", year); err != nil {
		return time.Time{}, err
	}
	return lunarDate(year, month, day)
}

// yearError refuses a year for which the calendar is not known.
func yearError(what string, year int) error {
	if year < FirstYear || year > LastYear {
		return fmt.Errorf("%s只能查%d年到%d年，没有%d年 (the calendar is known from %d to %d)", what, FirstYear, LastYear, year, FirstYear, LastYear)
	}
	return nil
}

func lunarDate(year, month, day int) (time.Time, error) {
	if month < 1 || month > 12 {
		return time.Time{}, fmt.Errorf("没有农历%d月", month)
	}
	y := lunarYears[year-lunarFrom]
	n := month - 1
	if leap := y.leap(); leap > 0 && month > leap {
		n++
	}
	if day < 1 || day > y.length(n) {
		return time.Time{}, fmt.Errorf("%d年农历%d月没有这一天：%d日", year, month, day)
	}
	at := y.first(year)
	for i := range n {
		at = at.AddDate(0, 0, y.length(i))
	}
	return at.AddDate(0, 0, day-1), nil
}
