package edit

import (
	"errors"
	"strings"
	"testing"

	"pufa/content"
)

func TestTheGateStopsARelease(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	r.save(t, writer, known, titled(t, "改过的标题"))
	if _, err := r.Check(ctx, reviewer, Pick{Entry: known}); err != nil {
		t.Fatal(err)
	}
	r.worse = []Worse{{Question: "门店买的能退吗", Was: "right " + neighbour, Is: "wrong " + known}}
	worse, err := r.Release(ctx, reviewer, "", Pick{Entry: known})
	var stopped *WorseError
	if !errors.As(err, &stopped) || len(worse) != 1 || !strings.Contains(err.Error(), "门店买的能退吗") {
		t.Fatalf("Release = %v, %v, want the question that gets worse", worse, err)
	}
	if len(r.shelf.laid) != 0 {
		t.Fatal("it was released all the same")
	}
	if _, err := r.Release(ctx, reviewer, strings.Repeat("长", MaxReason+1), Pick{Entry: known}); !errors.Is(err, ErrReason) {
		t.Errorf("an endless reason: %v", err)
	}
	if _, err := r.Release(ctx, reviewer, "那条问法本来就该归这里", Pick{Entry: known}); err != nil {
		t.Fatal(err)
	}
	last := r.shelf.steps[len(r.shelf.steps)-1]
	if v := r.shelf.laid[known]; v.Override == "" || !strings.Contains(last.Did, "although questions get worse") || last.Note != v.Override {
		t.Errorf("the reason is not kept: %+v, %+v", v, last)
	}
}

func TestReleaseIsJudgedAnewWhenTheLibraryMoved(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	first, text := another(t, "first", func(*content.Entry) {})
	r.save(t, writer, first, text)
	same, sameText := another(t, "same", func(*content.Entry) {})
	r.save(t, writer, same, strings.ReplaceAll(sameText, "same的", "first的"))
	picks := []Pick{{Entry: first}, {Entry: same}}
	if _, err := r.Check(ctx, reviewer, picks...); err != nil {
		t.Fatal(err)
	}
	r.shelf.between = func() {
		if _, err := r.Release(ctx, reviewer, "", picks[0]); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Release(ctx, reviewer, "", picks[1]); !errors.Is(err, ErrBad) {
		t.Errorf("two entries that ask the same were both released: %v", err)
	}
	moving := 0
	var move func()
	move = func() { moving++; r.shelf.library++; r.shelf.between = move }
	r.shelf.between = move
	if _, err := r.Rollback(ctx, reviewer, first, 0, "撤下"); !errors.Is(err, ErrMoved) || moving != tries {
		t.Errorf("a library that never rests: %v after %d tries", err, moving)
	}
}

func TestRollback(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	one := r.release(t, known, titled(t, "第一个标题"))
	r.release(t, known, titled(t, "第二个标题"))
	r.save(t, writer, known, titled(t, "第三个标题"))
	for _, c := range []struct {
		name   string
		to     int
		reason string
		want   error
		text   string
	}{
		{"a reason is needed", 1, "", ErrReason, "第二个标题"},
		{"what was never released is no way back", 3, "改回", ErrState, "第二个标题"},
		{"what there is not is no way back", 9, "改回", ErrNone, "第二个标题"},
		{"what residents read already is none either", 2, "改回", ErrState, "第二个标题"},
		{"an earlier release is read again", 1, "改回", nil, "第一个标题"},
		{"and the later one too", 2, "还是新的好", nil, "第二个标题"},
		{"back to the shipped text", 0, "都不要", nil, ""},
	} {
		if _, err := r.Rollback(ctx, reviewer, known, c.to, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if v, laid := r.shelf.laid[known]; laid != (c.text != "") || !strings.Contains(v.Text, c.text) {
			t.Errorf("%s: residents read version %d", c.name, v.Number)
		}
	}
	if text, err := r.Text(ctx, known, 1); err != nil || text != one.Text {
		t.Errorf("a version was lost on the way: %v", err)
	}
	if text, err := r.Text(ctx, known, 0); err != nil || strings.Contains(text, "个标题") {
		t.Errorf("the shipped text: %v\n%s", err, text)
	}
	if _, err := r.Text(ctx, "consumer/none", 0); !errors.Is(err, ErrNone) {
		t.Errorf("the shipped text of what is not shipped: %v", err)
	}
}

func TestAnOlderVersionIsNotReleasedOverANewerOne(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	r.save(t, writer, known, titled(t, "第一个标题"))
	if _, err := r.Check(ctx, reviewer, Pick{known, 1}); err != nil {
		t.Fatal(err)
	}
	newer := r.release(t, known, titled(t, "第二个标题"))
	if _, err := r.Release(ctx, reviewer, "", Pick{known, 1}); !errors.Is(err, ErrState) {
		t.Errorf("release of an older version: %v, want ErrState", err)
	}
	if r.shelf.laid[known].Number != newer.Number {
		t.Error("residents read the older one")
	}
}

// A stored edit that a new binary refuses stops nobody from working.
func TestTheDeskWorksBesideAStaleEdit(t *testing.T) {
	r := newRoom(t)
	r.shelf.laid["consumer/stale"] = Version{Entry: "consumer/stale", Number: 1, Text: "---\n"}
	r.release(t, known, titled(t, "改过的标题"))
	if _, err := r.Judge(t.Context(), map[string]string{known: titled(t, "又一个标题")}); err != nil {
		t.Error(err)
	}
}
