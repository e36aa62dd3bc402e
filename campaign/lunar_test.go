package campaign

import (
	"math"
	"strings"
	"testing"
	"time"
)

// The table of lunar.go is proved here by computing it again from the motions
// of sun and moon, and by days that are known.

// newMoon is the k-th new moon counted from that of 2000-01-06, in days of
// Terrestrial Time as a Julian date: mean motion, periodic terms and planetary
// corrections of Meeus, Astronomical Algorithms, 2nd ed., chapter 49. Its
// error is some seconds.
func newMoon(k float64) float64 {
	t := k / 1236.85
	jde := 2451550.09766 + 29.530588861*k + t*t*(0.00015437+t*(-0.000000150+t*0.00000000073))
	e := 1 - t*(0.002516+t*0.0000074)
	sun := 2.5534 + 29.10535670*k - t*t*(0.0000014+t*0.00000011)
	moon := 201.5643 + 385.81693528*k + t*t*(0.0107582+t*(0.00001238-t*0.000000058))
	lat := 160.7108 + 390.67050284*k - t*t*(0.0016118+t*(0.00000227-t*0.000000011))
	node := 124.7746 - 1.56375588*k + t*t*(0.0020672+t*0.00000215)
	for _, p := range []struct{ size, sun, moon, lat float64 }{
		{-0.40720, 0, 1, 0},
		{0.17241, 1, 0, 0},
		{0.01608, 0, 2, 0},
		{0.01039, 0, 0, 2},
		{0.00739, -1, 1, 0},
		{-0.00514, 1, 1, 0},
		{0.00208, 2, 0, 0},
		{-0.00111, 0, 1, -2},
		{-0.00057, 0, 1, 2},
		{0.00056, 1, 2, 0},
		{-0.00042, 0, 3, 0},
		{0.00042, 1, 0, 2},
		{0.00038, 1, 0, -2},
		{-0.00024, -1, 2, 0},
		{-0.00007, 2, 1, 0},
		{0.00004, 0, 2, -2},
		{0.00004, 3, 0, 0},
		{0.00003, 1, 1, -2},
		{0.00003, 0, 2, 2},
		{-0.00003, 1, 1, 2},
		{0.00003, -1, 1, 2},
		{-0.00002, -1, 1, -2},
		{-0.00002, 1, 3, 0},
		{0.00002, 0, 4, 0},
	} {
		jde += p.size * math.Pow(e, math.Abs(p.sun)) * sinDeg(p.sun*sun+p.moon*moon+p.lat*lat)
	}
	jde -= 0.00017 * sinDeg(node)
	for _, p := range []struct{ size, at, speed float64 }{
		{0.000325, 299.77 - 0.009173*t*t, 0.107408},
		{0.000165, 251.88, 0.016321},
		{0.000164, 251.83, 26.651886},
		{0.000126, 349.42, 36.412478},
		{0.000110, 84.66, 18.206239},
		{0.000062, 141.74, 53.303771},
		{0.000060, 207.14, 2.453732},
		{0.000056, 154.84, 7.306860},
		{0.000047, 34.52, 27.261239},
		{0.000042, 207.19, 0.121824},
		{0.000040, 291.34, 1.844379},
		{0.000037, 161.72, 24.198154},
		{0.000035, 239.56, 25.513099},
		{0.000023, 331.55, 3.592518},
	} {
		jde += p.size * sinDeg(p.at+p.speed*k)
	}
	return jde
}

func sinDeg(d float64) float64 { return math.Sin(math.Mod(d, 360) * math.Pi / 180) }
func cosDeg(d float64) float64 { return sinDeg(d + 90) }

