package main

import (
	"strconv"
	"strings"
	"testing"
)

func TestContentApprove(t *testing.T) {
	v := withStaff(t)
	v.holds(t, []commandCase{
		{"who lacks the role may not", staffPassword + "\n", "content approve --as 王编辑 --topic women", 1, "does not have this role"},
		{"a wrong password may not", "wrong password here\n", "content approve --as 李审核 --topic women", 1, "name or password is wrong"},
		{"nobody may not, in the same words", staffPassword + "\n", "content approve --as 无此人 --topic women", 1, "name or password is wrong"},
		{"a topic that there is not is wrong usage", "", "content approve --as 李审核 --topic cooking", 2, `topic "cooking" has no entry`},
		{"an entry that there is not is wrong usage", "", "content approve --as 李审核 women/none", 2, `there is no entry "women/none"`},
		{"neither topic nor entry is wrong usage", "", "content approve --as 李审核", 2, "want --as NAME and either"},
		{"a topic is approved in one go", staffPassword + "\n", "content approve --as 李审核 --topic dv", 0, "已审核 17 条"},
		{"an entry is approved alone", staffPassword + "\n", "content approve --as 李审核 consumer/seven-day-return", 0, "已审核 1 条"},
		{"an approval is taken back", staffPassword + "\n", "content approve --as 李审核 --withdraw consumer/seven-day-return", 0, "已撤回审核 1 条"},
		{"an entry is taken down", staffPassword + "\n", "content approve --as 李审核 --takedown consumer/store-return", 0, "已下线 1 条"},
		{"down and withdrawn is wrong usage", "", "content approve --as 李审核 --takedown --withdraw consumer/store-return", 2, "do not go together"},
		{"the trail knows who", "", "staff audit --list", 0, "李审核\twithdraw approval\tconsumer/seven-day-return"},
	})
}

// TestTakeDownReachesARunningServer: a wrong answer is gone while the server
// runs, and is back when it is approved again.
func TestTakeDownReachesARunningServer(t *testing.T) {
	v := withAccount(t)
	add := v.runAt(t, noon, staffPassword+"\n", "staff", "add", "--roles", "审核", "李审核")
	if add.status != 0 {
		t.Fatalf("staff add: %s", add.err)
	}
	h := serveHere(t, v, noon)
	p := platformOf(t, v, h.url, noon)
	n := 0
	says := func() string {
		n++
		return p.says(p.text(openidOf(n), "t"+strconv.Itoa(n), askReturn))
	}
	if text := says(); !strings.Contains(text, "待本街道司法所审核") {
		t.Fatalf("before anything was approved: %s", text)
	}
	for _, step := range []struct{ flag, want string }{
		{"", "已审核"}, {"--takedown", "正在重新核对"}, {"", "已审核"}, {"--withdraw", "待本街道司法所审核"},
	} {
		args := []string{"content", "approve", "--as", "李审核"}
		if step.flag != "" {
			args = append(args, step.flag)
		}
		e := v.runAt(t, noon, staffPassword+"\n", append(args, "consumer/seven-day-return")...)
		if e.status != 0 {
			t.Fatalf("content approve %s: %s", step.flag, e.err)
		}
		until(t, "the server says "+step.want, func() bool { return strings.Contains(says(), step.want) })
	}
}
