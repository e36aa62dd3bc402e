package handlers

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/wechat"
)

func TestHealth(t *testing.T) {
	r := newRig(t)
	r.health.state = State{Ready: true, Redis: true, SpoolLines: 3, DiskFreeBytes: 1 << 30}
	if w := r.get("/healthz"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("/healthz: status %d, body %q", w.Code, w.Body)
	}
	w := r.get("/readyz")
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"ready": true, "redis": true, "trial": false, "spool_lines": 3.0, "disk_free_bytes": float64(1 << 30), "warnings": []any{}}
	if diff := cmp.Diff(want, got); w.Code != 200 || diff != "" {
		t.Errorf("/readyz: status %d (-want +got):\n%s", w.Code, diff)
	}
	r.health.state = State{Warnings: []string{"redis keeps no append-only file"}}
	if w := r.get("/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "append-only") {
		t.Errorf("not ready: status %d, body %s", w.Code, w.Body)
	}
	if w := r.get("/healthz"); w.Code != 200 {
		t.Errorf("not ready, but alive: status %d", w.Code)
	}
}

func TestMetrics(t *testing.T) {
	r := newRig(t)
	r.health.state.SpoolLines = 7
	r.deliver(r.text("能退吗"))
	r.deliver(r.text("能退吗"))
	r.deliver(wechat.TextMessage("oOther", original, "9", "救命", noon()))
	r.deliver(r.textFrom(TryPrefix+"X", "x"))
	r.get("/wechat")
	r.get("/a/consumer/returns")
	r.get("/q/east-gate")
	w := httptest.NewRecorder()
	r.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	page := w.Body.String()
	for _, want := range []string{
		`pufa_replies_total{outcome="answered"} 1`, `pufa_replies_total{outcome="crisis"} 1`, `pufa_replies_total{outcome="repeated"} 1`,
		`pufa_replies_total{outcome="test"} 1`, `pufa_replies_total{outcome="menu"} 0`, `pufa_callback_refused_total{reason="denied"} 1`,
		"pufa_reply_seconds_count 4", "pufa_spool_lines 7", "pufa_ready 1", "pufa_page_opens_total 1", "pufa_scans_total 1",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for _, leak := range []string{openid, "consumer", "能退"} {
		if strings.Contains(page, leak) {
			t.Errorf("/metrics holds %q", leak)
		}
	}
}