// sunTerms are the periodic terms of the sun's longitude of Bretagnon and
// Simon: size in 10⁻⁶ of a right angle's radian, phase and speed in degrees and
// degrees a century.
var sunTerms = [][3]float64{
	{403406, 270.54861, 0.9287892},
	{195207, 340.19128, 35999.1376958},
	{119433, 63.91854, 35999.4089666},
	{112392, 331.26220, 35998.7287385},
	{3891, 317.843, 71998.20261},
	{2819, 86.631, 71998.4403},
	{1721, 240.052, 36000.35726},
	{660, 310.26, 71997.4812},
	{350, 247.23, 32964.4678},
	{334, 260.87, -19.4410},
	{314, 297.82, 445267.1117},
	{268, 343.14, 45036.8840},
	{242, 166.79, 3.1008},
	{234, 81.53, 22518.4434},
	{158, 3.50, -19.9739},
	{132, 132.75, 65928.9345},
	{129, 182.95, 9038.0293},
	{114, 162.03, 3034.7684},
	{99, 29.8, 33718.148},
	{93, 266.4, 3034.448},
	{86, 249.2, -2280.773},
	{78, 157.6, 29929.992},
	{72, 257.8, 31556.493},
	{68, 185.1, 149.588},
	{64, 69.9, 9037.750},
	{46, 8.0, 107997.405},
	{38, 197.1, -4444.176},
	{37, 250.4, 151.771},
	{32, 65.3, 67555.316},
	{29, 162.7, 31556.080},
	{28, 341.5, -4561.540},
	{27, 291.6, 107996.706},
	{27, 98.5, 1221.655},
	{25, 146.7, 62894.167},
	{24, 110.0, 31437.369},
	{21, 5.2, 14578.298},
	{21, 342.6, -31931.757},
	{20, 230.9, 34777.243},
	{18, 256.1, 1221.999},
	{17, 45.3, 62894.511},
	{14, 242.9, -4442.039},
	{13, 115.2, 107997.909},
	{13, 151.8, 119.066},
	{13, 285.3, 16859.071},
	{12, 53.3, -4.578},
	{10, 126.6, 26895.292},
	{10, 205.7, -39.127},
	{10, 85.9, 12297.536},
	{10, 146.1, 90073.778},
}

// sunLongitude is the sun's apparent longitude in degrees at a Julian date of
// Terrestrial Time.
func sunLongitude(jde float64) float64 {
	c := (jde - 2451545) / 36525
	sum := 0.0
	for _, p := range sunTerms {
		sum += p[0] * sinDeg(p[1]+p[2]*c)
	}
	long := 282.7771834 + 36000.76953744*c + sum*0.000005729577951308232
	nutation := -0.004778*sinDeg(124.90-1934.134*c+0.002063*c*c) - 0.0003667*sinDeg(201.11+72001.5377*c+0.00057*c*c)
	aberration := 0.0000974*cosDeg(177.63+35999.01848*c) - 0.005575
	return math.Mod(math.Mod(long+nutation+aberration, 360)+360, 360)
}

// term is when the sun reaches a longitude, sought from near.
func term(longitude, near float64) float64 {
	for range 20 {
		off := math.Mod(longitude-sunLongitude(near)+540+360, 360) - 180
		near += off / 360 * 365.2422
	}
	return near
}

// deltaT is Terrestrial Time less Universal Time in seconds, by the polynomials
// of Espenak and Meeus for 2005 to 2050 and 2050 to 2150. How the earth will
// turn is not known: 2100 may be a minute off.
func deltaT(year float64) float64 {
	if year < 2050 {
		u := year - 2000
		return 62.92 + 0.32217*u + 0.005589*u*u
	}
	u := (year - 1820) / 100
	return -20 + 32*u*u - 0.5628*(2150-year)
}

// shanghai is a moment of Terrestrial Time as days and parts of days at +8.
func shanghai(jde float64) float64 {
	year := 2000 + (jde-2451545)/365.2425
	return jde + 0.5 + 8.0/24 - deltaT(year)/86400
}

// dayOf is the day number of a moment at +8.
func dayOf(jde float64) int { return int(math.Floor(shanghai(jde))) }

func dateOf(day int) time.Time {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, Zone).AddDate(0, 0, day-2451545)
}

// winterMonth is the k of the new moon that begins the month in which the
// winter solstice of the year lies (the 11th month).
func winterMonth(year int) float64 {
	solstice := dayOf(term(270, 2451545+float64(year-2000)*365.2425+355))
	k := math.Floor(float64(solstice-2451550)/29.530588861) + 2
	for dayOf(newMoon(k)) > solstice {
		k--
	}
	return k
}

// computedMonth is a lunar month as sun and moon give it.
type computedMonth struct {
	number int
	leap   bool
	first  int // day number
	length int
}

