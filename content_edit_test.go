package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pufa/content"
)

// editedFile writes an entry of the library, changed, as its file.
func editedFile(t *testing.T, id string, change func(*content.Entry)) string {
	t.Helper()
	e := shippedEntry(t, id)
	change(e)
	return writeTemp(t, filepath.Base(id)+".md", markdown(t, e))
}

func TestContentVersions(t *testing.T) {
	t.Parallel()
	v := withStaff(t)
	const id = "consumer/seven-day-return"
	file := editedFile(t, id, func(e *content.Entry) { e.Short = "改过的第一版：" + e.Short })
	next := editedFile(t, id, func(e *content.Entry) { e.Short = "改过的第二版：" + e.Short })
	steal := editedFile(t, "consumer/store-return", func(e *content.Entry) { e.Title = "租房押金要不回来" })
	bad := editedFile(t, id, func(e *content.Entry) { e.Related = []string{"consumer/none"} })
	pw := staffPassword + "\n"
	v.holds(t, []commandCase{
		{"nobody has edited anything", "", "content history", 0, "居民看到的版本"},
		{"a text with a mistake is refused at once", pw, "content edit --as 王编辑 --reason 改错 " + bad, 1, `related entry "consumer/none" does not exist`},
		{"who lacks the role may not write", pw, "content edit --as 李审核 --reason 改错 " + file, 1, "does not have this role: 编辑"},
		{"a wrong password may not", "wrong password here\n", "content edit --as 王编辑 --reason 改错 " + file, 1, "name or password is wrong"},
		{"a reason is needed", "", "content edit --as 王编辑 " + file, 2, "--reason WHY"},
		{"a draft is saved", pw, "content edit --as 王编辑 --reason 改错 " + file, 0, "已存为草稿 " + id + "#1"},
		{"the same again is nothing", pw, "content edit --as 王编辑 --reason 改错 " + file, 1, "nothing changed"},
		{"who saw less is told", pw, "content edit --as 王编辑 --reason 改错 --seen 0 " + next, 1, "somebody else saved another version meanwhile: version 1 of 王编辑"},
		{"an author may not check", pw, "content check --as 王编辑 " + id, 1, "does not have this role: 审核"},
		{"a draft is not released", pw, "content release --as 李审核 " + id, 1, "#1 is draft, want checked"},
		{"another person checks", pw, "content check --as 李审核 " + id + "#1", 0, "已核对 " + id + "#1"},
		{"and releases", pw, "content release --as 李审核 " + id, 0, "已发布 1 条"},
		{"ask answers from what is shipped", "", "ask " + askReturn, 0, "您问的是"},
		{"ask with edits from what was released", "", "ask --edits " + askReturn, 0, "改过的第一版"},
		{"check looks at it too", "", "check --edits --date 2026-11-23", 0, "0 errors"},
		{"a second version", pw, "content edit --as 王编辑 --reason 再改 " + next, 0, id + "#2"},
		{"is given back", pw, "content return --as 李审核 --reason 依据不全 " + id, 0, "已退回 " + id + "#2"},
		{"which the history says", "", "content history " + id, 0, "再改；退回：依据不全"},
		{"and what residents read", "", "content history " + id, 0, "已发布，居民看到的"},
		{"two versions are compared", "", "content history --diff 0,1 " + id, 0, "简短回答 + 改过的第一版"},
		{"a text is shown", "", "content history --show 2 " + id, 0, "改过的第二版"},
		{"a version that there is not", "", "content history --show 9 " + id, 1, "there is no such version"},
		{"a comparison of one", "", "content history --diff 1 " + id, 2, "want two versions like 0,2"},
		{"back to the shipped text", pw, "content rollback --as 李审核 --reason 还是原来的好 --to 0 " + id, 0, "已退回到 " + id + "#0"},
		{"what takes a question from another entry", pw, "content edit --as 王编辑 --reason 改标题 " + steal, 0, "consumer/store-return#1"},
		{"is checked", pw, "content check --as 李审核 consumer/store-return", 0, "已核对"},
		{"is stopped, and the question is named", pw, "content release --as 李审核 consumer/store-return", 1, "worse: 租房押金要不回来: right housing/deposit → wrong consumer/store-return"},
		{"unless a reason lets it through", pw, "content release --as 李审核 --override 试试看 consumer/store-return", 0, "已发布 1 条"},
		{"the trail has it all", "", "staff audit --list", 0, "release entry although questions get worse\tconsumer/store-return#1"},
		{"no such entry", pw, "content check --as 李审核 consumer/none", 1, "there is no such version"},
		{"a name that is none", "", "content release --as 李审核 nothing", 2, `"nothing" is no entry`},
		{"a way back to nowhere", "", "content rollback --as 李审核 --reason 改 " + id, 2, "want --to N"},
	})
}

