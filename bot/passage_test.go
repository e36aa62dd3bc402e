package bot

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"pufa/statute"
)

// lanternTexts are made-up laws: one of which the register of the small library
// knows nothing, and two that stand in it, the second in an edition that is no
// longer the register's.
func lanternTexts() []*statute.Text {
	text := func(title, published, effective string, articles ...statute.Article) *statute.Text {
		return &statute.Text{
			ID: title + effective, Title: title, Published: statute.Day(published), Effective: statute.Day(effective),
			Origin: statute.OriginField, Status: statute.Valid, Path: title + ".md", Articles: articles,
		}
	}
	article := func(number, chapter, words string) statute.Article {
		return statute.Article{Number: number, Chapter: chapter, Text: words}
	}
	long := strings.Repeat("挂花灯的人应当先看绳子，再看风向，然后看街上有没有人。\n", 60) + "末一句在最后。"
	return []*statute.Text{
		text("中华人民共和国花灯法", "2009-10-01", "2010-01-01",
			article("1", "第一章 总则", "为了让街上的花灯挂得稳，制定本法。"),
			article("2", "第一章 总则", "花灯由街道照管，坏了的三天内修好。"),
			article("3", "第二章 挂灯", long), article("3-1", "第二章 挂灯", "（删去）"),
			article("4", "", "灯谜社应当把鲤鱼纸鹞登记在册，纸鹞飞过屋顶的，由灯谜社收回。"),
		),
		text("样例条例", "2019-10-01", "2020-01-01", article("3", "", "样例一律用蓝墨水写。"), article("30", "", "本条例自2020年1月1日起施行。")),
		text("中华人民共和国反家庭暴力法", "2001-10-01", "2002-01-01", article("12", "", "这是一份过时的样例文本。")),
	}
}

// statutesOf are texts that were saved and opened again.
func statutesOf(t testing.TB, texts ...*statute.Text) *Statutes {
	t.Helper()
	path := filepath.Join(t.TempDir(), "laws.pufa")
	if _, err := statute.Save(path, texts, "2026-11-23"); err != nil {
		t.Fatal(err)
	}
	laws, err := statute.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return NewStatutes(laws, statute.Rules{}, nil)
}

func lanternEngine(t testing.TB) *Engine {
	texts := statutesOf(t, lanternTexts()...)
	return smallEngine(t, func(o *Options) { o.Texts = texts })
}

func TestALookUpQuotesTheImportedText(t *testing.T) {
	e := lanternEngine(t)
	for _, tt := range []struct {
		name, text string
		outcome    Outcome
		want       []string
	}{
		{"an article with its edition and source", "花灯法2条写的啥", Answered, []string{"《花灯法》第二条（2010-01-01起施行）\n第一章 总则\n\n花灯由街道照管，坏了的三天内修好。", "出处：《中华人民共和国花灯法》，2009-10-01公布，2010-01-01起施行，本号导入的官方文本", "12348"}},
		{"by the full title in Chinese numerals", "《中华人民共和国花灯法》第一条", Answered, []string{"挂得稳"}},
		{"with the entries that stand on it", "样例条例第三条", Answered, []string{"样例一律用蓝墨水写。", "用到这一条的问答，回数字看：\n1 "}},
		{"an article that was struck out", "花灯法第三条之一", Answered, []string{"这一条已经删去"}},
		{"an article that does not exist", "花灯法99条", Referred, []string{"现行的《花灯法》（2010-01-01起施行）没有第九十九条"}},
		{"a law without a text is told from the register", "消法25条", Menu, []string{"《消费者权益保护法》第二十五条（2014-03-15起施行）", "1 网购七天退货"}},
		{"a text older than the register's edition is not quoted", "反家暴法12条", Referred, []string{"2016-03-01起施行", "还没有讲解"}},
		{"a law that is no longer used", "婚姻法32条", Referred, []string{"《婚姻法》现在不用了"}},
		{"a law nobody has", "火星法12条", Referred, []string{"没有收"}},
		{"since when a law holds", "花灯法哪年施行", Answered, []string{"《花灯法》现在用的版本，自2010-01-01起施行。", "出处：《中华人民共和国花灯法》"}},
		{"since when, with the edition to come", "样例条例是什么时候开始实施的", Answered, []string{"自2020-01-01起施行", "新的版本自2027-01-01起施行"}},
		{"since when, where the text is too old", "反家暴法哪年施行", Referred, []string{"自2016-03-01起施行", "没有导入它的条文"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.text)
			if r.Outcome != tt.outcome {
				t.Errorf("outcome = %s, want %s", r.Outcome, tt.outcome)
			}
			wantText(t, r, tt.want...)
			wantNoText(t, r, "过时的样例")
		})
	}
}

