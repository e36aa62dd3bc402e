package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	minSecret = 32 // characters
	// A reply has 4.5 s in all; a model that takes longer than maxModel
	// leaves no time to keep and send the reply without it.
	minModel, maxModel = 200 * time.Millisecond, 3500 * time.Millisecond
	makeSecret         = "make one with: openssl rand -hex 32"
)

var (
	tokenForm  = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)
	aesKeyForm = regexp.MustCompile(`^[A-Za-z0-9]{43}$`)
	appIDForm  = regexp.MustCompile(`^wx[0-9a-z]{6,30}$`)
)

// check looks at what a value must be beyond its type, and fills in what is
// made for a run without an account.
func (l *loader) check(s *Settings) {
	l.checkAddresses(s)
	l.checkStore(s)
	l.checkAccount(&s.WeChat)
	l.checkLater(s)
	l.checkModel(&s.OpenAI)
	l.checkDesk(s.Desk)
	if n := s.LedgerMonths; n != 0 && (n < minLedger || n > maxLedger) {
		l.problem("%s: %d; write %d to %d months, or 0 to keep the ledger for ever", l.where("PUFA_LEDGER_MONTHS"), n, minLedger, maxLedger)
	}
}

// How many months of the ledger are kept: a year's figures can be counted again
// for a year at least.
const minLedger, maxLedger = 12, 120

// The days of the service desk: nobody's number stays longer than a month, and
// none goes before the desk could have called.
const (
	maxRequestDays = 60
	minKeepDays    = 2
	maxKeepDays    = 30
)

func (l *loader) checkDesk(d Desk) {
	if d.RequestDays < 1 || d.RequestDays > maxRequestDays {
		l.problem("%s: %d; write 1 to %d days", l.where("PUFA_DESK_REQUEST_DAYS"), d.RequestDays, maxRequestDays)
	}
	if d.KeepDays < minKeepDays || d.KeepDays > maxKeepDays {
		l.problem("%s: %d; write %d to %d days", l.where("PUFA_DESK_KEEP_DAYS"), d.KeepDays, minKeepDays, maxKeepDays)
	}
}

func (l *loader) checkAddresses(s *Settings) {
	l.checkListen("PUFA_ADDR", s.Addr)
	if s.MetricsAddr != "" {
		l.checkListen("PUFA_METRICS_ADDR", s.MetricsAddr)
		if s.MetricsAddr == s.Addr {
			l.problem("%s: the same as PUFA_ADDR; give the figures for machines a port of their own", l.where("PUFA_METRICS_ADDR"))
		}
	}
	s.PublicURL = l.checkURL("PUFA_PUBLIC_URL", s.PublicURL)
	for i, p := range s.TrustedProxies {
		p = strings.TrimSpace(p)
		s.TrustedProxies[i] = p
		_, errAddr := netip.ParseAddr(p)
		_, errNet := netip.ParsePrefix(p)
		if errAddr != nil && errNet != nil {
			l.problem("%s: %q is neither an address nor a network; write for instance 10.0.0.5 or 10.0.0.0/8", l.where("PUFA_TRUSTED_PROXIES"), p)
		}
	}
}

func (l *loader) checkListen(key, addr string) {
	_, port, err := net.SplitHostPort(addr)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		l.problem("%s: %q is no address to listen on; write host:port, for instance 127.0.0.1:8080", l.where(key), addr)
	}
}

func (l *loader) checkURL(key, text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		l.problem("%s: no web address; write for instance https://pufa.example.cn, without user, ? and #", l.where(key))
	}
	return strings.TrimRight(text, "/")
}

func (l *loader) checkStore(s *Settings) {
	if !s.Secret.Empty() && len(s.Secret.Reveal()) < minSecret {
		l.problem("%s: shorter than %d characters; %s", l.where("PUFA_SECRET"), minSecret, makeSecret)
	}
	if s.RedisURL.Empty() {
		return
	}
	if s.Secret.Empty() && !l.unreadSecret("PUFA_SECRET") {
		l.problem("PUFA_SECRET: must be set with PUFA_REDIS_URL; %s, and keep it with the backups", makeSecret)
	}
	if why := redisURLProblem(s.RedisURL.Reveal()); why != "" {
		l.problem("%s: %s", l.where("PUFA_REDIS_URL"), why)
	}
}

// unreadSecret reports that a secret's file is named and could not be read,
// which has been reported already.
func (l *loader) unreadSecret(key string) bool {
	_, named := l.values[key+fromFile]
	return named
}

