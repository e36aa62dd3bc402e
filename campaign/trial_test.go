package campaign

import (
	"errors"
	"testing"
	"time"
)

func TestCheckLooksAtWhatIsNotKept(t *testing.T) {
	o := newOffice(verified)
	o.scheduled(t, massPush())
	near := massPush()
	near.ID, near.Due, near.Until, near.Grace = "", eighth.Add(time.Hour), time.Time{}, 0
	problems, err := o.Check(t.Context(), viewer, near)
	if err != nil || len(problems) != 1 || problems[0].Field != "due" || problems[0].Weight != Unready {
		t.Errorf("an hour after another push: %v %v, want one problem of the time", problems, err)
	}
	near.Due = eighth.AddDate(0, 0, 3)
	if problems, err := o.Check(t.Context(), editor, near); err != nil || len(problems) != 0 {
		t.Errorf("three days later: %v %v", problems, err)
	}
	if _, err := o.Check(t.Context(), actor("管理己"), near); !errors.Is(err, ErrRight) {
		t.Errorf("without a role: %v", err)
	}
	if len(o.book.rows) != 1 {
		t.Errorf("%d campaigns are kept, want the one", len(o.book.rows))
	}
}
