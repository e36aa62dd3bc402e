package edit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pufa/content"
	"pufa/staff"
)

func TestSaveCheckRelease(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	v := r.save(t, writer, known, titled(t, "改过的标题"))
	if v.Number != 1 || v.State != Draft || r.shelf.library != 0 {
		t.Fatalf("a draft is %+v, library %d", v, r.shelf.library)
	}
	if _, err := r.Release(ctx, reviewer, "", Pick{Entry: known}); !errors.Is(err, ErrState) {
		t.Errorf("release of a draft: %v, want ErrState", err)
	}
	if _, err := r.Check(ctx, reviewer, Pick{known, 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(ctx, reviewer, "", Pick{known, 1}); err != nil {
		t.Fatal(err)
	}
	if got := r.shelf.laid[known]; got.Text != v.Text || got.Checker != reviewer.Name || got.Releaser != reviewer.Name || got.State != Released {
		t.Errorf("residents read %+v", got)
	}
	var did []string
	for _, s := range r.shelf.steps {
		did = append(did, s.Who+" "+s.Did+" "+s.What)
	}
	want := []string{"王编辑 save draft " + known + "#1", "李审核 check draft " + known + "#1", "李审核 release entry " + known + "#1"}
	if !slices.Equal(did, want) {
		t.Errorf("trail %v, want %v", did, want)
	}
}

func TestWhoMay(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(context.Context, *room) error
		want error
	}{
		{"a reviewer may not write", func(ctx context.Context, r *room) error {
			_, err := r.Save(ctx, reviewer, Proposal{Entry: known, Seen: AnySeen, Text: titled(t, "另一个标题"), Reason: "改"})
			return err
		}, staff.ErrRole},
		{"a writer may not check", func(ctx context.Context, r *room) error {
			_, err := r.Check(ctx, second, Pick{Entry: known})
			return err
		}, staff.ErrRole},
		{"a writer may not release", func(ctx context.Context, r *room) error {
			_, err := r.Release(ctx, second, "", Pick{Entry: known})
			return err
		}, staff.ErrRole},
		{"a writer may not give back", func(ctx context.Context, r *room) error {
			_, err := r.Return(ctx, second, "不对", Pick{Entry: known})
			return err
		}, staff.ErrRole},
		{"a writer may not roll back", func(ctx context.Context, r *room) error {
			_, err := r.Rollback(ctx, second, known, 0, "不对")
			return err
		}, staff.ErrRole},
		{"an account out of use may not write", func(ctx context.Context, r *room) error {
			_, err := r.Save(ctx, staff.Account{Name: "旧", Roles: writer.Roles, Disabled: true}, Proposal{Entry: known})
			return err
		}, staff.ErrRole},
		{"an author may not check", func(ctx context.Context, r *room) error {
			_, err := r.Check(ctx, both, Pick{Entry: known})
			return err
		}, ErrOwnWork},
		{"an author may not release what another checked", func(ctx context.Context, r *room) error {
			if _, err := r.Check(ctx, reviewer, Pick{Entry: known}); err != nil {
				return err
			}
			_, err := r.Release(ctx, both, "", Pick{Entry: known})
			return err
		}, ErrOwnWork},
		{"nobody checks what there is not", func(ctx context.Context, r *room) error {
			_, err := r.Check(ctx, reviewer, Pick{neighbour, 1})
			return err
		}, ErrNone},
		{"what was given back is not checked", func(ctx context.Context, r *room) error {
			if _, err := r.Return(ctx, reviewer, "依据不对", Pick{Entry: known}); err != nil {
				return err
			}
			_, err := r.Check(ctx, reviewer, Pick{Entry: known})
			return err
		}, ErrState},
		{"a return needs its reason", func(ctx context.Context, r *room) error {
			_, err := r.Return(ctx, reviewer, " ", Pick{Entry: known})
			return err
		}, ErrReason},
		{"no pick is none", func(ctx context.Context, r *room) error {
			_, err := r.Release(ctx, reviewer, "")
			return err
		}, ErrNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			r.save(t, both, known, titled(t, "改过的标题"))
			if err := c.do(t.Context(), r); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if len(r.shelf.laid) != 0 {
				t.Error("residents read it")
			}
		})
	}
}

