package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
	"pufa/stats"
	"pufa/store"
	"pufa/wechat"
)

// What must be found nowhere: pieces of questions and of who asks them.
const (
	leakOpenID = "oLeakedOpenid0123456789abc"
	leakName   = "尼古拉"
	leakCity   = "霍巴特"
	leakID     = "74125896300"
	leakAgent  = "LeakedBrowser"
	leakMatter = "公司股东想退股" // goes without an answer; its words may be kept where staff say so
)

func forbidden() []string {
	return []string{
		leakOpenID, leakName, leakCity, leakID, leakAgent, leakPhone, leakCaller, "openid=",
		testSecret, testToken, testAESKey, testAppSecret, redisPassword,
	}
}

// mixedRun is a day with a little of everything; what residents say holds
// names. It returns the figures for machines after it.
func mixedRun(t *testing.T, v variables, p *platform) (metrics string) {
	t.Helper()
	base, _ := p.place()
	n := 0
	id := func() string { n++; return fmt.Sprint(leakID, n) }
	for r := range 3 {
		from := fmt.Sprint(leakOpenID, r)
		for _, words := range []string{
			"我叫" + leakName + "，网购的东西七天内能退吗", "菜单", "4", "1", "有用", leakCity + "的天气怎么样", "订阅", "退订", "被家暴了去哪里开告诫书",
			"救命，" + leakName + "拿刀砍人了，在" + leakCity, "民法典1079条",
			leakID + "，我叫" + leakName + "，" + leakMatter, leakName + "又打人又" + leakMatter,
		} {
			p.says(p.text(from, id(), words))
		}
		for _, xml := range [][]byte{
			p.event(from, wechat.EventSubscribe, wechat.Element{Name: "EventKey", Value: "qrscene_" + leakCity}),
			p.event(from, wechat.EventClick, wechat.Element{Name: "EventKey", Value: "entry:consumer/seven-day-return"}),
			p.event(from, wechat.EventClick, wechat.Element{Name: "EventKey", Value: "topic:" + leakName}),
			p.event(from, wechat.EventScan, wechat.Element{Name: "EventKey", Value: "east-gate"}),
			p.event(from, leakName), p.event(from, wechat.EventUnsubscribe),
			wechat.NewMessage(wechat.TypeVoice, from, testOriginal, p.now(),
				wechat.Element{Name: "Recognition", Value: leakName + "不退押金"}, wechat.Element{Name: "MsgId", Value: id()}),
			[]byte("<xml><FromUserName>" + from + "</FromUserName><" + leakCity),
		} {
			if _, err := p.deliver(xml); err != nil {
				t.Error(err)
			}
		}
	}
	for _, words := range []string{"我叫" + leakName + "，网购的东西七天内能退吗", leakMatter, "救命，" + leakName + "拿刀砍人了"} {
		p.says(p.text(leakTester, id(), words))
	}
	atCounter(p, id)
	strangers(t, base)
	_, metrics = get(t, "http://"+v["PUFA_METRICS_ADDR"]+"/metrics")
	return metrics
}

