package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"pufa/staff"
)

const newWord = "窗外的雨下了一整夜42"

func TestAccountsAreManaged(t *testing.T) {
	const at = Path + "/settings/accounts"
	cases := []struct {
		name, path string
		fields     []string
		says       string
		holds      func(*book) bool
	}{
		{
			"an account is added", at + "/new",
			[]string{"name", "新来的", "password", newWord, "again", newWord, "role", "编辑"},
			"已经建好",
			func(b *book) bool { return b.accounts["新来的"].May(staff.Editor) },
		},
		{
			"a name that is taken is told", at + "/new",
			[]string{"name", "李审", "password", newWord, "again", newWord, "role", "编辑"},
			sayTaken,
			func(b *book) bool { return b.accounts["李审"].May(staff.Reviewer) },
		},
		{
			"a short password is told", at + "/new",
			[]string{"name", "新来的", "password", "short", "again", "short", "role", "编辑"},
			sayPassword,
			func(b *book) bool { return len(b.accounts) == 4 },
		},
		{
			"two different passwords are told", at + "/new",
			[]string{"name", "新来的", "password", newWord, "again", newWord + "x", "role", "编辑"},
			sayTwice,
			func(b *book) bool { return len(b.accounts) == 4 },
		},
		{
			"an account without a role is told", at + "/new",
			[]string{"name", "新来的", "password", newWord, "again", newWord},
			sayNoRole,
			func(b *book) bool { return len(b.accounts) == 4 },
		},
		{
			"a role that is none is not taken", at + "/new",
			[]string{"name", "新来的", "password", newWord, "again", newWord, "role", "老板"},
			sayNoRole,
			func(b *book) bool { return len(b.accounts) == 4 },
		},
		{
			"a name that leads elsewhere is refused", at + "/new",
			[]string{"name", "../x", "password", newWord, "again", newWord, "role", "编辑"},
			sayName,
			func(b *book) bool { return len(b.accounts) == 4 },
		},
		{
			"roles change", at + "/of/王编/roles",
			[]string{"was", "编辑", "role", "查看"},
			"角色已改",
			func(b *book) bool {
				return b.accounts["王编"].May(staff.Viewer) && !b.accounts["王编"].May(staff.Editor)
			},
		},
		{
			"roles that another one changed are told", at + "/of/王编/roles",
			[]string{"was", "查看", "role", "查看"},
			"别人刚刚把角色改成了“编辑”",
			func(b *book) bool { return b.accounts["王编"].May(staff.Editor) },
		},
		{
			"one's own role stays", at + "/of/王管理/roles",
			[]string{"was", "审核、管理", "role", "审核"},
			sayOwnRole,
			func(b *book) bool { return b.accounts["王管理"].May(staff.Admin) },
		},
		{
			"one's own account is not disabled", at + "/of/王管理/disable",
			[]string{"x", ""},
			sayOwnRole,
			func(b *book) bool { return !b.accounts["王管理"].Disabled },
		},
		{"an account is disabled", at + "/of/王编/disable", []string{"x", ""}, "已停用", func(b *book) bool { return b.accounts["王编"].Disabled }},
		{
			"a password is reset", at + "/of/王编/password",
			[]string{"password", newWord, "again", newWord},
			"口令已重设",
			func(b *book) bool { return b.accounts["王编"].Era == 1 && b.accounts["王编"].Hash != "" },
		},
		{"one is signed out everywhere", at + "/of/王编/sessions", []string{"x", ""}, "都已退出", func(b *book) bool { return b.accounts["王编"].Era == 1 }},
		{"an account that is not there", at + "/of/无此人/disable", []string{"x", ""}, sayNoPage, func(b *book) bool { return len(b.accounts) == 4 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, b := managed(t)
			d.signedIn(t, "王管理")
			resp, body := d.post(t, c.path, c.fields...)
			if !strings.Contains(body, c.says) || !c.holds(b) {
				t.Errorf("%s: want %q and the account so:\n%s", resp.Status, c.says, body)
			}
			if strings.Contains(body, newWord) || strings.Contains(body, "argon2") {
				t.Error("the page shows a password or its hash")
			}
		})
	}
}