func TestOnePersonWaitsTwelveHours(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	r.OnePerson = true
	r.save(t, both, known, titled(t, "改过的标题"))
	r.at = r.at.Add(12*time.Hour - time.Second)
	if _, err := r.Check(ctx, both, Pick{Entry: known}); !errors.Is(err, ErrTooSoon) {
		t.Errorf("after less than 12 hours: %v", err)
	}
	r.at = r.at.Add(time.Second)
	if _, err := r.Check(ctx, both, Pick{Entry: known}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(ctx, both, "", Pick{Entry: known}); err != nil {
		t.Fatal(err)
	}
	if !r.shelf.laid[known].Alone || !strings.Contains(r.shelf.steps[2].What, "一人审批") {
		t.Errorf("it is not marked: %+v", r.shelf.steps[2])
	}
}

func TestSaveRefusesABadText(t *testing.T) {
	fresh, text := another(t, "fresh", func(*content.Entry) {})
	for _, c := range []struct {
		name, entry, text, says string
	}{
		{"no entry", known, "没有格式", known + ".md:1: the first line is not ---"},
		{"an article that there is not", known, strings.Replace(titled(t, "题"), `article: "25"`, `article: "2500"`, 1), "has no article 2500"},
		{"a forbidden promise", known, textOf(t, known, func(e *content.Entry) { e.Short = "官司一定能赢。" }), "一定能赢"},
		{"another id than its place", known, text, "id"},
		{"an id that is none", "../x", text, "is no id"},
		{"a topic that there is not", "cooking/soup", strings.Replace(text, "id: "+fresh, "id: cooking/soup", 1), `topic "cooking"`},
		{"a question of another entry in other marks", known, textOf(t, known, func(e *content.Entry) {
			e.Questions[2] = textOfQuestion(t) + "！！"
		}), "asks the same as one of " + neighbour},
		{"what Inspect finds", known, titled(t, "这个标题太长了"), "too long"},
		{"64 KiB and more", known, titled(t, "题") + strings.Repeat("- 长\n", 20_000), "at most 65536"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			_, err := r.Save(t.Context(), writer, Proposal{Entry: c.entry, Text: c.text, Reason: "改"})
			if !errors.Is(err, ErrBad) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("err = %v, want ErrBad with %q", err, c.says)
			}
			if len(r.shelf.heads) != 0 {
				t.Error("it was kept")
			}
		})
	}
}

func textOfQuestion(t testing.TB) string {
	e, err := content.ParseEntry(neighbour+".md", []byte(textOf(t, neighbour, func(*content.Entry) {})))
	if err != nil {
		t.Fatal(err)
	}
	return e.Questions[1]
}

func TestSaveNeedsAReasonAndAChange(t *testing.T) {
	r := newRoom(t)
	for _, c := range []struct {
		p    Proposal
		want error
	}{
		{Proposal{Entry: known, Text: titled(t, "题"), Reason: "  "}, ErrReason},
		{Proposal{Entry: known, Text: titled(t, "题"), Reason: strings.Repeat("长", MaxReason+1)}, ErrReason},
		{Proposal{Entry: known, Text: textOf(t, known, func(*content.Entry) {}), Reason: "改"}, ErrSame},
	} {
		if _, err := r.Save(t.Context(), writer, c.p); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.p.Reason, err, c.want)
		}
	}
	if _, err := r.Save(t.Context(), writer); err == nil {
		t.Error("nothing at all was saved")
	}
}

