package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pufa/config"
	"pufa/store"
)

// readThrough is the day on which the library was last read through.
const readThrough = "2026-11-23"

func TestCheckHoldsOnTheDayItWasReadThrough(t *testing.T) {
	t.Parallel()
	e := noAccount(t).run(t, "check", "--date", readThrough)
	if e.status != 0 || !strings.Contains(e.out, "checked for "+readThrough+": 0 errors") {
		t.Errorf("check ended with %d:\n%s%s", e.status, e.out, e.err)
	}
}

func TestCheckSeesTime(t *testing.T) {
	t.Parallel()
	v := noAccount(t)
	for _, c := range []struct{ name, day, says string }{
		{"an entry lapses 60 days after its review date", "2028-06-01", "review was due on 2027-05-25; the entry does not answer"},
		{"an edition does not hold before its day", "2010-01-01", "consumer/seven-day-return.md: a cited edition is not in force on 2010-01-01"},
		{"a pack stands on an entry that lapsed", "2028-06-01", "packs/consumer-week.yaml: it stands on consumer/seven-day-return, which does not answer on 2028-06-01"},
		{"a day has no basis before its law took effect", "2026-08-14", "observances.yaml: ecology-day: its basis 《生态环境法典》 is not of the edition in force on 2026-08-14"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := v.run(t, "check", "--date", c.day)
			if e.status != 1 || e.err != "" || !strings.Contains(e.out, c.says) || strings.Contains(e.out, ": 0 errors") {
				t.Errorf("check --date %s ended with %d: %.600s %s", c.day, e.status, e.out, e.err)
			}
		})
	}
	overdue := v.run(t, "check", "--date", "2027-06-01")
	if !strings.Contains(overdue.out, "note: consumer/seven-day-return.md: review was due on 2027-05-25\n") {
		t.Errorf("a week after its review date nothing is noted: %.600s", overdue.out)
	}
	today := func() time.Time { return time.Date(2028, 6, 1, 0, 30, 0, 0, zone) }
	if e := v.runAt(t, today, "", "check"); e.status != 1 || !strings.Contains(e.out, "checked for 2028-06-01:") {
		t.Errorf("without a date: %d %.200s", e.status, e.out)
	}
}

