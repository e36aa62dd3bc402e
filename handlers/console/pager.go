package console

import (
	"fmt"
	"strconv"
)

// pager is the line under a long list; the part "pager" shows it.
type pager struct {
	Shown         string // 第 1–50 条，共 120 条; empty when all stand on one page
	Before, After string // addresses, empty where there is none
	From, To      int    // what to show: list[From:To]
}

// pageOf reads ?page= and cuts a list of total into pages of per. A page past
// the end is the last one.
func (v *visit) pageOf(total, per int) pager {
	last := max(1, (total+per-1)/per)
	n, err := strconv.Atoi(v.r.URL.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, last)
	p := pager{From: (n - 1) * per, To: min(n*per, total)}
	if last == 1 {
		return p
	}
	p.Shown = fmt.Sprintf("第 %d–%d 条，共 %d 条", p.From+1, p.To, total)
	if n > 1 {
		p.Before = v.withPage(n - 1)
	}
	if n < last {
		p.After = v.withPage(n + 1)
	}
	return p
}

// withPage is this address with another page, filters kept.
func (v *visit) withPage(n int) string {
	q := v.r.URL.Query()
	q.Set("page", strconv.Itoa(n))
	return v.r.URL.Path + "?" + q.Encode()
}
