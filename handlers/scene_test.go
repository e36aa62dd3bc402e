package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

func TestScenePage(t *testing.T) {
	body := newRig(t).get("/q/east-gate").Body.String()
	for _, want := range []string{
		"<h1>先看价格再下单</h1>", `<a href="/a/consumer/returns">网上买的东西不喜欢，七天内能退吗？</a>`, `href="/a/consumer/store"`,
		`href="tel:12315"`, `href="tel:12348"`, "某某街道的公众号", "不记是谁扫的",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, "consumer/old") || strings.Contains(body, "consumer/none") {
		t.Error("the page leads to what answers nothing now")
	}
}

func TestWhichScansCount(t *testing.T) {
	const page = "/q/east-gate"
	for _, c := range []struct {
		name, method, path string
		headers            []string
		count              int
	}{
		{"a person's", http.MethodGet, page, nil, 1},
		{"of a code that is unknown or withdrawn", http.MethodGet, "/q/west-gate", nil, 0},
		{"a HEAD", http.MethodHead, page, nil, 0},
		{"fetched ahead", http.MethodGet, page, []string{"Sec-Purpose", "prefetch;prerender"}, 0},
		{"a crawler's", http.MethodGet, page, []string{"User-Agent", "Baiduspider/2.0"}, 0},
		{"from nobody in particular", http.MethodGet, page, []string{"User-Agent", ""}, 0},
		{"from the phone in the browser", http.MethodGet, page, []string{"Cookie", tryCookie + "=ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			req := httptest.NewRequest(c.method, c.path, nil)
			req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0")
			for i := 0; i+1 < len(c.headers); i += 2 {
				req.Header.Set(c.headers[i], c.headers[i+1])
			}
			w := r.serve(req)
			if w.Code != 200 || c.method == http.MethodGet && !strings.Contains(w.Body.String(), "12348") {
				t.Fatalf("status %d: whoever scans a poster sees a page", w.Code)
			}
			if len(r.opens.opens) != c.count {
				t.Errorf("%d counted, want %d", len(r.opens.opens), c.count)
			}
		})
	}
}

func TestWhatIsCountedOfAScan(t *testing.T) {
	r := newRig(t)
	r.get("/q/east-gate")
	want := []Open{{
		Visitor: "192.0.2.1|Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0",
		Event:   stats.Event{At: noon(), Kind: stats.Scan, Scene: "east-gate", Source: "page"},
	}}
	if diff := cmp.Diff(want, r.opens.opens); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
	for range maxOpens + 5 {
		r.get("/q/east-gate")
	}
	if n := len(r.opens.opens); n != maxOpens {
		t.Errorf("%d of one address in a minute, want %d", n, maxOpens)
	}
}

// scanOf is what the platform sends of a scan of the account's own code.
func scanOf(openid, event, key string) []byte {
	return wechat.EventMessage(openid, original, event, noon(), wechat.Element{Name: "EventKey", Value: key})
}

func TestScansOfTheAccount(t *testing.T) {
	for _, c := range []struct {
		name, openid, event, key string
		count                    int
		offered                  bool
	}{
		{"by a follower", "oResident", wechat.EventScan, "east-gate", 1, true},
		{"by a new follower", "oResident", wechat.EventSubscribe, "qrscene_east-gate", 1, true},
		{"of an unknown scene", "oResident", wechat.EventScan, "west-gate", 0, false},
		{"following by search", "oResident", wechat.EventSubscribe, "", 0, false},
		{"by a test account", "oStaffTest", wechat.EventScan, "east-gate", 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			w := r.deliver(scanOf(c.openid, c.event, c.key))
			if w.Code != 200 || r.said(w) == "" {
				t.Fatalf("status %d", w.Code)
			}
			asked := r.bot.messages()
			if len(asked) != 1 || (len(asked[0].Offer) > 0) != c.offered {
				t.Errorf("the bot was asked %+v, want offered %t", asked, c.offered)
			}
			if len(r.opens.opens) != c.count {
				t.Fatalf("%d counted, want %d", len(r.opens.opens), c.count)
			}
			if c.count == 0 {
				return
			}
			want := Open{Visitor: c.openid, Event: stats.Event{At: noon(), Kind: stats.Scan, Scene: "east-gate", Source: "account"}}
			if diff := cmp.Diff(want, r.opens.opens[0]); diff != "" {
				t.Errorf("scan (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAScanThatIsNotCountedIsStillAnswered(t *testing.T) {
	r := newRig(t)
	r.opens.err = errStoreDown
	if w := r.deliver(scanOf("oResident", wechat.EventScan, "east-gate")); r.said(w) == "" {
		t.Error("nothing is said")
	}
	if log := r.log.String(); !strings.Contains(log, "scan not counted") || strings.Contains(log, "oResident") {
		t.Errorf("log %s", log)
	}
}

func TestOnlyScansAreOffered(t *testing.T) {
	r := newRig(t)
	m := bot.Message{Kind: bot.Click, Key: "east-gate"}
	if r.offer(&m); m.Offer != nil {
		t.Errorf("a click is offered %v", m.Offer)
	}
}
