package console

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pufa/staff"
)

// trialBook keeps test accounts in memory, for real staff.Trials.
type trialBook struct {
	list []staff.Tester
	code string
	down error
}

func (b *trialBook) Testers(context.Context) ([]staff.Tester, error) {
	return slices.Clone(b.list), b.down
}

func (b *trialBook) PutTestCode(_ context.Context, code, _ string) error {
	b.code = code
	return b.down
}

func (b *trialBook) DropTester(_ context.Context, id string, _ staff.Draft) error {
	n := len(b.list)
	if b.list = slices.DeleteFunc(b.list, func(t staff.Tester) bool { return t.ID == id }); len(b.list) == n {
		return staff.ErrNoTester
	}
	return nil
}

func trialDesk(t *testing.T) (*desk, *trialBook) {
	t.Helper()
	at := time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)
	b := &trialBook{list: []staff.Tester{{ID: "aaaa0001", Of: "王编", At: at}, {ID: "bbbb0002", Of: "李审", At: at}}}
	d, _ := managed(t, func(c *Config) { c.Trials = staff.NewTrials(b, func() time.Time { return december }) })
	return d, b
}

func TestStaffBindAndDropTheirOwnTestWeChat(t *testing.T) {
	d, b := trialDesk(t)
	d.signedIn(t, "王编")
	_, body := d.get(t, Path+"/self")
	if !strings.Contains(body, "2026-11-20 09:30 绑定") || strings.Contains(body, "bbbb0002") {
		t.Fatalf("the page shows %s", body)
	}
	resp, body := d.post(t, Path+"/self/trials")
	words := regexp.MustCompile(`id="words">([^<]+)<`).FindStringSubmatch(body)
	if resp.StatusCode != http.StatusOK || words == nil || !strings.Contains(body, "15:10 以前有效") {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	if code, ok := staff.ParseTestCode(words[1]); !ok || code != b.code {
		t.Errorf("the page says %q, the code is %q", words[1], b.code)
	}
	if _, again := d.get(t, Path+"/self/trials"); strings.Contains(again, words[1]) || !strings.Contains(again, "绑定码只显示一次") {
		t.Errorf("the code is shown again: %s", again)
	}
	if resp, _ := d.post(t, Path+"/self/trials/bbbb0002/drop"); resp.StatusCode != http.StatusForbidden || len(b.list) != 2 {
		t.Errorf("another's: %s, left %v", resp.Status, b.list)
	}
	for range 2 {
		if _, body := d.post(t, Path+"/self/trials/aaaa0001/drop"); !strings.Contains(body, sayTrialGone) || len(b.list) != 1 {
			t.Fatalf("dropped: %v: %s", b.list, body)
		}
	}
}

func TestThereIsNoRoomForAnotherTestWeChat(t *testing.T) {
	d, b := trialDesk(t)
	for range staff.MaxOwnTesters {
		b.list = append(b.list, staff.Tester{ID: "cccc", Of: "王编"})
	}
	d.signedIn(t, "王编")
	if resp, body := d.post(t, Path+"/self/trials"); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, sayTrialsFull) || b.code != "" {
		t.Errorf("%s: %s", resp.Status, body)
	}
	b.down = errors.New("away")
	if resp, _ := d.post(t, Path+"/self/trials"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("without a store: %s", resp.Status)
	}
}

func TestWhoManagesDropsTheTestWeChatOfAnybody(t *testing.T) {
	d, b := trialDesk(t)
	const at = Path + "/settings/accounts/of/李审"
	d.signedIn(t, "王编")
	if resp, _ := d.post(t, at+"/trials/bbbb0002/drop"); resp.StatusCode != http.StatusForbidden || len(b.list) != 2 {
		t.Errorf("without the role: %s, left %v", resp.Status, b.list)
	}
	d.client = newClient(t)
	d.signedIn(t, "王管理")
	if _, body := d.get(t, at); !strings.Contains(body, "/trials/bbbb0002/drop") {
		t.Fatalf("the page of the account: %s", body)
	}
	if resp, body := d.post(t, at+"/trials/bbbb0002/drop"); resp.Request.URL.Path != at || !strings.Contains(body, sayTrialGone) || len(b.list) != 1 {
		t.Errorf("%s, left %v: %s", resp.Request.URL, b.list, body)
	}
}

func TestTrialsInABrowser(t *testing.T) {
	ctx := browser(t)
	d, b := trialDesk(t)
	d.inBrowser(t, ctx, "王管理")
	d.look(t, ctx, "account-trial", Path+"/settings/accounts/of/李审")
	b.list = append(b.list, staff.Tester{ID: "dddd0003", Of: "王管理", At: december})
	d.look(t, ctx, "self-trials", Path+"/self")
	run(t, ctx, chromedp.EmulateViewport(390, 844))
	press(t, ctx, "绑定测试微信")
	lookHere(t, ctx, "self-trial-390")
	axe(t, ctx, "self-trial")
	press(t, ctx, "绑好了，看一看")
	if at := eval[string](t, ctx, `location.pathname`); at != Path+"/self" {
		t.Errorf("one is at %s", at)
	}
}