func TestContentExportAndImportOfVersions(t *testing.T) {
	t.Parallel()
	v := withStaff(t)
	const id = "consumer/seven-day-return"
	pw := staffPassword + "\n"
	out := func(name string) string { return filepath.Join(t.TempDir(), name) }
	changed := shippedEntry(t, id)
	changed.Short = "改过的答案：" + changed.Short
	in := writeCSV(t, changed, shippedEntry(t, "consumer/store-return"))
	released, shipped := out("released.csv"), out("shipped.csv")
	v.holds(t, []commandCase{
		{"a dry run saves nothing", "", "content import " + in, 0, "would save 1 draft\n"},
		{"who imports says who they are", "", "content import --write " + in, 2, "--write needs --as NAME"},
		{"an import saves drafts", pw, "content import --write --as 王编辑 --reason 表格里改的 " + in, 0, "已存为草稿 " + id + "#1"},
		{"a draft is not exported", "", "content export --topic consumer -o " + out("draft.csv"), 0, "wrote"},
		{"it is checked", pw, "content check --as 李审核 " + id, 0, "已核对"},
		{"it is released", pw, "content release --as 李审核 " + id, 0, "已发布"},
		{"it is exported", "", "content export --topic consumer -o " + released, 0, "wrote"},
		{"and what is shipped too", "", "content export --shipped --topic consumer -o " + shipped, 0, "wrote"},
		{"what came out goes in as the same", "", "content import " + released, 0, "0 new, 0 changed"},
		{"what is shipped would change it back", "", "content import " + shipped, 0, "0 new, 1 changed"},
		{"two sources do not go together", "", "content export --shipped --from x -o y", 2, "do not go together"},
	})
	for name, want := range map[string]bool{released: true, shipped: false} {
		text, err := os.ReadFile(name)
		if err != nil || strings.Contains(string(text), "改过的答案") != want {
			t.Errorf("%s holds the edit: %v, want %v, %v", filepath.Base(name), !want, want, err)
		}
	}
}

// TestReleaseReachesARunningServer: what is released is answered within two seconds,
// is approved for its text alone, and is there after a restart.
func TestReleaseReachesARunningServer(t *testing.T) {
	v := withAccount(t)
	for _, add := range [][2]string{{"编辑", "王编辑"}, {"审核", "李审核"}} {
		if e := v.runAt(t, noon, staffPassword+"\n", "staff", "add", "--roles", add[0], add[1]); e.status != 0 {
			t.Fatalf("staff add: %s", e.err)
		}
	}
	const id = "consumer/seven-day-return"
	h := serveHere(t, v, noon)
	n := 0
	says := func() string {
		n++
		p := platformOf(t, v, h.url, noon)
		return p.says(p.text(openidOf(n), "r"+strconv.Itoa(n), askReturn))
	}
	page := func() string {
		_, body := get(t, h.url+"/a/"+id)
		return body
	}
	do := func(args ...string) {
		t.Helper()
		if e := v.runAt(t, noon, staffPassword+"\n", append([]string{"content"}, args...)...); e.status != 0 {
			t.Fatalf("content %v: %s%s", args, e.out, e.err)
		}
	}
	do("approve", "--as", "李审核", id)
	until(t, "the shipped text is approved", func() bool { return strings.Contains(says(), "已审核") })
	file := editedFile(t, id, func(e *content.Entry) { e.Short = "改过的答案：" + e.Short })
	do("edit", "--as", "王编辑", "--reason", "改错", file)
	do("check", "--as", "李审核", id)
	if strings.Contains(says(), "改过的答案") {
		t.Fatal("residents read it before it was released")
	}
	do("release", "--as", "李审核", id)
	start := time.Now()
	until(t, "the server says what was released", func() bool { return strings.Contains(says(), "改过的答案") })
	took := time.Since(start)
	if limit := 2 * time.Second * slowness(t); took > limit {
		t.Errorf("it took %s, want at most %s", took, limit)
	}
	t.Logf("a release was read after %s", took)
	if text := says(); !strings.Contains(text, "待本街道司法所审核") {
		t.Errorf("a new text is approved by what was said of the old one: %s", text)
	}
	if body := page(); !strings.Contains(body, "改过的答案") {
		t.Error("the page shows another text than the reply")
	}
	do("approve", "--as", "李审核", id)
	until(t, "the new text is approved", func() bool { return strings.Contains(says(), "已审核") })
	h.stop()
	h = serveHere(t, v, noon)
	if text := says(); !strings.Contains(text, "改过的答案") || !strings.Contains(text, "已审核") {
		t.Errorf("after a restart: %s", text)
	}
	do("rollback", "--as", "李审核", "--reason", "还是原来的好", "--to", "0", id)
	until(t, "the server says what is shipped again", func() bool { return !strings.Contains(says(), "改过的答案") })
	if strings.Contains(page(), "改过的答案") {
		t.Error("the page still shows what was taken back")
	}
}

// TestNoEditIsLostWhenTheServerIsKilled: what was acknowledged is there when the
// program that held the trial store is gone.
func TestNoEditIsLostWhenTheServerIsKilled(t *testing.T) {
	t.Parallel()
	v := withStaff(t)
	const id = "consumer/seven-day-return"
	file := editedFile(t, id, func(e *content.Entry) { e.Short = "改过的答案：" + e.Short })
	c := startChild(t, v)
	pw := staffPassword + "\n"
	v.holds(t, []commandCase{
		{"a draft", pw, "content edit --as 王编辑 --reason 改错 " + file, 0, id + "#1"},
		{"its check", pw, "content check --as 李审核 " + id, 0, "已核对"},
		{"its release", pw, "content release --as 李审核 " + id, 0, "已发布"},
	})
	c.end(syscall.SIGKILL)
	v.holds(t, []commandCase{
		{"the version is there", "", "content history " + id, 0, "已发布，居民看到的"},
		{"so is its text", "", "ask --edits " + askReturn, 0, "改过的答案"},
		{"and the trail is whole", "", "staff audit", 0, "审计记录完整：5 条"},
	})
}

// slowness is how many times longer than alone this machine takes for the work
// of a rebuild, at least once: other tests run beside this one.
func slowness(t *testing.T) time.Duration {
	t.Helper()
	const alone = 250 * time.Millisecond
	start := time.Now()
	if _, err := content.Load(content.Shipped()); err != nil {
		t.Fatal(err)
	}
	return 1 + time.Since(start)/alone
}
