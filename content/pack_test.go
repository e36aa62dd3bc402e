package content

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const tinyObservances = `- id: consumer-day
  name: 国际消费者权益日
  when: 3月15日
  topics: [consumer]
  theme: "3.15"
  entries: [consumer/fine]
- id: law-day
  name: 法律日
  when: 5月第三个星期日
  citation: {law: 消费者权益保护法, article: "25", edition: "2014-03-15"}
  verified: text
`

const tinyPack = `id: consumer-week
name: 消费周
theme: "3.15"
observance: consumer-day
covers: [law-day]
when: 3月14日至3月15日
why: 到3月15日收尾
pushes:
  - {day: 1, pieces: [1]}
  - {day: 2, pieces: [2]}
pieces:
  - day: 1
    title: 退货
    digest: 七天内退款
    body: LONGBODY
    entries: [consumer/fine]
    poster: 七天可退
    card: 【3·15】要退货打12315。
    follow_up: 这一条写得对吗？
  - day: 2
    title: 再退货
    digest: 七天内退款
    body: LONGBODY
    entries: [consumer/fine]
    poster: 七天可退
    card: 3月15日，要退货打12315。
    follow_up: 写法一
after:
  days: 7
  card: 还要问就打12315。
  entries: [consumer/fine]
`

// tinyCalendar is tinyLibrary with two observances and a pack.
func tinyCalendar(t testing.TB) fstest.MapFS {
	t.Helper()
	lib := tinyLibrary(t)
	lib["observances.yaml"] = &fstest.MapFile{Data: []byte(tinyObservances)}
	body := strings.Repeat("东西要完好才能退。", 10)
	lib["packs/consumer-week.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(tinyPack, "LONGBODY", body))}
	return lib
}

func TestLoadReadsTheCalendar(t *testing.T) {
	lib, err := Load(tinyCalendar(t))
	if err != nil {
		t.Fatal(err)
	}
	o, ok := lib.Observance("law-day")
	if !ok || o.Date().Kind != WeekdayDate || o.Date().Nth != 3 || len(lib.Observances()) != 2 {
		t.Errorf("law-day = %+v", o)
	}
	p, ok := lib.Pack("consumer-week")
	if !ok || len(p.Pieces) != 2 || p.Date().Day != 14 || !slices.Equal(p.Uses(), []string{"consumer/fine"}) || len(lib.Packs()) != 1 {
		t.Errorf("pack = %+v", p)
	}
	if _, ok := lib.Pack("none"); ok {
		t.Error("a pack that does not exist was found")
	}
	if _, ok := lib.Observance("none"); ok {
		t.Error("an observance that does not exist was found")
	}
}

func TestALibraryMayHaveNoCalendar(t *testing.T) {
	lib, err := Load(tinyLibrary(t))
	if err != nil || len(lib.Observances()) != 0 || len(lib.Packs()) != 0 {
		t.Errorf("%v, %d observances, %d packs", err, len(lib.Observances()), len(lib.Packs()))
	}
}

func TestABasisStandsWithItsEdition(t *testing.T) {
	files := tinyCalendar(t)
	change(t, files, "laws.yaml", "articles: 63", "articles: 63\n  next: \"2027-06-01\"")
	lib, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	cited, _ := lib.Observance("law-day")
	plain, _ := lib.Observance("consumer-day")
	before, after := time.Date(2027, 5, 31, 12, 0, 0, 0, zone), time.Date(2027, 5, 31, 23, 30, 0, 0, time.UTC)
	if !lib.BasisStands(cited, before) || lib.BasisStands(cited, after) {
		t.Error("the basis does not end on the day of the next edition, 2027-06-01 in Asia/Shanghai")
	}
	if !lib.BasisStands(plain, after) {
		t.Error("a day without a citation has lost its basis")
	}
}

func TestLoadRefusesABrokenCalendar(t *testing.T) {
	const calendar, pack = "observances.yaml", "packs/consumer-week.yaml"
	cases := []struct{ name, file, old, new, want string }{
		{"31 February", calendar, "3月15日", "2月31日", "consumer-day: date \"2月31日\": not every year"},
		{"an unknown lunar day", calendar, "3月15日", "农历九月三十一", "not every lunar month"},
		{"two rows of one id", calendar, "id: law-day", "id: consumer-day", "is taken"},
		{"an id in capitals", calendar, "id: law-day", "id: LawDay", "too long or not of a-z"},
		{"an id that is too long", calendar, "id: law-day", "id: " + strings.Repeat("a", 25), "at most 24"},
		{"no name", calendar, "name: 法律日", "name: ''", "name has 0 characters"},
		{"a topic that is not there", calendar, "topics: [consumer]", "topics: [women]", `topic "women"`},
		{"a theme that is none", calendar, `theme: "3.15"`, `theme: "5.1"`, `theme "5.1"`},
		{"a dead entry", calendar, "[consumer/fine]", "[consumer/none]", `entry "consumer/none" does not exist`},
		{"a basis nobody verified", calendar, "when: 3月15日", "when: 3月15日\n  basis: 听说", "not verified is not stated"},
		{"verified without a basis", calendar, "when: 3月15日", "when: 3月15日\n  verified: text", "no basis is stated"},
		{"verified somehow", calendar, "verified: text", "verified: yes-man", `verified is "yes-man"`},
		{"a basis twice", calendar, "verified: text", "verified: text\n  basis: 也有", "stands twice"},
		{"a basis of an old edition", calendar, "2014-03-15", "1994-01-01", "cited in the edition of 1994-01-01"},
		{"a basis of an article past the last", calendar, `article: "25"`, `article: "64"`, "has no article 64"},
		{"an unknown key", calendar, "name: 法律日", "named: 法律日", "observances.yaml:8: unknown field"},

		{"a pack for no observance", pack, "observance: consumer-day", "observance: none", `observance "none"`},
		{"a pack of another file", pack, "id: consumer-week", "id: other-week", "not that of its file"},
		{"a pack of no theme", pack, `theme: "3.15"`, `theme: ""`, "theme \"\" is none of"},
		{"a pack that says no why", pack, "why: 到3月15日收尾", "why: ''", "needs a name and why"},
		{"a pack without days of its own", pack, "3月14日至3月15日", "按通知", "is not days of every year"},
		{"a pack on 31 April", pack, "3月14日至3月15日", "4月1日至4月31日", "day 31 in month 4"},
		{"a piece after the last day", pack, "- day: 2", "- day: 3", "piece 2 is for day 3"},
		{"two pieces on one day", pack, "- day: 2", "- day: 1", "piece 2 is for day 1"},
		{"a piece that is never pushed", pack, "pieces: [2]", "pieces: [1]", "the piece of day 2 is in 0 pushes"},
		{"a push of a piece that is not there", pack, "pieces: [2]", "pieces: [2, 5]", "the piece of day 5, which does not exist"},
		{"pushes that run back", pack, "{day: 2, pieces", "{day: 1, pieces", "a push on day 1"},
		{"a title that is too long", pack, "title: 再退货", "title: " + strings.Repeat("长", 65), "title has 65 characters"},
		{"a digest that is too long", pack, "digest: 七天内退款", "digest: " + strings.Repeat("长", 55), "digest has 55 characters"},
		{"a poster line that is too long", pack, "poster: 七天可退", "poster: " + strings.Repeat("长", 21), "poster has 21 characters"},
		{"a card that is too long", pack, "card: 3月15日，要退货打12315。", "card: " + strings.Repeat("长", 151), "card has 453 bytes"},
		{"a body of a word", pack, "body: 东西", "body: 短\n    old: 东西", "unknown field"},
		{"a dead entry in a piece", pack, "entries: [consumer/fine]\n    poster", "entries: [consumer/none]\n    poster", `entry "consumer/none" does not exist`},
		{"a piece on no entry", pack, "entries: [consumer/fine]\n    poster", "entries: []\n    poster", "stands on no entry"},
		{"a question that nothing answers", pack, "follow_up: 写法一", "follow_up: 不知道问啥", "is no wording of an entry"},
		{"a promise", pack, "poster: 七天可退", "poster: 一定能赢", `says "一定能赢"`},
		{"a telephone of the street", pack, "要退货打12315。\n    follow_up: 这", "要退货打88886666。\n    follow_up: 这", "88886666 is no verified hotline"},
		{"a number with a dash", pack, "还要问就打12315", "还要问就打0531-5555", "0531 is no verified hotline"},
		{"an amount the entry does not have", pack, "digest: 七天内退款", "digest: 另赔300元", "300 is no verified hotline and stands in none"},
		{"a day outside the pack", pack, "card: 3月15日，", "card: 3月16日，", "day 2: 3 is no verified hotline"},
		{"a link", pack, "poster: 七天可退", "poster: www.x.cn", "holds a link"},
		{"a follow-up of no day", pack, "days: 7", "days: 0", "after: 0 days"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := tinyCalendar(t)
			change(t, files, c.file, c.old, c.new)
			lib, err := Load(files)
			if err == nil || lib != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error:\n%v\nwant one with %q", err, c.want)
			}
		})
	}
}

