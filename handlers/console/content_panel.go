package console

import (
	"errors"
	"strconv"
	"strings"

	"pufa/bot"
	"pufa/content"
	"pufa/statute"
)

// The limits of what stands beside a form.
const (
	maxFound   = 8
	maxSnippet = 120 // characters of an article that was found
)

// panel is how an entry would look, and what is wrong with it.
type panel struct {
	Checked   bool // Faults is what was found, maybe nothing
	Faults    []fault
	Bubble    bubble
	Wins      []win
	Citations []official
}

// bubble is a reply in WeChat with how much it holds.
type bubble struct {
	Text                   string
	Bytes, Max, Most, Room int
	More                   int
	Full                   bool
}

// win is what a wording gets now.
type win struct {
	Question, Text string
	Good           bool
	Entry          string // another entry that wins
}

// official is a citation with the words of the law.
type official struct{ Name, Text, Note string }

// found is an article that may be meant.
type found struct{ Law, Article, Name, Text string }

// glance is how an entry looks, without judging it.
func (v *visit) glance(e *content.Entry) panel {
	p := bot.PreviewOf(v.Content.Live.Library(), e, v.Content.Options)
	return panel{Bubble: bubbleOf(p), Citations: v.officials(e)}
}

func bubbleOf(p bot.Preview) bubble {
	return bubble{p.Text, p.Bytes, bot.MaxBytes, p.Most, bot.Room, p.More, p.Bytes > bot.Room || p.Most > bot.Room}
}

// bubbleOf an entry as residents would get it.
func (v *visit) bubble(e *content.Entry) bubble {
	return bubbleOf(bot.PreviewOf(v.Content.Live.Library(), e, v.Content.Options))
}

// wins asks every wording of the form what it gets from the library that
// residents are answered from now.
func (v *visit) wins(p *panel, e *content.Entry) {
	engine := v.Content.Live.Engine().Explaining()
	for _, q := range e.Questions {
		r := engine.Reply(v.r.Context(), bot.Message{Kind: bot.Text, Text: q})
		p.Wins = append(p.Wins, v.winOf(q, e.ID, r))
	}
}

func (v *visit) winOf(q, id string, r bot.Reply) win {
	w := win{Question: q}
	switch {
	case r.Outcome == bot.Answered && r.Entry == id:
		w.Good, w.Text = true, "直接答本条"
	case r.Outcome == bot.Answered && r.Entry != "":
		w.Text, w.Entry = "现在答的是「"+v.titleOf(r.Entry)+"」", r.Entry
	case r.Outcome == bot.Menu && placeOf(r, id) > 0:
		w.Good, w.Text = true, "列选项，本条是第"+strconv.Itoa(placeOf(r, id))+"个"
	case r.Outcome == bot.Menu:
		w.Text = "列选项，里面没有本条"
	case r.Outcome == bot.Crisis:
		w.Text = "先给紧急求助的话"
	case r.Outcome == bot.Command:
		w.Text = "被当成指令"
	default:
		w.Text = "现在答不上来，会引导"
	}
	return w
}

// placeOf is the place of an entry in a menu, from 1; 0 where it is not in it.
func placeOf(r bot.Reply, id string) int {
	for i, c := range r.Choices {
		if c.Kind == bot.EntryChoice && c.ID == id {
			return i + 1
		}
	}
	return 0
}

func (v *visit) titleOf(id string) string {
	if e, ok := v.Content.Live.Library().Entry(id); ok {
		return e.Title
	}
	return id
}

// officials are the citations with the words of the law, where its text was
// imported.
func (v *visit) officials(e *content.Entry) (list []official) {
	lib := v.Content.Live.Library()
	for _, c := range e.Citations {
		o := official{Name: citationName(c)}
		law, ok := lib.Law(c.Law)
		switch {
		case !ok:
			o.Note = "法律登记表里没有这部法律。"
		case v.Content.Texts == nil || !law.HasText():
			o.Note = "没有导入这部法律的官方文本，请对照正式出版的文本核对。"
		default:
			o.Text, o.Note = v.words(law, c.Article)
		}
		list = append(list, o)
	}
	return list
}

func citationName(c content.Citation) string {
	return "《" + c.Law + "》" + statute.FormatArticle(c.Article) + "（" + c.Edition + "起施行）"
}

// words are those of an article in force today, or why there are none.
func (v *visit) words(law content.Law, article string) (text, note string) {
	a, err := v.Content.Texts.Article(law.Title, article, statute.Day(dateOf(v.Now())))
	switch {
	case errors.Is(err, statute.ErrNoArticle):
		return "", "现行文本里没有这一条。"
	case errors.Is(err, statute.ErrOldText):
		return "", "修正决定改过这一条，导入的文本里还没有新的文字。"
	case err != nil:
		return "", "没有导入这部法律现行有效的官方文本。"
	case a.Old:
		note = "修正决定改过这一条，下面是改之前的文字。"
	}
	return a.Article.Text, note
}

// find looks for articles: one that is named, those that may be about what was
// typed, or laws of that name.
func (v *visit) find(text string) []found {
	lib := v.Content.Live.Library()
	if text == "" {
		return nil
	}
	if name, article, ok := statute.ParseReference(text); ok {
		if law, known := lib.Law(name); known {
			return []found{v.foundAt(law, article)}
		}
	}
	var list []found
	if v.Content.Texts != nil {
		for _, hit := range v.Content.Texts.Near(text, statute.Day(dateOf(v.Now())), maxFound) {
			if law, ok := lib.Law(hit.Text.Title); ok {
				list = append(list, v.foundAt(law, hit.Article))
			}
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, law := range lib.Laws() {
		if len(list) < maxFound && strings.Contains(law.Law+law.Title+strings.Join(law.Aliases, ""), text) {
			list = append(list, found{Law: law.Law, Name: "《" + law.Law + "》", Text: "施行日 " + law.Edition})
		}
	}
	return list
}

func (v *visit) foundAt(law content.Law, article string) found {
	f := found{Law: law.Law, Article: article, Name: "《" + law.Law + "》" + statute.FormatArticle(article)}
	if v.Content.Texts == nil {
		return f
	}
	text, note := v.words(law, article)
	if f.Text = note + text; len([]rune(f.Text)) > maxSnippet {
		f.Text = string([]rune(f.Text)[:maxSnippet]) + "…"
	}
	return f
}

// cite puts LAW#ARTICLE into the first citation that is empty, or the last.
func (f *entryForm) cite(what string, lib *content.Library) {
	law, article, _ := strings.Cut(what, "#")
	at := len(f.Citations) - 1
	for i, c := range f.Citations {
		if c.Law+c.Article+c.Gist == "" {
			at = i
			break
		}
	}
	f.Citations[at] = completed(lib, citeField{N: at, Law: law, Article: article})
}
