package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pufa/staff"
)

// sessionOf is the cookie of a client's session.
func (d *desk) sessionOf(t *testing.T) *http.Cookie {
	t.Helper()
	u, err := url.Parse(d.URL + Path + "/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.client.Jar.Cookies(u) {
		if c.Name == cookie {
			return c
		}
	}
	t.Fatal("no session")
	return nil
}

// with asks for a page with a session's token and nothing else.
func (d *desk) with(t *testing.T, token string) (status int, at string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+Path+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: cookie, Value: token})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

func TestForgedAndReplayedCookies(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王管理")
	token := d.sessionOf(t).Value
	if status, _ := d.with(t, token); status != http.StatusOK {
		t.Fatalf("the right token: %d", status)
	}
	changed := []byte(token)
	changed[0] ^= 1
	for name, value := range map[string]string{
		"a made-up token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "none": "", "one letter changed": string(changed),
		"a name": "王管理", "a path": "../../staff", "very long": strings.Repeat("a", 8000),
	} {
		if status, at := d.with(t, value); status != http.StatusSeeOther || !strings.HasPrefix(at, Path+"/sign-in") {
			t.Errorf("%s: %d %s", name, status, at)
		}
	}
	d.post(t, Path+"/sign-out")
	if status, _ := d.with(t, token); status != http.StatusSeeOther {
		t.Errorf("a session that was signed out: %d", status)
	}
	before := token
	d.signedIn(t, "王管理")
	if d.sessionOf(t).Value == before {
		t.Error("signing in keeps the token: a session could be planted")
	}
}

func TestASessionEndsWithTime(t *testing.T) {
	// scs compares with the real clock: its store is asked what it was told.
	d, _ := managed(t)
	d.signedIn(t, "王编")
	c, err := New(Config{
		Office: d.people, Accounts: d.people, Door: d.door, Key: []byte("sixteen bytes or more"), Pages: pagesOf(t),
		Sessions: ctxStore{}, Log: discard(),
	})
	if err != nil {
		t.Fatal(err)
	}
	m := c.sessions
	if m.IdleTimeout != 30*time.Minute || m.Lifetime != 12*time.Hour || m.Cookie.Persist || !m.Cookie.HttpOnly || m.Cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("idle %s, life %s, cookie %+v", m.IdleTimeout, m.Lifetime, m.Cookie)
	}
	c.Secure = true
	if s := c.newSessions(); !s.Cookie.Secure {
		t.Error("behind https the cookie goes over http too")
	}
}

func TestTheMarkOfABrowserCannotBeForged(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王编")
	u, _ := url.Parse(d.URL + Path + "/")
	var mark *http.Cookie
	for _, c := range d.client.Jar.Cookies(u) {
		if strings.HasPrefix(c.Name, knownCookie) {
			mark = c
		}
	}
	if mark == nil || strings.Contains(mark.Name+mark.Value, "王编") {
		t.Fatalf("mark %v", mark)
	}
	try := func(name, value string) string {
		d.door.tries = nil
		d.client = newClient(t)
		d.client.Jar.SetCookies(u, []*http.Cookie{{Name: mark.Name, Value: value, Path: Path}})
		d.post(t, Path+"/sign-in", "name", name, "password", "wrong wrong")
		return strings.Join(d.door.tries, ";")
	}
	id, rest, _ := strings.Cut(mark.Value, ".")
	until, sum, _ := strings.Cut(rest, ".")
	for _, c := range []struct{ name, who, value, want string }{
		{"the browser itself", "王编", mark.Value, "王编 known"},
		{"another name", "王管理", mark.Value, "王管理 address:127.0.0.1"},
		{"another browser's number", "王编", "X" + id + "." + until + "." + sum, "王编 address:127.0.0.1"},
		{"a longer life", "王编", id + "." + until + "0." + sum, "王编 address:127.0.0.1"},
		{"no sum", "王编", id + "." + until + ".", "王编 address:127.0.0.1"},
		{"nothing", "王编", "", "王编 address:127.0.0.1"},
	} {
		if got := try(c.who, c.value); got != c.want {
			t.Errorf("%s: the door hears %q, want %q", c.name, got, c.want)
		}
	}
	d.now = d.now.Add(knownTime)
	if got := try("王编", mark.Value); got != "王编 address:127.0.0.1" {
		t.Errorf("half a year later: %q", got)
	}
}