func TestCheckFacts(t *testing.T) {
	t.Parallel()
	v, dir := noAccount(t), t.TempDir()
	facts := filepath.Join(dir, "facts.jsonl")
	covered := libraryOf(t).Entries()[0].Facts[0]
	write := func(text string) {
		if err := os.WriteFile(facts, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Sprintf("{\"id\":%q,\"question\":\"有的\"}\n{\"id\":\"X999\",\"question\":\"没有的\",\"more\":1}\n", covered))
	e := v.run(t, "check", "--date", readThrough, "--facts", facts)
	if e.status != 0 || !strings.Contains(e.out, "note: X999: no entry covers it: 没有的\n") || strings.Contains(e.out, "有的\n"+covered) {
		t.Errorf("check --facts ended with %d:\n%s%s", e.status, e.out, e.err)
	}
	write("{\"id\":\"X1\",\"question\":\"问\"}\nnothing\n")
	if e := v.run(t, "check", "--date", readThrough, "--facts", facts); e.status != 1 || !strings.Contains(e.err, facts+":2:") {
		t.Errorf("of a bad line: %d %s", e.status, e.err)
	}
	if e := v.run(t, "check", "--facts", filepath.Join(dir, "none")); e.status != 1 || !strings.Contains(e.err, "open facts") {
		t.Errorf("of no file: %d %s", e.status, e.err)
	}
}

// tinyLaw has the form of an official text and says nothing.
const tinyLaw = `---
id: tiny
title: %s
publication_date: '2013-10-25'
effective_date: '2014-03-15'
status: 有效
---

- **第一条**　　这里没有条文。

- **第二十五条**　　这里也没有。
`

func TestCheckLaws(t *testing.T) {
	t.Parallel()
	v, dir := noAccount(t), t.TempDir()
	law, ok := libraryOf(t).Law("消费者权益保护法")
	if !ok {
		t.Fatal("the register has no 消费者权益保护法")
	}
	if err := os.WriteFile(filepath.Join(dir, "tiny.md"), fmt.Appendf(nil, tinyLaw, law.Title), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "torn.md"), []byte("---\ntitle: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := v.run(t, "check", "--date", readThrough, "--laws", dir)
	if e.status != 1 {
		t.Errorf("check --laws ended with %d: %s", e.status, e.err)
	}
	for name, holds := range map[string]bool{
		"an article that is there is no error":         !strings.Contains(e.out, "《消费者权益保护法》第二十五条") && !strings.Contains(e.out, law.Title+"》第二十五条"),
		"an article that is not there is one":          strings.Contains(e.out, "error: consumer/seven-day-return.md:"),
		"a text that cannot be read is noted":          strings.Contains(e.out, "note: text not read: ") && strings.Contains(e.out, "torn.md"),
		"citations of laws without a text are counted": strings.Contains(e.out, "of laws without a text here"),
	} {
		if !holds {
			t.Errorf("it does not hold that %s:\n%.1500s", name, e.out)
		}
	}
	if e := v.run(t, "check", "--laws", filepath.Join(dir, "none")); e.status != 1 || !strings.Contains(e.err, "check citations") {
		t.Errorf("of no folder: %d %s", e.status, e.err)
	}
}

func TestSettingsAreReportedAllAtOnce(t *testing.T) {
	v := variables{
		"PUFA_ADDR": "nowhere", "PUFA_TRY": "perhaps", "PUFA_SECRET": "tooshortasecret",
		"PUFA_REDIS_URL": "redis://:redispassword%zz@127.0.0.1:6379", "PUFA_WECHAT_TOKEN": "token with spaces", "PUFA_WECHAT_AES_KEY": "aeskeytooshort",
		"PUFA_OPENAI_API_KEY": "sk-modelkey", "PUFA_DATA_DIR": t.TempDir(),
	}
	for _, command := range []string{"serve", "ask", "check", "report"} {
		e := v.run(t, command)
		if e.status != 1 {
			t.Errorf("%s ended with %d, want 1", command, e.status)
		}
		for _, name := range []string{
			"PUFA_ADDR", "PUFA_TRY", "PUFA_SECRET", "PUFA_REDIS_URL", "PUFA_WECHAT_TOKEN", "PUFA_WECHAT_AES_KEY",
			"PUFA_WECHAT_APP_ID", "PUFA_WECHAT_APP_SECRET", "PUFA_OPENAI_BASE_URL",
		} {
			if !strings.Contains(e.err, name+": ") {
				t.Errorf("%s does not name %s: %s", command, name, e.err)
			}
		}
		for _, secret := range []string{"tooshortasecret", "redispassword", "token with", "aeskeytooshort", "sk-modelkey"} {
			if strings.Contains(e.err+e.out, secret) {
				t.Errorf("%s shows the secret %s: %s", command, secret, e.err)
			}
		}
	}
}

func TestServeRefusesToStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := taken.Addr().String()
	cases := []struct {
		name, says string
		v          variables
	}{
		{"at an address that is taken", "listen on " + busy + " (PUFA_ADDR)", noAccount(t).and("PUFA_ADDR", busy)},
		{"with metrics at an address that is taken", "listen on " + busy + " (PUFA_METRICS_ADDR)", noAccount(t).and("PUFA_METRICS_ADDR", busy)},
		{"without its Redis", "redis is unavailable", withAccount(t).and("PUFA_REDIS_URL", "redis://:"+redisPassword+"@127.0.0.1:"+freePort(t))},
		{"with another secret than its data", "another PUFA_SECRET", otherSecret(t)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := c.v.run(t, "serve")
			if e.status != 1 || !strings.Contains(e.err, c.says) {
				t.Errorf("serve ended with %d: %s, want 1 and %q", e.status, e.err, c.says)
			}
			if strings.Contains(e.err+e.out, redisPassword) || strings.Contains(e.err+e.out, testSecret) {
				t.Errorf("it shows a secret: %s", e.err)
			}
		})
	}
}

// otherSecret are settings whose data was written with another secret.
func otherSecret(t *testing.T) variables {
	t.Helper()
	v := withAccount(t)
	settings := config.Settings{
		DataDir: v["PUFA_DATA_DIR"], Secret: config.NewSecret(strings.Repeat("other", 8)), WeChat: config.WeChat{AppID: testAppID},
	}
	var st *store.Store
	st, err := openStore(t.Context(), settings, time.Now, quietLog(t.Output()))
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return v
}
