package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestEveryCodeHasItsKind(t *testing.T) {
	kinds := map[Kind][]int{
		Misconfigured: {40013, 40125, 41002, 41004, 40164, 61003, 61007, 61023},
		Unfollowed:    {40003, 43004, 46004, 50005},
		Refused:       {43019, 48002},
		NoConsent:     {43101},
		QuotaUsed:     {45009, 45028},
		RateLimited:   {45011},
		Outside48h:    {45015},
		CountUsed:     {45047},
		NoPermission:  {48001, 48003, 48008},
		StopAll:       {48004, 50002, 50004},
		Content:       {40033, 47001, 45002, 45003, 45004, 45005, 45006, 45007, 45008, 45067, 87014},
		BadMedia:      {40007},
		NoClerk:       {65400, 65401},
		BadMenu:       {65301, 65309, 65317},
		AdminWait:     {89501, 89503, 89506, 89507},
		RetrySameKey:  {45066},
		TokenBad:      {40001, 40014, 42001},
		Unknown:       {1, 45001, 45010, 65300, 65318, 89500, 89508, 99999, -2},
	}
	for kind, codes := range kinds {
		for _, code := range codes {
			t.Run(fmt.Sprintf("%d is %s", code, kind), func(t *testing.T) {
				h := newHost(t, fmt.Sprintf(`{"errcode":%d,"errmsg":"no, %s, rid: 5f1e-2a3b"}`, code, testOpenID))
				r := h.rig(t)
				_, err := r.SendNotice(t.Context(), testOpenID, Notice{TemplateID: "T", Fields: map[string]string{"thing1": "通知"}})
				var e *APIError
				if !errors.As(err, &e) || e.Kind != kind || e.Code != code || KindOf(err) != kind {
					t.Fatalf("error %v of kind %s, want code %d of kind %s", err, KindOf(err), code, kind)
				}
				if MaybeAccepted(err) {
					t.Error("MaybeAccepted of a refusal, want false")
				}
				if e.RID != "5f1e-2a3b" || AdviceOf(err) == "" || AdviceOf(err) != e.Advice() {
					t.Errorf("rid %q, advice %q", e.RID, AdviceOf(err))
				}
				noOutboundSecrets(t, err.Error()+AdviceOf(err))
				want := 1
				if kind == TokenBad {
					want = 2
				}
				if calls, _ := h.count(); calls != want {
					t.Errorf("%d calls, want %d", calls, want)
				}
			})
		}
	}
}

func TestNotBefore(t *testing.T) {
	late := time.Date(2026, 3, 8, 15, 59, 59, 0, time.UTC) // a second before midnight in Shanghai
	for code, want := range map[int]time.Duration{
		45009: time.Second, 45011: time.Minute, 45066: time.Minute, 89506: 24 * time.Hour, 89507: time.Hour, -1: 0, 48004: 0,
	} {
		if got := (&APIError{Code: code}).NotBefore(late).Sub(late); got != want {
			t.Errorf("%d: after %s, want %s", code, got, want)
		}
	}
}

func TestWhatIsTakenFromThePlatformsText(t *testing.T) {
	for message, want := range map[string]string{
		"ok rid: 6012-abc":                     "6012-abc",
		"invalid openid hint: [x] rid: 60-1f]": "60-1f",
		"rid: " + testOpenID:                   "",
		"rid: ":                                "",
		"no id":                                "",
		"rid: " + strings.Repeat("a", 41):      "",
		"rid: 12 " + testOpenID:                "12",
	} {
		if got := requestID(message); got != want {
			t.Errorf("requestID(%q) = %q, want %q", message, got, want)
		}
	}
	for message, want := range map[string]string{
		"invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist": "203.0.113.9",
		"invalid ip 2001:db8::1, not in whitelist":                         "2001:db8::1",
		"invalid ip, not in whitelist":                                     "",
	} {
		if got := address(message); got != want {
			t.Errorf("address(%q) = %q, want %q", message, got, want)
		}
	}
	h := newHost(t, "")
	h.token = func(int) string {
		return `{"errcode":40164,"errmsg":"invalid ip 203.0.113.9, not in whitelist rid: 1-2"}`
	}
	_, err := h.rig(t).Tags(t.Context())
	if want := "errcode 40164: this server's address is not in the allow-list (203.0.113.9) (rid 1-2)"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q does not hold %q", err, want)
	}
	if !strings.HasSuffix(AdviceOf(err), "IP：203.0.113.9") {
		t.Errorf("advice %q does not end with the address", AdviceOf(err))
	}
}

