package handlers

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"pufa/web"
	"pufa/wechat"
)

// Try says whether the phone in the browser is served, and what it offers.
type Try struct {
	On       bool
	Loopback bool // only to browsers on this machine
	Samples  []string
}

const (
	maxTries    = 30   // messages a minute and session; new sessions a minute and address
	maxTryText  = 2000 // characters
	maxTryBody  = 32 << 10
	tryCookie   = "pufa_try"
	tryAccount  = "gh_try" // ToUserName when the account's own is not known
	saysTooMany = "您发得太快了，请过一分钟再试。"
	saysNoTry   = "这里没有开放试用。请在微信公众号里提问，或打12348咨询。"
	saysOutside = "请在本页面里操作。"
	saysEmpty   = "请先写下您的问题。"
	saysLong    = "一次最多2000个字，请分几次发。"
	saysNoForm  = "没有看懂这次请求，请刷新页面再试。"
	saysFailed  = "这次没有回复，请过一会儿再试。"
)

// tryMenu is what the menu buttons of the phone say and send.
var tryMenu = []web.Button{
	{Label: "问法律", Key: "cmd:菜单"}, {Label: "找热线", Key: "cmd:热线"}, {Label: "怎么用", Key: "cmd:帮助"},
}

var sessionForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// allows reports whether the browser of this request may try the bot. A
// request that came through a proxy is never from this machine, even where
// nobody told us to trust the proxy.
func (t Try) allows(c *gin.Context) bool {
	if !t.On || !t.Loopback {
		return t.On
	}
	for _, h := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} {
		if c.Request.Header.Get(h) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(c.Request.RemoteAddr)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func (s *Site) tryAllowed(c *gin.Context) {
	if s.Try.allows(c) {
		return
	}
	s.notice(c, http.StatusNotFound, "没有这一页", saysNoTry)
	c.Abort()
}

// sameOrigin refuses what another site makes a browser send.
func (s *Site) sameOrigin(c *gin.Context) {
	if s.cross.Check(c.Request) == nil {
		return
	}
	if c.FullPath() == "/try/messages" {
		c.JSON(http.StatusForbidden, gin.H{"error": saysOutside})
	} else {
		s.notice(c, http.StatusForbidden, "请从试用页进入", saysOutside)
	}
	c.Abort()
}

// isTry reports whether the browser has a session of the phone.
func (s *Site) isTry(c *gin.Context) bool {
	_, ok := session(c)
	return ok
}

func session(c *gin.Context) (string, bool) {
	id, err := c.Cookie(tryCookie)
	return id, err == nil && sessionForm.MatchString(id)
}

// openSession returns the browser's session, a new one if it has none; ok is
// false when its address opens too many.
func (s *Site) openSession(c *gin.Context) (id string, ok bool) {
	if id, ok := session(c); ok {
		return id, true
	}
	if !s.tries.allow("new "+c.ClientIP(), s.Now()) {
		return "", false
	}
	id = rand.Text()
	http.SetCookie(c.Writer, &http.Cookie{
		Name: tryCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: c.Request.TLS != nil,
	})
	return id, true
}

func (s *Site) tryPage(c *gin.Context) {
	if c.Request.Method == http.MethodGet {
		s.openSession(c)
	}
	s.showTry(c, http.StatusOK, web.TryPage{})
}

func (s *Site) showTry(c *gin.Context, status int, page web.TryPage) {
	page.Frame = s.frame("试用：" + s.street().Name + "普法问答")
	page.Samples, page.Menu = s.Try.Samples, tryMenu
	c.Header("Cache-Control", "no-store")
	data, err := s.Pages.Try(page)
	s.html(c, status, data, err)
}

// tryInput is what the phone sends: one of the two.
type tryInput struct {
	Text  string `json:"text"`
	Click string `json:"click"`
}

// tryMessage answers the page's script.
func (s *Site) tryMessage(c *gin.Context) {
	var in tryInput
	body := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, maxTryBody))
	body.DisallowUnknownFields()
	if err := body.Decode(&in); err != nil {
		status, text := badTry(err)
		c.JSON(status, gin.H{"error": text})
		return
	}
	text, p := s.exchange(c, in)
	if p != nil {
		c.JSON(p.status, gin.H{"error": p.text})
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"text": text})
}

