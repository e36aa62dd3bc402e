package bot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"pufa/content"
)

// hotlineRunes is how far into a card its hotline stands (promise 3).
const hotlineRunes = 30

// crisisTable reads the shipped table by itself, so that these tests say what
// the words do whatever the rest of the library holds.
func crisisTable(t testing.TB) content.CrisisTable {
	t.Helper()
	data, err := os.ReadFile("../content/library/crisis.yaml")
	if err != nil {
		t.Fatalf("read the crisis table: %v", err)
	}
	var table content.CrisisTable
	if err := yaml.UnmarshalWithOptions(data, &table, yaml.Strict()); err != nil {
		t.Fatalf("parse the crisis table: %v", err)
	}
	return table
}

// crisisLine is a message and the card it needs; no card for a message that
// only sounds like danger.
type crisisLine struct {
	Text string `json:"text"`
	Card string `json:"card"`
}

func crisisLines(t testing.TB) (danger, ordinary []crisisLine) {
	t.Helper()
	return linesOf(t, "testdata/crisis.jsonl")
}

// blindLines are by writers who saw no rule; no rule was written for them.
func blindLines(t testing.TB) (danger, ordinary []crisisLine) {
	t.Helper()
	return linesOf(t, "testdata/crisis-blind.jsonl")
}

func linesOf(t testing.TB, name string) (danger, ordinary []crisisLine) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("read the crisis lines: %v", err)
	}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		var l crisisLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		if l.Card == "" {
			ordinary = append(ordinary, l)
		} else {
			danger = append(danger, l)
		}
	}
	return danger, ordinary
}

// head is the part of a card that is read first.
func head(card content.CrisisCard) string {
	runes := []rune(card.Text)
	return string(runes[:min(len(runes), hotlineRunes)])
}

// A message is caught when the number it needs is what is read first, whichever
// of two fitting cards says it.
func TestCrisisLines(t *testing.T) {
	g := newGuard(crisisTable(t))
	danger, ordinary := crisisLines(t)
	caught, exact := 0, 0
	for _, l := range danger {
		card, ok := g.card(l.Text)
		if !ok || !strings.Contains(head(card), g.cards[l.Card].Hotlines[0]) {
			t.Logf("missed: %q got %q, wants %s", l.Text, card.ID, l.Card)
			continue
		}
		caught++
		if card.ID == l.Card {
			exact++
		}
	}
	alarms := 0
	for _, l := range ordinary {
		if card, ok := g.card(l.Text); ok {
			t.Logf("false alarm: %q got %s", l.Text, card.ID)
			alarms++
		}
	}
	t.Logf("danger: %d of %d caught, %d with the card named; ordinary: %d of %d false", caught, len(danger), exact, alarms, len(ordinary))
	if len(danger) < 120 || len(ordinary) < 120 {
		t.Errorf("%d and %d lines, want at least 120 of each", len(danger), len(ordinary))
	}
	if caught*100 < 98*len(danger) {
		t.Errorf("%d of %d messages in danger are caught, want 98 %%", caught, len(danger))
	}
	if alarms*100 > len(ordinary) {
		t.Errorf("%d of %d ordinary messages raise an alarm, want at most 1 %%", alarms, len(ordinary))
	}
}

// The scale learnt from these lines, and no rule was written for them.
func TestCrisisBlindLines(t *testing.T) {
	g := newGuard(crisisTable(t))
	danger, ordinary := blindLines(t)
	count := func(lines []crisisLine) (n int) {
		for _, l := range lines {
			if _, ok := g.card(l.Text); ok {
				n++
			}
		}
		return n
	}
	caught, alarms := count(danger), count(ordinary)
	t.Logf("danger: %d of %d get a card; ordinary: %d of %d", caught, len(danger), alarms, len(ordinary))
	if len(danger) < 1000 || caught*100 < 93*len(danger) {
		t.Errorf("%d of %d messages in danger get a card, want 93 %% of 1,000 or more", caught, len(danger))
	}
	if alarms*100 > 4*len(ordinary) {
		t.Errorf("%d of %d ordinary messages get one, want at most 4 %%", alarms, len(ordinary))
	}
}

