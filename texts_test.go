package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAskQuotesImportedTexts(t *testing.T) {
	with, without, damaged := withLanterns(t), noAccount(t), withLanterns(t)
	file := filepath.Join(damaged["PUFA_DATA_DIR"], lawsFile)
	if err := os.Truncate(file, 100); err != nil {
		t.Fatal(err)
	}
	const none = "您说的这部法律，本号没有收"
	for _, c := range []struct {
		name           string
		v              variables
		ask, say, warn string
	}{
		{"an article out of the edition of the day", with, "花灯法2条写的啥", "花灯由街道照管，坏了的三天内修好。", ""},
		{"its source", with, "花灯法2条", "出处：《中华人民共和国花灯法》，2009-10-01公布，2010-01-01起施行", ""},
		{"since when it holds", with, "花灯法哪年施行", "自2010-01-01起施行", ""},
		{"a law whose text was not imported", with, "反家暴法哪年施行", "出自本号的法律目录", ""},
		{"without texts", without, "花灯法2条写的啥", none, ""},
		{"without texts, out of the register", without, "反家暴法哪年施行", "自2016-03-01起施行", ""},
		{"a damaged file is warned of and left alone", damaged, "花灯法2条写的啥", none, "official texts cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.v.runAt(t, lanternDay, "", "ask", c.ask)
			if e.status != 0 || !strings.Contains(e.out, c.say) {
				t.Errorf("ask = %+v, want %q", e, c.say)
			}
			if !strings.Contains(e.err, c.warn) || c.warn == "" && e.err != "" {
				t.Errorf("it warned %q, want %q", e.err, c.warn)
			}
		})
	}
}

func TestTheServerQuotesImportedTexts(t *testing.T) {
	t.Parallel()
	h := serveHere(t, withLanterns(t), lanternDay)
	resp, err := http.Post(h.url+"/try/messages", "application/json", strings.NewReader(`{"text":"花灯法2条写的啥"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if want := "坏了的三天内修好"; err != nil || !strings.Contains(string(body), want) {
		t.Errorf("the server says %s, %v; want %q in it", body, err, want)
	}
}
