package console

import (
	"testing"
	"time"

	"pufa/content"
	"pufa/content/edit"
)

func retitled(e *content.Entry) { e.Title = "网购后悔能退" }

func TestWhatWaitsInTheLibrary(t *testing.T) {
	d, r := contentDesk(t)
	w := WaitingContent{Content: &Content{Desk: r.desk, Live: r}, Now: func() time.Time { return r.at }}
	counts := func(name string) map[string]int {
		t.Helper()
		list, err := w.Waiting(t.Context(), d.people[name])
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, one := range list {
			if one.Count > 0 {
				got[one.Name] = one.Count
			}
		}
		return got
	}
	holds := func(when, name string, want map[string]int) {
		t.Helper()
		got := counts(name)
		if len(got) != len(want) {
			t.Errorf("%s: %s sees %v, want %v", when, name, got, want)
		}
		for what, n := range want {
			if got[what] != n {
				t.Errorf("%s: %s sees %v, want %v", when, name, got, want)
			}
		}
	}
	const street = "待本街道审核的条目"
	holds("at first", "李审", map[string]int{street: 2})
	holds("at first", "王编", nil)
	holds("at first", "孙看", nil)

	save := func(entry string) {
		t.Helper()
		if _, err := r.desk.Save(t.Context(), d.people["王编"], edit.Proposal{
			Entry: entry, Seen: edit.AnySeen, Reason: "标题写得更白", Text: entryText(t, entry, retitled),
		}); err != nil {
			t.Fatal(err)
		}
	}
	save(known)
	holds("with a draft", "李审", map[string]int{street: 2, "待核对的草稿": 1})
	if _, err := r.desk.Check(t.Context(), d.people["李审"], edit.Pick{Entry: known, Number: 1}); err != nil {
		t.Fatal(err)
	}
	holds("with a checked one", "李审", map[string]int{street: 2, "待发布的条目": 1})

	save(neighbour)
	if _, err := r.desk.Return(t.Context(), d.people["李审"], "出处不对", edit.Pick{Entry: neighbour, Number: 1}); err != nil {
		t.Fatal(err)
	}
	holds("with one that came back", "王编", map[string]int{"被退回的草稿": 1})

	r.at = r.at.AddDate(3, 0, 0)
	holds("three years later", "王编", map[string]int{"被退回的草稿": 1, "停答的条目": 2})
}