// The question set was written by others than the crisis lines, and the scale
// does not learn from it.
func TestCrisisOfTheQuestionSet(t *testing.T) {
	in, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatalf("open the question set: %v", err)
	}
	defer in.Close()
	cases, err := ReadCases(in)
	if err != nil {
		t.Fatalf("read the question set: %v", err)
	}
	g := newGuard(crisisTable(t))
	var caught, danger, alarms, near, astray, other int
	for _, c := range cases {
		card, ok := g.card(c.Text)
		fits := ok && slices.ContainsFunc(c.Expect.HotlineFirst, func(number string) bool { return strings.Contains(head(card), number) })
		switch {
		case c.Expect.Outcome == Crisis:
			danger++
			if fits {
				caught++
			} else {
				t.Logf("missed: %q got %q", c.Text, card.ID)
			}
		case c.Kind == "near_crisis":
			near++
			alarms += count(ok)
		default:
			other++
			astray += count(ok)
		}
		if ok && c.Expect.Outcome != Crisis {
			t.Logf("false alarm: %q got %s", c.Text, card.ID)
		}
	}
	t.Logf("%d of %d crises caught; false: %d of %d that sound like one, %d of %d others", caught, danger, alarms, near, astray, other)
	if danger < 45 || near < 60 || other < 395 {
		t.Errorf("%d, %d and %d questions, want at least 45, 60 and 395", danger, near, other)
	}
	if caught < danger {
		t.Errorf("%d of %d crises are caught, want all, as when last measured", caught, danger)
	}
	if alarms > 1 || astray > 3 {
		t.Errorf("%d and %d false alarms, want at most 1 and 3", alarms, astray)
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// The wordings of the entries are ordinary questions that nobody wrote with
// these rules in mind. Some do tell of danger now (money just sent, gas
// smelt), so the share counts those too.
func TestWordingsOfEntriesAreRarelyTakenForDanger(t *testing.T) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatalf("load the library: %v", err)
	}
	g := newGuard(lib.Crisis())
	all, alarms := 0, 0
	for _, e := range lib.Entries() {
		for _, q := range e.Questions {
			all++
			if card, ok := g.card(q); ok {
				alarms++
				t.Logf("%s for %q of %s", card.ID, q, e.ID)
			}
		}
	}
	t.Logf("%d of %d wordings get a card", alarms, all)
	if alarms*100 > all {
		t.Errorf("%d of %d wordings of entries get a crisis card, want at most 1 %%", alarms, all)
	}
}

func TestEveryCardIsNamedByARuleAndByALine(t *testing.T) {
	table := crisisTable(t)
	danger, _ := crisisLines(t)
	for _, card := range table.Cards {
		if !slices.ContainsFunc(table.Rules, func(r content.CrisisRule) bool { return r.Card == card.ID }) {
			t.Errorf("no rule gives the card %s", card.ID)
		}
		if !slices.ContainsFunc(danger, func(l crisisLine) bool { return l.Card == card.ID }) {
			t.Errorf("no test line needs the card %s", card.ID)
		}
	}
}

func TestCardsSayWhatToDoAndNothingElse(t *testing.T) {
	number := regexp.MustCompile(`1[12]\d(\d\d)?|\d{5}`)
	for _, card := range crisisTable(t).Cards {
		for _, hotline := range card.Hotlines[:1] {
			if !strings.Contains(head(card), hotline) {
				t.Errorf("card %s: %q does not hold %s", card.ID, head(card), hotline)
			}
		}
		if n := utf8.RuneCountInString(card.Text); n > 120 {
			t.Errorf("card %s has %d characters, want at most 120", card.ID, n)
		}
		for _, other := range []string{"回复", "菜单", "有用", "没用", "继续", "依据", "法》", "第几条", "司法所", "12348", "\n", "【"} {
			if strings.Contains(card.Text, other) {
				t.Errorf("card %s holds %q, which does not belong to the next minutes", card.ID, other)
			}
		}
		for _, n := range number.FindAllString(card.Text, -1) {
			if !slices.Contains([]string{"110", "119", "120", "122", "12356", "96110"}, n) {
				t.Errorf("card %s names %s, which is no line for danger", card.ID, n)
			}
		}
	}
}

