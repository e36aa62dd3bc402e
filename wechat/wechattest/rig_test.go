package wechattest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock stands still until it is set forward.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

// newClock begins on a Monday at 10:00.
func newClock() *clock { return &clock{t: time.Date(2026, 3, 2, 10, 0, 0, 0, zone())} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// rig is a platform with a caller.
type rig struct {
	*Platform
	t      testing.TB
	clock  *clock
	client *http.Client
	token  string
}

func start(t testing.TB, opt Options) *rig {
	t.Helper()
	r := &rig{t: t, clock: newClock()}
	if opt.Now == nil {
		opt.Now = r.clock.now
	}
	p, err := Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	r.Platform = p
	r.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 10 * time.Second}
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	r.renew()
	return r
}

// renew fetches a token.
func (r *rig) renew() {
	r.t.Helper()
	a := r.post(tokenPath, `{"grant_type":"client_credential","appid":"`+r.AppID()+`","secret":"`+r.Secret()+`"}`)
	if r.token = a.word("access_token"); r.token == "" {
		r.t.Fatalf("no token: %v", a)
	}
}

// answer is what a call was answered.
type answer map[string]any

func (a answer) code() int             { n, _ := a["errcode"].(float64); return int(n) }
func (a answer) number(f string) int64 { n, _ := a[f].(float64); return int64(n) }
func (a answer) word(f string) string  { s, _ := a[f].(string); return s }

func (r *rig) call(method, path, kind string, body []byte) (answer, error) {
	address := r.URL() + path
	if path != tokenPath && !strings.Contains(path, "access_token") {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		address += mark + "access_token=" + r.token
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	a := answer{}
	return a, json.Unmarshal(text, &a)
}

func (r *rig) post(path, body string) answer {
	r.t.Helper()
	a, err := r.call(http.MethodPost, path, "application/json", []byte(body))
	if err != nil {
		r.t.Fatalf("POST %s: %v", path, err)
	}
	return a
}

func (r *rig) get(path string) answer {
	r.t.Helper()
	a, err := r.call(http.MethodGet, path, "", nil)
	if err != nil {
		r.t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

// must posts what has to be taken.
func (r *rig) must(path, body string) answer {
	r.t.Helper()
	a := r.post(path, body)
	if a.code() != 0 {
		r.t.Fatalf("POST %s = %v, want errcode 0", path, a)
	}
	return a
}

// codes posts several times and compares the errcodes.
func (r *rig) codes(path, body string, want ...int) {
	r.t.Helper()
	for i, code := range want {
		if a := r.post(path, body); a.code() != code {
			r.t.Errorf("call %d of %s = %v, want errcode %d", i+1, path, a, code)
		}
	}
}

// draft makes a draft whose article leads to a campaign.
func (r *rig) draft(campaign string) (mediaID string) {
	r.t.Helper()
	return r.must("/cgi-bin/draft/add", draftOf(r.AddMaterial(), "标题", "<p>正文</p>", "https://x.test/a/b/c?c="+campaign)).word("media_id")
}

func draftOf(thumb, title, content, source string) string {
	return inline(map[string]any{"articles": []any{map[string]any{
		"title": title, "content": content, "thumb_media_id": thumb, "content_source_url": source,
	}}})
}

// inline writes JSON as the platform wants it.
func inline(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSpace(b.String())
}

func massOf(media, key string) string {
	return `{"filter":{"is_to_all":true},"mpnews":{"media_id":"` + media + `"},"msgtype":"mpnews","send_ignore_reprint":0,"clientmsgid":"` + key + `"}`
}

func noticeTo(n int, campaign string) string {
	return `{"touser":"` + OpenID(n) + `","template_id":"T1","page":"https://x.test/a/b/c?c=` + campaign + `","data":{"thing1":{"value":"三八维权周"}}}`
}

const noticePath = "/cgi-bin/message/subscribe/bizsend"

func textTo(n int, text string) string {
	return inline(map[string]any{"touser": OpenID(n), "msgtype": "text", "text": map[string]string{"content": text}})
}

const customPath = "/cgi-bin/message/custom/send"

func body(s string) io.Reader { return strings.NewReader(s) }

// until waits for something that another goroutine does.
func until(t testing.TB, is func() bool) {
	t.Helper()
	limit, look := time.NewTimer(10*time.Second), time.NewTicker(time.Millisecond)
	defer limit.Stop()
	defer look.Stop()
	for !is() {
		select {
		case <-limit.C:
			t.Fatal("it did not happen within 10 seconds")
		case <-look.C:
		}
	}
}
