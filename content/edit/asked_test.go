package edit

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pufa/content"
)

// What is said of a draft at once is what a load of the whole library says,
// with everything that was released before in it.
func TestADraftIsJudgedAsAWholeLoadWould(t *testing.T) {
	r := newRoom(t)
	laidID, laid := another(t, "laid", func(*content.Entry) {})
	r.release(t, laidID, laid)
	r.release(t, known, titled(t, "已发布的标题"))
	fresh, freshText := another(t, "fresh", func(*content.Entry) {})
	_, bound := another(t, "fresh", func(e *content.Entry) { e.Related = []string{laidID} })
	asking := func(q string) map[string]string {
		return map[string]string{known: textOf(t, known, func(e *content.Entry) { e.Questions[2] = q })}
	}
	for _, c := range []struct {
		name  string
		edits map[string]string
		bad   string
	}{
		{"a good one", map[string]string{known: titled(t, "又一个标题")}, ""},
		{"a new one", map[string]string{fresh: freshText}, ""},
		{"one that rests on what was released", map[string]string{fresh: bound}, ""},
		{"a wording of the shipped library", asking(neighbourQuestion(t)), "is also asked in"},
		{"the same wording with other signs", asking(neighbourQuestion(t) + "？！"), "asks the same as"},
		{"a wording of what was released", asking("laid的第3种编出来的问法？"), "is also asked in"},
		{"a wording that the draft itself gives away", map[string]string{
			laidID: strings.ReplaceAll(laid, "laid的第3种", "laid的另一种"), known: asking("laid的第3种编出来的问法？")[known],
		}, ""},
		{"two drafts with one wording", map[string]string{fresh: freshText, known: asking("fresh的第3种编出来的问法。。？")[known]}, "asks the same as"},
		{"what does not fit into a reply", map[string]string{known: titled(t, "太长了")}, "too long"},
		{"a title that is too long", map[string]string{known: titled(t, strings.Repeat("长", 21))}, "title has"},
		{"no text", map[string]string{known: ""}, "consumer/seven-day-return.md"},
		{"no id", map[string]string{"../x": freshText}, "is no id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, err := r.current(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(now.texts, c.edits)
			_, want := r.judge(now, c.edits, func() (*content.Library, error) { return content.Load(content.Edited(r.Base, now.texts)) })
			_, got := r.Judge(t.Context(), c.edits)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("at once\n%v\nby a whole load\n%v", got, want)
			}
			if (got == nil) != (c.bad == "") || got != nil && !strings.Contains(got.Error(), c.bad) {
				t.Errorf("%v, want %q", got, c.bad)
			}
		})
	}
}

// An approval raises the number of the library and changes none of its texts:
// nothing is read again for it.
func TestTheLibraryIsReadAgainOnlyForAnotherText(t *testing.T) {
	r := newRoom(t)
	library := func() *content.Library {
		now, err := r.current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return now.lib
	}
	first := library()
	if r.shelf.library++; library() != first {
		t.Error("the library was read again though no text changed")
	}
	if r.release(t, known, titled(t, "新标题")); library() == first {
		t.Error("the library is the one before the release")
	}
	if e, _ := library().Entry(known); e.Title != "新标题" {
		t.Errorf("the title is %q", e.Title)
	}
}
