package bot

import (
	"strings"
	"testing"

	"pufa/content"
)

func TestPreviewIsWhatAResidentGets(t *testing.T) {
	lib := shippedLibrary(t)
	opt := Options{Now: noon, PageURL: "https://pufa.example.cn"}
	e := New(lib, opt)
	for i, entry := range lib.Entries() {
		if i%9 != 0 {
			continue // each is composed the same way
		}
		p := PreviewOf(lib, entry, opt)
		r := e.Reply(t.Context(), Message{Kind: Text, Text: entry.Question(), Calm: true})
		if r.Outcome != Answered || r.Entry != entry.ID {
			continue // another rule has the first word: danger, a topic of that name
		}
		if p.Text != r.Text || p.Bytes != len(r.Text) || p.Bytes > Room || p.Most > Room || p.Most <= 0 {
			t.Errorf("%s: preview of %d bytes, most %d:\n%s\nreply:\n%s", entry.ID, p.Bytes, p.Most, p.Text, r.Text)
		}
	}
}

func TestPreviewOfWhatIsNotYetWritten(t *testing.T) {
	lib := shippedLibrary(t)
	if p := PreviewOf(lib, &content.Entry{ID: "consumer/none"}, Options{}); p.Text == "" || p.More != 0 {
		t.Errorf("preview of nothing: %+v", p)
	}
	long := &content.Entry{ID: "consumer/none", Lines: []content.Line{{Text: strings.Repeat("长", 700), Must: true}}}
	if p := PreviewOf(lib, long, Options{}); p.Most <= Room {
		t.Errorf("what must be said takes %d bytes, want more than %d", p.Most, Room)
	}
}

func TestTheTestBenchExplainsAndRemembersNothing(t *testing.T) {
	lib := shippedLibrary(t)
	plain := New(lib, Options{Now: noon, GapTexts: true})
	bench := plain.Explaining()
	const question = "在网店拍的裙子第六天想退，店家说不行"
	was := plain.Reply(t.Context(), Message{Kind: Text, Text: question})
	plain.memo = newMemo()
	r := bench.Reply(t.Context(), Message{Kind: Text, Text: question})
	if r.Explain == nil || len(r.Explain.Candidates) == 0 || r.Explain.Candidates[0].Phrasing == "" || r.Explain.Decision == "" {
		t.Fatalf("explanation %+v", r.Explain)
	}
	if r.Text != was.Text || was.Explain != nil || r.Gap.Text != "" {
		t.Errorf("the bench says %q, residents read %q", r.Text, was.Text)
	}
	if n := len(plain.memo.young) + len(plain.memo.old); n != 0 {
		t.Errorf("%d questions are remembered", n)
	}
}
