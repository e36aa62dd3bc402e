package content

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// tinyLibrary is a whole library of one entry that tests break.
func tinyLibrary(t testing.TB) fstest.MapFS {
	t.Helper()
	entry, err := os.ReadFile("testdata/good.md")
	if err != nil {
		t.Fatal(err)
	}
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"consumer/fine.md": {Data: entry},
		"topics.yaml":      file("- {slug: consumer, name: 消费, weight: 100, sensitive: false, about: 退货}\n"),
		"hotlines.yaml":    file("- {number: \"12315\", name: 消费投诉, urgent: false}\n- {number: \"110\", name: 报警, urgent: true}\n"),
		"phrases.yaml":     file("- {say: [退马], means: 退吗}\n"),
		"laws.yaml": file("- law: 消费者权益保护法\n  title: 中华人民共和国消费者权益保护法\n  aliases: [消法]\n" +
			"  edition: \"2014-03-15\"\n  articles: 63\n  deprecated: [消费保护办法]\n"),
		"forbidden.yaml": file("- {pattern: 一定能赢, except: [], why: 不能许诺, instead: 看证据}\n"),
		"crisis.yaml": file("words:\n  now: [正在, 现在]\ncards:\n  - {id: fire, hotlines: [\"110\"], text: 马上打110。}\n" +
			"rules:\n  - {card: fire, all: [[着火], [$now]], unless: [电影], why: 火}\n"),
	}
}