// cut answers with the first bytes of an answer and hangs up.
func cut(w http.ResponseWriter, _ *http.Request, _ int) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":0,")
	conn.Close()
}

// reset hangs up with a reset instead of an answer.
func reset(w http.ResponseWriter, _ *http.Request, _ int) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func hang(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }

func status(code int) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(code)
		io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}
}

// Each fault, met by a call without a key, one with a key, and one that only
// reads.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, int)
		maybe  bool
		cause  error
	}{
		{"no answer in time", hang, true, context.DeadlineExceeded},
		{"a reset after the request", reset, true, nil},
		{"half an answer", cut, true, io.ErrUnexpectedEOF},
		{"busy", says(`{"errcode":-1,"errmsg":"system error"}`), true, nil},
		{"an answer that is no JSON", says("<html>" + testAccess), true, nil},
		{"an answer that is null", says("null"), true, nil},
		{"an empty answer", says(""), true, nil},
		{"an answer over 1 MiB", says(`{"errcode":0,"errmsg":"` + strings.Repeat("x", 1<<20) + `"}`), true, nil},
		{"a gateway's 502", status(502), true, nil},
		{"a gateway's 408", status(408), true, nil},
		{"a wrong address", status(404), false, nil},
		{"a code of the wrong type", says(`{"errcode":"x"}`), true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, "")
			h.answer = tt.answer
			r := h.rig(t, func(c *ClientConfig) { c.HTTP.Timeout = 100 * time.Millisecond })
			err := r.SendMessage(t.Context(), testOpenID, CustomerText("private words"))
			_, keyed := r.SendMass(t.Context(), MassMessage{Audience: Tag(1), Content: MassText("private words"), Key: "k1"})
			if calls, _ := h.count(); calls != 2 {
				t.Errorf("%d calls, want 2: none is repeated", calls)
			}
			_, read := r.Tags(t.Context())
			for what, err := range map[string]error{"message": err, "mass message": keyed, "reading": read} {
				if err == nil {
					t.Fatalf("%s: no error", what)
				}
				noOutboundSecrets(t, err.Error()+fmt.Sprintf("%+v %#v", err, err))
				if want := tt.maybe && what != "reading"; MaybeAccepted(err) != want {
					t.Errorf("%s: MaybeAccepted(%v) = %t, want %t", what, err, !want, want)
				}
				if tt.cause != nil && !errors.Is(err, tt.cause) {
					t.Errorf("%s: %v is not %v", what, err, tt.cause)
				}
			}
			if got := KindOf(keyed); tt.maybe && got != RetrySameKey {
				t.Errorf("kind with a key = %s, want %s", got, RetrySameKey)
			}
			if calls, _ := h.count(); tt.maybe && calls != 2+1+maxRepeats {
				t.Errorf("%d calls, want %d: reading is tried %d times", calls, 3+maxRepeats, 1+maxRepeats)
			}
			if returned := r.ledger.returned == 1; returned == tt.maybe {
				t.Errorf("returned to the ledger = %t, want %t", returned, !tt.maybe)
			}
		})
	}
}