func TestTheLaterSaveIsTold(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	first := r.save(t, writer, known, titled(t, "先到的标题"))
	for _, c := range []struct {
		name string
		who  staff.Account
		seen int
		want error
	}{
		{"who began before it", second, 0, ErrChanged},
		{"who says nothing of what they saw", second, AnySeen, ErrChanged},
		{"a number that is not yet", second, 2, ErrChanged},
		{"who saw it", second, 1, nil},
	} {
		p := Proposal{Entry: known, Seen: c.seen, Text: titled(t, "后到的标题"), Reason: "改"}
		if _, err := r.Save(ctx, c.who, p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if text, err := r.Text(ctx, known, 1); err != nil || text != first.Text {
		t.Errorf("the first text is gone: %v", err)
	}
	p := Proposal{Entry: known, Seen: AnySeen, Text: titled(t, "自己接着改"), Reason: "改"}
	if _, err := r.Save(ctx, second, p); err != nil {
		t.Errorf("one's own draft goes on: %v", err)
	}
}

func TestSaveOfManyIsAllOrNothing(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	a, aText := another(t, "a", func(*content.Entry) {})
	b, bText := another(t, "b", func(e *content.Entry) { e.Related = []string{a} })
	two := []Proposal{{Entry: b, Text: bText, Reason: "新增"}, {Entry: a, Text: aText, Reason: "新增"}}
	if _, err := r.Save(ctx, writer, two[0]); !errors.Is(err, ErrBad) {
		t.Errorf("one that rests on a missing one: %v", err)
	}
	if _, err := r.Save(ctx, writer, two...); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Save(ctx, writer, two[0], two[0]); err == nil {
		t.Error("an entry twice was saved")
	}
	picks := []Pick{{Entry: a}, {Entry: b}}
	if _, err := r.Check(ctx, reviewer, picks...); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(ctx, reviewer, "", picks[1]); !errors.Is(err, ErrBad) {
		t.Errorf("released without what it rests on: %v", err)
	}
	if _, err := r.Release(ctx, reviewer, "", picks...); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rollback(ctx, reviewer, a, 0, "撤下"); !errors.Is(err, ErrBad) {
		t.Errorf("what another rests on was taken away: %v", err)
	}
	if _, err := r.Rollback(ctx, reviewer, b, 0, "撤下"); err != nil {
		t.Error(err)
	}
}

func TestOldVersionsMakeRoom(t *testing.T) {
	r := newRoom(t)
	r.release(t, known, titled(t, "放出去的标题"))
	for i := range MaxVersions + 5 {
		h := r.shelf.heads[known]
		v := Version{Entry: known, Number: h.Newest + 1, State: Draft, Author: writer.Name, Text: fmt.Sprint(i)}
		hist, _ := r.shelf.History(t.Context(), known)
		c := hist.change(known, v)
		c.Now.Newest, c.Drop = v.Number, hist.surplus()
		r.shelf.keep(c)
	}
	list := r.shelf.versions[known]
	if len(list) != MaxVersions || list[0].Number != 1 || list[1].Number != 8 {
		t.Errorf("%d versions kept, the first %d and %d; want %d, the released one and the newest", len(list), list[0].Number, list[1].Number, MaxVersions)
	}
}

// Whatever an entry holds, saving, releasing and reading it back gives the same
// entry.
func TestRoundTrip(t *testing.T) {
	r := newRoom(t)
	word := rapid.StringMatching(`[一-龥]{4,12}`)
	for i := range 20 { // every one loads the library five times
		title, short, line := word.Example(3*i), word.Example(3*i+1), word.Example(3*i+2)
		text := textOf(t, known, func(e *content.Entry) {
			e.Title, e.Short, e.Lines = title, short+"。", append(e.Lines[:1], content.Line{Text: line, Must: true})
		})
		v := r.release(t, known, text)
		now, err := r.current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, _ := now.lib.Entry(known)
		back, err := content.FormatEntry(got)
		if err != nil || string(back) != text || r.shelf.laid[known].Number != v.Number {
			t.Fatalf("%v: read back\n%s\nwant\n%s", err, back, text)
		}
	}
}
