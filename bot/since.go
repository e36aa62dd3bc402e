package bot

import (
	"regexp"
	"strings"

	"pufa/content"
	"pufa/statute"
)

// takesEffect is said by everybody who asks since when a law holds: nearly all
// messages have none of these and need not be taken apart.
var takesEffect = []string{"施行", "实施", "生效", "实行", "开始用", "起用"}

// sinceWhen is a message that asks for nothing but the day.
var sinceWhen = regexp.MustCompile(
	`^(?:请问|问一下|想问|问问|查一下)*(.{2,60}?)(?:现在|到底|是|从|自|在|于|的)*` +
		`(?:(?:什么时候|啥时候|何时|几时|多会儿|哪一?年|哪一?天|几年|几几年|几月几号|几号)(?:正式|开始|起|才)*(?:施行|实施|生效|实行|用)` +
		`|(?:施行|实施|生效)(?:日期|时间|日|的?日子)?(?:是|在|从)*(?:什么时候|啥时候|何时|哪一?年|哪一?天|几号|多少|什么)?)` +
		`(?:起|的|了|啊|呢|呀|吗)*$`)

// since tells the day on which the edition in force of a law took effect
// (「反家暴法哪年施行」).
func (e *Engine) since(t turn) (Reply, bool) {
	if !containsAny(t.folded, takesEffect) {
		return Reply{}, false
	}
	m := sinceWhen.FindStringSubmatch(withoutGaps(t.folded))
	if m == nil {
		return Reply{}, false
	}
	if now, replaced := e.lib.Replaced(m[1]); replaced {
		return lookedUp(replacedLaw(m[1], now)), true
	}
	law, ok := e.lawNamed(m[1])
	if !ok {
		return Reply{}, false
	}
	if edition, ok := e.editionAtHand(t, law); ok {
		return sinceEdition(law, edition), true
	}
	return e.sinceRegister(t, law)
}

// sinceEdition tells the day out of a text that was imported.
func sinceEdition(law namedLaw, edition statute.Edition) Reply {
	lines := []string{"《" + clipRunes(law.name, maxTitleRunes) + "》现在用的版本，自" + string(edition.On) + "起施行。"}
	lines = append(lines, comingLine(law, string(edition.On)), sourceLine(edition), pickArticle(law.name), tellMatter)
	return Reply{Outcome: Answered, Score: 1, Text: strings.Join(nonEmpty(lines), "\n"), Hotlines: []string{"12348"}}
}

// sinceRegister tells the day out of the register, and that no text was read.
func (e *Engine) sinceRegister(t turn, law namedLaw) (Reply, bool) {
	switch {
	case law.row.Law == "":
		return Reply{}, false
	case !e.inForce(t, law.row):
		return unknown(lookedUp(inFlux(law.row))), true
	}
	lines := []string{
		"《" + law.name + "》现在用的版本，自" + law.row.Edition + "起施行。", comingLine(law, law.row.Edition),
		"这个日期出自本号的法律目录，本号没有导入它的条文。", fullText, tellMatter,
	}
	return lookedUp(strings.Join(nonEmpty(lines), "\n")), true
}

// comingLine tells of an edition newer than that in force, if the register
// knows of one.
func comingLine(law namedLaw, now string) string {
	if law.row.Next <= now {
		return ""
	}
	return "新的版本自" + law.row.Next + "起施行。"
}

// inFlux says that a law has changed since the register was written.
func inFlux(law content.Law) string {
	return "《" + law.Law + "》有新的变化，本号正在核对，先不答。\n" + fullText + "\n" + tellMatter
}

// pickArticle says how to ask for an article of a law.
func pickArticle(name string) string {
	return "想看哪一条，就回「" + clipRunes(name, maxTitleRunes) + "第几条」。"
}
