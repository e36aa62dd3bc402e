package console

import (
	"bytes"

	"pufa/report"
	"pufa/stats"
)

// reportForm is the page at which a report is fetched.
type reportForm struct {
	Tabs    []figuresTab
	Choice  periodChoice
	Formats []reportFormat
	Quick   []figuresTab // periods that are asked for most
}

// reportFormat is one form in which a report is handed out.
type reportFormat struct{ Name, Label, Use string }

func reportFormats() []reportFormat {
	return []reportFormat{
		{"docx", "Word（docx）", "工作报告：文字、表格和图，可以接着改"},
		{"xlsx", "Excel（xlsx）", "每张表一个工作表，带图和口径"},
		{"csv", "CSV", "一行一个数字，给别的系统用"},
		{"json", "JSON", "和接口、命令行给出的相同"},
	}
}

func (v *visit) reportPage() error {
	choice, err := v.periodChoice()
	say, told := sayOfPeriod(err)
	if err != nil && !told {
		return err
	}
	if told {
		q := v.r.URL.Query()
		choice = v.choiceOf(stats.MonthToDate(v.Now()))
		choice.From, choice.To = asText(q.Get("from")), asText(q.Get("to"))
	}
	page := reportForm{Tabs: v.figuresTabs("下载报告"), Choice: choice, Formats: reportFormats(), Quick: v.quickPeriods()}
	if told {
		return v.again("figures-report", "下载报告", say, page)
	}
	return v.page("figures-report", "下载报告", page)
}

// quickPeriods are the last month, quarter and year, and those that run.
func (v *visit) quickPeriods() (list []figuresTab) {
	now := inShanghai(v.Now())
	for _, span := range []stats.Span{stats.Whole, stats.Quarter, stats.Month} {
		at := atOf(span, now)
		p, err := parsePeriod(span, at, "", "")
		if err != nil {
			continue
		}
		for _, one := range []stats.Period{p.Before(), p} {
			c := v.choiceOf(one)
			list = append(list, figuresTab{Name: one.Label(), URL: c.ReportURL()})
		}
	}
	return list
}

// reportFile is the report of a period in one form, as the command writes it.
func (v *visit) reportFile() error {
	choice, err := v.periodChoice()
	if err != nil {
		return errNoPage
	}
	format := v.r.URL.Query().Get("format")
	write, ok := report.Formats()[format]
	if !ok {
		return errNoPage
	}
	r, err := v.Figures.Report(v.r.Context(), choice.period)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := write(&out, r); err != nil {
		return err
	}
	return v.attached("report-"+choice.At+"."+format, "普法宣传工作报告-"+choice.At+"."+format, out.Bytes())
}