func TestARefusedConnectionSentNothing(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + ln.Addr().String()
	ln.Close()
	h := newHost(t, "")
	r := h.rig(t)
	r.Client.tokens.cached.Store(&accessToken{testAccess, testNow.Add(time.Hour)})
	r.base = dead
	err = r.SendMessage(t.Context(), testOpenID, CustomerText("private words"))
	if MaybeAccepted(err) || KindOf(err) != Retry || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("error %v: maybe %t, kind %s, want false, retry, refused", err, MaybeAccepted(err), KindOf(err))
	}
	noOutboundSecrets(t, err.Error())
	if r.ledger.returned != 1 {
		t.Error("the message was not returned to the ledger")
	}
}

// A connection that the platform closes while it is idle is the usual race. The
// call goes out on a new one or fails; it is never made twice.
func TestAnIdleConnectionThatIsGone(t *testing.T) {
	h := newHost(t, `{"errcode":0,"errmsg":"ok"}`)
	r := h.rig(t)
	for i := range 30 {
		before, _ := h.count()
		err := r.SendMessage(t.Context(), testOpenID, CustomerText("您好"))
		after, _ := h.count()
		if made := after - before; made > 1 || err == nil && made != 1 || made == 1 && err != nil && !MaybeAccepted(err) {
			t.Errorf("message %d: made %d times, error %v", i, made, err)
		}
		h.CloseClientConnections()
	}
}

func TestACallerWhoGivesUp(t *testing.T) {
	h := newHost(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	h.answer = func(w http.ResponseWriter, r *http.Request, n int) { cancel(); hang(w, r, n) }
	err := h.rig(t).SendMessage(ctx, testOpenID, CustomerText("您好"))
	if !errors.Is(err, context.Canceled) || !MaybeAccepted(err) {
		t.Errorf("error %v, maybe %t, want canceled and true", err, MaybeAccepted(err))
	}
	err = h.rig(t).SendMessage(ctx, testOpenID, CustomerText("您好"))
	if !errors.Is(err, context.Canceled) || MaybeAccepted(err) {
		t.Errorf("before the call: error %v, maybe %t, want canceled and false", err, MaybeAccepted(err))
	}
}

// transport is one that says nothing of its connections.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestATransportThatTellsNothing(t *testing.T) {
	h := newHost(t, "")
	r := h.rig(t)
	r.Client.tokens.cached.Store(&accessToken{testAccess, testNow.Add(time.Hour)})
	r.http.Transport = transport(func(req *http.Request) (*http.Response, error) {
		return nil, errors.New("gone with " + req.URL.String())
	})
	err := r.SendMessage(t.Context(), testOpenID, CustomerText("您好"))
	if !MaybeAccepted(err) {
		t.Errorf("MaybeAccepted(%v) = false through a transport that tells nothing", err)
	}
	noOutboundSecrets(t, err.Error())
}

func TestARedirectIsNotFollowed(t *testing.T) {
	other := newHost(t, `{"errcode":0}`)
	for _, code := range []int{301, 302, 307, 308} {
		h := newHost(t, "")
		h.answer = func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, other.URL+r.URL.String(), code)
		}
		err := h.rig(t).SendMessage(t.Context(), testOpenID, CustomerText("您好"))
		if err == nil || MaybeAccepted(err) {
			t.Errorf("%d: error %v, maybe %t, want an error and false", code, err, MaybeAccepted(err))
		}
	}
	if calls, fetches := other.count(); calls+fetches > 0 {
		t.Errorf("%d calls went elsewhere", calls)
	}
}

func TestErrorsOfOthers(t *testing.T) {
	if MaybeAccepted(nil) || KindOf(nil) != "" || AdviceOf(nil) != "" {
		t.Error("nil is something")
	}
	err := errors.New("x")
	if !MaybeAccepted(err) || KindOf(err) != Unknown || AdviceOf(err) != "" {
		t.Error("of an error that is not ours something is known")
	}
	if wrapped := fmt.Errorf("send: %w", &APIError{Kind: StopAll}); KindOf(wrapped) != StopAll || MaybeAccepted(wrapped) {
		t.Error("a wrapped error lost its kind")
	}
}
