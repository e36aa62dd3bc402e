package stats

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ActivityKind is what the office did (活动种类). Unit is what its quantity is
// counted in; Event marks those that are counted together as 场. Monthly
// marks the two of which only a month's counts are entered, never a case.
type ActivityKind struct {
	Name, Unit     string
	Event, Monthly bool
}

// The kinds that hold a month's counts instead of an activity.
const (
	Mediation = "人民调解"
	LegalAid  = "法律援助"
)

// ActivityKinds returns every kind, in the order in which they are shown.
func ActivityKinds() []ActivityKind {
	event := func(name string) ActivityKind { return ActivityKind{Name: name, Unit: "场", Event: true} }
	return []ActivityKind{
		event("宣讲会"), event("法治讲座"), event("进社区"), event("进家庭"), event("进企业"), event("进学校"),
		{Name: "入户", Unit: "户"},
		{Name: "横幅", Unit: "条"},
		{Name: "海报", Unit: "张"},
		{Name: "电子屏", Unit: "块"},
		{Name: "微课", Unit: "期"},
		{Name: "专题学习", Unit: "次"},
		{Name: Mediation, Unit: "件", Monthly: true},
		{Name: LegalAid, Unit: "件", Monthly: true},
	}
}

// KindOf returns the kind of a name.
func KindOf(name string) (ActivityKind, bool) {
	kinds := ActivityKinds()
	i := slices.IndexFunc(kinds, func(k ActivityKind) bool { return k.Name == name })
	if i < 0 {
		return ActivityKind{}, false
	}
	return kinds[i], true
}

// Activity is one thing the office did, or one month's counts of mediation or
// legal aid. It has no place for a person: only for how many there were.
type Activity struct {
	Kind      string `json:"kind"`
	On        string `json:"on"` // 2026-03-08; of a month's counts 2026-03
	Place     string `json:"place,omitempty"`
	Theme     string `json:"theme,omitempty"`    // 3.8, 3.15, 反诈 or in staff's words
	Quantity  int64  `json:"quantity,omitempty"` // in the kind's unit, at least 1
	People    int64  `json:"people,omitempty"`   // reached; 0 when nobody counted
	Estimated bool   `json:"estimated,omitempty"`
	Material  string `json:"material,omitempty"` // what was given out
	Items     int64  `json:"items,omitempty"`    // how many pieces of it
	Ref       string `json:"ref,omitempty"`      // number or name of the photo or document that proves it
	Accepted  int64  `json:"accepted,omitempty"` // 受理, of a month's counts
	Succeeded int64  `json:"succeeded,omitempty"`
}

// Month is the activity's month, as 202603.
func (a Activity) Month() string { return strings.ReplaceAll(a.On, "-", "")[:6] }

// The most that an activity may hold, to catch slips of the finger.
const (
	maxQuantity = 10_000
	maxPeople   = 1_000_000
	maxShort    = 40  // characters of place, theme and material
	maxRef      = 100 // characters of a reference
	maxDigits   = 10  // in a row: a telephone number has 11, an identity card 18
)

// Check reports everything that is wrong with an activity at the moment now.
func (a Activity) Check(now time.Time) error {
	kind, ok := KindOf(a.Kind)
	if !ok {
		return fmt.Errorf("activity: %w", fault("kind", "请选择种类。", "kind %q is none of %s", a.Kind, strings.Join(kindNames(), " ")))
	}
	errs := []error{
		text("place", a.Place, maxShort), text("theme", a.Theme, maxShort), text("material", a.Material, maxShort),
		text("ref", a.Ref, maxRef),
		within("people", a.People, maxPeople), within("items", a.Items, maxPeople),
		within("accepted", a.Accepted, maxPeople), within("succeeded", a.Succeeded, maxPeople),
	}
	if kind.Monthly {
		errs = append(errs, a.checkMonth(now))
	} else {
		errs = append(errs, a.checkDay(now))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("activity: %w", err)
	}
	return nil
}

func (a Activity) checkDay(now time.Time) error {
	var errs []error
	switch t, err := time.ParseInLocation(time.DateOnly, a.On, zone); {
	case err != nil:
		errs = append(errs, fault("on", "请填写日期，例如 2026-03-08。", "%q is no day, write it 2026-03-08", a.On))
	case t.After(now):
		errs = append(errs, fault("on", "日期还没到，活动办完再登记。", "%s is still to come", a.On))
	}
	if strings.TrimSpace(a.Place) == "" {
		errs = append(errs, fault("place", "请填写地点。", "the place is missing"))
	}
	if a.Quantity < 1 || a.Quantity > maxQuantity {
		errs = append(errs, fault("quantity", fmt.Sprintf("数量应是1到%d的整数。", maxQuantity), "quantity %d is not 1 to %d", a.Quantity, maxQuantity))
	}
	if a.Accepted != 0 || a.Succeeded != 0 {
		errs = append(errs, fault("accepted", "受理、成功件数只用于人民调解和法律援助。", "accepted and succeeded are of %s and %s only", Mediation, LegalAid))
	}
	if a.Items > 0 && a.Material == "" {
		errs = append(errs, fault("material", "填了份数，请写明发的是什么资料。", "items without a material: say what was given out"))
	}
	if a.Estimated && a.People == 0 {
		errs = append(errs, fault("people", "选了「估计」，请填写人次；没有人次就不要选。", "an estimate of nobody: leave people out"))
	}
	return errors.Join(errs...)
}

// checkMonth holds a month's counts: nothing but the two numbers, so that no
// case can be described.
func (a Activity) checkMonth(now time.Time) error {
	t, err := time.ParseInLocation("2006-01", a.On, zone)
	if err != nil {
		return fault("on", "请填写月份，例如 2026-03。", "%q is no month, write it 2026-03", a.On)
	}
	if t.After(now) {
		return fault("on", "这个月还没到。", "%s is still to come", a.On)
	}
	if (a != Activity{Kind: a.Kind, On: a.On, Ref: a.Ref, Accepted: a.Accepted, Succeeded: a.Succeeded}) {
		return fault("kind", "人民调解和法律援助只登记月份、受理和成功件数、凭证。", "of %s only a month, accepted, succeeded and a reference are kept", a.Kind)
	}
	return nil
}

func kindNames() (list []string) {
	for _, k := range ActivityKinds() {
		list = append(list, k.Name)
	}
	return list
}

// text reports what may not stand in a field of the register: it is printed,
// and must not name a person by a number.
func text(name, s string, most int) error {
	digits, longest := 0, 0
	for _, r := range s {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return fault(name, "有不能显示的字符，请重新输入。", "%s holds a sign that cannot be printed", name)
		}
		if digits++; !unicode.IsDigit(r) {
			digits = 0
		}
		longest = max(longest, digits)
	}
	switch n := utf8.RuneCountInString(s); {
	case n > most:
		return fault(name, fmt.Sprintf("最多%d个字，现在是%d个。", most, n), "%s has %d characters, at most %d", name, n, most)
	case longest > maxDigits:
		return fault(name, "不要写电话号码、身份证号。", "%s holds %d digits in a row: no telephone or identity numbers here", name, longest)
	}
	return nil
}

func within(name string, n, most int64) error {
	if n < 0 || n > most {
		return fault(name, fmt.Sprintf("应是0到%d的整数。", most), "%s %d is not 0 to %d", name, n, most)
	}
	return nil
}
