package campaign

import (
	"fmt"
	"strings"

	"pufa/content"
)

// why says to staff which day a draft is for, on what basis, and how far that
// was checked.
func (p *planner) why(day Occurrence) string {
	parts := []string{dateOfDay(day)}
	if day.Rule != "" {
		parts = append(parts, day.Rule)
	}
	parts = append(parts, p.basis(day))
	if day.Observance.Note != "" {
		parts = append(parts, day.Observance.Note)
	}
	return strings.Join(parts, "。") + "。"
}

func dateOfDay(day Occurrence) string {
	const form = "2006年1月2日"
	switch o := day.Observance; {
	case day.Law != "":
		return fmt.Sprintf("%s，《%s》现行版本施行", day.From.Format(form), day.Law)
	case !day.Dated():
		return fmt.Sprintf("%s没有固定日期，要等当年通知或由街道自己定，请填写时间", day.Name)
	case o.Date().Kind == content.NoticeDate:
		return fmt.Sprintf("%s的日期按当年通知；%s是暂拟的，收到通知后请改", day.Name, spanText(day))
	case o.Date().Kind == content.FixedDate:
		return fmt.Sprintf("每年%s是%s", o.When, day.Name)
	default:
		return fmt.Sprintf("%s是%s，%d年为%s", o.When, day.Name, day.From.Year(), spanText(day))
	}
}

func spanText(day Occurrence) string {
	if day.From.Equal(day.To) {
		return day.From.Format("1月2日")
	}
	return day.From.Format("1月2日") + "至" + day.To.Format("1月2日")
}

// basis states the basis only where somebody verified it and it still stands.
func (p *planner) basis(day Occurrence) string {
	o := day.Observance
	switch {
	case day.Law != "":
		return "施行日取自法律登记表；利用新法施行开展宣传的依据：《法治宣传教育法》第16条"
	case o.Verified == content.ByCustom:
		return "惯例，没有查到法律依据，宣传时不要说成法律规定的日子"
	case o.Citation != nil && day.Dated() && !p.lib.BasisStands(o, day.From):
		return fmt.Sprintf("原依据《%s》第%s条到那天已不是现行版本，请重新核对", o.Citation.Law, o.Citation.Article)
	}
	text := o.Basis
	if o.Citation != nil {
		text = fmt.Sprintf("《%s》第%s条", o.Citation.Law, o.Citation.Article)
	}
	if o.Verified == content.ReadPage {
		return "来源：" + text + "（见于公开网页，没有看到原文件，用前请核对）"
	}
	return "依据：" + text + "（已核对条文）"
}
