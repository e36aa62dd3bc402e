package console

import (
	"context"
	"errors"
	"time"

	"pufa/staff"
)

// Trials are the WeChat accounts by which staff try the service: staff.Trials.
type Trials interface {
	Of(ctx context.Context, name string) ([]staff.Tester, error)
	// Code returns a new code, and until when it works; staff.ErrTesters when
	// there is no room for another test account.
	Code(ctx context.Context, by staff.Account) (code string, until time.Time, err error)
	Drop(ctx context.Context, by staff.Account, id string) error
}

const (
	sayTrialsFull = "测试微信已经满了：每人最多5个，全街道最多50个。请先解除不用的。"
	sayTrialGone  = "已解除。从下一条消息起，这个微信按居民计数；以前试的不补计。"
)

// trialList is the part of a page about the test accounts of one account.
type trialList struct {
	There bool // test accounts can be made at all
	URL   string
	Rows  []trialRow
}

type trialRow struct{ ID, At, URL string }

// trialsOf lists the test accounts of an account, for a page at url.
func (v *visit) trialsOf(name, url string) (trialList, error) {
	if v.Trials == nil {
		return trialList{}, nil
	}
	list := trialList{There: true, URL: url + "/trials"}
	own, err := v.Trials.Of(v.r.Context(), name)
	for _, t := range own {
		list.Rows = append(list.Rows, trialRow{t.ID, v.local(t.At).Format("2006-01-02 15:04"), list.URL + "/" + t.ID + "/drop"})
	}
	return list, err
}

func (c *Console) trialRoutes() []route {
	if c.Trials == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + Path + "/self/trials", do: (*visit).trials},
		{pattern: "POST " + Path + "/self/trials", do: (*visit).newTrial},
		{pattern: "POST " + Path + "/self/trials/{id}/drop", do: (*visit).dropTrial},
	}
}

// trialPage shows a code, once: it is kept nowhere.
type trialPage struct{ Words, Until string }

// trials is where the address of a code leads when it is opened anew.
func (v *visit) trials() error {
	return v.done(Path+"/self", "绑定码只显示一次。要用，请重新取一个。")
}

func (v *visit) newTrial() error {
	code, until, err := v.Trials.Code(v.r.Context(), v.who)
	if errors.Is(err, staff.ErrTesters) {
		return v.selfAgain(sayTrialsFull)
	}
	if err != nil {
		return err
	}
	return v.page("self-trial", "绑定测试微信", trialPage{
		Words: staff.BindWord + " " + code[:len(code)/2] + " " + code[len(code)/2:], Until: v.local(until).Format("15:04"),
	})
}

func (v *visit) dropTrial() error { return v.endTrial(Path + "/self") }

// dropTrialOf ends one of somebody else's.
func (v *visit) dropTrialOf() error {
	a, err := v.named()
	if err != nil {
		return err
	}
	return v.endTrial(accountURL(a.Name))
}

// endTrial ends the test account of the address; one that is gone is as good.
func (v *visit) endTrial(back string) error {
	err := v.Trials.Drop(v.r.Context(), v.who, asText(v.r.PathValue("id")))
	if err != nil && !errors.Is(err, staff.ErrNoTester) {
		return err
	}
	return v.done(back, sayTrialGone)
}
