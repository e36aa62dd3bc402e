package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pufa/content"
)

func TestAnAnswerReadsFromTopToBottom(t *testing.T) {
	e := smallEngine(t, func(o *Options) { o.PageURL = "https://pufa.example.cn" })
	want := `您问的是：网上买的东西七天内能退吗？

能退。收到货七天内可以退，不用讲理由。

· 定做的、新鲜易坏的不在内。
· 商家收到退货，七天内把钱退给您。

依据：《消费者权益保护法》第二十五条（2014-03-15起施行）

怎么办：
找谁：先找商家和平台
去哪：打12315
期限：收货第二天起七天内
带上：订单和付款记录
费用：投诉不收费

还想问，回数字：
1 买到假货退一赔三
2 什么都讲的条目

大字版：https://pufa.example.cn/a/consumer/return
帮上了回「有用」，没帮上回「没用」。

依据核对至2026-11-23，待本街道司法所审核`
	if got := talk(e, "七天无理由退货").Text; got != want {
		t.Errorf("reply reads\n%s\nwant\n%s", got, want)
	}
}

func TestBasisNamesEachLawOnce(t *testing.T) {
	e := smallEngine(t)
	want := "依据：\n《消费者权益保护法》第五十五条、第二十五条（2014-03-15起施行）\n《样例条例》第三条（2020-01-01起施行）"
	if got := basis(mustEntry(t, e, "consumer/fake")); got != want {
		t.Errorf("basis = %q, want %q", got, want)
	}
}

func TestTheTelephoneLineIsLeftOutWhereEveryNumberIsNamed(t *testing.T) {
	c := newComposer(smallLibrary(t), "")
	for _, tt := range []struct {
		name   string
		remedy content.Remedy
		want   string
	}{
		{"named in place", content.Remedy{Door: "商家", Where: "打12315", Hotlines: []string{"12315"}}, "怎么办：\n找谁：商家\n去哪：打12315"},
		{"one is not named", content.Remedy{Door: "先打110", Where: "派出所", Hotlines: []string{"110", "12338"}}, "怎么办：\n找谁：先打110\n去哪：派出所\n电话：110（报警），12338（妇女维权）"},
		{"there is none", content.Remedy{Door: "居委会", Where: "居委会"}, "怎么办：\n找谁：居委会\n去哪：居委会"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.card(tt.remedy); got != tt.want {
				t.Errorf("card = %q, want %q", got, tt.want)
			}
		})
	}
}

// Promises 1 and 2.
func TestHowFarAnAnswerCanBeTrustedIsItsLastLine(t *testing.T) {
	entry := &content.Entry{CheckedOn: "2026-11-23"}
	for _, tt := range []struct {
		name     string
		standing content.Standing
		approved bool
		want     string
	}{
		{"not approved", content.Current, false, "依据核对至2026-11-23，待本街道司法所审核"},
		{"approved", content.Current, true, "依据核对至2026-11-23，本街道司法所已审核"},
		{"approved and past its review date", content.Overdue, true, "本条核对于2026-11-23，请以12348答复为准"},
		{"neither", content.Overdue, false, "本条核对于2026-11-23，请以12348答复为准\n依据核对至2026-11-23，待本街道司法所审核"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := standingLine(answer{entry: entry, standing: tt.standing, approved: tt.approved}); got != tt.want {
				t.Errorf("standing line = %q, want %q", got, tt.want)
			}
		})
	}
}

// dv/order is due on 2026-10-20; 样例条例 has a new edition on 2027-01-01.
func TestAnEntryAnswersWhileItStands(t *testing.T) {
	for _, tt := range []struct {
		name, day, ask string
		outcome        Outcome
		want           string
	}{
		{"on its review date", "2026-10-20", "申请保护令", Answered, "依据核对至2026-01-10，待本街道司法所审核"},
		{"the day after", "2026-10-21", "申请保护令", Answered, "本条核对于2026-01-10，请以12348答复为准"},
		{"60 days after", "2026-12-19", "申请保护令", Answered, "本条核对于2026-01-10，请以12348答复为准"},
		{"61 days after", "2026-12-20", "申请保护令", Referred, "核对的日子过了"},
		{"before a cited law changes", "2026-12-31", "买到假货退一赔三", Answered, "《样例条例》"},
		{"when a cited law has changed", "2027-01-01", "买到假货退一赔三", Referred, "所依据的法律有了新的版本"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			day, err := time.ParseInLocation(time.DateOnly, tt.day, shanghai)
			if err != nil {
				t.Fatal(err)
			}
			e := smallEngine(t, func(o *Options) { o.Now = func() time.Time { return day.Add(30 * time.Minute) } })
			r := talk(e, tt.ask)
			if r.Outcome != tt.outcome {
				t.Errorf("outcome = %s, want %s", r.Outcome, tt.outcome)
			}
			wantText(t, r, tt.want)
			if tt.outcome == Referred {
				wantText(t, r, "请打12348问")
				wantNoText(t, r, "怎么办：")
			}
		})
	}
}

