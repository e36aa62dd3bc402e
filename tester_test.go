package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pufa/config"
	"pufa/staff"
	"pufa/store"
	"pufa/wechat"
)

// withStoreOf does something in the store of a server that runs, as the console
// of another instance would.
func withStoreOf(t *testing.T, v variables, now func() time.Time, do func(context.Context, *store.Store) error) {
	t.Helper()
	var environ []string
	for name, value := range v {
		environ = append(environ, name+"="+value)
	}
	settings, err := config.Load(environ, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), settings, now, quietLog(os.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	if err := do(t.Context(), st); err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// testCode is a code that an editor made in the console.
func testCode(t *testing.T, v variables, now func() time.Time) (code string) {
	t.Helper()
	withStoreOf(t, v, now, func(ctx context.Context, st *store.Store) (err error) {
		code, _, err = staff.NewTrials(st, now).Code(ctx, staff.Account{Name: "王编辑"})
		return err
	})
	return code
}

// A member of staff binds a WeChat account, and nothing of it is counted from
// then on, by this server or the next; what was counted stays.
func TestATestAccountEntersNoFigure(t *testing.T) {
	v := withPoster(t, withAccount(t), noon)
	h := serveHere(t, v, noon)
	p := platformOf(t, v, h.url, noon)
	n := 0
	says := func(from, words string) string { n++; return p.says(p.text(from, fmt.Sprint("t", n), words)) }
	resident, tester := openidOf(1), openidOf(2)
	says(resident, "网购能七天无理由退货吗")
	says(tester, "网购能七天无理由退货吗")
	code := testCode(t, v, noon)
	if got := says(tester, "绑定测试 22222222"); !strings.Contains(got, "绑定码不对") {
		t.Errorf("to a wrong code it says %q", got)
	}
	if got := says(tester, "绑定测试 "+strings.ToLower(code)); !strings.Contains(got, "已经设为本街道的测试微信") {
		t.Fatalf("to the code it says %q", got)
	}
	if got := says(resident, "绑定测试 "+code); !strings.Contains(got, "绑定码不对") {
		t.Errorf("to a used code it says %q", got)
	}
	all := func(p *platform) {
		for _, words := range []string{"怀孕了公司让我走人", "有用", "菜单", "订阅", "今天天气怎么样", "救命，有人拿刀砍人了"} {
			says(tester, words)
		}
		for _, xml := range [][]byte{
			p.event(tester, wechat.EventSubscribe, wechat.Element{Name: "EventKey", Value: "qrscene_east-gate"}),
			p.event(tester, wechat.EventScan, wechat.Element{Name: "EventKey", Value: "east-gate"}),
			p.event(tester, wechat.EventUnsubscribe),
		} {
			if _, err := p.deliver(xml); err != nil {
				t.Error(err)
			}
		}
	}
	all(p)
	counted := map[string]int64{"messages": 2, "residents": 2, "crisis": 0, "subscribe": 0, "unsubscribe": 0, "helpful": 0, "scans": 0, "gaps": 0}
	v.reportAt(t, noon).hold(t, counted)
	have := map[string]int{}
	for _, r := range rowsOf(t, socketOf(t, v)) {
		_, kind, _ := strings.Cut(r.key, "}:")
		have[kind]++
	}
	if have["residents"] != 1 || have["testers"] != 1 {
		t.Errorf("%d residents have a number, %d are test accounts, want 1 of each: the test account's number is forgotten", have["residents"], have["testers"])
	}
	h.stop()

	h = serveHere(t, v, noon)
	p = platformOf(t, v, h.url, noon)
	all(p)
	v.reportAt(t, noon).hold(t, counted)
	withStoreOf(t, v, noon, func(ctx context.Context, st *store.Store) error {
		list, err := st.Testers(ctx)
		if err != nil || len(list) != 1 || list[0].Of != "王编辑" {
			return fmt.Errorf("test accounts %+v, %w", list, err)
		}
		return staff.NewTrials(st, noon).Drop(ctx, staff.Account{Name: "王编辑"}, list[0].ID)
	})
	until(t, "the server knows that it is none any more", func() bool {
		says(tester, "菜单")
		return v.reportAt(t, noon).value("messages") > 2
	})
	v.verifiedAt(t, noon)
	if e := v.runAt(t, noon, "", "staff", "audit", "--list"); !strings.Contains(e.out, "bind test account") || !strings.Contains(e.out, "drop test account") {
		t.Errorf("the trail lacks it: %s", e.out)
	}
	h.stop()
	holdNoneNamed(t, v, h, tester, code)
}

// holdNoneNamed looks for an openid and a code in the log and every file.
func holdNoneNamed(t *testing.T, v variables, h here, words ...string) {
	t.Helper()
	files := filesUnder(t, v["PUFA_DATA_DIR"])
	files["the log"] = h.log.String()
	for name, text := range files {
		for _, word := range words {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %s", name, word)
			}
		}
	}
}
