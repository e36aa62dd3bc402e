package console

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
)

// TestAnExpiredSessionLosesNothing: whoever wrote longer than the session
// lasted signs in and sends the same form again.
func TestAnExpiredSessionLosesNothing(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "王编")
	path := contentPath + "/" + known + "/edit"
	_, page := d.get(t, path)
	form := formIn(t, page, path)
	form.Set("short", "能退。写了半个钟头的\"字\"。")
	form.Set("reason", "说得更白")
	form.Set("do", "save")
	d.client = newClient(t) // the session is gone

	resp, page := d.send(t, path, form)
	says(t, resp, page, http.StatusUnauthorized, sayExpired, `target="_blank"`, "写了半个钟头的&#34;字&#34;。")
	if len(r.versions[known]) != 0 {
		t.Error("something was kept")
	}
	kept := formIn(t, page, path)
	for name := range form {
		if strings.Join(kept[name], "|") != strings.Join(form[name], "|") {
			t.Errorf("%s was %q and is %q", name, form[name], kept[name])
		}
	}
	d.signedIn(t, "王编")
	resp, page = d.send(t, path, kept)
	says(t, resp, page, http.StatusOK, "已存为草稿，第1版")
	if v := r.versions[known]; len(v) != 1 || !strings.Contains(v[0].Text, "写了半个钟头的") {
		t.Errorf("kept %+v", v)
	}
}

func TestWhatIsNotShownAgain(t *testing.T) {
	d, _ := managed(t)
	for _, c := range []struct{ name, path, field, value string }{
		{"a password", "/self/password", "password", "a new password of mine"},
		{"a code", "/self/code", "code", "123456"},
		{"a form without fields", "/self/everywhere", "", ""},
		{"signing out", "/sign-out", "words", "anything at all"},
	} {
		fields := []string{c.field, c.value}
		if c.field == "" {
			fields = nil
		}
		if resp, page := d.post(t, Path+c.path, fields...); resp.Request.URL.Path != Path+"/sign-in" || c.value != "" && strings.Contains(page, c.value) {
			t.Errorf("%s: %s at %s", c.name, resp.Status, resp.Request.URL)
		}
	}
}

// shaky is a store of sessions that can be taken away: reading it, or writing
// it only.
type shaky struct {
	ctxStore
	reads, writes atomic.Bool
}

func (s *shaky) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if s.reads.Load() {
		return nil, false, errAway
	}
	return s.ctxStore.FindCtx(ctx, token)
}

func (s *shaky) CommitCtx(ctx context.Context, token string, b []byte, at time.Time) error {
	if s.writes.Load() {
		return errAway
	}
	return s.ctxStore.CommitCtx(ctx, token, b, at)
}

func TestWithoutTheStoreNothingTypedIsLost(t *testing.T) {
	store := &shaky{ctxStore: ctxStore{memstore.NewWithCleanupInterval(0)}}
	d, _ := managed(t, func(c *Config) { c.Sessions = store })
	d.signedIn(t, "王管理")
	typed := []string{"versions", "0", "name", "平东街道", "office", "平东司法所", "address", "和平路\"1\"号", "phone", "", "hours", ""}
	for _, c := range []struct {
		name string
		away *atomic.Bool
	}{
		{"when no session can be read", &store.reads},
		{"when none can be written", &store.writes},
	} {
		c.away.Store(true)
		resp, page := d.post(t, Path+"/settings/street", typed...)
		says(t, resp, page, http.StatusServiceUnavailable, sayAwayDeed, "再试一次", "和平路&#34;1&#34;号")
		if strings.Count(page, "<html") != 1 || strings.Contains(page, "store away") {
			t.Errorf("%s: the page is %s", c.name, page)
		}
		kept := formIn(t, page, Path+"/settings/street")
		if resp, page := d.get(t, Path+"/self"); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, sayAway) || strings.Count(page, "<html") != 1 {
			t.Errorf("%s: looking at a page: %s %s", c.name, resp.Status, page)
		}
		c.away.Store(false)
		resp, page = d.send(t, Path+"/settings/street", kept)
		if c.away == &store.reads {
			says(t, resp, page, http.StatusOK, "已保存")
		} else { // it was done that time already
			says(t, resp, page, http.StatusUnprocessableEntity, "别人刚刚改过", "和平路&#34;1&#34;号")
		}
		typed[1] = "1"
	}
}

// TestAPageWhoseStoreFails keeps what was typed where the session is there and
// what is behind it is not.
func TestAPageWhoseStoreFails(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	p.as(t, "王编")
	p.book.down = errAway
	resp, page := p.post(t, campaignsPath+"/new", cardForm()...)
	says(t, resp, page, http.StatusServiceUnavailable, sayAwayDeed, "产假国家规定98天。", "再试一次")
	p.book.down = nil
	resp, page = p.send(t, campaignsPath+"/new", formIn(t, page, campaignsPath+"/new"))
	says(t, resp, page, http.StatusOK, sayAlready, "产假国家规定98天。")
	if len(p.book.rows) != 1 {
		t.Errorf("%d campaigns: what was kept before the store went away is kept twice", len(p.book.rows))
	}
}

// movedStreets are changed by somebody else whenever one looks.
type movedStreets struct{ streetBook }

func (*movedStreets) Streets(context.Context) ([]StreetVersion, error) { return nil, ErrMoved }

// TestWhoCameSecondMayCopy: what somebody came before is not sent again over
// what is newer, and the words are there to be copied.
func TestWhoCameSecondMayCopy(t *testing.T) {
	d, _ := managed(t, func(c *Config) { c.Streets = &movedStreets{} })
	d.signedIn(t, "王管理")
	resp, page := d.post(t, Path+"/settings/street", "versions", "7", "name", "平东街道", "office", "", "address", "", "phone", "", "hours", "")
	says(t, resp, page, http.StatusConflict, sayChanged, "可以复制", "平东街道")
	if strings.Contains(page, `action="`+Path+`/settings`) {
		t.Error("it can be sent again over what is newer")
	}
}