func TestOnlyApprovedEntriesAnswerWhereThatIsAsked(t *testing.T) {
	e := smallEngine(t, func(o *Options) {
		o.OnlyApproved = true
		o.Approved = func(entry *content.Entry) bool { return entry.ID == "consumer/return" }
	})
	if r := talk(e, "七天无理由退货"); r.Outcome != Answered || len(r.Choices) != 0 {
		t.Errorf("approved entry = %s with %d related, want answered with none", r.Outcome, len(r.Choices))
	}
	if r := talk(e, "买到假货退一赔三"); r.Outcome != Referred || !strings.Contains(r.Text, "还没有经本街道司法所审核") {
		t.Errorf("entry not approved = %s:\n%s", r.Outcome, r.Text)
	}
	if r := talk(e, "消费维权"); len(r.Choices) != 1 {
		t.Errorf("the topic lists %d entries, want the approved one", len(r.Choices))
	}
	wantText(t, talk(e, "婚姻家庭"), "现在没有能答的内容", "12348")
	if r := talk(e, "民法典1079条"); r.Outcome != Referred {
		t.Errorf("a look-up quotes an entry that is not approved: %s", r.Text)
	}
}

func TestAnEntryThatStaffTookDownIsSilent(t *testing.T) {
	e := smallEngine(t, func(o *Options) {
		o.TakenDown = func(entry *content.Entry) bool { return entry.ID == "consumer/return" }
	})
	r := talk(e, "七天无理由退货")
	if r.Outcome != Referred || !strings.Contains(r.Text, "正在重新核对") || strings.Contains(r.Text, "怎么办：") {
		t.Errorf("entry taken down = %s:\n%s", r.Outcome, r.Text)
	}
	if r := talk(e, "买到假货退一赔三"); r.Outcome != Answered {
		t.Errorf("its neighbour = %s, want answered", r.Outcome)
	}
}

// Whatever stands around an answer, it fits, says all it must and ends with
// how far it was checked.
func TestEveryReplyFits(t *testing.T) {
	lib := shippedLibrary(t)
	e := New(lib, Options{Now: noon, PageURL: "https://pufa.pingdong-street.example.gov.cn"})
	for _, err := range e.TooLong() {
		t.Error(err)
	}
	for _, entry := range lib.Entries() {
		for mask := range 1 << 4 {
			m := manner{child: mask&1 > 0, rude: mask&2 > 0, unlawful: mask&4 > 0, predict: mask&8 > 0}
			a := answer{entry: entry, lead: m.lead(), tail: m.tail(), related: choicesOf(e.relatedTo(entry)), standing: content.Overdue}
			text, shown, _ := e.composer.firstPage(a)
			checkPage(t, a, text)
			for text != "" {
				text, shown = e.composer.nextPage(a, shown)
				if len(text) > room {
					t.Errorf("%s: a page of %d bytes", entry.ID, len(text))
				}
			}
		}
	}
}

func checkPage(t *testing.T, a answer, text string) {
	t.Helper()
	if n := len(text + "\n\n" + PrivacyLine); n > MaxBytes {
		t.Errorf("%s: %d bytes, at most %d", a.entry.ID, n, MaxBytes)
	}
	must := append([]string{a.entry.Short, a.entry.Question()}, a.lead...)
	for _, l := range a.entry.Lines {
		if l.Must {
			must = append(must, l.Text)
		}
	}
	for _, s := range append(must, a.tail...) {
		if !strings.Contains(text, s) {
			t.Errorf("%s: the reply leaves out %q", a.entry.ID, s)
		}
	}
	if !strings.HasSuffix(text, standingLine(a)) {
		t.Errorf("%s: the reply does not end with how far it was checked", a.entry.ID)
	}
	if strings.Contains(text, "\n\n\n") || strings.Contains(text, "%!") {
		t.Errorf("%s: the layout is broken:\n%s", a.entry.ID, text)
	}
}

func TestAnEntryThatCannotFitIsNamed(t *testing.T) {
	e := smallEngine(t)
	entry := mustEntry(t, e, "consumer/long")
	for i := range entry.Lines {
		entry.Lines[i].Must = true
	}
	problems := e.TooLong()
	if len(problems) != 1 || !strings.Contains(fmt.Sprint(problems[0]), "consumer/long.md: what must be said takes") {
		t.Errorf("TooLong = %v, want one about consumer/long.md", problems)
	}
	if text := talk(e, "办卡全部注意事项").Text; len(text) > MaxBytes {
		t.Errorf("the reply has %d bytes all the same", len(text))
	}
}

func TestClipCutsBetweenLinesAndCharacters(t *testing.T) {
	lines := strings.Repeat("一行字\n", 300)
	if got := clip(lines); len(got) > MaxBytes || !strings.HasSuffix(got, "一行字") {
		t.Errorf("clip left %d bytes ending in %q", len(got), got[len(got)-9:])
	}
	if got := clip(strings.Repeat("字", 1000)); len(got) > MaxBytes || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("clip cut inside a character")
	}
	if got := clip("短"); got != "短" {
		t.Errorf("clip(短) = %q", got)
	}
}

func TestADayIsADayInShanghai(t *testing.T) {
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	if got := dayOf(at); got != "2027-01-01" {
		t.Errorf("day of %s = %s, want 2027-01-01", at, got)
	}
}
