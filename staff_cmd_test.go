package main

import (
	"strings"
	"testing"
	"time"
)

const staffPassword = "窗外的雨下了一整夜42"

// withStaff makes accounts in a fresh store: 王编辑 writes, 李审核 approves.
func withStaff(t *testing.T) variables {
	t.Helper()
	v := noAccount(t)
	for _, add := range [][2]string{{"编辑", "王编辑"}, {"审核,查看", "李审核"}} {
		e := v.runAt(t, noon, staffPassword+"\n", "staff", "add", "--roles", add[0], add[1])
		if e.status != 0 || !strings.Contains(e.out, "已建好") {
			t.Fatalf("staff add %s ended with %d: %s%s", add[1], e.status, e.out, e.err)
		}
	}
	return v
}

// commandCase is a command with what is typed after it and what it says.
type commandCase struct {
	name, stdin string
	args        string
	status      int
	says        string
}

// holds runs commands one after the other; none may print the password.
func (v variables) holds(t *testing.T, cases []commandCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := v.runAt(t, time.Now, c.stdin, strings.Fields(c.args)...)
			if e.status != c.status || !strings.Contains(e.out+e.err, c.says) {
				t.Errorf("pufa %s ended with %d: %s%s, want %d and %q", c.args, e.status, e.out, e.err, c.status, c.says)
			}
			if strings.Contains(e.out+e.err, staffPassword) {
				t.Error("it printed the password")
			}
		})
	}
}

func TestStaffCommands(t *testing.T) {
	v := withStaff(t)
	v.holds(t, []commandCase{
		{"the list shows names and roles", "", "staff list", 0, "李审核  审核,查看"},
		{"a name is taken once", staffPassword + "\n", "staff add --roles 查看 王编辑", 1, "an account of this name exists"},
		{"a short password is refused", "短\n", "staff add --roles 查看 张查看", 1, "want 10 to 200"},
		{"a role that is none is wrong usage", "", "staff add --roles 厂长 张查看", 2, `role "厂长" is none of`},
		{"no roles is wrong usage", "", "staff add 张查看", 2, "staff add --roles"},
		{"no password on the input is told", "", "staff reset 王编辑", 1, "no password"},
		{"a password can be replaced", "另外一个很长的口令77\n", "staff reset 王编辑", 0, "的口令已换"},
		{"nobody's password cannot", "另外一个很长的口令77\n", "staff reset 无此人", 1, "there is no such account"},
		{"an account is taken out of use", "", "staff disable 王编辑", 0, "已停用"},
		{"which the list says", "", "staff list", 0, "停用"},
		{"the trail is whole and counts what was done", "", "staff audit", 0, "审计记录完整：4 条"},
		{"the trail can be read", "", "staff audit --list", 0, "disable account\t王编辑"},
		{"a deed that there is not", "", "staff promote 王编辑", 2, "want pufa staff add"},
	})
}
