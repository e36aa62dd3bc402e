package console

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// TestPeriodsLeadToOneAnother follows the links of a page: what they name is
// what is shown.
func TestPeriodsLeadToOneAnother(t *testing.T) {
	d, _ := figuresDesk(t, newTown(t, 100))
	d.signedIn(t, "王编")
	follow := func(page, words string) string {
		t.Helper()
		m := regexp.MustCompile(`href="([^"]*)"[^>]*>` + regexp.QuoteMeta(words)).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no link %q in %s", words, mainOf(page))
		}
		_, body := d.get(t, html.UnescapeString(m[1]))
		return body
	}
	_, month := d.get(t, figuresPath)
	for _, c := range []struct{ link, title string }{
		{"本周", "2026年第51周"}, {"本季", "2026年第四季度的数字"}, {"今年", "2026年的数字"}, {"← 前一期", "2026年11月的数字"},
	} {
		if body := follow(month, c.link); !strings.Contains(body, "<h1>"+c.title) {
			t.Errorf("%s leads to %s", c.link, regexp.MustCompile(`<h1>[^<]*`).FindString(body))
		}
	}
	november := follow(month, "← 前一期")
	report := follow(november, "下载2026年11月的报告")
	if !strings.Contains(report, "下载2026年11月的报告") {
		t.Errorf("the report of November is %s", mainOf(report))
	}
	if file := follow(report, "下载CSV"); !strings.Contains(file, "2026年11月1日") || strings.Contains(file, "2026年12月1日") {
		t.Errorf("the file begins %.300s", file)
	}
}
