package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/content/edit"
)

// saved makes the change that saves one more draft.
func (r *rig) saved(t *testing.T, entry string) edit.Change {
	t.Helper()
	h, err := r.History(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	v := edit.Version{
		Entry: entry, Number: h.Newest + 1, State: edit.Draft, Author: "王编辑", At: morning.UTC(),
		Reason: "原因：“引号”\n和换行", Text: "---\nid: " + entry + "\n---\n" + strings.Repeat("答", 10_000),
	}
	return edit.Change{
		Was: h.Head, Put: []edit.Version{v},
		Now: edit.Head{Entry: entry, Newest: v.Number, State: v.State, Author: v.Author, At: v.At, Released: h.Released, Changes: h.Changes + 1},
	}
}

func (r *rig) keepEdits(t *testing.T, library int64, changes ...edit.Change) {
	t.Helper()
	if err := r.KeepEdits(t.Context(), changes, library, r.draft("edit")); err != nil {
		t.Fatal(err)
	}
}

func testEdits(t *testing.T, r *rig) {
	ctx, other := t.Context(), r.second(t)
	if h, err := r.History(ctx, "consumer/fraud"); err != nil || len(h.Versions) != 0 || h.Newest != 0 {
		t.Fatalf("History of nothing = %+v, %v", h, err)
	}
	first := r.saved(t, "consumer/fraud")
	r.keepEdits(t, -1, first)
	second := r.saved(t, "consumer/fraud")
	released := second.Put[0]
	released.State, second.Now.State, second.Now.Released = edit.Released, edit.Released, 2
	second.Put[0], second.Lay = released, &released
	r.keepEdits(t, 0, second)
	h, err := other.History(ctx, "consumer/fraud")
	want := edit.History{Head: second.Now, Versions: []edit.Version{first.Put[0], released}}
	if diff := cmp.Diff(want, h); err != nil || diff != "" {
		t.Errorf("History: %v (-want +got):\n%s", err, diff)
	}
	laid, version, err := other.Laid(ctx)
	if diff := cmp.Diff(map[string]edit.Version{"consumer/fraud": released}, laid); err != nil || diff != "" || version != 1 {
		t.Errorf("Laid: version %d, want 1, %v (-want +got):\n%s", version, err, diff)
	}
	back := edit.Change{Was: h.Head, Now: h.Head, Drop: []int{1}}
	back.Now.Released, back.Now.Changes = 0, h.Changes+1
	r.keepEdits(t, 1, back)
	if laid, version, err := other.Laid(ctx); len(laid) != 0 || version != 2 || err != nil {
		t.Errorf("after the way back: %v, version %d, %v", laid, version, err)
	}
	if h, err := other.History(ctx, "consumer/fraud"); err != nil || len(h.Versions) != 1 || h.Versions[0].Number != 2 {
		t.Errorf("after letting the first go: %+v, %v", h, err)
	}
	if heads, err := other.Heads(ctx); err != nil || len(heads) != 1 || heads[0] != back.Now {
		t.Errorf("Heads = %+v, %v", heads, err)
	}
	if n := len(steps(t, other)); n != 3 {
		t.Errorf("%d steps, want 3", n)
	}
}

func testEditsOfTwo(t *testing.T, r *rig) {
	const each = 6
	change, other := r.saved(t, "consumer/fraud"), r.second(t)
	var wg sync.WaitGroup
	var kept, told atomic.Int32
	for i := range each {
		wg.Go(func() {
			s := []*Store{r.Store, other}[i%2]
			switch err := s.KeepEdits(t.Context(), []edit.Change{change}, -1, r.draft("save")); {
			case err == nil:
				kept.Add(1)
			case errors.Is(err, edit.ErrChanged):
				told.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if kept.Load() != 1 || told.Load() != each-1 {
		t.Errorf("%d kept and %d told, want 1 and %d", kept.Load(), told.Load(), each-1)
	}
	if n := len(steps(t, r.Store)); n != 1 {
		t.Errorf("%d steps, want 1: what was refused leaves none", n)
	}
	if r.Ready(t.Context()).Redis != nil {
		t.Error("a refusal counts as an outage")
	}
}

func testEditsMoved(t *testing.T, r *rig) {
	c := r.saved(t, "consumer/fraud")
	if err := r.Approve(t.Context(), map[string]*edit.Approval{"women/leave": {As: "李审核"}}, r.draft("approve")); err != nil {
		t.Fatal(err)
	}
	if err := r.KeepEdits(t.Context(), []edit.Change{c}, 0, r.draft("release")); !errors.Is(err, edit.ErrMoved) {
		t.Errorf("KeepEdits on an old library = %v, want ErrMoved", err)
	}
	if h, err := r.History(t.Context(), "consumer/fraud"); err != nil || h.Newest != 0 {
		t.Errorf("what was refused was kept: %+v, %v", h, err)
	}
	r.keepEdits(t, 1, c)
	if version, err := r.Version(t.Context()); err != nil || version != 1 {
		t.Errorf("a draft, which nobody reads, raised the version to %d, %v", version, err)
	}
}

func testEditsTogether(t *testing.T, r *rig) {
	var list []edit.Change
	for i := range 30 {
		list = append(list, r.saved(t, fmt.Sprintf("consumer/e%d", i)))
	}
	r.keepEdits(t, -1, list[29])
	if err := r.KeepEdits(t.Context(), list, -1, r.draft("import")); !errors.Is(err, edit.ErrChanged) {
		t.Fatalf("one of thirty was saved before: %v", err)
	}
	if heads, err := r.Heads(t.Context()); err != nil || len(heads) != 1 {
		t.Fatalf("%d entries were kept in part, %v", len(heads), err)
	}
	r.keepEdits(t, -1, list[:29]...)
	heads, err := r.Heads(t.Context())
	if err != nil || len(heads) != 30 {
		t.Errorf("%d entries, %v, want 30", len(heads), err)
	}
	if h, err := r.History(t.Context(), "consumer/e7"); err != nil || len(h.Versions) != 1 || h.Versions[0] != list[7].Put[0] {
		t.Errorf("one of many reads back as %+v, %v", h, err)
	}
	if len(r.withPrefix(t, "edit:")) != 30 {
		t.Errorf("keys: %v", r.allKeys(t))
	}
}

func TestLaidNamesWhatCannotBeRead(t *testing.T) {
	r := overMiniredis(t)
	r.raw.HSet(t.Context(), r.keys.released(), "consumer/fraud", "torn", "consumer/fine", `{"entry":"consumer/fine","text":"---"}`)
	laid, _, err := r.Laid(t.Context())
	if err != nil || len(laid) != 2 || laid["consumer/fraud"].Text != "" || laid["consumer/fine"].Text != "---" {
		t.Errorf("Laid = %v, %v", laid, err)
	}
	r.raw.HSet(t.Context(), r.keys.edits(), "consumer/fraud", "torn")
	if _, err := r.History(t.Context(), "consumer/fraud"); err == nil || errors.Is(err, ErrUnavailable) {
		t.Errorf("History of a torn row: %v", err)
	}
	if _, err := r.Heads(t.Context()); err == nil || errors.Is(err, ErrUnavailable) {
		t.Errorf("Heads with a torn row: %v", err)
	}
}