func TestWaysOfWriting(t *testing.T) {
	g := newGuard(crisisTable(t))
	for name, c := range map[string]struct{ text, card string }{
		"letters in place of both characters":             {"jiu ming", "help"},
		"letters in place of one character":               {"我要跳lou", "suicide-act"},
		"letters with tones":                              {"救mìng啊", "help"},
		"full width and capitals":                         {"ＪＩＵ　ＭＩＮＧ", "help"},
		"traditional characters":                          {"救命啊著火了", "fire"},
		"fillers of speech":                               {"嗯那个就是他那个正在那个打我", "violence"},
		"Cantonese":                                       {"佢打紧我", "violence"},
		"the danger in the last clause of a story of law": {"前年结的婚，去年开始分居，法院判过一次不准离，财产也没分清楚，房子写他名字，今天他带人来了，正在砸门，我一个人在家", "intruder"},
		"the same story that ends with a question":        {"前年结的婚，他打过我，去年开始分居，现在想离婚房子怎么分", ""},
		"a word of danger inside a word of trade":         {"跳楼价买的鞋能退吗", ""},
		"a word of danger that ends in a word of work":    {"退休了还在打工", ""},
		"a cry in a message of something else":            {"救命，这道法律题怎么写", ""},
		"danger in a condition":                           {"要是煤气漏了炸了算谁的", ""},
		"danger long over":                                {"十年前他把我关在屋里不让走，现在能告吗", ""},
		"nothing":                                         {"", ""},
		"only signs":                                      {"！！！😭😭", ""},
		"a message longer than any that WeChat lets in":   {strings.Repeat("物业费", 3000), ""},
		"an order to the bot that is no cry":              {"人工", ""},
		"a number that is also one of a card":             {"12348", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if card, _ := g.card(c.text); card.ID != c.card {
				t.Errorf("card(%.60q) = %q, want %q", c.text, card.ID, c.card)
			}
		})
	}
}

// Whatever a keyboard or a nervous hand puts between two characters, the same
// rule holds. Digits and letters are left together: between them a sign may
// mean something.
func TestSignsBetweenCharactersHideNothing(t *testing.T) {
	g := newGuard(crisisTable(t))
	danger, _ := crisisLines(t)
	signs := []string{" ", "　", "，", "。", "!", "！", "…", "~", "\n", "\t", "😭", "❤️", "-", "*", "\u200b", "、"}
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom(danger).Draw(t, "line")
		want := g.rule(line.Text)
		var b strings.Builder
		for _, r := range line.Text {
			b.WriteRune(r)
			if rapid.Bool().Draw(t, "gap") {
				b.WriteString(rapid.SampledFrom(signs).Draw(t, "sign"))
			}
		}
		if got := g.rule(b.String()); got != want {
			t.Fatalf("%q meets rule %d, without signs rule %d", b.String(), got, want)
		}
	})
}