// redisURLProblem says what is wrong with a URL without repeating it: it may
// hold a password.
func redisURLProblem(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || rest == "" {
		return "no address of a Redis; write for instance redis://127.0.0.1:6379/0"
	}
	switch scheme {
	case "redis", "rediss", "unix":
		if u, err := url.Parse(text); err != nil || u.Host == "" && u.Path == "" {
			return "cannot be read as an address; percent-encode special characters of the password"
		}
	case "redis+cluster", "redis+sentinel":
		at := strings.LastIndex(rest, "@")
		hosts, _, _ := strings.Cut(rest[at+1:], "/")
		hosts, _, _ = strings.Cut(hosts, "?")
		for host := range strings.SplitSeq(hosts, ",") {
			if _, _, err := net.SplitHostPort(host); err != nil {
				return "each server needs its port; write for instance " + scheme + "://h1:6379,h2:6379"
			}
		}
		if scheme == "redis+sentinel" && !strings.Contains(rest, "master=") {
			return "the name of the master is missing; end it with ?master=NAME"
		}
	default:
		return "unknown kind of address; it begins with redis://, rediss://, unix://, redis+cluster:// or redis+sentinel://"
	}
	return ""
}

// checkAccount sees that an account is there whole or not at all.
func (l *loader) checkAccount(w *WeChat) {
	w.APIBase = l.checkURL("PUFA_WECHAT_API_BASE", w.APIBase)
	if !l.anySet("PUFA_WECHAT_") {
		w.makeUp()
		return
	}
	l.need("PUFA_WECHAT_APP_ID", w.AppID, "copy 开发者ID(AppID) from 设置与开发 → 基本配置 of mp.weixin.qq.com")
	l.need("PUFA_WECHAT_APP_SECRET", w.AppSecret.Reveal(), "copy 开发者密码(AppSecret) from the same page")
	l.need("PUFA_WECHAT_TOKEN", w.Token.Reveal(), "choose 3 to 32 letters and digits and enter the same as 令牌(Token) under 服务器配置")
	if w.Mode != Plain {
		l.need("PUFA_WECHAT_AES_KEY", w.AESKey.Reveal(), "copy 消息加解密密钥(EncodingAESKey) from 服务器配置")
	}
	l.form("PUFA_WECHAT_APP_ID", w.AppID, appIDForm, "an AppID begins with wx and has 18 letters and digits")
	l.form("PUFA_WECHAT_TOKEN", w.Token.Reveal(), tokenForm, "a token has 3 to 32 letters and digits")
	l.form("PUFA_WECHAT_AES_KEY", w.AESKey.Reveal(), aesKeyForm, "the key has exactly 43 letters and digits")
}

func (l *loader) anySet(under string) bool {
	for key := range l.values {
		if strings.HasPrefix(key, under) {
			return true
		}
	}
	return false
}

func (l *loader) need(key, text, mend string) {
	if text == "" && !l.unreadSecret(key) {
		l.problem("%s: missing, while other settings of the account are there; %s", key, mend)
	}
}

func (l *loader) form(key, text string, form *regexp.Regexp, rule string) {
	if text != "" && !form.MatchString(text) {
		l.problem("%s: not as WeChat makes it: %s; copy it again", l.where(key), rule)
	}
}

// makeUp gives a run without an account keys of its own, so that its callback
// accepts nobody but this process.
func (w *WeChat) makeUp() {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	w.Made = true
	w.AppID = "wx" + strings.ToLower(rand.Text()[:16])
	w.Token = NewSecret(rand.Text())
	w.AESKey = NewSecret(strings.TrimRight(base64.StdEncoding.EncodeToString(key), "="))
}

func (l *loader) checkModel(o *OpenAI) {
	o.BaseURL = l.checkURL("PUFA_OPENAI_BASE_URL", o.BaseURL)
	switch {
	case o.BaseURL != "" && o.Model == "":
		l.problem("PUFA_OPENAI_MODEL: missing, while PUFA_OPENAI_BASE_URL is there; write the name of the model to ask")
	case o.BaseURL == "" && !o.APIKey.Empty():
		l.problem("PUFA_OPENAI_BASE_URL: missing, while PUFA_OPENAI_API_KEY is there; write the address of the service the key is for")
	}
	if o.Timeout != 0 && (o.Timeout < minModel || o.Timeout > maxModel) {
		l.problem("%s: %s is not between %s and %s; a reply must go out within 4.5s", l.where("PUFA_OPENAI_TIMEOUT"), o.Timeout, minModel, maxModel)
	}
	if o.DailyQuestions < 0 {
		l.problem("%s: less than 0; write how many questions of one resident a model may get a day", l.where("PUFA_OPENAI_DAILY_QUESTIONS"))
	}
	if o.Extra != "" && json.Unmarshal([]byte(o.Extra), &map[string]any{}) != nil {
		l.problem("%s: no JSON object; write for instance {\"enable_thinking\":false}", l.where("PUFA_OPENAI_EXTRA"))
	}
	l.checkPrices(o)
	if o.DailyTokens < 0 {
		l.problem("%s: less than 0; write how many tokens a day may cost, 0 for no model", l.where("PUFA_OPENAI_DAILY_TOKENS"))
	}
}