func TestSinceWhenWithoutTexts(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct{ name, text, want string }{
		{"out of the register, saying so", "反家暴法哪年施行", "《反家庭暴力法》现在用的版本，自2016-03-01起施行。\n这个日期出自本号的法律目录，本号没有导入它的条文。"},
		{"asked for the date", "请问民法典的施行日期是哪天", "自2021-01-01起施行"},
		{"asked when it is used", "消法从什么时候开始用的呀", "自2014-03-15起施行"},
		{"a law that another replaced", "婚姻法什么时候生效", "《婚姻法》现在不用了"},
		{"a law that another has ended", "短命条例何时施行", "《短命条例》有新的变化"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.text)
			wantText(t, r, tt.want)
			if r.Outcome != Referred {
				t.Errorf("outcome = %s, want referred", r.Outcome)
			}
		})
	}
	wantNoText(t, talk(e, "遗嘱什么时候生效"), "法律目录")
}

func TestALongArticleIsPaged(t *testing.T) {
	e := lanternEngine(t)
	var pages []string
	last := talk(e, "花灯法第三条")
	for range 9 {
		pages = append(pages, last.Text)
		if last.Dialogue.Article == "" {
			break
		}
		wantText(t, last, moreLine)
		last = e.Reply(context.Background(), Message{Kind: Text, Text: "继续", Dialogue: last.Dialogue})
	}
	if len(pages) < 3 {
		t.Fatalf("%d pages, want at least 3", len(pages))
	}
	all := strings.Join(pages, "")
	if n := strings.Count(all, "然后看街上有没有人。"); n != 60 || !strings.Contains(pages[len(pages)-1], "末一句在最后。") {
		t.Errorf("%d of 60 paragraphs, or no end:\n%s", n, pages[len(pages)-1])
	}
	wantText(t, Reply{Text: pages[1]}, "《花灯法》第三条（续）", "出处：")
	wantText(t, e.Reply(context.Background(), Message{Kind: Text, Text: "继续", Dialogue: last.Dialogue}), sayNothingMore)
}

// An amendment came after the text at hand: what it changed is not quoted, and
// of the rest it is said that it did not touch it.
func TestAnAmendedArticleIsNotQuotedFromTheOldText(t *testing.T) {
	texts := statutesOf(t, lanternTexts()...)
	texts.rules.Amendments = []statute.Amendment{{Law: "中华人民共和国花灯法", Title: "修改花灯法的决定", On: "2024-02-01", Articles: []string{"2", "4"}}}
	e := smallEngine(t, func(o *Options) { o.Texts = texts })
	wantText(t, talk(e, "花灯法1条"), "第一条（2024-02-01起施行）", "2010-01-01起施行，本号导入的官方文本。2024-02-01起的修改没有动这一条。")
	wantNoText(t, talk(e, "花灯法2条"), "三天内修好")
	wantNoText(t, talk(e, kite), offerHead)
	wantText(t, talk(e, "花灯法哪年施行"), "自2024-02-01起施行")
}

// No entry is about kites; the made-up law is.
const kite = "灯谜社把鲤鱼纸鹞登记在册纸鹞飞过屋顶"

