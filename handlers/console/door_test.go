package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"pufa/staff"
	"pufa/web"
)

const rightWord = "right password"

// people are the accounts of the tests; a name without "no" signs in.
type people map[string]staff.Account

func (p people) Account(_ context.Context, name string) (staff.Account, error) {
	a, ok := p[name]
	if !ok {
		return staff.Account{}, staff.ErrUnknown
	}
	return a, nil
}

func (p people) SignIn(_ context.Context, name, password string) (staff.Account, error) {
	if a, ok := p[name]; ok && password == rightWord && !a.Disabled {
		return a, nil
	}
	return staff.Account{}, staff.ErrDenied
}

func (p people) SignedIn(context.Context, string) error { return nil }

// openDoor lets everybody try as often as they like, and remembers codes.
type openDoor struct {
	mu    sync.Mutex
	used  map[string]bool
	wait  time.Duration // how long the next try waits
	tries []string      // name, place and whether it was known
}

func (d *openDoor) Try(_ context.Context, name, place string, known bool) (time.Duration, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known {
		place = "known"
	}
	d.tries = append(d.tries, name+" "+place)
	return d.wait, nil
}

func (d *openDoor) Opened(context.Context, string, string) error { return nil }

func (d *openDoor) UseCode(_ context.Context, name string, step int64) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := name + strconv.FormatInt(step, 10)
	first := !d.used[key]
	if d.used == nil {
		d.used = map[string]bool{}
	}
	d.used[key] = true
	return first, nil
}

// ctxStore is scs' store in memory as the console wants it.
type ctxStore struct{ *memstore.MemStore }

func (s ctxStore) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	return s.Find(token)
}

func (s ctxStore) CommitCtx(_ context.Context, token string, b []byte, at time.Time) error {
	return s.Commit(token, b, at)
}
func (s ctxStore) DeleteCtx(_ context.Context, token string) error { return s.Delete(token) }

// desk is a running console and a client with cookies of its own.
type desk struct {
	*httptest.Server
	people people
	door   *openDoor
	now    time.Time
	client *http.Client
}

// newDesk starts a console; set adds what a section needs.
func newDesk(t *testing.T, set ...func(*Config)) *desk {
	t.Helper()
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{now: time.Now(), door: &openDoor{}, people: people{
		"王编": {Name: "王编", Roles: []staff.Role{staff.Editor}},
		"李审": {Name: "李审", Roles: []staff.Role{staff.Reviewer}},
	}}
	cfg := Config{
		Office: d.people, Accounts: d.people, Sessions: ctxStore{memstore.NewWithCleanupInterval(0)},
		Door: d.door, Key: []byte("sixteen bytes or more"),
		Pages: pages, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now },
	}
	for _, s := range set {
		s(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d.Server = whole(t, c.Handler())
	d.client = newClient(t)
	return d
}

// newClient is a browser that knows nobody yet.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// post sends a form as a page of the console would.
func (d *desk) post(t *testing.T, path string, fields ...string) (*http.Response, string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.do(t, req)
}

func (d *desk) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.do(t, req)
}

func (d *desk) do(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := d.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func (d *desk) signedIn(t *testing.T, name string) *desk {
	t.Helper()
	if resp, body := d.post(t, Path+"/sign-in", "name", name, "password", rightWord); resp.StatusCode != 200 || !strings.Contains(body, name) {
		t.Fatalf("sign in: %s\n%s", resp.Status, body)
	}
	return d
}

func TestWhoIsNotSignedInIsSentToTheDoorAndBack(t *testing.T) {
	d := newDesk(t)
	resp, body := d.get(t, Path+"/?month=2027-03")
	if resp.Request.URL.Path != Path+"/sign-in" || !strings.Contains(body, "口令") {
		t.Fatalf("%s shows %s", resp.Request.URL, body)
	}
	resp, _ = d.post(t, Path+"/sign-in", "name", "王编", "password", rightWord, "to", resp.Request.URL.Query().Get("to"))
	if got := resp.Request.URL.RequestURI(); got != Path+"/?month=2027-03" {
		t.Errorf("after signing in one is at %s", got)
	}
}

func TestTheDoorStaysShut(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct{ name, who, password string }{
		{"a wrong password", "王编", "wrong"},
		{"a name that is unknown", "赵六", rightWord},
		{"nothing typed", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := d.post(t, Path+"/sign-in", "name", c.who, "password", c.password)
			if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, sayDenied) || strings.Contains(body, "wrong") {
				t.Errorf("%s: %s", resp.Status, body)
			}
		})
	}
}

func TestASessionEnds(t *testing.T) {
	cases := []struct {
		name string
		do   func(*testing.T, *desk)
	}{
		{"when one signs out", func(t *testing.T, d *desk) { d.post(t, Path+"/sign-out") }},
		{"when the account is disabled", func(_ *testing.T, d *desk) {
			d.people["王编"] = staff.Account{Name: "王编", Disabled: true}
		}},
		{"when the password was changed, or one signed out everywhere", func(_ *testing.T, d *desk) {
			d.people["王编"] = staff.Account{Name: "王编", Roles: d.people["王编"].Roles, Era: 1}
		}},
		{"when the account is gone", func(_ *testing.T, d *desk) { delete(d.people, "王编") }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).signedIn(t, "王编")
			c.do(t, d)
			if resp, _ := d.get(t, Path+"/"); resp.Request.URL.Path != Path+"/sign-in" {
				t.Errorf("still in: %s", resp.Request.URL)
			}
		})
	}
}

func TestWhatOtherSitesSendIsRefused(t *testing.T) {
	for _, c := range []struct{ name, header, value string }{
		{"another site", "Sec-Fetch-Site", "cross-site"},
		{"another origin", "Origin", "https://evil.example"},
		{"nobody knows where from", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).signedIn(t, "王编")
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+Path+"/sign-out", nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.header != "" {
				req.Header.Set(c.header, c.value)
			}
			if resp, _ := d.do(t, req); resp.StatusCode != http.StatusForbidden {
				t.Errorf("status %s, want 403", resp.Status)
			}
			if resp, _ := d.get(t, Path+"/"); resp.Request.URL.Path != Path+"/" {
				t.Error("the deed was done")
			}
		})
	}
}

func TestBackLeadsNowhereElse(t *testing.T) {
	for to, want := range map[string]string{
		Path + "/content?q=a": Path + "/content?q=a", "": Path + "/", "https://evil.example/console/": Path + "/",
		"//evil.example/console/": Path + "/", `/console/\evil`: Path + "/", "/console//evil": Path + "/",
		"/try": Path + "/", "javascript:alert(1)": Path + "/", "/consolex": Path + "/",
	} {
		if got := back(to); got != want {
			t.Errorf("back(%q) = %q, want %q", to, got, want)
		}
	}
}

func TestAPageThatIsNotThere(t *testing.T) {
	d := newDesk(t).signedIn(t, "王编")
	resp, body := d.get(t, Path+"/none")
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, sayNoPage) {
		t.Errorf("%s: %s", resp.Status, body)
	}
}
