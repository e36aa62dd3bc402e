package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/stats"
)

const backupWord = "a passphrase for the test"

// reports are the reports of this month and of a campaign in every format, made
// at one moment.
func (v variables) reports(t *testing.T, at time.Time) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, of := range [][]string{nil, {"--campaign", "backed-up"}} {
		for _, format := range []string{"json", "csv", "xlsx", "docx"} {
			e := v.runAt(t, func() time.Time { return at }, "", append([]string{"report", "--format", format}, of...)...)
			if e.status != 0 || e.out == "" {
				t.Fatalf("report %v as %s ended with %d: %s", of, format, e.status, e.err)
			}
			all[fmt.Sprint(format, of)] = e.out
		}
	}
	return all
}

// pushed keeps a campaign that began, opens of its link, a poster and a scan
// of it.
func (v variables) pushed(t *testing.T, at time.Time) {
	t.Helper()
	settings, err := program{getenv: v.get, now: time.Now}.settings()
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), settings, time.Now, quietLog(t.Output()))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	c := campaign.Campaign{
		ID: "backed-up", Title: "“3·15”第一条", Theme: "3.15", Channel: campaign.Mass, Status: campaign.Done, Began: at, Due: at, Until: at.AddDate(0, 0, 3),
		Sent: campaign.Sent{Tally: campaign.Tally{Planned: 300, Reached: 290, Failed: 6, Filtered: 4}},
	}
	if _, err := st.Put(t.Context(), c, campaign.Deed{At: at, Who: campaign.System, Did: "create campaign", What: c.ID}); err != nil {
		t.Fatal(err)
	}
	if err := st.AddScene(t.Context(), stats.Scene{ID: "east-gate", Place: "东门", Line: "先看价格", By: "王编辑", At: at}); err != nil {
		t.Fatal(err)
	}
	for n := range 9 {
		for _, e := range []stats.Event{
			{At: at, Kind: stats.PageOpen, Entry: "consumer/fraud", Topic: "consumer", Source: stats.Via(c.ID)},
			{At: at, Kind: stats.Scan, Scene: "east-gate", Source: "page"},
		} {
			if _, err := st.CountPage(t.Context(), string(e.Kind), fmt.Sprint("visitor ", n), e); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestABackupIsRestored(t *testing.T) {
	first := withAccount(t)
	s := serveHere(t, first, time.Now)
	p := platformOf(t, first, s.url, time.Now)
	for n := range 60 {
		if _, err := p.deliver(p.text(openidOf(n%20), fmt.Sprint(n+1), questionOf(n))); err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	at := time.Now()
	first.pushed(t, at)
	file := filepath.Join(t.TempDir(), "pufa.backup")
	first.holdBackup(t, backupWord, 0, "已备份", "backup", file)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the backup: %v, %v, want mode 0600", info, err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("beside the backup stands %v, %v", left, err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []string{openidOf(1), "ledger", testAppID, testSecret} {
		if bytes.Contains(raw, []byte(open)) {
			t.Errorf("the backup shows %q", open)
		}
	}
	first.holdBackup(t, backupWord, 1, "never written over", "backup", file)

	second := withAccount(t)
	second.holdBackup(t, "another passphrase", 1, "the passphrase is wrong", "restore", file)
	second.holdBackup(t, backupWord, 0, "已恢复", "restore", file)
	second.verified(t)
	if n := second.report(t).value("messages"); n != 60 {
		t.Errorf("%d messages came back, want 60", n)
	}
	got, want := second.reports(t, at), first.reports(t, at)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("after restore the report %s is another", name)
		}
	}
	for _, part := range []string{"K30,推送送达,推送,“3·15”第一条,人次,290", "K34,推送打开,,,次,9", "K39,海报扫码,场景码,东门（east-gate）,次,9", "K40,主题推送,,,次,1"} {
		if !strings.Contains(want["csv[]"], part) {
			t.Errorf("the report says nothing of %s:\n%s", part, want["csv[]"])
		}
	}
	second.holdBackup(t, backupWord, 1, "not empty", "restore", file)
	if e := second.run(t, "staff", "audit", "--list"); e.status != 0 || !strings.Contains(e.out, "restore backup") {
		t.Errorf("the trail does not tell of the restore: %s%s", e.out, e.err)
	}
}

func (v variables) holdBackup(t *testing.T, stdin string, status int, says string, args ...string) {
	t.Helper()
	e := v.runAt(t, time.Now, stdin+"\n", args...)
	if e.status != status || !strings.Contains(e.out+e.err, says) {
		t.Errorf("pufa %v ended with %d: %s%s, want %d and %q", args, e.status, e.out, e.err, status, says)
	}
	if strings.Contains(e.out+e.err, stdin) {
		t.Error("it printed the passphrase")
	}
}

func TestABackupThatDoesNotFitChangesNothing(t *testing.T) {
	v := withAccount(t)
	dir := t.TempDir()
	file, cut, other := filepath.Join(dir, "whole"), filepath.Join(dir, "cut"), filepath.Join(dir, "other")
	v.holdBackup(t, backupWord, 0, "已备份", "backup", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{cut: raw[:len(raw)-1], other: []byte("PK\x03\x04 a file of another kind, and quite long enough")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name, word string
		v          variables
		status     int
		says       string
		args       []string
	}{
		{"a file that is cut", backupWord, withAccount(t), 1, "cut short; nothing was changed", []string{"restore", cut}},
		{"a file of another kind", backupWord, withAccount(t), 1, "no backup", []string{"restore", other}},
		{"no file", backupWord, withAccount(t), 1, "there is no file", []string{"restore", filepath.Join(dir, "none")}},
		{"another secret", backupWord, withAccount(t).and("PUFA_SECRET", strings.ToUpper(testSecret)), 1, "another PUFA_SECRET", []string{"restore", file}},
		{"another account", backupWord, withAccount(t).and("PUFA_WECHAT_APP_ID", "wxffffffffffffffff"), 1, "another account", []string{"restore", file}},
		{"no file named", backupWord, withAccount(t), 2, "want pufa restore FILE", []string{"restore"}},
		{"a short passphrase", "短口令", withAccount(t), 1, "shorter than 12", []string{"backup", filepath.Join(dir, "short")}},
		{"a folder that is not there", backupWord, withAccount(t), 1, "no such file", []string{"backup", filepath.Join(dir, "none", "x")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.v.holdBackup(t, c.word, c.status, c.says, c.args...)
			if e := c.v.run(t, "stats", "verify"); e.status != 0 {
				t.Errorf("the store is hurt: %s", e.err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "short")); err == nil {
		t.Error("a backup with a short passphrase was begun")
	}
}
