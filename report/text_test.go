package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/stats"
)

var update = flag.Bool("update", false, "rewrite testdata")

// written is a document as plain text: what is read in every format. The
// counting rules are left out; stats holds them to the docs.
func written(d Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", d.Title, d.Under)
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "\n【%s】\n", p.Heading)
		for _, block := range p.Blocks {
			switch {
			case block.Table == nil:
				fmt.Fprintln(&b, block.Text)
			case block.Table.Name == "统计口径":
				fmt.Fprintln(&b, "（统计口径表）")
			default:
				writeTable(&b, block.Table)
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(d.Closing, "\n"))
	return b.String()
}

func writeTable(b *strings.Builder, t *Table) {
	fmt.Fprintf(b, "〈%s：%s〉\n%s\n", t.Name, t.Title, strings.Join(t.Columns, " | "))
	for _, row := range t.Rows {
		for i, v := range row {
			if i > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte('\n')
	}
	if c := t.Chart; c != nil {
		fmt.Fprintf(b, "〔图：%s（%s）〕\n", c.Title, c.Unit)
	}
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); go test ./report -update rewrites it:\n%s", name, diff)
	}
}

// TestReportsRead holds whole reports to what was read and found fit to hand
// in.
func TestReportsRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		report func() Report
	}{
		{"year.txt", func() Report { return fullYear(t) }},
		{"quarter.txt", func() Report {
			s := newStreet(t, "20250101")
			s.live(t, 2025, 2)
			s.live(t, 2026, 3)
			return s.report(t, quarter(t, "2026-Q2"), newYear)
		}},
		{"first_year_running.txt", func() Report {
			s := newStreet(t, "20260301")
			s.live(t, 2026, 3)
			return s.report(t, stats.Year(2026), time.Date(2026, 11, 23, 10, 0, 0, 0, shanghai))
		}},
		{"week.txt", func() Report {
			s := newStreet(t, "20260101")
			s.live(t, 2026, 3)
			p, err := stats.ParseWeek("2026-W10")
			if err != nil {
				t.Fatal(err)
			}
			return s.report(t, p, newYear)
		}},
		{"nothing.txt", func() Report {
			r := newStreet(t, "20260101").report(t, quarter(t, "2026-Q1"), newYear)
			r.Street, r.Office = "", ""
			return r
		}},
		{"campaign.txt", func() Report { return oneCampaign(t, "2026-315-1", newYear) }},
		{"campaign_card_running.txt", func() Report {
			return oneCampaign(t, "2026-w38-card", time.Date(2026, 3, 7, 10, 0, 0, 0, shanghai))
		}},
	} {
		t.Run(c.name, func(t *testing.T) { golden(t, c.name, written(Lay(c.report()))) })
	}
}

// oneCampaign is the report of one campaign of the full year.
func oneCampaign(t *testing.T, id string, now time.Time) Report {
	t.Helper()
	s := newStreet(t, "20250101")
	s.live(t, 2026, 30)
	c := s.campaigns[slices.IndexFunc(s.campaigns, func(c campaign.Campaign) bool { return c.ID == id })]
	done := pushedOf(c)
	var err error
	if done.Figures, err = stats.GatherPush(t.Context(), s, done.Push, now); err != nil {
		t.Fatal(err)
	}
	return OfCampaign(c, done, Report{Street: "平东街道", Office: "平东街道司法所", Compared: stats.Compared{Now: now}})
}

func quarter(t *testing.T, text string) stats.Period {
	t.Helper()
	p, err := stats.ParseQuarter(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An office names the law and the plan of the years, and no other.
func TestReportsStandOnTheRightPlan(t *testing.T) {
	for day, want := range map[string]string{
		"2025-10-31": "", "2025-11-01": "按照《中华人民共和国法治宣传教育法》的要求，",
		"2026-06-30": "按照《中华人民共和国法治宣传教育法》和“九五”普法规划的要求，",
		"2031-01-01": "按照《中华人民共和国法治宣传教育法》的要求，",
	} {
		p, err := stats.ParsePeriod(day, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Report{Compared: stats.Compared{Period: p}}).basis(); got != want {
			t.Errorf("%s stands on %q, want %q", day, got, want)
		}
	}
}

// Every figure in the sentences carries its rule, and every rule cited is one.
func TestSentencesCiteTheirRules(t *testing.T) {
	text := written(Lay(fullYear(t)))
	for _, r := range stats.Rules() {
		if !strings.Contains(text, r.Number) {
			t.Errorf("the report nowhere names %s %s", r.Number, r.Name)
		}
	}
	if strings.Contains(text, "〔?〕") {
		t.Error("a rule is cited that there is not")
	}
}

// formats are all ways to write a report.
func formats() map[string]func(*bytes.Buffer, Report) error {
	return map[string]func(*bytes.Buffer, Report) error{
		"json": func(b *bytes.Buffer, r Report) error { return JSON(b, r) },
		"csv":  func(b *bytes.Buffer, r Report) error { return CSV(b, r) },
		"xlsx": func(b *bytes.Buffer, r Report) error { return XLSX(b, r) },
		"docx": func(b *bytes.Buffer, r Report) error { return DOCX(b, r) },
	}
}

// bytesOf writes a report in one format.
func bytesOf(t *testing.T, write func(*bytes.Buffer, Report) error, r Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameReportGivesTheSameBytes(t *testing.T) {
	r := fullYear(t)
	for name, write := range formats() {
		first := bytesOf(t, write, r)
		for range 3 {
			if !bytes.Equal(first, bytesOf(t, write, r)) {
				t.Errorf("%s: the same report was written in two ways", name)
				break
			}
		}
	}
}

// TestNoFormatTellsWhatIsHidden swaps what two hidden topics were asked, in the
// period and in the one it is compared with: no format may show a difference,
// in a cell, a sum, a share, a change, a chart or an order.
func TestNoFormatTellsWhatIsHidden(t *testing.T) {
	book := func(year int, swap bool) *street {
		s := newStreet(t, "20250101")
		for y, small := range map[int][2]int{2025: {1, 4}, 2026: {3, 2}} {
			if swap && y == year {
				small[0], small[1] = small[1], small[0]
			}
			s.ask(y, "consumer/question-1", 40+y%7)
			s.ask(y, "labor/question-2", 25)
			s.ask(y, "women/question-2", small[0])
			s.ask(y, "dv/question-2", small[1])
		}
		return s
	}
	for _, year := range []int{2025, 2026} {
		one := book(year, false).report(t, stats.Year(2026), newYear)
		other := book(year, true).report(t, stats.Year(2026), newYear)
		if !one.cell("messages", "topic", "women").Hidden || !one.Before.CellOf("messages", "topic", "dv").Hidden {
			t.Fatal("nothing is hidden: the test tests nothing")
		}
		for name, write := range formats() {
			if !bytes.Equal(bytesOf(t, write, one), bytesOf(t, write, other)) {
				t.Errorf("%s tells what two hidden topics of %d were asked", name, year)
			}
		}
	}
}

// ask keeps n messages about an entry, on days and hours that do not tell it.
func (s *street) ask(year int, entry string, n int) {
	topic, _, _ := strings.Cut(entry, "/")
	for i := range n {
		s.raise(stats.Event{
			At: time.Date(year, 3, 8, 9+i%5, 0, 0, 0, shanghai), Kind: stats.Message, Outcome: "answered", Source: "text",
			Entry: entry, Topic: topic, Themes: s.entries[entry],
		})
	}
}
