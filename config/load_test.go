package config

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"
)

const (
	longSecret = "0123456789abcdef0123456789abcdef"
	aesKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// disk plays os.ReadFile.
type disk map[string]string

func (d disk) read(name string) ([]byte, error) {
	text, ok := d[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

func account(more ...string) []string {
	return append([]string{
		"PUFA_WECHAT_APP_ID=wx0123456789abcdef", "PUFA_WECHAT_APP_SECRET=appsecret-of-the-account",
		"PUFA_WECHAT_TOKEN=tokenofaccount", "PUFA_WECHAT_AES_KEY=" + aesKey,
	}, more...)
}

func load(t *testing.T, environ []string, files disk) Settings {
	t.Helper()
	s, err := Load(environ, files.read)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return s
}

func TestDefaults(t *testing.T) {
	s := load(t, nil, nil)
	if s.Addr != "127.0.0.1:8080" || s.DataDir != "./data" || s.MetricsAddr != "" || s.Try != Auto {
		t.Errorf("defaults = %+v", s)
	}
	if s.WeChat.Mode != Safe || s.WeChat.Account != Service || s.WeChat.APIBase != "https://api.weixin.qq.com" {
		t.Errorf("account defaults = %+v", s.WeChat)
	}
	if s.OnlyApproved || s.OnePerson || s.OpenAI.Configured() || s.OpenAI.SendQuestions {
		t.Errorf("something is on by default: %+v", s)
	}
	if s.OpenAI.Timeout != 3*time.Second || len(s.TrustedProxies) != 0 {
		t.Errorf("timeout %s, trusted proxies %v", s.OpenAI.Timeout, s.TrustedProxies)
	}
}

func TestWithoutAccountKeysAreMadeForTheRun(t *testing.T) {
	a, b := load(t, nil, nil).WeChat, load(t, nil, nil).WeChat
	if !a.Made || !appIDForm.MatchString(a.AppID) || a.Token.Empty() || len(a.AESKey.Reveal()) != 43 {
		t.Fatalf("made account = %+v", a)
	}
	if a.Token == b.Token || a.Token.Reveal() == b.Token.Reveal() || a.AESKey.Reveal() == b.AESKey.Reveal() {
		t.Error("two runs share a token or key")
	}
	if w := load(t, account(), nil).WeChat; w.Made || w.Token.Reveal() != "tokenofaccount" {
		t.Errorf("configured account = %+v", w)
	}
}

func TestSources(t *testing.T) {
	files := disk{
		"pufa.yaml":         "addr: 127.0.0.1:9000\nstreet_phone: 01088880000\ntry: on\ntrusted_proxies: [10.0.0.1, 10.1.0.0/16]\nstreet_hours: |\n  周一至周五\n",
		"/etc/pufa.yaml":    "addr: 127.0.0.1:9100\nsecret_file: /run/secret\n",
		"/run/secret":       longSecret + "\n",
		"/run/secret-other": strings.ToUpper(longSecret) + "\r\n",
	}
	cases := []struct {
		name    string
		environ []string
		got     func(Settings) string
		want    string
	}{
		{"the file in the working directory is read", nil, func(s Settings) string { return s.Addr }, "127.0.0.1:9000"},
		{"PUFA_CONFIG names another file", []string{"PUFA_CONFIG=/etc/pufa.yaml"}, func(s Settings) string { return s.Addr }, "127.0.0.1:9100"},
		{"the environment wins over the file", []string{"PUFA_ADDR=127.0.0.1:1"}, func(s Settings) string { return s.Addr }, "127.0.0.1:1"},
		{"an empty variable leaves the file's value", []string{"PUFA_ADDR="}, func(s Settings) string { return s.Addr }, "127.0.0.1:9000"},
		{"a number that begins with 0 is kept", nil, func(s Settings) string { return s.Street.Phone }, "01088880000"},
		{"a list in the file is read", nil, func(s Settings) string { return strings.Join(s.TrustedProxies, " ") }, "10.0.0.1 10.1.0.0/16"},
		{"a list in the environment is read", []string{"PUFA_TRUSTED_PROXIES=::1, 10.0.0.2"}, func(s Settings) string { return strings.Join(s.TrustedProxies, " ") }, "::1 10.0.0.2"},
		{"a block of text is read", nil, func(s Settings) string { return s.Street.Hours }, "周一至周五"},
		{"a secret is read from its file", []string{"PUFA_SECRET_FILE=/run/secret"}, func(s Settings) string { return s.Secret.Reveal() }, longSecret},
		{"the file may name the secret's file", []string{"PUFA_CONFIG=/etc/pufa.yaml"}, func(s Settings) string { return s.Secret.Reveal() }, longSecret},
		{"a secret in the environment wins over the file's", []string{"PUFA_CONFIG=/etc/pufa.yaml", "PUFA_SECRET=" + aesKey}, func(s Settings) string { return s.Secret.Reveal() }, aesKey},
		{"a secret's file in the environment wins too", []string{"PUFA_CONFIG=/etc/pufa.yaml", "PUFA_SECRET_FILE=/run/secret-other"}, func(s Settings) string { return s.Secret.Reveal() }, strings.ToUpper(longSecret)},
		{"the slash at the end of an address is dropped", []string{"PUFA_PUBLIC_URL=https://pufa.example.cn/"}, func(s Settings) string { return s.PublicURL }, "https://pufa.example.cn"},
		{"what Kubernetes adds is passed over", []string{"PUFA_PORT=tcp://10.0.0.1:80", "PUFA_SERVICE_HOST=10.0.0.1", "PUFA_PORT_80_TCP=x"}, func(s Settings) string { return s.Addr }, "127.0.0.1:9000"},
		{"variables of others are passed over", []string{"PATH=/bin", "PUFAX=1"}, func(s Settings) string { return s.Addr }, "127.0.0.1:9000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.got(load(t, c.environ, files)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAModelHelpsOnlyWhereEverythingIsOn(t *testing.T) {
	base := []string{"PUFA_OPENAI_BASE_URL=http://127.0.0.1:1/v1", "PUFA_OPENAI_MODEL=m"}
	cases := []struct {
		name    string
		environ []string
		want    bool
	}{
		{"an address alone is not enough", nil, false},
		{"nothing is sent without leave", []string{"PUFA_OPENAI_CHOOSE=on", "PUFA_OPENAI_PICK=on", "PUFA_OPENAI_EMBEDDING_MODEL=e"}, false},
		{"leave alone switches no helper on", []string{"PUFA_OPENAI_SEND_QUESTIONS=on"}, false},
		{"no tokens, no model", []string{"PUFA_OPENAI_SEND_QUESTIONS=on", "PUFA_OPENAI_CHOOSE=on", "PUFA_OPENAI_DAILY_TOKENS=0"}, false},
		{"one helper with leave", []string{"PUFA_OPENAI_SEND_QUESTIONS=on", "PUFA_OPENAI_PICK=on"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := load(t, append(c.environ, base...), nil).OpenAI.Helps(); got != c.want {
				t.Errorf("Helps = %v, want %v", got, c.want)
			}
		})
	}
}

func TestTryOn(t *testing.T) {
	cases := []struct {
		name         string
		environ      []string
		on, loopback bool
	}{
		{"without an account it is on for this machine", nil, true, true},
		{"with an account it is off", account(), false, true},
		{"switched on it is on for all", account("PUFA_TRY=on"), true, false},
		{"switched off it is off", []string{"PUFA_TRY=off"}, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			on, loopback := load(t, c.environ, nil).TryOn()
			if on != c.on || on && loopback != c.loopback {
				t.Errorf("on %v, only this machine %v; want %v, %v", on, loopback, c.on, c.loopback)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	cases := []struct {
		name    string
		environ []string
		files   disk
		want    []string // every one is in the error
	}{
		{"an unknown variable is named with the nearest", []string{"PUFA_ONLY_APROVED=on"}, nil, []string{"PUFA_ONLY_APROVED: there is no such setting; PUFA_ONLY_APPROVED is the nearest"}},
		{"a variable like none is not guessed", []string{"PUFA_X=1"}, nil, []string{"PUFA_X: there is no such setting; docs/configuration.md"}},
		{"a key of the file is named with line and nearest", nil, disk{"pufa.yaml": "addr: 127.0.0.1:1\nstreet_adress: 和平路1号\n"}, []string{"pufa.yaml:2: street_adress: there is no such setting; street_address is the nearest"}},
		{"a name in capitals is no name of the file", nil, disk{"pufa.yaml": "ADDR: 127.0.0.1:1\n"}, []string{"pufa.yaml:1: ADDR", "addr is the nearest"}},
		{"only secrets have files", []string{"PUFA_ADDR_FILE=/run/addr"}, nil, []string{"PUFA_ADDR_FILE: there is no such setting"}},
		{"a key written twice is refused", nil, disk{"pufa.yaml": "addr: 127.0.0.1:1\naddr: 127.0.0.1:2\n"}, []string{"pufa.yaml", "addr"}},
		{"a nested value is refused", nil, disk{"pufa.yaml": "street_name:\n  a: b\n"}, []string{"pufa.yaml:1: street_name: write a plain value"}},
		{"a file that is no mapping is refused", nil, disk{"pufa.yaml": "- a\n- b\n"}, []string{"pufa.yaml"}},
		{"broken yaml is refused", nil, disk{"pufa.yaml": "addr: [1\n"}, []string{"pufa.yaml"}},
		{"a file that was named must exist", []string{"PUFA_CONFIG=/no/such.yaml"}, nil, []string{"PUFA_CONFIG: open the file", "/no/such.yaml"}},
		{"a secret's file must exist", []string{"PUFA_SECRET_FILE=/no/secret"}, nil, []string{"PUFA_SECRET_FILE: open the file with the secret"}},
		{"a secret's file must hold something", []string{"PUFA_SECRET_FILE=/run/empty"}, disk{"/run/empty": "\n"}, []string{"PUFA_SECRET_FILE: the file is empty"}},
		{"a secret is given once", []string{"PUFA_SECRET_FILE=/run/s", "PUFA_SECRET=" + longSecret}, disk{"/run/s": longSecret}, []string{"PUFA_SECRET and PUFA_SECRET_FILE are both set"}},
		{"a switch has three positions", []string{"PUFA_TRY=maybe"}, nil, []string{`PUFA_TRY: "maybe" is none of auto, on, off`}},
		{"a bad value in the file is named by line", nil, disk{"pufa.yaml": "\nonly_approved: perhaps\n"}, []string{`pufa.yaml:2: only_approved: "perhaps" is neither on nor off`}},
		{"an address has a port", []string{"PUFA_ADDR=8080"}, nil, []string{`PUFA_ADDR: "8080" is no address to listen on`}},
		{"the figures have a port of their own", []string{"PUFA_METRICS_ADDR=127.0.0.1:8080"}, nil, []string{"PUFA_METRICS_ADDR: the same as PUFA_ADDR"}},
		{"a proxy is an address or a network", []string{"PUFA_TRUSTED_PROXIES=nginx"}, nil, []string{`PUFA_TRUSTED_PROXIES: "nginx" is neither`}},
		{"a public address is http", []string{"PUFA_PUBLIC_URL=pufa.example.cn"}, nil, []string{"PUFA_PUBLIC_URL: no web address"}},
		{"a short secret is refused", []string{"PUFA_SECRET=short-secret"}, nil, []string{"PUFA_SECRET: shorter than 32 characters; make one with"}},
		{"Redis wants the secret", []string{"PUFA_REDIS_URL=redis://127.0.0.1:6379/0"}, nil, []string{"PUFA_SECRET: must be set with PUFA_REDIS_URL"}},
		{"a Redis address has a known scheme", []string{"PUFA_REDIS_URL=http://127.0.0.1", "PUFA_SECRET=" + longSecret}, nil, []string{"PUFA_REDIS_URL: unknown kind"}},
		{"a Redis address has two parts", []string{"PUFA_REDIS_URL=127.0.0.1:6379", "PUFA_SECRET=" + longSecret}, nil, []string{"PUFA_REDIS_URL: no address of a Redis"}},
		{"cluster servers have ports", []string{"PUFA_REDIS_URL=redis+cluster://u:p@h1:1,h2", "PUFA_SECRET=" + longSecret}, nil, []string{"PUFA_REDIS_URL: each server needs its port"}},
		{"sentinel wants its master", []string{"PUFA_REDIS_URL=redis+sentinel://h1:1,h2:2/0", "PUFA_SECRET=" + longSecret}, nil, []string{"PUFA_REDIS_URL: the name of the master is missing"}},
		{"half an account names what is missing", []string{"PUFA_WECHAT_MODE=safe"}, nil, []string{"PUFA_WECHAT_APP_ID: missing", "PUFA_WECHAT_APP_SECRET: missing", "PUFA_WECHAT_TOKEN: missing", "PUFA_WECHAT_AES_KEY: missing"}},
		{"a short key is refused", []string{"PUFA_WECHAT_AES_KEY=abc"}, nil, []string{"PUFA_WECHAT_AES_KEY: not as WeChat makes it: the key has exactly 43"}},
		{"a model wants a name", []string{"PUFA_OPENAI_BASE_URL=http://127.0.0.1:11434/v1"}, nil, []string{"PUFA_OPENAI_MODEL: missing"}},
		{"a key wants an address", []string{"PUFA_OPENAI_API_KEY=sk-1"}, nil, []string{"PUFA_OPENAI_BASE_URL: missing"}},
		{"a model has less time than a reply", []string{"PUFA_OPENAI_TIMEOUT=30s"}, nil, []string{"PUFA_OPENAI_TIMEOUT: 30s is not between 200ms and 3.5s"}},
		{"a time has a unit", []string{"PUFA_OPENAI_TIMEOUT=3"}, nil, []string{`PUFA_OPENAI_TIMEOUT: "3" is no length of time`}},
		{"a request is done within days", []string{"PUFA_DESK_REQUEST_DAYS=0"}, nil, []string{"PUFA_DESK_REQUEST_DAYS: 0; write 1 to 60 days"}},
		{"a telephone number goes within a month", []string{"PUFA_DESK_KEEP_DAYS=31"}, nil, []string{"PUFA_DESK_KEEP_DAYS: 31; write 2 to 30 days"}},
		{"the ledger is kept for a year", []string{"PUFA_LEDGER_MONTHS=11"}, nil, []string{"PUFA_LEDGER_MONTHS: 11; write 12 to 120 months, or 0"}},
		{"the desk is on or off", []string{"PUFA_DESK=maybe"}, nil, []string{"PUFA_DESK"}},
		{"questions are counted from 0", []string{"PUFA_OPENAI_DAILY_QUESTIONS=-1"}, nil, []string{"PUFA_OPENAI_DAILY_QUESTIONS: less than 0"}},
		{"extra fields are a JSON object", []string{"PUFA_OPENAI_EXTRA=[1]"}, nil, []string{"PUFA_OPENAI_EXTRA: no JSON object"}},
		{"what follows is chosen", []string{"PUFA_OPENAI_LATER=on", "PUFA_WECHAT_VERIFIED=on"}, nil, []string{"PUFA_OPENAI_LATER: on, while PUFA_OPENAI_CHOOSE is off"}},
		{"what follows needs customer messages", []string{"PUFA_OPENAI_LATER=on", "PUFA_OPENAI_CHOOSE=on"}, nil, []string{"PUFA_OPENAI_LATER: on, while the account is no verified service account"}},
		{"a price is none below 0", []string{"PUFA_OPENAI_PRICE_IN=-1"}, nil, []string{"PUFA_OPENAI_PRICE_IN: not 0 to 100000"}},
		{"a price is a number", []string{"PUFA_OPENAI_PRICE_OUT=NaN"}, nil, []string{"PUFA_OPENAI_PRICE_OUT: not 0 to 100000"}},
		{"a price has digits", []string{"PUFA_OPENAI_PRICE_EMBEDDING=cheap"}, nil, []string{`PUFA_OPENAI_PRICE_EMBEDDING: "cheap" is no number`}},
		{"tokens are counted from 0", []string{"PUFA_OPENAI_DAILY_TOKENS=-1"}, nil, []string{"PUFA_OPENAI_DAILY_TOKENS: less than 0"}},
		{"a number has digits", []string{"PUFA_OPENAI_DAILY_TOKENS=many"}, nil, []string{`PUFA_OPENAI_DAILY_TOKENS: "many" is no whole number`}},
		{"all problems come at once", []string{"PUFA_TRY=x", "PUFA_ADDR=y", "PUFA_SECRET=z", "PUFA_NOPE=1"}, nil, []string{"PUFA_TRY", "PUFA_ADDR", "PUFA_SECRET", "PUFA_NOPE"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(c.environ, c.files.read)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestGoodRedisAddresses(t *testing.T) {
	for _, url := range []string{
		"redis://127.0.0.1:6379/0", "rediss://user:p%40ss@redis.example.cn:6380", "unix:///run/redis/redis.sock",
		"redis+cluster://h1:6379,h2:6379", "redis+sentinel://:pass@h1:26379,h2:26379/0?master=pufa",
	} {
		s := load(t, []string{"PUFA_REDIS_URL=" + url, "PUFA_SECRET=" + longSecret}, nil)
		if s.RedisURL.Reveal() != url {
			t.Errorf("RedisURL = %q, want %q", s.RedisURL.Reveal(), url)
		}
	}
}

func TestPlainModeNeedsNoKey(t *testing.T) {
	environ := account("PUFA_WECHAT_MODE=plain", "PUFA_WECHAT_AES_KEY=")
	if w := load(t, environ, nil).WeChat; w.Mode != Plain || w.Made {
		t.Errorf("account = %+v", w)
	}
}

func TestNoErrorHoldsASecret(t *testing.T) {
	const hidden = "Gehe1m"
	var environ []string
	for _, f := range (&loader{fields: fieldsOfSettings()}).fields {
		if f.secret {
			environ = append(environ, f.key+"="+hidden)
		}
	}
	environ = append(environ, "PUFA_TRY=x", "PUFA_PUBLIC_URL=http://u:"+hidden+"@h")
	_, err := Load(environ, disk{}.read)
	if err == nil || strings.Contains(err.Error(), hidden) {
		t.Errorf("error = %v", err)
	}
	_, err = Load([]string{"PUFA_REDIS_URL=redis://u:" + hidden + "%zz@h:1", "PUFA_SECRET=" + longSecret}, disk{}.read)
	if err == nil || strings.Contains(err.Error(), hidden) {
		t.Errorf("error of a bad Redis address = %v", err)
	}
}

func TestAReadErrorKeepsItsCause(t *testing.T) {
	_, err := Load([]string{"PUFA_CONFIG=/no"}, disk{}.read)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("errors.Is(%v, fs.ErrNotExist) = false", err)
	}
}

func TestFieldNamesAreUnique(t *testing.T) {
	// unreadable finds a setting by the name of its Go field.
	seen := map[string]string{}
	for _, f := range fieldsOfSettings() {
		if other, twice := seen[f.name]; twice {
			t.Errorf("%s and %s are both the field %s", other, f.key, f.name)
		}
		seen[f.name] = f.key
	}
}

func FuzzFile(f *testing.F) {
	for _, s := range []string{"", "addr: x", "a: [1, {b: c}]", "&a b: *a", "? x\n: y", "try: !!str on", "--- \n--- \na: 1", "1: 2", "<<: {a: b}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readYAML("pufa.yaml", []byte(text))
		for _, l := range lines {
			if err == nil && !strings.HasPrefix(l.at, "pufa.yaml:") {
				t.Errorf("line %+v has no place", l)
			}
		}
	})
}