func TestTheLastAdminStays(t *testing.T) {
	d, b := managed(t)
	d.signedIn(t, "王管理")
	d.post(t, Path+"/settings/accounts/of/刘管理/disable", "x", "")
	b.accounts["李审"] = staff.Account{Name: "李审", Roles: []staff.Role{staff.Reviewer}}
	// Whoever lost the role meanwhile cannot do it either.
	other, _ := managed(t)
	other.signedIn(t, "李审")
	if resp, body := other.post(t, Path+"/settings/accounts/of/王管理/disable", "x", ""); resp.StatusCode != http.StatusForbidden || !strings.Contains(body, sayRole) {
		t.Errorf("without the role: %s", resp.Status)
	}
	if !b.accounts["王管理"].May(staff.Admin) || b.accounts["刘管理"].May(staff.Admin) {
		t.Error("who manages accounts is not as it should be")
	}
}

func TestTheFirstAccount(t *testing.T) {
	fields := []string{"token", "good", "name", "王管理", "password", newWord, "again", newWord}
	t.Run("a link makes one account of 管理, once", func(t *testing.T) {
		d, b := managed(t)
		clear(b.accounts)
		if _, body := d.get(t, Path+"/first?token=good"); !strings.Contains(body, `value="good"`) {
			t.Fatal(body)
		}
		if resp, body := d.post(t, Path+"/first", fields...); resp.Request.URL.Path != Path+"/" || !b.accounts["王管理"].May(staff.Admin) {
			t.Fatalf("%s: %s", resp.Request.URL, body)
		}
		fields[3] = "另一人"
		if resp, _ := d.post(t, Path+"/first", fields...); resp.StatusCode != http.StatusNotFound || len(b.accounts) != 1 {
			t.Errorf("a second time: %s, %d accounts", resp.Status, len(b.accounts))
		}
	})
	t.Run("what was typed wrongly does not use it up", func(t *testing.T) {
		d, b := managed(t)
		clear(b.accounts)
		if resp, _ := d.post(t, Path+"/first", "token", "good", "name", "王管理", "password", "short", "again", "short"); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("short: %s", resp.Status)
		}
		fields[3] = "王管理"
		if d.post(t, Path+"/first", fields...); len(b.accounts) != 1 {
			t.Error("the link does not work any more")
		}
	})
	for name, token := range map[string]string{"another token": "bad", "no token": ""} {
		t.Run(name, func(t *testing.T) {
			d, b := managed(t)
			clear(b.accounts)
			if resp, _ := d.get(t, Path+"/first?token="+token); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s", resp.Status)
			}
		})
	}
	t.Run("a link is dead once there is an account", func(t *testing.T) {
		d, _ := managed(t)
		if resp, body := d.get(t, Path+"/first?token=good"); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, sayNoInvite) {
			t.Errorf("%s", resp.Status)
		}
	})
}

// codeOf is the code of an account's telephone now.
func (d *desk) codeOf(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, d.now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestOneTimeCodesAtTheDoor(t *testing.T) {
	d, b := managed(t)
	d.signedIn(t, "王编")
	_, page := d.get(t, Path+"/self/code")
	_, secret, _ := strings.Cut(page, "<code>")
	secret, _, _ = strings.Cut(secret, "</code>")
	secret = strings.ReplaceAll(secret, " ", "")
	if _, again := d.get(t, Path+"/self/code"); !strings.Contains(strings.ReplaceAll(again, " ", ""), secret) {
		t.Error("a reload shows another secret")
	}
	if resp, body := d.post(t, Path+"/self/code", "code", "000000"); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, sayNewCode) {
		t.Errorf("a wrong code: %s", resp.Status)
	}
	if _, body := d.post(t, Path+"/self/code", "code", d.codeOf(t, secret)); !strings.Contains(body, "动态码已经设好") || b.accounts["王编"].Code != secret {
		t.Fatalf("set up: %s", body)
	}
	d.post(t, Path+"/sign-out")

	d.now = d.now.Add(time.Minute)
	resp, _ := d.post(t, Path+"/sign-in", "name", "王编", "password", rightWord, "to", Path+"/self")
	if resp.Request.URL.Path != Path+"/sign-in/code" {
		t.Fatalf("after the password one is at %s", resp.Request.URL)
	}
	if resp, _ := d.get(t, Path+"/self"); resp.Request.URL.Path != Path+"/sign-in" {
		t.Errorf("with the password alone one is in: %s", resp.Request.URL)
	}
	if resp, body := d.post(t, Path+"/sign-in/code", "code", "000000"); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, sayCode) {
		t.Errorf("a wrong code: %s", resp.Status)
	}
	code := d.codeOf(t, secret)
	if resp, _ := d.post(t, Path+"/sign-in/code", "code", code); resp.Request.URL.Path != Path+"/self" {
		t.Fatalf("with the code one is at %s", resp.Request.URL)
	}
	d.post(t, Path+"/sign-out")
	d.post(t, Path+"/sign-in", "name", "王编", "password", rightWord)
	if resp, _ := d.post(t, Path+"/sign-in/code", "code", code); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the same code again: %s", resp.Status)
	}
	d.now = d.now.Add(halfTime + time.Minute)
	if resp, _ := d.post(t, Path+"/sign-in/code", "code", d.codeOf(t, secret)); resp.Request.URL.Path != Path+"/sign-in" {
		t.Errorf("a code after minutes: %s", resp.Request.URL)
	}
}