// change replaces old by new in one file of a library.
func change(t *testing.T, lib fstest.MapFS, name, old, new string) {
	t.Helper()
	text := string(lib[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	lib[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
}

func TestLoadReadsAWholeLibrary(t *testing.T) {
	lib, err := Load(tinyLibrary(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := lib.Entry("consumer/fine"); !ok || len(lib.Entries()) != 1 || len(lib.EntriesOf("consumer")) != 1 {
		t.Error("the entry is not found")
	}
	if topic, ok := lib.Topic("consumer"); !ok || topic.Name != "消费" {
		t.Errorf("topic = %+v", topic)
	}
	if h, ok := lib.Hotline("12315"); !ok || h.Name != "消费投诉" || len(lib.Hotlines()) != 2 {
		t.Errorf("hotline = %+v", h)
	}
	if _, ok := lib.Hotline("12316"); ok {
		t.Error("a number that is not in the table was found")
	}
}

func TestLawGoesByEveryName(t *testing.T) {
	lib, err := Load(tinyLibrary(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"消费者权益保护法", "消法", "《消费者权益保护法》", "中华人民共和国消费者权益保护法"} {
		if law, ok := lib.Law(name); !ok || law.Law != "消费者权益保护法" {
			t.Errorf("Law(%q) = %q, %v", name, law.Law, ok)
		}
	}
	if _, ok := lib.Law("消费保护办法"); ok {
		t.Error("a replaced law was found as a living one")
	}
	if law, ok := lib.Replaced("《消费保护办法》"); !ok || law.Law != "消费者权益保护法" {
		t.Errorf("Replaced = %q, %v", law.Law, ok)
	}
}

func TestLoadRefusesABrokenLibrary(t *testing.T) {
	cases := []struct{ name, file, old, new, want string }{
		{"a topic that is not in the tree", "topics.yaml", "slug: consumer", "slug: women", `topic "consumer" is not in topics.yaml`},
		{"weights that do not add up", "topics.yaml", "weight: 100", "weight: 99", "weights add up to 99"},
		{"a hotline that was not verified", "consumer/fine.md", `["12315"]`, `["12316"]`, `hotline "12316" is not in hotlines.yaml`},
		{"an unknown theme", "consumer/fine.md", `["3.15"]`, `["5.1"]`, `theme "5.1" is none of`},
		{"a related entry that does not exist", "consumer/fine.md", "related: []", "related: [consumer/none]", `related entry "consumer/none"`},
		{"a look-alike of an entry that does not exist", "consumer/fine.md", `entry: ""`, "entry: consumer/none", `belongs to "consumer/none"`},
		{"a law that is not in the register", "consumer/fine.md", "law: 消费者权益保护法", "law: 商标法", "《商标法》 is not in laws.yaml"},
		{"a law by another name", "consumer/fine.md", "law: 消费者权益保护法", "law: 消法", "is called 消费者权益保护法"},
		{"an old edition", "consumer/fine.md", "2014-03-15", "1994-01-01", "cited in the edition of 1994-01-01"},
		{"an article past the last", "consumer/fine.md", `article: "25"`, `article: "64"`, "has no article 64: it has 63"},
		{"an inserted article that is not there", "consumer/fine.md", `article: "25"`, `article: "25-2"`, "has no article 25-2"},
		{"a promise", "consumer/fine.md", "七天内退款。", "这官司一定能赢。", `says "一定能赢": 不能许诺`},
		{"two laws of one name", "laws.yaml", "aliases: [消法]", "aliases: [消法]\n  edition: \"2014-03-15\"\n  articles: 63\n- law: 别的法\n  title: 别的法\n  aliases: [消法]", `"消法" names both`},
		{"a pattern that is none", "forbidden.yaml", "pattern: 一定能赢", "pattern: '('", "forbidden.yaml: pattern"},
		{"a crisis card without its hotline", "crisis.yaml", "马上打110。", "马上打电话。", "card fire does not name its first hotline"},
		{"a crisis rule for no card", "crisis.yaml", "{card: fire, all", "{card: flood, all", "needs a known card"},
		{"a crisis rule with an unknown list", "crisis.yaml", "$now", "$then", "list $then"},
		{"an unknown key in a table", "hotlines.yaml", "urgent: false", "urgency: false", "hotlines.yaml:1: unknown field"},
		{"a phrase that means nothing", "phrases.yaml", "means: 退吗", "means: ''", "needs what is said and what it means"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := tinyLibrary(t)
			change(t, files, c.file, c.old, c.new)
			lib, err := Load(files)
			if err == nil || lib != nil {
				t.Fatal("the library was loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error:\n%v\nwant one with %q", err, c.want)
			}
		})
	}
}

func TestLoadReportsEveryBadFileAtOnce(t *testing.T) {
	files := tinyLibrary(t)
	files["consumer/second.md"] = &fstest.MapFile{Data: []byte("nothing")}
	files["consumer/third.md"] = &fstest.MapFile{Data: []byte("---\nid: [\n---\nx\n")}
	delete(files, "phrases.yaml")
	_, err := Load(files)
	for _, want := range []string{"phrases.yaml", "consumer/second.md:1", "consumer/third.md:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
}

func TestOneQuestionBelongsToOneEntry(t *testing.T) {
	files := tinyLibrary(t)
	text := strings.Replace(string(files["consumer/fine.md"].Data), "id: consumer/fine", "id: consumer/twin", 1)
	files["consumer/twin.md"] = &fstest.MapFile{Data: []byte(text)}
	_, err := Load(files)
	if err == nil || !strings.Contains(err.Error(), `question "写法一" is also asked in consumer/fine`) {
		t.Errorf("err = %v", err)
	}
}

func TestStanding(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*60*60)
	at := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	cases := []struct {
		name, laws string
		day        time.Time
		want       Standing
	}{
		{"in date", "", at("2027-09-14 00:00"), Current},
		{"in date until the end of its review day", "", at("2027-09-14 23:59"), Current},
		{"overdue from the next day", "", at("2027-09-15 00:00"), Overdue},
		{"overdue for sixty days", "", at("2027-11-13 23:59"), Overdue},
		{"lapsed after sixty days", "", at("2027-11-14 00:00"), Lapsed},
		{"stale when a newer edition takes effect", "  next: \"2027-01-01\"\n", at("2027-01-01 00:00"), Stale},
		{"current on the last day of its edition", "  next: \"2027-01-01\"\n", at("2026-12-31 23:59"), Current},
		{"stale when another law repeals the one cited", "- law: 新法\n  title: 新法\n  aliases: []\n  edition: \"2027-02-01\"\n" +
			"  articles: 9\n  repeals:\n    - {law: 中华人民共和国消费者权益保护法, on: \"2027-02-01\", by: \"9\"}\n", at("2027-02-01 00:00"), Stale},
		{"current the day before the repeal", "- law: 新法\n  title: 新法\n  aliases: []\n  edition: \"2027-02-01\"\n" +
			"  articles: 9\n  repeals:\n    - {law: 中华人民共和国消费者权益保护法, on: \"2027-02-01\", by: \"9\"}\n", at("2027-01-31 23:59"), Current},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := tinyLibrary(t)
			change(t, files, "laws.yaml", "  articles: 63\n", "  articles: 63\n"+c.laws)
			if strings.HasPrefix(c.laws, "-") {
				change(t, files, "laws.yaml", "  deprecated: [消费保护办法]\n", "")
			}
			lib, err := Load(files)
			if err != nil {
				t.Fatal(err)
			}
			e, _ := lib.Entry("consumer/fine")
			if got := lib.Standing(e, c.day); got != c.want {
				t.Errorf("standing on %s = %d, want %d", c.day, got, c.want)
			}
		})
	}
}

// TestShippedLibrary holds the library that residents are answered from.
func TestShippedLibrary(t *testing.T) {
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range lib.Topics() {
		if len(lib.EntriesOf(topic.Slug)) == 0 {
			t.Errorf("topic %s has no entry", topic.Slug)
		}
	}
	covered := map[string]bool{}
	for _, e := range lib.Entries() {
		for _, f := range e.Facts {
			covered[f] = true
		}
	}
	for n := 1; n <= 258; n++ {
		if f := fmt.Sprintf("F%03d", n); !covered[f] {
			t.Errorf("no entry covers fact %s", f)
		}
	}
}

func TestReviewDaysAreSpread(t *testing.T) {
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	perDay := map[string]int{}
	for _, e := range lib.Entries() {
		perDay[e.ReviewDue]++
	}
	for day, n := range perDay {
		if n > 5 {
			t.Errorf("%d entries are due on %s: a clerk reads at most 5 a day", n, day)
		}
	}
}

func BenchmarkLoadShipped(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Shipped()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad2000 loads a library of 2,000 entries.
func BenchmarkLoad2000(b *testing.B) {
	files := tinyLibrary(b)
	base := string(files["consumer/fine.md"].Data)
	for i := range 2000 {
		id := fmt.Sprintf("consumer/e%d", i)
		text := strings.Replace(base, "id: consumer/fine", "id: "+id, 1)
		for _, w := range []string{"这一条", "写法一", "写法二", "写法三", "写法四", "写法五", "写法六", "写法七"} {
			text = strings.Replace(text, w, fmt.Sprintf("%s%d", w, i), 1)
		}
		files[id+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	var _ fs.FS = files
	b.ResetTimer()
	for b.Loop() {
		if _, err := Load(files); err != nil {
			b.Fatal(err)
		}
	}
}