// months are those from the 11th month of year-1 up to the 10th of year, by the
// rule of GB/T 33661: where 13 lie between two winter solstices, the first
// without a principal term is a leap month and takes its forerunner's number.
func months(year int) []computedMonth {
	k, end := winterMonth(year-1), winterMonth(year)
	leapDue := end-k == 13
	var list []computedMonth
	for number := 11; k < end; k++ {
		first, next := dayOf(newMoon(k)), dayOf(newMoon(k+1))
		m := computedMonth{number: number, first: first, length: next - first}
		if leapDue && !holdsPrincipalTerm(first, next) {
			m.number, m.leap, leapDue = list[len(list)-1].number, true, false
		} else {
			number = number%12 + 1
		}
		list = append(list, m)
	}
	return list
}

// holdsPrincipalTerm reports whether the sun reaches a multiple of 30° on a
// day of [first, next).
func holdsPrincipalTerm(first, next int) bool {
	middle := float64(first) + 15
	near := math.Round(sunLongitude(middle)/30) * 30
	for _, step := range []float64{-30, 0, 30} {
		if d := dayOf(term(near+step, middle+step)); d >= first && d < next {
			return true
		}
	}
	return false
}

// computedYear packs the lunar year that begins in a year as the table does.
func computedYear(year int) uint32 {
	all := append(months(year), months(year+1)...)
	i := 0
	for all[i].number != 1 {
		i++
	}
	first := dateOf(all[i].first)
	packed := uint32(first.YearDay()-1) << 17
	for n, start := 0, i; i < len(all) && (i == start || all[i].number != 1 || all[i].leap); i++ {
		if all[i].leap {
			packed |= uint32(all[i].number) << 13
		}
		if all[i].length == 30 {
			packed |= 1 << n
		}
		n++
	}
	return packed
}

func TestTheSkyAgreesWithKnownMoments(t *testing.T) {
	cases := []struct {
		name string
		got  float64 // TT
		want time.Time
	}{
		{"the new moon of the eclipse of August 2017", newMoon(218), time.Date(2017, 8, 21, 18, 30, 0, 0, time.UTC)},
		{"the new moon of the eclipse of April 2024", newMoon(300), time.Date(2024, 4, 8, 18, 21, 0, 0, time.UTC)},
		{"the spring equinox of 2020", term(0, 2458928), time.Date(2020, 3, 20, 3, 50, 0, 0, time.UTC)},
		{"the summer solstice of 2024", term(90, 2460480), time.Date(2024, 6, 20, 20, 51, 0, 0, time.UTC)},
		{"the winter solstice of 2025", term(270, 2461030), time.Date(2025, 12, 21, 15, 3, 0, 0, time.UTC)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			jd := shanghai(c.got) - 0.5 - 8.0/24
			want := float64(c.want.Unix())/86400 + 2440587.5
			if off := math.Abs(jd-want) * 24 * 60; off > 1.5 {
				t.Errorf("computed %.1f minutes off %s", off, c.want)
			}
		})
	}
}

func TestTheTableIsWhatSunAndMoonGive(t *testing.T) {
	if n := LastYear - lunarFrom + 1; len(lunarYears) != n {
		t.Fatalf("the table has %d years, want %d", len(lunarYears), n)
	}
	for i, have := range lunarYears {
		if got := computedYear(lunarFrom + i); got != uint32(have) {
			t.Errorf("lunar year %d is %#06x in the table, sun and moon give %#06x", lunarFrom+i, uint32(have), got)
		}
	}
}

// A new moon so near midnight that the computation cannot tell the day is in
// the list of close calls, and no other is.
func TestCloseCallsAreNamed(t *testing.T) {
	const tooClose = 180 // seconds
	found := 0
	for year := FirstYear; year <= LastYear; year++ {
		for _, m := range append(months(year), months(year+1)...) {
			at := shanghai(newMoon(math.Round((float64(m.first) - 2451550.1) / 29.530588861)))
			if dateOf(m.first).Year() != year || math.Abs(at-math.Round(at))*86400 > tooClose {
				continue
			}
			if found++; !LunarDoubtful(year, m.number) {
				t.Errorf("month %d of %d begins within %d s of midnight and is not listed", m.number, year, tooClose)
			}
			break
		}
	}
	if found != len(closeCalls) {
		t.Errorf("%d new moons are too near midnight, %d listed", found, len(closeCalls))
	}
}

