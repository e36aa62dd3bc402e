// Package api is the interface for other systems: figures, entries and
// campaigns as JSON under /api/v1, for whoever has a token of the right scope.
// It only reads. It knows no resident, no question that one asked and no member
// of staff, and counts nothing itself: what is hidden on the pages is hidden
// here.
package api

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

// Path is where the interface stands; every address of it begins so.
const Path = "/api/v1"

const callTime = 10 * time.Second

//go:embed openapi.json
var document []byte

// Tokens knows the interface tokens: staff.ErrNoToken for a text that is none.
type Tokens interface {
	Of(ctx context.Context, text string) (staff.APIToken, error)
}

// Calls counts the calls of a token and says how long to wait; 0: go on.
type Calls interface {
	TakeAPICall(ctx context.Context, id string) (time.Duration, error)
}

// Figures gathers the figures of a period.
type Figures interface {
	Look(ctx context.Context, p stats.Period) (report.Report, error)
}

// Library is the library that answers now, and how its entries stand.
type Library interface {
	Library() *content.Library
	Standing(e *content.Entry, t time.Time) content.Standing
	Approved(e *content.Entry) bool
}

// Campaigns are the theme pushes and what became of them.
type Campaigns interface {
	// Campaign returns campaign.ErrUnknown for an id that has none.
	Campaign(ctx context.Context, id string) (campaign.Campaign, error)
	Campaigns(ctx context.Context, f campaign.Filter) ([]campaign.Campaign, error)
	// Push returns the figures of a campaign that began.
	Push(ctx context.Context, c campaign.Campaign) (stats.PushFigures, error)
	// PushReport is what `pufa report --campaign` writes of a campaign that began.
	PushReport(ctx context.Context, c campaign.Campaign) (report.Report, error)
}

// Config is what an API is built from.
type Config struct {
	Tokens    Tokens
	Calls     Calls
	Figures   Figures
	Library   Library
	Campaigns Campaigns
	Log       *slog.Logger
	Now       func() time.Time
}

// API serves the addresses under Path.
type API struct {
	Config
	mux *http.ServeMux
}

// New wires the interface. The error names what is missing.
func New(cfg Config) (*API, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	for name, missing := range map[string]bool{
		"tokens": cfg.Tokens == nil, "calls": cfg.Calls == nil, "figures": cfg.Figures == nil, "library": cfg.Library == nil,
		"campaigns": cfg.Campaigns == nil, "log": cfg.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("build interface: no %s", name)
		}
	}
	a := &API{Config: cfg, mux: http.NewServeMux()}
	for _, rt := range routes() {
		h := a.serve(rt)
		a.mux.Handle("GET "+Path+rt.path, h)
		a.mux.Handle(Path+rt.path, http.HandlerFunc(wrongMethod))
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, errNoAddress) })
	return a, nil
}

// Handler serves every address under Path.
func (a *API) Handler() http.Handler { return a.mux }

// route is one address. Params are those of the query that it takes.
type route struct {
	path   string
	scope  staff.Scope // empty: nobody has to show a token
	params []string
	do     func(*call) (answer, error)
}

// routes is the whole surface of the interface.
func routes() []route {
	return []route{
		{path: "/openapi.json", do: (*call).document},
		{path: "/figures", scope: staff.ReadFigures, params: []string{"span", "at", "from", "to"}, do: (*call).figures},
		{path: "/rules", scope: staff.ReadFigures, do: (*call).rules},
		{path: "/entries", scope: staff.ReadEntries, params: []string{"topic", "theme", "limit", "after"}, do: (*call).entries},
		{path: "/entries/{topic}/{slug}", scope: staff.ReadEntries, do: (*call).entry},
		{path: "/campaigns", scope: staff.ReadCampaigns, params: []string{"from", "to", "theme", "status", "limit", "after"}, do: (*call).campaigns},
		{path: "/campaigns/{id}", scope: staff.ReadCampaigns, do: (*call).campaign},
		{path: "/campaigns/{id}/figures", scope: staff.ReadCampaigns, do: (*call).ofCampaign},
	}
}

// call is one request.
type call struct {
	*API
	r *http.Request
	q url.Values
}

// answer is what a call is answered with. Tag is what it is told apart by,
// where that is not the body.
type answer struct{ body, tag []byte }

