package edit

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pufa/content"
	"pufa/staff"
)

// seals are Approvals in memory.
type seals struct {
	kept  map[string]Approval
	steps []staff.Draft
}

func (s *seals) Approvals(context.Context) (map[string]Approval, int64, error) { return s.kept, 0, nil }

func (s *seals) Approve(_ context.Context, list map[string]*Approval, step staff.Draft) error {
	for id, a := range list {
		delete(s.kept, id)
		if a != nil {
			s.kept[id] = *a
		}
	}
	s.steps = append(s.steps, step)
	return nil
}

func sealed(t *testing.T) (*room, *seals) {
	r, s := newRoom(t), &seals{kept: map[string]Approval{}}
	r.Config.Approvals = s
	return r, s
}

func (r *room) reads(t *testing.T, id string) *content.Entry {
	t.Helper()
	now, err := r.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, _ := now.lib.Entry(id)
	return e
}

func TestApprove(t *testing.T) {
	for _, c := range []struct {
		name string
		who  staff.Account
		list func(*room) []Seen
		want error
	}{
		{"as it reads now", reviewer, func(*room) []Seen { return []Seen{{known, ""}, {neighbour, ""}} }, nil},
		{"as it was seen", reviewer, func(r *room) []Seen { return []Seen{{known, r.reads(t, known).Hash}} }, nil},
		{"not when it reads otherwise than it was seen", reviewer, func(*room) []Seen { return []Seen{{known, "another"}} }, ErrMoved},
		{"not one that there is not", reviewer, func(*room) []Seen { return []Seen{{known, ""}, {"consumer/none", ""}} }, ErrNone},
		{"not without the role", writer, func(*room) []Seen { return []Seen{{known, ""}} }, staff.ErrRole},
		{"not what one wrote oneself", both, func(r *room) []Seen {
			id, text := another(t, "own", func(*content.Entry) {})
			v := r.save(t, both, id, text)
			r.mustRelease(t, v)
			return []Seen{{id, ""}}
		}, ErrOwnWork},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, s := sealed(t)
			list := c.list(r)
			if err := r.Approve(t.Context(), c.who, list...); !errors.Is(err, c.want) {
				t.Fatalf("Approve: %v, want %v", err, c.want)
			}
			if c.want != nil {
				if len(s.kept)+len(s.steps) > 0 {
					t.Errorf("something was kept: %v", s.kept)
				}
				return
			}
			for _, seen := range list {
				if a := s.kept[seen.Entry]; !a.Is(r.reads(t, seen.Entry)) || a.As != c.who.Name || a.On != "2026-03-08" {
					t.Errorf("%s: kept %+v", seen.Entry, a)
				}
			}
		})
	}
}

func (r *room) mustRelease(t *testing.T, v Version) {
	t.Helper()
	if _, err := r.Check(t.Context(), reviewer, Pick{v.Entry, v.Number}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(t.Context(), reviewer, "", Pick{v.Entry, v.Number}); err != nil {
		t.Fatal(err)
	}
}

func TestOnePersonApprovesAfterTwelveHours(t *testing.T) {
	r, s := sealed(t)
	r.OnePerson = true
	id, text := another(t, "own", func(*content.Entry) {})
	r.mustRelease(t, r.save(t, both, id, text))
	if err := r.Approve(t.Context(), both, Seen{Entry: id}); !errors.Is(err, ErrTooSoon) {
		t.Fatalf("at once: %v, want ErrTooSoon", err)
	}
	r.at = r.at.Add(12 * time.Hour)
	if err := r.Approve(t.Context(), both, Seen{Entry: id}); err != nil || s.kept[id].Role != "审核（一人审批）" {
		t.Errorf("after 12 hours: %v, kept %+v", err, s.kept[id])
	}
}

func TestWhatIsTakenDownWaitsForApproval(t *testing.T) {
	r, s := sealed(t)
	ctx := t.Context()
	if err := r.Approve(ctx, reviewer, Seen{known, ""}); err != nil {
		t.Fatal(err)
	}
	now, _ := r.current(ctx)
	if n := Waiting(now.lib, s.kept); n != 1 {
		t.Errorf("%d wait, want 1", n)
	}
	if err := r.TakeDown(ctx, reviewer, " 金额写错 ", known); err != nil {
		t.Fatal(err)
	}
	if a := s.kept[known]; !a.Down || a.Why != "金额写错" || a.Is(r.reads(t, known)) || Waiting(now.lib, s.kept) != 2 {
		t.Errorf("down: %+v", a)
	}
	if err := r.Withdraw(ctx, reviewer, known); err != nil || len(s.kept) != 0 {
		t.Errorf("withdrawn: %v, %v", err, s.kept)
	}
	var did []string
	for _, step := range s.steps {
		did = append(did, step.Did+" "+step.What+" "+step.Note)
	}
	want := []string{"approve entries " + known + " ", "take down entries " + known + " 金额写错", "withdraw approval " + known + " "}
	if !slices.Equal(did, want) {
		t.Errorf("trail %q, want %q", did, want)
	}
	for name, err := range map[string]error{
		"takes down": r.TakeDown(ctx, writer, "", known), "withdraws": r.Withdraw(ctx, writer, known),
	} {
		if !errors.Is(err, staff.ErrRole) {
			t.Errorf("a writer %s: %v", name, err)
		}
	}
}