// strangers opens pages and knocks at the callback with words in every place.
func strangers(t *testing.T, base string) {
	t.Helper()
	for _, c := range []struct{ method, path, body string }{
		{http.MethodGet, "/a/consumer/seven-day-return?c=" + leakName, ""},
		{http.MethodGet, "/a/consumer/" + leakName, ""},
		{http.MethodGet, "/a/consumer/seven-day-return", ""},
		{http.MethodGet, "/q/east-gate?openid=" + leakOpenID, ""},
		{http.MethodGet, "/q/" + leakName, ""},
		{http.MethodGet, "/wechat?signature=" + testToken + "&openid=" + leakOpenID, ""},
		{http.MethodPost, "/wechat?signature=x&timestamp=1&nonce=2&openid=" + leakOpenID, "<xml>" + leakName + "</xml>"},
		{http.MethodPost, "/try/messages", `{"text":"` + leakName + `不退押金"}`},
		{http.MethodPost, "/try", "text=" + leakName},
		{"LEAKED" + leakAgent, "/", ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, base+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", leakAgent)
		req.Header.Set("X-Forwarded-For", leakCity)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

// withPoster hangs the poster whose code strangers scan.
func withPoster(t *testing.T, v variables, now func() time.Time) variables {
	t.Helper()
	v = v.and("PUFA_PUBLIC_URL", "https://pufa.example.cn")
	for _, args := range [][]string{
		{"staff", "add", "--roles", "编辑", "王编辑"},
		{"poster", "--as", "王编辑", "--place", "东门社区公告栏", "--pack", "womens-week", "-o", t.TempDir(), "east-gate"},
	} {
		if e := v.runAt(t, now, typed, args...); e.status != 0 {
			t.Fatalf("%v ended with %d: %s", args, e.status, e.err)
		}
	}
	return v
}

// leakTester is the WeChat account by which staff try the service.
const leakTester = leakOpenID + "9"

// withTester makes it a test account.
func withTester(t *testing.T, v variables, now func() time.Time) variables {
	t.Helper()
	withStoreOf(t, v, now, func(ctx context.Context, st *store.Store) error {
		code, _, err := staff.NewTrials(st, now).Code(ctx, staff.Account{Name: "王编辑"})
		if err == nil {
			_, _, err = st.BindTester(ctx, code, leakTester)
		}
		return err
	})
	return v
}

// row is one line of what Redis keeps.
type row struct {
	key, text string
	life      time.Duration // of the key; negative when it does not expire
}

func rowsOf(t *testing.T, c *redis.Client) (rows []row) {
	t.Helper()
	ctx := t.Context()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil || len(keys) < 8 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	for _, key := range keys {
		var texts []string
		switch kind := c.Type(ctx, key).Val(); kind {
		case "string":
			texts = []string{c.Get(ctx, key).Val()}
		case "hash":
			for field, value := range c.HGetAll(ctx, key).Val() {
				texts = append(texts, field+" "+value)
			}
		case "set":
			texts = c.SMembers(ctx, key).Val()
		case "stream":
			for _, m := range c.XRange(ctx, key, "-", "+").Val() {
				texts = append(texts, fmt.Sprint(m.Values["e"]))
			}
		default:
			t.Fatalf("%s is a %s", key, kind)
		}
		life := c.PTTL(ctx, key).Val()
		for _, text := range texts {
			rows = append(rows, row{key, text, life})
		}
	}
	return rows
}

const (
	pseudonymBytes   = 16
	formsOfPseudonym = 4
)

// pseudonyms are the residents as Redis knows them, and the test accounts, each
// as it is kept and then in the other forms in which it could be written.
func pseudonyms(rows []row) (forms []string) {
	for _, r := range rows {
		if strings.HasSuffix(r.key, "}:residents") || strings.HasSuffix(r.key, "}:testers") {
			raw := []byte(r.text[:pseudonymBytes])
			forms = append(forms, string(raw), hex.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw))
		}
	}
	return forms
}

var (
	numberForm = regexp.MustCompile(`^n?[0-9]+$`)
	testerForm = regexp.MustCompile(`^\{"id":"[0-9a-f]{8}","of":"王编辑","at":"[0-9TZ:-]+"\}$`)
	gapForm    = regexp.MustCompile(`^某号 我叫某人 ` + leakMatter + ` [0-9]+\|no_candidate\|$`)
	crisisForm = regexp.MustCompile(`^[0-9]{8}\|\|message\|crisis\|\|\|\|\|0$`)
	scanForm   = regexp.MustCompile(`^[0-9]{8}\|[0-9]{2}\|scan\|\|east-gate\|\|\|(page|account)\|0$`)
)

// holdRows looks at every line: a resident stands beside a number in one hash,
// and beside a matter in the dialogue alone, which is gone after 10 minutes.
func holdRows(t *testing.T, rows []row) {
	t.Helper()
	who := pseudonyms(rows)
	if len(who) == 0 {
		t.Fatal("no resident is known: nothing is tested")
	}
	scans := map[string]bool{}
	for _, r := range rows {
		_, name, _ := strings.Cut(r.key, "}:")
		kind, _, _ := strings.Cut(name, ":")
		if kind != "gaps" && strings.Contains(r.key+r.text, leakMatter) {
			t.Errorf("key %q holds words of a question: %q", r.key, r.text)
		}
		for _, word := range forbidden() {
			if strings.Contains(r.key+" "+r.text, word) {
				t.Errorf("key %q holds %s: %q", r.key, word, r.text)
			}
		}
		switch kind {
		case "residents":
			if !numberForm.MatchString(r.text[pseudonymBytes+1:]) {
				t.Errorf("a resident stands beside %q, want a number", r.text[pseudonymBytes+1:])
			}
			continue
		case "testers":
			if !testerForm.MatchString(r.text[pseudonymBytes+1:]) {
				t.Errorf("a test account stands beside %q, want who made it", r.text[pseudonymBytes+1:])
			}
			continue
		case "d", "m":
			if r.life <= 0 || r.life > 10*time.Minute {
				t.Errorf("%s lives for %s, want at most 10 minutes", r.key, r.life)
			}
		case "gaps":
			if r.life <= 0 || r.life > 30*24*time.Hour || !gapForm.MatchString(r.text) {
				t.Errorf("kept for %s: %q, want masked words for at most 30 days", r.life, r.text)
			}
		case "crisis":
			if !crisisForm.MatchString(r.text) {
				t.Errorf("the ledger of crises says %q, want a day and nothing else", r.text)
			}
		case "tickets", "ticket":
			holdTicket(t, name, r)
		case "ledger":
			e, err := stats.ParseLine(r.text)
			if err != nil || e.InCrisis() {
				t.Errorf("the ledger says %q: %v", r.text, err)
			}
			if e.Kind == stats.Scan {
				scans[e.Source] = true
				if !scanForm.MatchString(r.text) {
					t.Errorf("the ledger says of a scan %q, want its hour, its code and how it came", r.text)
				}
			}
		}
		for _, form := range who {
			if kind != "d" && strings.Contains(r.key+" "+r.text, form) {
				t.Errorf("key %q names a resident: %q", r.key, r.text)
			}
		}
	}
	if !scans["page"] || !scans["account"] {
		t.Errorf("scans of %v are counted, want one of our page and one of the account's code", scans)
	}
}

// holdFiles looks for words in every file under folders, and in what the
// program said.
func holdFiles(t *testing.T, said map[string]string, folders ...string) {
	t.Helper()
	for name, text := range filesUnder(t, folders...) {
		said[name] = text
	}
	for name, text := range said {
		for _, word := range forbidden() {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s holds %s: %q", name, word, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
}

func filesUnder(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(name)
			files[name] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// keptWords are the lines in which words of questions are kept.
func keptWords(rows []row) (n int) {
	for _, r := range rows {
		if strings.Contains(r.key, "}:gaps:") {
			n++
		}
	}
	return n
}

// TestWordsOfGapsLeakNothing has a mixed day with PUFA_GAP_TEXTS: of all that
// three residents asked in vain one masked line is kept, beside nobody.
func TestWordsOfGapsLeakNothing(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	v := withTester(t, withPoster(t, withAccount(t).and("PUFA_REDIS_URL", server.url(), "PUFA_TRY", "on", "PUFA_GAP_TEXTS", "on", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t)), time.Now), time.Now)
	child := startChild(t, v)
	p := platformOf(t, v, child.url, time.Now)
	said := map[string]string{"/metrics": mixedRun(t, v, p)}
	client := server.open()
	defer client.Close()
	rows := rowsOf(t, client)
	holdRows(t, rows)
	if n := keptWords(rows); n != 1 {
		t.Errorf("%d lines of words are kept, want 1", n)
	}
	for _, format := range []string{"text", "json", "csv"} {
		e := v.run(t, "report", "gaps", "--format", format)
		if e.status != 0 || !strings.Contains(e.out, leakMatter) {
			t.Errorf("report gaps --format %s ended with %d: %s%s", format, e.status, e.out, e.err)
		}
		said["report gaps "+format] = e.out
	}
	server.end(syscall.SIGKILL)
	said["/metrics in the outage"] = mixedRun(t, v, p)
	for name, text := range filesUnder(t, v["PUFA_DATA_DIR"]) {
		if strings.Contains(text, leakMatter) {
			t.Errorf("%s holds words of a question", name)
		}
	}
	child.end(syscall.SIGTERM)
	said["the log"] = child.stderr.String()
	holdFiles(t, said, v["PUFA_DATA_DIR"], server.dir)
}

// TestNothingLeaksOverRedis has a mixed day, half of it while Redis is away.
func TestNothingLeaksOverRedis(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	v := withTester(t, withPoster(t, withAccount(t).and("PUFA_REDIS_URL", server.url(), "PUFA_TRY", "on", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t)), time.Now), time.Now)
	child := startChild(t, v)
	p := platformOf(t, v, child.url, time.Now)
	said := map[string]string{"/metrics": mixedRun(t, v, p)}
	client := server.open()
	defer client.Close()
	holdRows(t, rowsOf(t, client))
	holdTickets(t, rowsOf(t, client))
	if n := keptWords(rowsOf(t, client)); n != 0 {
		t.Errorf("%d lines of words are kept, and nobody switched that on", n)
	}

	server.end(syscall.SIGKILL)
	said["/metrics in the outage"] = mixedRun(t, v, p)
	spooled := filesUnder(t, filepath.Join(v["PUFA_DATA_DIR"], "spool"))
	holdSpool(t, spooled)
	holdFiles(t, said, v["PUFA_DATA_DIR"], server.dir)
	server.start()
	untilReady(t, child.url)
	said["/metrics after the outage"] = mixedRun(t, v, p)
	holdRows(t, rowsOf(t, client))
	child.end(syscall.SIGTERM)
	said["the log"] = child.stderr.String()
	holdFiles(t, said, v["PUFA_DATA_DIR"], server.dir)
	v.verified(t)
}

// holdSpool wants matters and residents in different files.
func holdSpool(t *testing.T, files map[string]string) {
	t.Helper()
	seen := 0
	for name, text := range files {
		switch filepath.Base(name) {
		case "events":
			seen++
			if !strings.Contains(text, "consumer/seven-day-return") || strings.Contains(text, stats.CrisisOutcome) {
				t.Errorf("%s lacks its entries or holds a crisis: %.300q", name, text)
			}
		case "crisis":
			seen++
			if strings.Contains(text, "/") {
				t.Errorf("%s holds more than days: %.300q", name, text)
			}
		case "residents":
			seen++
			if bytes.Contains([]byte(text), []byte("consumer")) || len(strings.Trim(text, "\x00")) == 0 {
				t.Errorf("%s holds a matter, or nobody", name)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d of the spool's 3 files are there: %d files", seen, len(files))
	}
}

// TestNothingLeaksOverTheTrialStore has a mixed day, and looks at the disk
// again when a quarter of an hour has passed.
func TestNothingLeaksOverTheTrialStore(t *testing.T) {
	t.Parallel()
	v := withTester(t, withPoster(t, withAccount(t).and("PUFA_TRY", "on", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t)), noon), noon)
	clock := &clock{at: noon()}
	h := serveHere(t, v, clock.now)
	p := platformOf(t, v, h.url, clock.now)
	said := map[string]string{"/metrics": mixedRun(t, v, p)}
	rows := rowsOf(t, socketOf(t, v))
	holdRows(t, rows)
	holdFiles(t, said, v["PUFA_DATA_DIR"])

	clock.set(noon().Add(15 * time.Minute))
	until(t, "what expired has left the disk", func() bool {
		for _, text := range filesUnder(t, v["PUFA_DATA_DIR"]) {
			if strings.Contains(text, "}:d:") || strings.Contains(text, "}:m:") {
				return false
			}
		}
		return true
	})
	h.stop()
	said["the log"] = h.log.String()
	holdFiles(t, said, v["PUFA_DATA_DIR"])
	holdNoneJoined(t, pseudonyms(rows), filesUnder(t, v["PUFA_DATA_DIR"]))
	v.verifiedAt(t, clock.now)
}

// holdNoneJoined wants every resident once in the files, in the hash of
// residents, and no line of the ledger in the journal, where it would stand
// beside the number of whoever wrote.
func holdNoneJoined(t *testing.T, who []string, files map[string]string) {
	t.Helper()
	for i, form := range who {
		n := 0
		for _, text := range files {
			n += strings.Count(text, form)
		}
		if raw := i%formsOfPseudonym == 0; raw && n != 1 || !raw && n != 0 {
			t.Errorf("a resident is named %d times in the files, in form %d", n, i%formsOfPseudonym)
		}
	}
	for name, text := range files {
		if strings.HasPrefix(filepath.Base(name), "journal.") && strings.Contains(text, "|message|") {
			t.Errorf("%s still holds a line of the ledger", name)
		}
	}
}