// jsonOf is an answer of a value.
func jsonOf(v any) (answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return answer{}, fmt.Errorf("write answer: %w", err)
	}
	return answer{body: append(body, '\n')}, nil
}

func (c *call) document() (answer, error) { return answer{body: document}, nil }

// serve lets in who may, and answers in JSON whatever happens.
func (a *API) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer a.recovered(w, rt)
		ctx, cancel := context.WithTimeout(r.Context(), callTime)
		defer cancel()
		c := &call{API: a, r: r.WithContext(ctx)}
		out, err := c.answer(rt)
		if err != nil {
			a.failed(w, rt, err)
			return
		}
		send(w, r, out)
	})
}

func (c *call) answer(rt route) (answer, error) {
	if rt.scope != "" {
		if err := c.admit(rt.scope); err != nil {
			return answer{}, err
		}
	}
	var err error
	if c.q, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return answer{}, badf("查询参数读不出来")
	}
	for name, values := range c.q {
		if !slices.Contains(rt.params, name) {
			return answer{}, badf("没有这个查询参数，可用的有：%s", strings.Join(rt.params, " "))
		}
		if len(values) > 1 {
			return answer{}, badf("参数 %s 给了不止一次", name)
		}
	}
	return rt.do(c)
}

// admit checks the token, then what it opens, then how often it called.
func (c *call) admit(scope staff.Scope) error {
	kind, text, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return errNoToken
	}
	token, err := c.Tokens.Of(c.r.Context(), text)
	switch {
	case errors.Is(err, staff.ErrNoToken):
		return errNoToken
	case err != nil:
		return err
	case !token.May(scope):
		return errScope
	}
	wait, err := c.Calls.TakeAPICall(c.r.Context(), token.ID)
	if err == nil && wait > 0 {
		err = &refusal{status: http.StatusTooManyRequests, Code: "too_many_calls", Message: "取数太频繁，请稍后再来", wait: wait}
	}
	return err
}

func (a *API) failed(w http.ResponseWriter, rt route, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		a.Log.Error("call of the interface failed", "route", rt.path, "error", err)
		r = errAway
	}
	refuse(w, r)
}

// recovered turns a panic into an answer; what it says goes to the log only.
func (a *API) recovered(w http.ResponseWriter, rt route) {
	switch what := recover(); what {
	case nil:
	case http.ErrAbortHandler:
		panic(what)
	default:
		a.Log.Error("panic", "route", rt.path, "what", fmt.Sprintf("%T", what), "stack", string(debug.Stack()))
		refuse(w, errAway)
	}
}

// refusal is an answer that is none, as the interface writes it.
type refusal struct {
	status  int
	wait    time.Duration
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Code }

// The refusals.
var (
	errNoToken   = &refusal{status: http.StatusUnauthorized, Code: "unauthorized", Message: "没有令牌，或者令牌不对、已撤销、已到期"}
	errScope     = &refusal{status: http.StatusForbidden, Code: "forbidden", Message: "这个令牌不能读这一项"}
	errNoAddress = &refusal{status: http.StatusNotFound, Code: "not_found", Message: "没有这个地址"}
	errNone      = &refusal{status: http.StatusNotFound, Code: "not_found", Message: "没有这一项"}
	errMethod    = &refusal{status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: "接口只能读（GET、HEAD）"}
	errAway      = &refusal{status: http.StatusServiceUnavailable, Code: "unavailable", Message: "暂时取不到数，请稍后再试", wait: 10 * time.Second}
)

func badf(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, Code: "bad_request", Message: fmt.Sprintf(format, args...)}
}

func wrongMethod(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	refuse(w, errMethod)
}

func refuse(w http.ResponseWriter, r *refusal) {
	h := w.Header()
	if r.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="pufa"`)
	}
	if r.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((r.wait+time.Second-1)/time.Second)))
	}
	h.Set("Cache-Control", "no-store")
	headers(h)
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(map[string]*refusal{"error": r})
}

func headers(h http.Header) {
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Authorization")
}

// send answers, or says that the caller has the answer already.
func send(w http.ResponseWriter, r *http.Request, a answer) {
	if a.tag == nil {
		a.tag = a.body
	}
	sum := sha256.Sum256(a.tag)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	headers(h)
	if known(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	_, _ = w.Write(a.body)
}

// known reports whether a header names the tag (RFC 9110, 13.1.2: strong and
// weak tags compare alike).
func known(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