func TestPlacesOfAddresses(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7", "[2001:db8:1:2:3:4:5:6]:99": "2001:db8:1:2::/64", "[2001:db8:1:2:ffff::1]:1": "2001:db8:1:2::/64",
		"[::ffff:192.0.2.7]:1": "192.0.2.7", "[fe80::1%eth0]:1": "fe80::/64", "rubbish": "unknown", "": "unknown",
	} {
		if got := addressOf(remote); got != want {
			t.Errorf("addressOf(%q) = %q, want %q", remote, got, want)
		}
	}
}

// outside are requests that an outsider sends to every address of the console.
func TestAnOutsiderGetsNowhere(t *testing.T) {
	d, b := managed(t)
	steps := len(b.steps)
	c, err := New(Config{
		Office: d.people, Accounts: b, Door: d.door, Key: []byte("sixteen bytes or more"), Pages: pagesOf(t), Sessions: ctxStore{}, Log: discard(),
		Keeper: quickOffice{book: b}, Trail: b, Invites: tokens{}, Streets: &streetBook{}, Health: facts{}, Linking: facts{},
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range c.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		if r.open {
			continue
		}
		path = strings.NewReplacer("{name}", "王编", "{$}", "").Replace(path)
		n++
		for _, who := range []string{"", "王编"} {
			if who != "" && r.role == "" {
				continue // everybody may
			}
			d.client = newClient(t)
			if who != "" {
				d.signedIn(t, who)
			}
			resp, body := d.get(t, path)
			if method == http.MethodPost {
				resp, body = d.post(t, path, "role", "管理", "was", "编辑", "password", newWord, "again", newWord, "versions", "0")
			}
			wrong := resp.Request.URL.Path != Path+"/sign-in"
			if who != "" {
				wrong = resp.StatusCode != http.StatusForbidden || !strings.Contains(body, sayRole)
			}
			if wrong {
				t.Errorf("%s %s as %q: %s at %s", method, path, who, resp.Status, resp.Request.URL)
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d addresses were tried", n)
	}
	for _, s := range b.steps[steps:] {
		if s.Did != "sign in" {
			t.Errorf("something was done: %s %s", s.Who, s.Did)
		}
	}
}

func TestEveryDeedIsRefusedFromAnotherSite(t *testing.T) {
	d, b := managed(t)
	d.signedIn(t, "王管理")
	steps := len(b.steps)
	for _, path := range []string{
		"/settings/accounts/new", "/settings/accounts/of/王编/disable", "/settings/accounts/of/王编/roles", "/settings/street",
		"/self/password", "/self/everywhere", "/settings/trail/verify", "/settings/health/wechat", "/first", "/sign-in",
	} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "null", "": ""} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+Path+path, strings.NewReader("role=管理"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if header != "" {
				req.Header.Set(header, value)
			}
			if resp, _ := d.do(t, req); resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %s %s: %s", path, header, value, resp.Status)
			}
		}
	}
	if len(b.steps) != steps {
		t.Error("something was done")
	}
}