func TestEveryLunarYearIsWhole(t *testing.T) {
	for i, y := range lunarYears {
		year, days := lunarFrom+i, 0
		for n := range y.months() {
			days += y.length(n)
		}
		leap := y.leap() > 0
		if !leap && (days < 353 || days > 355) || leap && (days < 383 || days > 385) {
			t.Errorf("lunar year %d, leap month %d, has %d days", year, y.leap(), days)
		}
		first := y.first(year)
		if first.Before(time.Date(year, 1, 20, 0, 0, 0, 0, Zone)) || first.After(time.Date(year, 2, 21, 0, 0, 0, 0, Zone)) {
			t.Errorf("lunar year %d begins on %s", year, first.Format(time.DateOnly))
		}
		if i+1 < len(lunarYears) && !first.AddDate(0, 0, days).Equal(lunarYears[i+1].first(year+1)) {
			t.Errorf("lunar year %d ends on another day than %d begins", year, year+1)
		}
	}
}

func TestLunarDate(t *testing.T) {
	cases := []struct {
		name             string
		year, month, day int
		want             string
	}{
		{"the Double Ninth of 2026", 2026, 9, 9, "2026-10-18"},
		{"the Double Ninth of 2027", 2027, 9, 9, "2027-10-08"},
		{"the Double Ninth of 2028, after a leap month", 2028, 9, 9, "2028-10-26"},
		{"the new year of 2020", 2020, 1, 1, "2020-01-25"},
		{"the new year of 2021", 2021, 1, 1, "2021-02-12"},
		{"the new year of 2022", 2022, 1, 1, "2022-02-01"},
		{"the new year of 2023", 2023, 1, 1, "2023-01-22"},
		{"the new year of 2024", 2024, 1, 1, "2024-02-10"},
		{"the new year of 2025", 2025, 1, 1, "2025-01-29"},
		{"the new year of 2026", 2026, 1, 1, "2026-02-17"},
		{"the new year of 2027, four minutes before midnight", 2027, 1, 1, "2027-02-06"},
		{"the new year of 2030, seven minutes after midnight", 2030, 1, 1, "2030-02-03"},
		{"the mid-autumn of 2020, after a leap fourth month", 2020, 8, 15, "2020-10-01"},
		{"the mid-autumn of 2025, after a leap sixth month", 2025, 8, 15, "2025-10-06"},
		{"the dragon boats of 2023, after a leap second month", 2023, 5, 5, "2023-06-22"},
		{"a day of the last month lies in the next year", 2026, 12, 8, "2027-01-15"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := LunarDate(c.year, c.month, c.day)
			if err != nil || got.Format(time.DateOnly) != c.want || got.Hour() != 0 || got.Location() != Zone {
				t.Errorf("LunarDate(%d, %d, %d) = %s, %v, want %s", c.year, c.month, c.day, got, err, c.want)
			}
		})
	}
	for year, leap := range map[int]int{2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11, 2024: 0, 2026: 0, 2027: 0} {
		if got := lunarYears[year-lunarFrom].leap(); got != leap {
			t.Errorf("%d has leap month %d, want %d", year, got, leap)
		}
	}
}

func TestLunarDateRefuses(t *testing.T) {
	cases := []struct {
		name             string
		year, month, day int
		want             string
	}{
		{"a year before the table", 2019, 9, 9, "农历只能查2020年到2100年"},
		{"a year past the table", 2101, 9, 9, "农历只能查2020年到2100年"},
		{"a month 13", 2026, 13, 1, "没有农历13月"},
		{"a month 0", 2026, 0, 1, "没有农历0月"},
		{"a day 31", 2026, 9, 31, "没有这一天"},
		{"a day 0", 2026, 9, 0, "没有这一天"},
		{"a thirtieth of a month of 29 days", 2025, 12, 30, "没有这一天"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := LunarDate(c.year, c.month, c.day); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("LunarDate = %s, %v, want an error with %q", got, err, c.want)
			}
		})
	}
}