func TestAReferralOffersArticles(t *testing.T) {
	e := lanternEngine(t)
	r := talk(e, kite)
	if r.Outcome != Referred || r.Entry != "" || len(r.Citations) > 0 {
		t.Errorf("reply = %s, entry %q, citations %v: want a referral", r.Outcome, r.Entry, r.Citations)
	}
	wantText(t, r, sayUnknown, "可能相关的法条（不是答案）：\n1 《花灯法》第四条 灯谜社应当把鲤鱼纸鹞登记在册，纸鹞飞过…\n", offerFoot)
	if len(r.Choices) == 0 || len(r.Choices) > maxOffered || r.Choices[0].Kind != ArticleChoice || r.Choices[0].ID != "花灯法#4" {
		t.Errorf("choices = %+v", r.Choices)
	}
	if want := "article:花灯法#4"; !slices.Contains(r.Dialogue.Choices, want) || strings.Contains(strings.Join(r.Dialogue.Choices, ""), "鲤鱼") {
		t.Errorf("dialogue = %+v, want %s and no word of the question", r.Dialogue, want)
	}
	opened := talk(e, kite, "1")
	wantText(t, opened, "《花灯法》第四条（2010-01-01起施行）", "由灯谜社收回。", notYourCase)
	if opened.Outcome != Command {
		t.Errorf("an article that was offered = %s, want command: it is no answer", opened.Outcome)
	}
	wantText(t, talk(e, kite, "1", "1"), "由灯谜社收回。")
	wantText(t, talk(e, kite, "都不是"), sayNoneFits)
}

func TestNoArticleIsOffered(t *testing.T) {
	with, without := lanternEngine(t), smallEngine(t)
	for _, tt := range []struct{ name, text string }{
		{"for what is not ours", "今天天气怎么样"},
		{"for nothing in particular", "我该怎么办"},
		{"to abuse", "你这个破机器人"},
		{"to a wish to break the law", "怎么伪造证据让灯谜社查不出"},
		{"where the law shares too little", "奶奶的三轮车在桥洞底下找不着了"},
		{"to a command", "菜单"},
		{"where an entry answers", "七天无理由退货"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, want := talk(with, tt.text), talk(without, tt.text)
			if got.Text != want.Text || got.Outcome != want.Outcome {
				t.Errorf("with texts:\n%s\nwithout:\n%s", got.Text, want.Text)
			}
		})
	}
}

func TestAnArticleThatIsGoneOpensTheMenu(t *testing.T) {
	e := lanternEngine(t)
	for _, key := range []string{"article:花灯法#99", "article:火星法#1", "article:", "article:反家庭暴力法#12"} {
		r := e.Reply(context.Background(), Message{Kind: Click, Key: key})
		wantText(t, r, menuHead)
	}
	r := e.Reply(context.Background(), Message{Kind: Text, Text: "继续", Dialogue: Dialogue{Article: "火星法#1"}})
	wantText(t, r, sayNothingMore)
}

// However long title, heading and words are: each page fits, and the pages
// together are the words.
func TestEveryPageOfAnArticleFits(t *testing.T) {
	words := rapid.StringOfN(rapid.SampledFrom([]rune("灯挂在街上，坏了。\n；A")), 0, 3000, -1)
	rapid.Check(t, func(t *rapid.T) {
		title := strings.Repeat("灯", rapid.IntRange(1, 90).Draw(t, "title"))
		p := passage{
			law: namedLaw{name: title}, edition: statute.Edition{On: "2010-01-01", Text: &statute.Text{Title: title, Published: "2009-10-01", Effective: "2009-12-01"}},
			article: statute.Article{Number: "287-2", Chapter: strings.Repeat("章/", rapid.IntRange(0, 90).Draw(t, "chapter")), Text: words.Draw(t, "words")},
		}
		choices := make([]Choice, rapid.IntRange(0, maxBeside).Draw(t, "choices"))
		for i := range choices {
			choices[i].Title = strings.Repeat("题", 20)
		}
		var read strings.Builder
		for n, more := 0, true; more; n++ {
			var text string
			text, more = p.page(n, choices)
			if len(text) > room || !utf8.ValidString(text) || text == "" {
				t.Fatalf("page %d takes %d bytes of %d", n, len(text), room)
			}
			read.WriteString(strings.TrimSuffix(between(text, p.head(n), "\n\n出处："), "\n"+moreLine))
		}
		if got, want := squeezed(read.String()), squeezed(p.article.Text); got != want && !p.article.Deleted() {
			t.Fatalf("pages read %q, the article is %q", got, want)
		}
	})
}

func between(s, head, foot string) string {
	s = strings.TrimPrefix(s, head)
	s, _, _ = strings.Cut(s, foot)
	return s
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
