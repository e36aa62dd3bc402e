package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pufa/config"
)

// march is a moment while the shipped entries answer, before 3·8.
func march() time.Time { return time.Date(2027, 3, 1, 10, 0, 0, 0, zone) }

// withPushers is a verified service account with three people: 王编辑 writes,
// 李审核 writes and approves, 赵发布 releases.
func withPushers(t *testing.T) variables {
	t.Helper()
	v := withAccount(t).and("PUFA_WECHAT_VERIFIED", "on")
	for _, add := range [][2]string{{"编辑", "王编辑"}, {"编辑,审核", "李审核"}, {"发布", "赵发布"}} {
		v.says(t, staffPassword, 0, "已建好", "staff", "add", "--roles", add[0], add[1])
	}
	return v
}

// says runs a command in March, and wants its status and its words.
func (v variables) says(t *testing.T, typed string, status int, says string, args ...string) (out string) {
	t.Helper()
	e := v.runAt(t, march, typed+"\n", args...)
	if e.status != status || !strings.Contains(e.out+e.err, says) {
		t.Errorf("pufa %s ended with %d: %s%s, want %d and %q", strings.Join(args, " "), e.status, e.out, e.err, status, says)
	}
	if strings.Contains(e.out+e.err, staffPassword) {
		t.Errorf("pufa %s printed the password", strings.Join(args, " "))
	}
	return e.out
}

// push runs a campaign command as somebody.
func (v variables) push(t *testing.T, as string, status int, says, deed string, args ...string) (out string) {
	t.Helper()
	return v.says(t, staffPassword, status, says, append([]string{"campaign", deed, "--as", as}, args...)...)
}

var (
	idForm   = regexp.MustCompile(`编号 ([0-9a-z-]+)`)
	codeLine = regexp.MustCompile(`校验码：([0-9a-f]{8})`)
)

// card keeps the draft of a card and returns its id.
func (v variables) card(t *testing.T, more ...string) string {
	t.Helper()
	out := v.push(t, "王编辑", 0, "存为草稿", "new", append([]string{
		"--title", "三八问答", "--channel", "对话卡片", "--at", "2027-03-08 10:00", "--text", "今天是妇女节，想问什么直接打字。",
		"--theme", "3.8", "--entries", "women/maternity-leave-days",
	}, more...)...)
	found := idForm.FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no id in %q", out)
	}
	return found[1]
}

// code is what a reviewer reads under a campaign.
func (v variables) code(t *testing.T, id string) string {
	t.Helper()
	found := codeLine.FindStringSubmatch(v.says(t, "", 0, "校验码", "campaign", "show", id))
	if found == nil {
		t.Fatal("show prints no code")
	}
	return found[1]
}

func TestACampaignAtTheTerminal(t *testing.T) {
	t.Parallel()
	v := withPushers(t)
	id := v.card(t)
	v.says(t, "", 0, "今天是妇女节", "campaign", "preview", id)
	v.says(t, "不是这个口令", 1, "name or password is wrong", "campaign", "submit", "--as", "王编辑", id)
	v.push(t, "王编辑", 0, "待审核", "submit", id)
	v.push(t, "李审核", 2, "请先用 pufa campaign show", "approve", id)
	v.push(t, "李审核", 1, "刚刚有人改过", "approve", "--seen", "00000000", id)
	v.push(t, "李审核", 0, "已退回作者", "return", "--why", "写明白些", id)
	v.push(t, "王编辑", 0, "待审核", "submit", id)
	v.push(t, "李审核", 0, "已审核", "approve", "--seen", v.code(t, id), id)
	v.push(t, "王编辑", 1, "要有「发布」角色", "schedule", id)
	v.push(t, "赵发布", 0, "已排期", "schedule", id)
	v.push(t, "赵发布", 0, "已暂停", "pause", "--why", "等通知", id)
	v.push(t, "赵发布", 0, "现在是「已排期」", "resume", id)
	v.push(t, "赵发布", 1, "不能变成「已完成」", "settle", "--result", "已完成", "--why", "看过", id)
	v.push(t, "王编辑", 0, "原来的提交或审核作废，现在是「草稿」", "edit", "--at", "2027-03-08 11:00", id)
	v.push(t, "王编辑", 1, "请写明原因", "cancel", "--why", "", id)
	v.push(t, "王编辑", 0, "已取消", "cancel", "--why", "改在线下", id)
	v.push(t, "赵发布", 0, "不用放行", "allow", "--why", "看过")
	v.says(t, "", 1, "没有这个编号的推送", "campaign", "show", "nothing")
	v.says(t, "", 2, "has not begun", "report", "--campaign", id)
	v.says(t, "", 2, "has not begun", "report", "--campaign", id, "--format", "docx", "-o", filepath.Join(t.TempDir(), "x.docx"))
	v.says(t, "", 2, "want json, csv, xlsx or docx", "report", "--campaign", id, "--format", "pdf")
	v.says(t, "", 2, "stands without a period", "report", "--campaign", id, "--year", "2027")
	v.says(t, "", 0, "审计记录完整", "staff", "audit")
}

func TestNobodyApprovesWhatTheyWrote(t *testing.T) {
	t.Parallel()
	v := withPushers(t)
	id := v.card(t)
	v.push(t, "李审核", 0, "已修改", "edit", "--text", "今天是妇女节，欢迎来问。", id)
	v.push(t, "王编辑", 0, "待审核", "submit", id)
	v.push(t, "李审核", 1, "自己写过的不能自己审核", "approve", "--seen", v.code(t, id), id)
	v.says(t, "", 0, "待审核", "campaign", "list")
}