func TestFormsThatAreTooLargeOrBroken(t *testing.T) {
	d, b := managed(t)
	d.signedIn(t, "王管理")
	for name, body := range map[string]string{
		"more than a form may have": "name=" + strings.Repeat("a", maxForm) + "&role=编辑",
		"broken escapes":            "name=%zz&role=编辑",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+Path+"/settings/accounts/new", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if resp, page := d.do(t, req); resp.StatusCode != http.StatusBadRequest || !strings.Contains(page, sayBadForm) {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	if len(b.accounts) != 4 {
		t.Error("an account was made")
	}
}

// evil is what an outsider types; shown as text it does nothing.
const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'javascript:{{.}}`

func TestWhatIsTypedIsShownAsText(t *testing.T) {
	d, b := managed(t)
	d.post(t, Path+"/sign-in", "name", "王管理", "password", rightWord)
	b.Record(t.Context(), staff.Draft{At: d.now, Who: evil, Did: evil, What: evil, Note: evil})
	streets := &streetBook{list: []StreetVersion{{By: evil, Street: streetOf(evil)}}}
	shown, _ := managed(t, func(c *Config) { c.Streets = streets })
	shown.signedIn(t, "王管理")
	type page struct {
		name string
		ask  func() string
	}
	body := func(resp *http.Response, text string) string { return text }
	for _, p := range []page{
		{"the door", func() string {
			return body((&desk{Server: d.Server, client: newClient(t), door: d.door}).post(t, Path+"/sign-in", "name", evil, "password", evil, "to", evil))
		}},
		{"the door's address", func() string {
			return body((&desk{Server: d.Server, client: newClient(t)}).get(t, Path+"/sign-in?to="+url.QueryEscape(evil)))
		}},
		{"the trail", func() string { return body(d.get(t, Path+"/settings/trail")) }},
		{"the trail's filter", func() string {
			return body(d.get(t, Path+"/settings/trail?who="+url.QueryEscape(evil)+"&what="+url.QueryEscape(evil)+"&from="+url.QueryEscape(evil)))
		}},
		{"a new account", func() string {
			return body(d.post(t, Path+"/settings/accounts/new", "name", evil, "password", evil, "again", evil, "role", evil))
		}},
		{"the street", func() string { return body(shown.get(t, Path+"/settings/street")) }},
		{"the street typed", func() string {
			return body(shown.post(t, Path+"/settings/street", "versions", "0", "name", evil, "office", evil, "address", evil, "phone", evil, "hours", evil))
		}},
		{"an account that is not there", func() string { return body(d.get(t, Path+"/settings/accounts/of/"+url.PathEscape(evil))) }},
	} {
		text := p.ask()
		if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") {
			t.Errorf("%s: what was typed is markup:\n%s", p.name, text)
		}
	}
}

func TestAddressesThatWalk(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王管理")
	for _, path := range []string{
		"/../staff", "/%2e%2e/%2e%2e/etc/passwd", "/settings/accounts/of/..%2f..%2fx", "/settings/accounts/of/%00", "/settings//street",
		"/settings/accounts/of/", "/static/../../go.mod", "/..%5c..%5cx",
	} {
		resp, body := d.get(t, Path+path)
		if strings.Contains(body, "root:") || strings.Contains(body, "module pufa") || resp.StatusCode >= 500 {
			t.Errorf("%s: %s at %s", path, resp.Status, resp.Request.URL)
		}
	}
}

// TestHeadersAreNotSplit sends line ends where an address or a header is made
// of what was typed.
func TestHeadersAreNotSplit(t *testing.T) {
	d, _ := managed(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	form := url.Values{"name": {"王编"}, "password": {rightWord}, "to": {Path + "/?a=b\r\nSet-Cookie: x=y\r\n\r\n<script>"}}.Encode()
	fmt.Fprintf(conn, "POST %s/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", Path, len(form), form)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Name == "x" {
			t.Error("a header was put in")
		}
	}
	if at := resp.Header.Get("Location"); at == "" || strings.ContainsAny(at, "\r\n") {
		t.Errorf("Location %q", at)
	}
}

// away is an office whose store does not answer.
type away struct{}

func (away) Account(context.Context, string) (staff.Account, error) {
	return staff.Account{}, errors.New("dial tcp 127.0.0.1:6379: connection refused")
}

func TestWithoutTheStoreThePageSaysSo(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王编")
	token := d.sessionOf(t).Value
	gone, _ := managed(t, func(c *Config) { c.Accounts = away{} })
	gone.client = newClient(t)
	u, _ := url.Parse(gone.URL + Path + "/")
	gone.client.Jar.SetCookies(u, []*http.Cookie{{Name: cookie, Value: token, Path: Path}})
	resp, body := gone.post(t, Path+"/sign-in", "name", "王编", "password", rightWord)
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, sayAway) || strings.Contains(body, "6379") {
		t.Errorf("%s: %s", resp.Status, body)
	}
}