// factsOfPacks are what each day of the two main packs must cover.
var factsOfPacks = map[string][][]string{
	"womens-week": {
		{"F001", "F002"},
		{"F005", "F006", "F007", "F008", "F009", "F010", "F011"},
		{"F013", "F014", "F015"},
		{"F016", "F017"},
		{"F031", "F032", "F033", "F034", "F035"},
		{"F018", "F019", "F024"},
		{"F025"},
	},
	"consumer-week": {
		{"F111", "F112", "F113"},
		{"F118", "F119", "F120", "F121", "F122"},
		{"F115", "F116", "F146", "F148"},
		{"F124", "F125", "F126"},
		{"F077", "F117", "F154"},
		{"F128", "F136", "F137"},
		{"F138"},
	},
}

func TestShippedPacks(t *testing.T) {
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for id, days := range factsOfPacks {
		p, ok := lib.Pack(id)
		if !ok || len(p.Pieces) != len(days) {
			t.Fatalf("pack %s: found %v, %d pieces, want %d", id, ok, len(p.Pieces), len(days))
		}
		for i, facts := range days {
			for _, fact := range facts {
				if !slices.ContainsFunc(p.Pieces[i].Entries, func(e string) bool { return slices.Contains(lib.byID[e].Facts, fact) }) {
					t.Errorf("%s day %d: no entry of %s", id, i+1, fact)
				}
			}
		}
	}
	themed := map[string]bool{}
	for _, p := range lib.Packs() {
		themed[p.Theme] = true
		for _, push := range p.Pushes {
			// 3·8 and 3·15 share the four mass messages of one March.
			if len(p.Pushes) > 2 {
				t.Errorf("%s has %d pushes; %v", p.ID, len(p.Pushes), push)
			}
		}
		today := time.Date(2026, 11, 23, 12, 0, 0, 0, zone)
		for _, id := range p.Uses() {
			if s := lib.Standing(lib.byID[id], today); s != Current {
				t.Errorf("%s stands on %s, whose standing is %d", p.ID, id, s)
			}
		}
	}
	for _, theme := range themes {
		if !themed[theme] {
			t.Errorf("no pack of the theme %s", theme)
		}
	}
}

func TestShippedCalendar(t *testing.T) {
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[DateKind]int{}
	for _, o := range lib.Observances() {
		kinds[o.Date().Kind]++
		if len(o.Topics) > 0 && len(o.Entries) == 0 {
			t.Errorf("%s has topics and no entries", o.ID)
		}
		if o.Citation == nil {
			continue
		}
		if day := time.Date(2026, 11, 23, 0, 0, 0, 0, zone); !lib.BasisStands(o, day) {
			t.Errorf("%s: its basis is not in force", o.ID)
		}
	}
	for _, kind := range []DateKind{FixedDate, WeekdayDate, LunarDate, WeekDate, NoticeDate} {
		if kinds[kind] == 0 {
			t.Errorf("no observance of kind %s", kind)
		}
	}
	if o, _ := lib.Observance("environment-day"); o.Verified != ByCustom || o.Citation != nil || !strings.Contains(o.Note, "终止") {
		t.Errorf("6月5日 claims a basis that has ended: %+v", o)
	}
	if n, err := fs.Glob(Shipped(), "packs/*.yaml"); err != nil || len(n) != len(lib.Packs()) {
		t.Errorf("%d packs of %v", len(lib.Packs()), fmt.Sprint(n, err))
	}
}