// tryForm answers a browser without script: the page with the last exchange.
func (s *Site) tryForm(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxTryBody)
	if err := c.Request.ParseForm(); err != nil {
		status, text := badTry(err)
		s.showTry(c, status, web.TryPage{Problem: text})
		return
	}
	form := c.Request.PostForm
	in := tryInput{Text: form.Get("sample") + form.Get("text"), Click: form.Get("click")}
	page := web.TryPage{Asked: in.Text}
	text, p := s.exchange(c, in)
	if p != nil {
		page.Problem = p.text
		s.showTry(c, p.status, page)
		return
	}
	if page.Answered = text; text == "" {
		page.Problem = "（没有回复）"
	}
	s.showTry(c, http.StatusOK, page)
}

func badTry(err error) (status int, text string) {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge, saysLong
	}
	return http.StatusBadRequest, saysNoForm
}

// problem is what the phone shows instead of a reply.
type problem struct {
	status int
	text   string
}

// exchange sends one message the way the platform would and returns the text
// of the reply.
func (s *Site) exchange(c *gin.Context, in tryInput) (string, *problem) {
	in.Text, in.Click = strings.TrimSpace(in.Text), strings.TrimSpace(in.Click)
	switch n := utf8.RuneCountInString(in.Text + in.Click); {
	case n == 0:
		return "", &problem{http.StatusBadRequest, saysEmpty}
	case in.Text != "" && in.Click != "" || !utf8.ValidString(in.Text+in.Click):
		return "", &problem{http.StatusBadRequest, saysNoForm}
	case n > maxTryText:
		return "", &problem{http.StatusRequestEntityTooLarge, saysLong}
	}
	id, ok := s.openSession(c)
	if !ok || !s.tries.allow(id, s.Now()) {
		return "", &problem{http.StatusTooManyRequests, saysTooMany}
	}
	text, err := s.throughCallback(c, TryPrefix+id, in)
	if err != nil {
		s.Log.Error("try failed", "error", err)
		return "", &problem{http.StatusBadGateway, saysFailed}
	}
	return text, nil
}

// throughCallback signs and encrypts a message with the account's own keys,
// sends it through the router and opens the reply.
func (s *Site) throughCallback(c *gin.Context, openid string, in tryInput) (string, error) {
	now := s.Now()
	query, body, err := s.Callback.Seal(s.tryXML(openid, in), now, nil)
	if err != nil {
		return "", fmt.Errorf("seal message: %w", err)
	}
	req, err := http.NewRequestWithContext(c.Request.Context(), http.MethodPost,
		callbackPath+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("make callback request: %w", err)
	}
	req.RemoteAddr = c.Request.RemoteAddr
	w := &answer{header: http.Header{}}
	s.router.ServeHTTP(w, req)
	if w.status != http.StatusOK {
		return "", fmt.Errorf("callback answered with status %d", w.status)
	}
	reply, err := s.Callback.OpenReply(w.body.Bytes())
	if err != nil {
		return "", fmt.Errorf("open reply: %w", err)
	}
	return reply.Content, nil
}

func (s *Site) tryXML(openid string, in tryInput) []byte {
	to := s.OriginalID
	if to == "" {
		to = tryAccount
	}
	if in.Click != "" {
		// Events have no id; a ticket makes two taps within a second two.
		return wechat.EventMessage(openid, to, wechat.EventClick, s.Now(),
			wechat.Element{Name: "EventKey", Value: in.Click},
			wechat.Element{Name: "MsgId", Value: rand.Text()})
	}
	return wechat.TextMessage(openid, to, rand.Text(), in.Text, s.Now())
}

// answer is a ResponseWriter that keeps what is written.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}
