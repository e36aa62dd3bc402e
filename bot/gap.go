package bot

import (
	"strings"
	"unicode/utf8"

	"pufa/content"
	"pufa/mask"
	"pufa/search"
)

// Shape says how a question went without an answer. The words are those of
// stats.Shapes.
type Shape string

// The shapes.
const (
	NoCandidate Shape = "no_candidate" // referred: no entry is near
	Unsure      Shape = "unsure"       // referred: an entry is near, and not near enough
	Articles    Shape = "articles"     // referred, with articles that may be about it
	NoneFits    Shape = "none_fits"    // 都不是 to a menu
	AskedBack   Shape = "ask_back"     // asked for more once, and still not answered
	Withheld    Shape = "withheld"     // what would answer is stale, lapsed or taken down
	Unapproved  Shape = "unapproved"   // what would answer is not approved yet
	UnknownLaw  Shape = "citation"     // a law or an article that was named is not there
	Outside     Shape = "outside"      // not ours
)

// Length is how much was asked, counted in characters without punctuation.
type Length string

// The lengths.
const (
	Short  Length = "short"  // up to 4: a bare word
	Medium Length = "medium" // 5 to 15
	Long   Length = "long"   // 16 and more
)

// Gap is a question that went without an answer, as far as it is counted: it
// says nothing of who asked.
type Gap struct {
	Shape  Shape // empty: no gap
	Entry  string
	Topic  string // of the nearest entry, or a topic that was asked for
	Length Length // empty where the message is not the question
	// Text is what was asked, folded and masked. It is filled only with
	// Options.GapTexts, and never where the matter is sensitive or not ours.
	Text string
}

const (
	// nearFloor is the ranking score from which an entry is named as near to a
	// question that it does not answer. Of the 89 questions of
	// testdata/questions.jsonl that are referred, those below are near to
	// nothing (travel, cooking, names for dogs).
	nearFloor = 0.30
	// delicateFloor is the score from which a sensitive entry among the
	// candidates keeps the text of a question out: below nearFloor, to be on the
	// safe side.
	delicateFloor = 0.25
	// maxGapRunes is how much of a text is kept.
	maxGapRunes = 60
	// minGapRunes is the length below which a text tells nothing.
	minGapRunes = 2
)

// gap says how a question that was looked up went without an answer; nothing
// where it was answered or the resident was given something to choose from.
func (e *Engine) gap(t turn, m manner, found search.Result, r Reply) Gap {
	g := Gap{Length: lengthOf(m.question)}
	switch {
	case r.Gap.Shape != "": // a silent entry said so itself
		g.Shape, g.Entry, g.Topic = r.Gap.Shape, r.Gap.Entry, r.Gap.Topic
		return g
	case r.Outcome == Menu && r.Dialogue.Asked && t.Dialogue.Asked:
		g.Shape = AskedBack
	case r.Outcome != Referred:
		return Gap{}
	case m.hint != "" || m.rude || m.ordered || m.unlawful:
		return Gap{Shape: Outside, Length: g.Length}
	case t.Dialogue.Asked:
		g.Shape = AskedBack
	case len(r.Choices) > 0:
		g.Shape = Articles
	default:
		g.Shape = NoCandidate
	}
	if entry, ok := e.nearest(found); ok {
		g.Entry, g.Topic = entry.ID, entry.Topic()
		switch {
		case g.Shape == NoCandidate && !e.mayAnswer(t, entry):
			g.Shape = silent(e.answerOf(t, entry))
		case g.Shape == NoCandidate:
			g.Shape = Unsure
		}
	}
	if e.opt.GapTexts && !e.isDelicate(t.folded, found) {
		g.Text = gapText(t.Text)
	}
	return g
}

func (e *Engine) nearest(found search.Result) (*content.Entry, bool) {
	if len(found.Hits) == 0 || found.Hits[0].Score < nearFloor {
		return nil, false
	}
	return e.lib.Entry(found.Hits[0].ID)
}

// gapOfSilent is a question to an entry that is silent today.
func gapOfSilent(a answer) Gap {
	return Gap{Shape: silent(a), Entry: a.entry.ID, Topic: a.entry.Topic()}
}

func silent(a answer) Shape {
	if a.standing == content.Current || a.standing == content.Overdue {
		return Unapproved
	}
	return Withheld
}

// gapOfMenu is 都不是 to the choices just shown: near is the first of them, or
// what they stood under.
func (e *Engine) gapOfMenu(d Dialogue) Gap {
	g := Gap{Shape: NoneFits, Topic: d.Menu}
	id := d.Entry
	if kind, first, _ := strings.Cut(d.Choices[0], ":"); id == "" && d.Menu == "" && kind == string(EntryChoice) {
		id = first
	}
	if entry, ok := e.lib.Entry(id); ok {
		g.Entry, g.Topic = entry.ID, entry.Topic()
	}
	return g
}

func lengthOf(question string) Length {
	switch n := utf8.RuneCountInString(withoutGaps(question)); {
	case n <= 4:
		return Short
	case n <= 15:
		return Medium
	}
	return Long
}

// delicate are words of matters of which no text is ever kept: violence at
// home, sexual offences, drugs, belief and cults, taking one's life, illness of the mind.
var delicate = []string{
	"家暴", "家庭暴力", "打我", "打人", "打老婆", "打孩子", "挨打", "动手", "殴打", "毒打", "往死里", "虐待", "伤害", "告诫书", "保护令",
	"强奸", "强暴", "性侵", "猥亵", "性骚扰", "骚扰", "摸我", "偷拍", "裸照", "裸聊", "私密", "嫖", "卖淫", "强迫", "欺负我", "跟踪", "威胁", "恐吓", "拐",
	"毒", "吸粉", "溜冰", "k粉", "摇头丸", "大麻", "罂粟", "海洛因", "麻古", "上头电子烟",
	"信耶稣", "基督", "信佛", "宗教", "教会", "邪教", "法轮", "全能神", "呼喊派", "门徒会", "教主", "信教", "练功", "传教",
	"自杀", "轻生", "不想活", "活不下去", "寻死", "跳楼", "割腕", "抑郁", "精神病", "艾滋", "怀孕", "流产", "打胎", "同性恋", "出轨", "杀",
}

// isDelicate reports whether nothing of a question's words may be kept: any of
// the candidates is sensitive, or one of the words says so.
func (e *Engine) isDelicate(folded string, found search.Result) bool {
	for _, hit := range found.Hits {
		if entry, ok := e.lib.Entry(hit.ID); ok && e.sensitive(entry) && hit.Score >= delicateFloor {
			return true
		}
	}
	return containsAny(withoutGaps(folded), delicate)
}

// maskFolded folds and masks a text. It is masked before it is folded, while an
// address still looks like one, and again when folding has joined what was
// typed apart.
func maskFolded(text string) string { return mask.Text(search.Fold(mask.Text(text))) }

// gapText is a question as it may be kept.
func gapText(text string) string {
	text = maskFolded(firstRunesOf(text, maxQuestionRunes))
	text = strings.TrimSpace(firstRunesOf(text, maxGapRunes))
	if utf8.RuneCountInString(text) < minGapRunes {
		return ""
	}
	return text
}