// What is refused leaves nothing behind, and says what to do.
func TestACampaignThatCannotBe(t *testing.T) {
	t.Parallel()
	v := withPushers(t)
	fits := strings.Repeat("问", 200)
	for _, c := range []struct {
		name   string
		status int
		says   string
		args   []string
	}{
		{"31 February", 2, "「2027-02-31 10:00」不是一个时刻", []string{"--at", "2027-02-31 10:00"}},
		{"a channel that there is not", 2, "没有「短信」这个渠道", []string{"--channel", "短信"}},
		{"an audience that is no word", 2, "对象「所有人」不明白", []string{"--audience", "所有人"}},
		{"a tag without number", 2, "标签「甲」不是编号", []string{"--audience", "标签:甲"}},
		{"a text too long by a byte", 1, "最多600字节（一个汉字3字节），请删去1字节", []string{"--text", fits + "x"}},
		{"an entry that is not there", 1, "没有「women/none」这个条目", []string{"--entries", "women/none"}},
		{"a script", 1, "有网页代码「<s」：只能用纯文字", []string{"--text", "<script>alert(1)</script>"}},
		{"a promise", 1, "不", []string{"--text", "来问就一定能赢。"}},
		{"an end before its beginning", 1, "不晚于推送时间", []string{"--until", "2027-03-08 09:00"}},
		{"a file that is not there", 2, "打不开文件", []string{"--file", "nothing.md"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"--title", "坏的", "--channel", "对话卡片", "--at", "2027-03-08 10:00", "--text", fits}, c.args...)
			v.push(t, "王编辑", c.status, c.says, "new", args...)
		})
	}
	if out := v.says(t, "", 0, "编号", "campaign", "list"); strings.Contains(out, "坏的") {
		t.Errorf("something was kept: %s", out)
	}
	past := v.card(t, "--at", "2027-02-28 10:00")
	v.push(t, "王编辑", 1, "推送时间2027-02-28 10:00已经过了", "submit", past)
	night := v.card(t, "--channel", "群发", "--at", "2027-03-08 22:00", "--text", "")
	v.push(t, "王编辑", 1, "在晚上9点到早上8点之间", "submit", night)
	v.says(t, "", 2, "want pufa campaign list", "campaign", "send")
	v.says(t, "", 2, "flags come first", "campaign", "show", "x", "--demo")
}

func TestAnEmptyAudienceIsRefused(t *testing.T) {
	t.Parallel()
	v := withPushers(t)
	article := filepath.Join(t.TempDir(), "push.md")
	words := "# 产假有多少天\n> 98天，各地还有奖励假。\n依据：women/maternity-leave-days\n封面：cover1\n\n女职工生育享受98天产假。\n具体看当地规定。\n"
	if err := os.WriteFile(article, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	id := v.card(t, "--channel", "群发", "--text", "", "--file", article)
	out := v.says(t, "", 0, "—— 第1篇：产假有多少天\n98天，各地还有奖励假。\n女职工生育享受98天产假。\n具体看当地规定。", "campaign", "preview", id)
	if !strings.Contains(out, "women/maternity-leave-days") {
		t.Errorf("the article names no entry: %s", out)
	}
	v.readFollowers(t)
	v.push(t, "王编辑", 1, "对象是空的：「群发」现在一个人也送不到", "submit", id)
	v.says(t, "", 0, "草稿", "campaign", "list")
}

// readFollowers notes that the list of followers was read, and is empty.
func (v variables) readFollowers(t *testing.T) {
	t.Helper()
	var environ []string
	for name, value := range v {
		environ = append(environ, name+"="+value)
	}
	settings, err := config.Load(environ, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), settings, march, quietLog(os.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	if err := st.MarkSynced(t.Context()); err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

func TestAPlanIsKeptOnce(t *testing.T) {
	t.Parallel()
	v := withPushers(t)
	out := v.says(t, "", 0, "2027-womens-week-p1", "campaign", "plan", "--year", "2027", "--theme", "3.8")
	for _, want := range []string{"缘由：每年", "《全国年节及纪念日放假办法》", "这些只是建议"} {
		if !strings.Contains(out, want) {
			t.Errorf("the plan does not say %s:\n%s", want, out)
		}
	}
	if out := v.says(t, "", 0, "编号", "campaign", "list"); strings.Contains(out, "womens-week") {
		t.Error("a plan that was only shown was kept")
	}
	v.says(t, "", 2, "--keep only together with --as", "campaign", "plan", "--year", "2027", "--keep")
	v.says(t, "", 1, "1999", "campaign", "plan", "--year", "1999")
	v.push(t, "赵发布", 1, "要有「编辑」角色", "plan", "--year", "2027", "--theme", "3.8", "--keep")
	v.push(t, "王编辑", 0, "；原来已有0个", "plan", "--year", "2027", "--theme", "3.8", "--keep")
	v.push(t, "王编辑", 0, "存为草稿0个", "plan", "--year", "2027", "--theme", "3.8", "--keep")
	v.says(t, "", 0, "合计", "campaign", "show", "--theme", "3.8", "--year", "2027")
}