func TestRolesThatNeedCodes(t *testing.T) {
	d, b := managed(t, func(c *Config) { c.CodeRoles = []staff.Role{staff.Reviewer} })
	d.post(t, Path+"/sign-in", "name", "李审", "password", rightWord)
	for _, path := range []string{Path + "/", Path + "/settings/accounts", Path + "/none"} {
		resp, body := d.get(t, path)
		if path != Path+"/none" && (resp.Request.URL.Path != Path+"/self" || !strings.Contains(body, "必须设置")) {
			t.Errorf("%s leads to %s", path, resp.Request.URL)
		}
	}
	_, page := d.get(t, Path+"/self/code")
	_, secret, _ := strings.Cut(page, "<code>")
	secret, _, _ = strings.Cut(secret, "</code>")
	d.post(t, Path+"/self/code", "code", d.codeOf(t, strings.ReplaceAll(secret, " ", "")))
	if resp, _ := d.get(t, Path+"/"); resp.Request.URL.Path != Path+"/" || b.accounts["李审"].Code == "" {
		t.Errorf("with codes one is at %s", resp.Request.URL)
	}
	other, _ := managed(t, func(c *Config) { c.CodeRoles = []staff.Role{staff.Reviewer} })
	if other.signedIn(t, "王编"); other.client == nil {
		t.Error("an account without the role needs no code")
	}
}

func TestOnesOwnAccount(t *testing.T) {
	d, b := managed(t)
	d.signedIn(t, "王编")
	for _, c := range []struct {
		name, path string
		fields     []string
		says       string
	}{
		{"a wrong old password", "/self/password", []string{"old", "wrong", "password", newWord, "again", newWord}, sayOld},
		{"a new one with the name in it", "/self/password", []string{"old", rightWord, "password", "王编的口令是这一个", "again", "王编的口令是这一个"}, sayPassword},
		{"a wrong password keeps the codes", "/self/code/drop", []string{"old", "wrong"}, sayOld},
	} {
		if resp, body := d.post(t, Path+c.path, c.fields...); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) {
			t.Errorf("%s: %s", c.name, resp.Status)
		}
	}
	other := &desk{Server: d.Server, people: d.people, door: d.door, now: d.now, client: newClient(t)}
	other.signedIn(t, "王编")
	if _, body := d.post(t, Path+"/self/password", "old", rightWord, "password", newWord, "again", newWord); !strings.Contains(body, "口令已经换好") {
		t.Errorf("changed: %s", body)
	}
	if resp, _ := d.get(t, Path+"/"); resp.Request.URL.Path != Path+"/" {
		t.Error("who changed the password is out")
	}
	if resp, _ := other.get(t, Path+"/"); resp.Request.URL.Path != Path+"/sign-in" {
		t.Error("another browser is still in")
	}
	other.signedIn(t, "王编")
	d.post(t, Path+"/self/everywhere", "x", "")
	for name, one := range map[string]*desk{"this browser": d, "another": other} {
		if resp, _ := one.get(t, Path+"/"); resp.Request.URL.Path != Path+"/sign-in" {
			t.Errorf("after signing out everywhere %s is still in", name)
		}
	}
	if b.accounts["王编"].Era != 2 {
		t.Errorf("era %d, want 2", b.accounts["王编"].Era)
	}
	d.door.wait = 90 * time.Second
	resp, body := d.post(t, Path+"/sign-in", "name", "王编", "password", rightWord)
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "90" || !strings.Contains(body, "请过2分钟再试") {
		t.Errorf("too many tries: %s %s", resp.Status, resp.Header.Get("Retry-After"))
	}
	if _, err := url.Parse(accountURL("王/编?x")); err != nil || strings.Contains(accountURL("王/编?x"), "?") {
		t.Errorf("address %s", accountURL("王/编?x"))
	}
}
