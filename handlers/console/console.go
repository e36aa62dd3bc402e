// Package console is the staff console: the pages at which staff sign in, keep
// the library true, plan campaigns and read figures. It asks the domain
// packages what is allowed and shows what they say; it adds no rule of its own,
// never speaks to Redis, and shows nothing of what one resident asked.
package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"pufa/staff"
	"pufa/web"
)

// Path is where the console stands; every address of it begins so.
const Path = "/console"

// The limits of a request.
const (
	maxForm   = 1 << 20 // bytes of a form
	pageTime  = 10 * time.Second
	idleTime  = 30 * time.Minute // without a click, until one signs in again
	lifeTime  = 12 * time.Hour   // of a session, however busy
	cookie    = "pufa_staff"
	maxFlash  = 300 // characters
	staticAge = "no-store"
	minKey    = 16 // bytes
)

// Office signs people in.
type Office interface {
	SignIn(ctx context.Context, name, password string) (staff.Account, error)
	// SignedIn leaves a step of the trail.
	SignedIn(ctx context.Context, name string) error
}

// Accounts tells who an account is now: roles that were taken away are gone
// with the next click.
type Accounts interface {
	Account(ctx context.Context, name string) (staff.Account, error)
}

// Config is what a Console is built from.
type Config struct {
	Office   Office
	Accounts Accounts
	Door     Door
	Key      []byte // signs the mark of a browser that was in before; 16 bytes or more
	Sessions scs.CtxStore
	Pages    *web.Pages
	Street   func() web.Street // as it is now; may be nil
	Secure   bool              // the cookie goes over TLS only: the public address is https
	Log      *slog.Logger
	Now      func() time.Time

	// CodeRoles are the roles that nobody uses without one-time codes.
	CodeRoles []staff.Role

	// The sections. One whose field is nil is left out.
	Keeper  Keeper    // accounts, one's own password and one-time codes
	Trail   Trail     // the audit trail; with Keeper
	Trials  Trials    // test accounts on WeChat; with Keeper, nil: not shown
	Invites Invites   // the link to the first account; with Keeper
	Streets Streets   // the street's data
	Health  Health    // the state of the service
	Model   Model     // a language model
	Linking Linking   // checks the connection with WeChat; with Health
	Content *Content  // the pages of the library
	Gaps    GapReader // the board of unanswered questions; with Content

	Campaigns *Campaigns // theme pushes

	Posters *Posters   // posters and their codes; nil: not shown
	Tickets TicketDesk // the service desk; nil: there is none

	Activities Activities // what the office did; nil: not shown
	Figures    Figures    // dashboards and reports; nil: not shown
	Tokens     Tokens     // interface tokens; nil: not shown

	// Waiting tell what waits for a person, each of its section.
	Waiting []Waiting
}

// Console serves the pages under Path.
type Console struct {
	Config
	sessions *scs.SessionManager
	cross    *http.CrossOriginProtection
	handler  http.Handler
}

// New wires the console. The error names what is missing.
func New(cfg Config) (*Console, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	for name, missing := range map[string]bool{
		"office": cfg.Office == nil, "accounts": cfg.Accounts == nil, "sessions": cfg.Sessions == nil,
		"pages": cfg.Pages == nil, "log": cfg.Log == nil, "door": cfg.Door == nil, "key": len(cfg.Key) < minKey,
	} {
		if missing {
			return nil, fmt.Errorf("build console: no %s", name)
		}
	}
	c := &Console{Config: cfg, cross: http.NewCrossOriginProtection()}
	c.sessions = c.newSessions()
	mux := http.NewServeMux()
	for _, r := range c.routes() {
		mux.Handle(r.pattern, c.serve(r))
	}
	mux.Handle(Path+"/", c.serve(route{do: func(*visit) error { return errNoPage }}))
	c.handler = compressed(c.guarded(mux))
	return c, nil
}

func (c *Console) newSessions() *scs.SessionManager {
	m := scs.New()
	m.Store = c.Sessions
	m.IdleTimeout, m.Lifetime = idleTime, lifeTime
	m.Cookie.Name, m.Cookie.Path = cookie, Path
	m.Cookie.Persist = false // it ends with the browser: offices share computers
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.SameSite = true, c.Secure, http.SameSiteLaxMode
	m.ErrorFunc = c.sessionFailed
	return m
}

// Patterns are the addresses that the console serves, METHOD and path, as
// http.ServeMux reads them.
func (c *Console) Patterns() []string {
	var list []string
	for _, r := range c.routes() {
		list = append(list, r.pattern)
	}
	return list
}

// Handler serves every address under Path.
func (c *Console) Handler() http.Handler { return c.handler }

// guarded is what stands before every page: no cache, a limit of time, nothing
// from other sites, the session.
func (c *Console) guarded(next http.Handler) http.Handler {
	inner := c.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", staticAge)
		if err := c.foreign(r); err != nil {
			c.plain(w, http.StatusForbidden, sayForeign)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), pageTime)
		defer cancel()
		inner.ServeHTTP(&final{ResponseWriter: w}, r.WithContext(ctx))
	})
}

var errForeign = errors.New("the request does not come from a page of the console")

// foreign reports a request that changes something and comes from another
// site. One that tells nothing about where it comes from is refused as well.
func (c *Console) foreign(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return errForeign
	}
	return c.cross.Check(r)
}

// plain answers without a template, when nothing else can be relied on.
func (c *Console) plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
