package wechattest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// maxRequest is the largest request in bytes: a picture with its form.
const maxRequest = 16 << 20

// endpoint is one call of the platform.
type endpoint struct {
	method  string
	payload payload
	open    bool // needs no token
	anyone  bool // unverified accounts may call it too
	service bool // service accounts only
	run     func(*Platform, *call) any
}

// payload is what a call brings.
type payload int

const (
	nothing payload = iota
	jsonBody
	form
)

// call is one request that is being answered.
type call struct {
	path  string
	query url.Values
	kind  string // Content-Type
	body  []byte
	now   time.Time
}

// read reads the body; it fails where a field has the wrong type.
func (c *call) read(to any) bool { return json.Unmarshal(c.body, to) == nil }

// outcome is what every answer holds.
type outcome struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

func (o outcome) failed() bool { return o.Code != 0 }

func ok() outcome { return outcome{Text: "ok"} }

func fail(code int, text string) outcome { return outcome{Code: code, Text: text} }

// serve answers one request, by way of the fault that is due, if any.
func (p *Platform) serve(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		panic(http.ErrAbortHandler)
	}
	defer p.running.Done()
	f := p.fault(r.URL.Path)
	if f.Kind == Reset && !f.Accept {
		reset(w)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		panic(http.ErrAbortHandler) // the caller went away in the middle of its sentence
	}
	p.pause(p.opt.Delay / 2)
	c := &call{path: r.URL.Path, query: r.URL.Query(), kind: r.Header.Get("Content-Type"), body: body}
	p.play(w, r, c, f)
}

// answer carries a call out and returns what to say.
func (p *Platform) answer(method string, c *call) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.now = p.now()
	result := p.respond(method, c)
	if o, is := result.(interface{ failed() bool }); !is || !o.failed() {
		p.accepted.call(c.path)
	}
	text, err := json.Marshal(result)
	if err != nil {
		return fmt.Appendf(nil, `{"errcode":-1,"errmsg":%q}`, err)
	}
	return text
}

func (p *Platform) respond(method string, c *call) any {
	e, known := p.routes[c.path]
	switch {
	case !known:
		return fail(40066, "invalid url")
	case e.method != method && e.method == http.MethodGet:
		return fail(43001, "require GET method")
	case e.method != method:
		return fail(43002, "require POST method")
	}
	for _, check := range []func(endpoint, *call) outcome{p.checkToken, p.checkRight, p.checkDay} {
		if o := check(e, c); o.failed() {
			return o
		}
	}
	if e.payload == jsonBody {
		if o := checkBody(c.body); o.failed() {
			return o
		}
	}
	return e.run(p, c)
}

func (p *Platform) checkToken(e endpoint, c *call) outcome {
	if e.open {
		return ok()
	}
	return p.tokens.check(c.query.Get("access_token"), c.now)
}

// checkRight knows who may call what: since 2025-07 unverified accounts write
// drafts only; notices, codes and lists of receivers are for service accounts.
func (p *Platform) checkRight(e endpoint, _ *call) outcome {
	if p.opt.Unverified && !e.anyone || e.service && p.opt.Account != Service {
		return fail(48001, "api unauthorized")
	}
	return ok()
}

// checkBody wants JSON in UTF-8 as it is: the platform shows \uXXXX to
// residents as written, or refuses it.
func checkBody(body []byte) outcome {
	switch {
	case len(body) == 0:
		return fail(44002, "empty post data")
	case !utf8.Valid(body), hasEscape(body):
		return fail(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!")
	case !json.Valid(body), body[0] != '{' && !strings.HasPrefix(string(bytes.TrimSpace(body)), "{"):
		return fail(47001, "data format error")
	}
	return ok()
}

// hasEscape reports whether a string of the JSON holds a \u.
func hasEscape(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 >= len(body) {
			return false
		}
		if body[i+1] == 'u' {
			return true
		}
		body = body[i+2:]
	}
}

// chars counts as the platform's pages do, by character.
func chars(s string) int { return utf8.RuneCountInString(s) }

func routes() map[string]endpoint {
	post := func(run func(*Platform, *call) any) endpoint {
		return endpoint{method: http.MethodPost, payload: jsonBody, run: run}
	}
	get := func(run func(*Platform, *call) any) endpoint {
		return endpoint{method: http.MethodGet, run: run}
	}
	anyone := func(e endpoint) endpoint { e.anyone = true; return e }
	service := func(e endpoint) endpoint { e.service = true; return e }
	upload := func(run func(*Platform, *call) any) endpoint {
		return endpoint{method: http.MethodPost, payload: form, anyone: true, run: run}
	}
	token := anyone(post((*Platform).stableToken))
	token.open = true
	return map[string]endpoint{
		"/cgi-bin/stable_token":                token,
		"/cgi-bin/message/custom/send":         post((*Platform).customSend),
		"/cgi-bin/message/custom/typing":       post((*Platform).customTyping),
		"/cgi-bin/message/mass/sendall":        post((*Platform).massSendAll),
		"/cgi-bin/message/mass/send":           service(post((*Platform).massSend)),
		"/cgi-bin/message/mass/preview":        post((*Platform).massPreview),
		"/cgi-bin/message/mass/get":            post((*Platform).massGet),
		"/cgi-bin/message/mass/delete":         post((*Platform).massDelete),
		"/cgi-bin/draft/add":                   anyone(post((*Platform).draftAdd)),
		"/cgi-bin/draft/update":                anyone(post((*Platform).draftUpdate)),
		"/cgi-bin/draft/get":                   anyone(post((*Platform).draftGet)),
		"/cgi-bin/draft/delete":                anyone(post((*Platform).draftDelete)),
		"/cgi-bin/freepublish/submit":          post((*Platform).publishSubmit),
		"/cgi-bin/freepublish/get":             post((*Platform).publishGet),
		"/cgi-bin/media/uploadimg":             upload((*Platform).uploadImage),
		"/cgi-bin/material/add_material":       upload((*Platform).addMaterial),
		"/cgi-bin/message/subscribe/bizsend":   service(post((*Platform).noticeSend)),
		"/cgi-bin/user/get":                    get((*Platform).userGet),
		"/cgi-bin/tags/create":                 post((*Platform).tagCreate),
		"/cgi-bin/tags/get":                    get((*Platform).tagList),
		"/cgi-bin/tags/members/batchtagging":   post((*Platform).tagAdd),
		"/cgi-bin/tags/members/batchuntagging": post((*Platform).tagRemove),
		"/cgi-bin/menu/create":                 post((*Platform).menuCreate),
		"/cgi-bin/menu/get":                    get((*Platform).menuGet),
		"/cgi-bin/menu/delete":                 get((*Platform).menuDelete),
		"/cgi-bin/qrcode/create":               service(post((*Platform).codeCreate)),
		"/datacube/getusersummary":             post((*Platform).userSummary),
		"/datacube/getusercumulate":            post((*Platform).userCumulate),
		"/datacube/getarticlesummary":          post((*Platform).articleSummary),
		"/datacube/getarticletotal":            post((*Platform).articleTotal),
		"/datacube/getupstreammsg":             post((*Platform).upstream),
		"/cgi-bin/openapi/quota/get":           anyone(post((*Platform).quotaGet)),
		"/cgi-bin/clear_quota":                 anyone(post((*Platform).quotaClear)),
	}
}
