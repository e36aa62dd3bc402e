package wechattest

import (
	"fmt"
	"testing"
	"time"
)

func span(from, to string) string {
	return `{"begin_date":"` + from + `","end_date":"` + to + `"}`
}

// lines are the lines of a figure.
func lines(a answer) []answer {
	list, _ := a["list"].([]any)
	var out []answer
	for _, l := range list {
		m, _ := l.(map[string]any)
		out = append(out, m)
	}
	return out
}

func TestFigureDates(t *testing.T) {
	const users, articles = "/datacube/getusersummary", "/datacube/getarticlesummary"
	for _, c := range []struct {
		name, path, from, to string
		hour, want           int
	}{
		{"seven days", users, "2026-02-23", "2026-03-01", 10, 0},
		{"eight days", users, "2026-02-22", "2026-03-01", 10, 61501},
		{"today", users, "2026-03-02", "2026-03-02", 10, 61501},
		{"the end before the beginning", users, "2026-03-01", "2026-02-28", 10, 61501},
		{"no date", users, "2026-02-31", "2026-03-01", 10, 61500},
		{"yesterday before 08:00", users, "2026-03-01", "2026-03-01", 7, 61503},
		{"yesterday at 08:00", users, "2026-03-01", "2026-03-01", 8, 0},
		{"the day before, early", users, "2026-02-28", "2026-02-28", 7, 0},
		{"one day of articles", articles, "2026-03-01", "2026-03-01", 10, 0},
		{"two days of articles", articles, "2026-02-28", "2026-03-01", 10, 61501},
		{"one day of totals", "/datacube/getarticletotal", "2026-03-01", "2026-03-01", 10, 0},
		{"two days of totals", "/datacube/getarticletotal", "2026-02-28", "2026-03-01", 10, 61501},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, Options{})
			r.clock.forward(time.Duration(c.hour-10) * time.Hour)
			r.renew()
			r.codes(c.path, span(c.from, c.to), c.want)
		})
	}
}

func TestFiguresOfResidents(t *testing.T) {
	r := start(t, Options{Followers: 10})
	ctx := t.Context()
	for _, id := range []string{"oA", "oB"} {
		if _, err := r.Subscribe(ctx, id, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"oA", "oA", "oB"} {
		if _, err := r.Text(ctx, id, "你好"); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Unsubscribe(ctx, "oB"); err != nil {
		t.Fatal(err)
	}
	r.clock.forward(24 * time.Hour)
	r.renew()
	if _, err := r.Subscribe(ctx, "oC", ""); err != nil {
		t.Fatal(err)
	}
	day := span("2026-03-01", "2026-03-02")
	if l := lines(r.must("/datacube/getusersummary", day)); len(l) != 2 || l[1].number("new_user") != 2 || l[1].number("cancel_user") != 1 {
		t.Errorf("getusersummary = %v", l)
	}
	if l := lines(r.must("/datacube/getusercumulate", day)); len(l) != 2 || l[0].number("cumulate_user") != 10 || l[1].number("cumulate_user") != 11 {
		t.Errorf("getusercumulate = %v", l)
	}
	if l := lines(r.must("/datacube/getupstreammsg", day)); len(l) != 1 || l[0].number("msg_user") != 2 || l[0].number("msg_count") != 3 {
		t.Errorf("getupstreammsg = %v", l)
	}
}

func TestFiguresOfArticles(t *testing.T) {
	r := start(t, Options{Followers: 10})
	a := r.must(massAllPath, massOf(r.draft("c"), "k"))
	few := r.must(massAllPath, massOf(r.draft("d"), "few"))
	r.Tick(t.Context())
	for _, s := range []struct {
		msg   int64
		after int
		reads ArticleReads
	}{
		{a.number("msg_id"), 0, ArticleReads{Readers: 4, Reads: 6, Shares: 1}},
		{a.number("msg_id"), 1, ArticleReads{Readers: 1, Reads: 1}},
		{few.number("msg_id"), 0, ArticleReads{Readers: 2, Reads: 2}},
	} {
		if err := r.SetReads(s.msg, 1, s.after, s.reads); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.SetReads(a.number("msg_id"), 2, 0, ArticleReads{}); err == nil {
		t.Error("an article that is not there has reads")
	}
	r.clock.forward(48 * time.Hour)
	r.renew()
	id := fmt.Sprintf("%d_1", a.number("msg_data_id"))
	l := lines(r.must("/datacube/getarticlesummary", span("2026-03-02", "2026-03-02")))
	if len(l) != 1 || l[0].word("msgid") != id || l[0].number("int_page_read_user") != 4 {
		t.Errorf("getarticlesummary = %v, want only %s", l, id)
	}
	if l := lines(r.must("/datacube/getarticlesummary", span("2026-03-03", "2026-03-03"))); len(l) != 0 {
		t.Errorf("getarticlesummary of a quiet day = %v, want nothing", l)
	}
	l = lines(r.must("/datacube/getarticletotal", span("2026-03-02", "2026-03-02")))
	if len(l) != 1 || l[0].word("title") != "标题" {
		t.Fatalf("getarticletotal = %v", l)
	}
	details, _ := l[0]["details"].([]any)
	last, _ := details[len(details)-1].(map[string]any)
	if d := answer(last); len(details) != 2 || d.number("int_page_read_count") != 7 || d.number("target_user") != 10 || d.word("stat_date") != "2026-03-03" {
		t.Errorf("details = %v, want two days summed up to 7 reads", details)
	}
}