func TestRuleLanguage(t *testing.T) {
	rule := func(r content.CrisisRule) *guard {
		r.Card = "c"
		return newGuard(content.CrisisTable{
			Reach: 3, Rules: []content.CrisisRule{r}, Cards: []content.CrisisCard{{ID: "c"}},
			Harmless: []string{"丙丁", "乙~戊"}, Same: map[string]string{"囗": "甲"}, Sounds: map[string]string{"甲": "jia", "乙": "yi"},
		})
	}
	two := content.CrisisRule{All: [][]string{{"甲"}, {"己"}}, Near: 2}
	lifted := content.CrisisRule{All: [][]string{{"甲"}}, Unless: []string{"庚"}}
	gap := content.CrisisRule{All: [][]string{{"甲~己"}}}
	word := content.CrisisRule{All: [][]string{{"丙", "乙", "甲丙", "甲乙"}}}
	for name, c := range map[string]struct {
		rule content.CrisisRule
		text string
		want bool
	}{
		"both words near":                            {two, "甲一二己", true},
		"both words near in the other order":         {two, "己一二甲", true},
		"the second word too far":                    {two, "甲一二三己", false},
		"one word missing":                           {two, "甲", false},
		"a lifting word anywhere after":              {lifted, "甲一二三四五六七八九庚", false},
		"a lifting word just before":                 {lifted, "庚一二三甲", false},
		"a lifting word long before":                 {lifted, "庚一二三四甲", true},
		"one danger lifted and another not":          {lifted, "甲庚一二三四甲", true},
		"a gap of six":                               {gap, "甲一二三四五六己", true},
		"a gap of seven":                             {gap, "甲一二三四五六七己", false},
		"the parts of a gap in the wrong order":      {gap, "己甲", false},
		"a nearer second part after a far one":       {gap, "甲一二三四五六七甲己", true},
		"inside a harmless word":                     {word, "丙丁", false},
		"inside and outside a harmless word":         {word, "丙丁丙", true},
		"inside a harmless word with a gap":          {word, "乙一戊", false},
		"ends with the beginning of a harmless word": {word, "甲丙丁", false},
		"read as another character":                  {two, "囗己", true},
		"one character in letters":                   {word, "甲yi", true},
		"letters too few to be a word of their own":  {word, "jiayi", false},
		"a message as long as a short rule lets":     {content.CrisisRule{All: [][]string{{"甲"}}, Short: 2}, "甲!一", true},
		"a message longer than a short rule lets":    {content.CrisisRule{All: [][]string{{"甲"}}, Short: 2}, "甲一二", false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, got := rule(c.rule).card(c.text); got != c.want {
				t.Errorf("card(%q) = %v, want %v", c.text, got, c.want)
			}
		})
	}
}

func TestFirstRuleWins(t *testing.T) {
	g := newGuard(content.CrisisTable{
		Words: map[string][]string{"both": {"甲", "乙"}},
		Rules: []content.CrisisRule{{Card: "first", All: [][]string{{"乙"}}}, {Card: "second", All: [][]string{{"$both"}}}},
		Cards: []content.CrisisCard{{ID: "first"}, {ID: "second"}},
	})
	for text, want := range map[string]string{"甲乙": "first", "甲": "second", "丙": ""} {
		if card, _ := g.card(text); card.ID != want {
			t.Errorf("card(%s) = %q, want %q", text, card.ID, want)
		}
	}
}

func FuzzCrisisCard(f *testing.F) {
	g := newGuard(crisisTable(f))
	for _, s := range []string{"", "救命", "\xff\xfe", "甲~乙", strings.Repeat("打我", 50), "𠮷救命"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		card, ok := g.card(text)
		if ok != (card.ID != "") {
			t.Errorf("card(%q) = %q, %v", text, card.ID, ok)
		}
		if again, _ := g.card(text); again.ID != card.ID {
			t.Errorf("card(%q) = %q, then %q", text, card.ID, again.ID)
		}
	})
}

func BenchmarkCrisisCard(b *testing.B) {
	g := newGuard(crisisTable(b))
	for name, text := range map[string]string{
		"40 ordinary characters":  "我在小区门口的超市买了一箱牛奶，回家发现过了保质期，老板不肯退，请问我该找谁要求赔偿",
		"40 characters of law":    "我老公去年打过我，派出所出了告诫书，现在想离婚，孩子两岁，能不能跟我，房子怎么分呢请问",
		"40 characters of danger": "嗯那个我老公喝多了现在正在客厅砸东西，刚才打得我鼻子流血，我躲在厕所里不敢出去啊快来",
		"600 characters":          strings.Repeat("我老公去年打过我，派出所出了告诫书，现在想离婚，孩子两岁，能不能跟我，", 17),
		"4000 all lifted":         strings.Repeat("去年老公打孩子刀割怎么判", 333),
		"4000 of one danger":      strings.Repeat("打我", 2000),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g.card(text)
			}
		})
	}
}
