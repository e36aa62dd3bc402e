package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const backupWord = "a passphrase for the test"

var madeAt = regexp.MustCompile(`"made_at":"[^"]*"`)

// asJSON is the report without the time of its making.
func (v variables) asJSON(t *testing.T) string {
	t.Helper()
	e := v.run(t, "report", "--format", "json")
	if e.status != 0 {
		t.Fatalf("report ended with %d: %s", e.status, e.err)
	}
	return madeAt.ReplaceAllString(e.out, "")
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
	if got, want := second.asJSON(t), first.asJSON(t); got != want {
		t.Errorf("after restore the report is\n%s\nwant\n%s", got, want)
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
