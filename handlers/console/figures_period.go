package console

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pufa/stats"
)

// The sentences about a period that cannot be read.
const (
	sayNoPeriod   = "日期读不出来。请填写开始和结束的日期，例如 2026-03-01。"
	sayPeriodBack = "结束的日期在开始的日期前面，请对调。"
	sayPeriodLong = "一次最多看两年。更长的时段请分几次看。"
	sayPeriodFar  = "只有2020年到2100年的数字。"
)

// maxPeriod bounds a dashboard, so that a page reads as few keys as it shows.
const maxPeriod = 2 * 366 * 24 * time.Hour

// periodError is a period that staff asked for and that cannot be shown.
type periodError struct{ say string }

func (e *periodError) Error() string { return "the period cannot be shown: " + e.say }

func sayOfPeriod(err error) (string, bool) {
	var e *periodError
	if errors.As(err, &e) {
		return e.say, true
	}
	return "", false
}

// periodChoice is a period and the ways to another one.
type periodChoice struct {
	period        stats.Period
	Span, At      string
	Label         string
	Spans         []figuresTab
	Before, After string // addresses of the neighbours; empty where there is none
	From, To      string // 2026-03-01
	Query         string // of this period, for other addresses
}

// ReportURL is where the report of the period is chosen. Addresses are made
// whole here: a template would escape a query that it is given in parts.
func (c periodChoice) ReportURL() string { return figuresPath + "/report?" + c.Query }

// FileURL is the report of the period in one form.
func (c periodChoice) FileURL(format string) string {
	return figuresPath + "/report/file?" + c.Query + "&" + queryOf("format", format)
}

// spans are the kinds of period, in order.
var spans = []struct {
	span stats.Span
	name string
}{{stats.Day, "今天"}, {stats.Week, "本周"}, {stats.Month, "本月"}, {stats.Quarter, "本季"}, {stats.Whole, "今年"}}

// periodChoice reads the period of the address: span and at, or from and to;
// this month where nothing is said.
func (v *visit) periodChoice() (periodChoice, error) {
	q := v.r.URL.Query()
	span, at := stats.Span(q.Get("span")), q.Get("at")
	if span == "" && q.Get("from")+q.Get("to") != "" {
		span = stats.Range
	}
	if span == "" {
		span = stats.Month
	}
	if span != stats.Range && at == "" {
		at = atOf(span, inShanghai(v.Now()))
	}
	p, err := parsePeriod(span, at, q.Get("from"), q.Get("to"))
	if err != nil {
		return periodChoice{}, err
	}
	return v.choiceOf(p), nil
}

func parsePeriod(span stats.Span, at, from, to string) (p stats.Period, err error) {
	switch span {
	case stats.Day:
		p, err = stats.ParsePeriod(at, at)
	case stats.Week:
		p, err = stats.ParseWeek(at)
	case stats.Month:
		p, err = stats.ParseMonth(at)
	case stats.Quarter:
		p, err = stats.ParseQuarter(at)
	case stats.Whole:
		var t time.Time
		if t, err = time.Parse("2006", at); err == nil {
			p = stats.Year(t.Year())
		}
	case stats.Range:
		if p, err = stats.ParsePeriod(from, to); err != nil && from > to && len(from) == len(to) {
			return p, &periodError{sayPeriodBack}
		}
	default:
		return p, errNoPage
	}
	switch {
	case err != nil:
		return p, &periodError{sayNoPeriod}
	case p.From.Year() < firstYear || p.To.Year() > lastYear:
		return p, &periodError{sayPeriodFar}
	case p.To.Sub(p.From) > maxPeriod:
		return p, &periodError{sayPeriodLong}
	}
	return p, nil
}

// atOf names the period of a kind in which a day lies.
func atOf(span stats.Span, t time.Time) string {
	switch span {
	case stats.Day:
		return t.Format(time.DateOnly)
	case stats.Week:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case stats.Month:
		return t.Format("2006-01")
	case stats.Quarter:
		return fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
	}
	return t.Format("2006")
}

// choiceOf is the choice that stands at p.
func (v *visit) choiceOf(p stats.Period) periodChoice {
	span, now := p.Span(), inShanghai(v.Now())
	c := periodChoice{period: p, Span: string(span), Label: p.Label(), From: p.From.Format(time.DateOnly), To: p.To.Format(time.DateOnly)}
	for _, s := range spans {
		at := atOf(s.span, now)
		c.Spans = append(c.Spans, figuresTab{Name: s.name, URL: figuresPath + "?" + queryOf("span", string(s.span)), Here: s.span == span && at == atOf(span, p.From)})
	}
	if span == stats.Range {
		c.At, c.Query = c.From+"-"+c.To, queryOf("from", c.From, "to", c.To)
		return c
	}
	c.At = atOf(span, p.From)
	c.Query = queryOf("span", c.Span, "at", c.At)
	if before := p.From.AddDate(0, 0, -1); before.Year() >= firstYear {
		c.Before = figuresPath + "?" + queryOf("span", c.Span, "at", atOf(span, before))
	}
	if after := p.To.AddDate(0, 0, 1); !after.After(now) && slices.Contains([]string{"day", "week", "month", "quarter", "year"}, c.Span) {
		c.After = figuresPath + "?" + queryOf("span", c.Span, "at", atOf(span, after))
	}
	return c
}
