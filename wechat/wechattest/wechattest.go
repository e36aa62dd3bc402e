// Package wechattest is a WeChat Official Account platform on loopback, for
// tests and for the demonstration. It checks every call as the platform would
// (method, token, fields, sizes, quotas, keys seen before), plays the
// platform's faults on demand, delivers callbacks signed and encrypted, and
// knows what it has accepted, for each follower. It never calls anything but
// the one callback address, never listens beyond loopback, keeps nothing after
// Close, and knows no follower but those it made up.
//
// Where the platform's own pages were not seen, the stricter reading is built
// in, so that what passes here passes there too.
package wechattest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"pufa/wechat"
)

// Account is the kind of an Official Account.
type Account int

const (
	// Service is a 服务号: each follower gets 4 mass messages a month.
	Service Account = iota
	// Subscription is a 订阅号: one mass message a day.
	Subscription
)

// The account that Options leave unnamed.
const (
	DefaultAppID  = "wx0123456789abcdef"
	DefaultSecret = "0123456789abcdef0123456789abcdef"
)

// Options say what account the platform has and how it behaves. The zero value
// is a verified service account without followers, which answers at once.
type Options struct {
	AppID, Secret string           // DefaultAppID and DefaultSecret when empty
	Account       Account          // Service unless said otherwise
	Unverified    bool             // the account may write drafts and little else
	Followers     int              // made-up followers, OpenID(0) to OpenID(Followers-1)
	Now           func() time.Time // the clock of all quotas; time.Now when nil
	Seed          uint64           // of the faults that come by chance

	Delay    time.Duration // each call takes so long; it is accepted half-way
	JobTime  time.Duration // from accepting a mass message or a page to its result, by the clock
	AskAdmin bool          // 群发保护: what goes to all waits for the account's admin
	KeyLife  time.Duration // how long a clientmsgid is known; 24 h when zero
	Receipts bool          // each accepted notice is followed by subscribe_msg_sent_event

	// Templates are the notices that the account has; when empty every id is
	// known and has whatever fields are sent.
	Templates []Template
	// DailyLimits are calls a day by path, beside the platform's own; a
	// negative number lifts one.
	DailyLimits map[string]int
	// CampaignOf finds the campaign in what is sent: the body of a per-follower
	// call, the text or the articles of a mass message. When nil it is the
	// first c=… of an address.
	CampaignOf func(sent []byte) string

	Callback     wechat.Config // with it, events are delivered to CallbackURL
	CallbackURL  string        // see DeliverTo
	AnswerWithin time.Duration // how long a delivery waits for its answer; 5 s when zero
}

// Template is one kind of subscription notice: its id and the names of its
// fields, all of which must be sent.
type Template struct {
	ID     string
	Fields []string
}

// Platform is a running platform. All methods are for use by many goroutines.
type Platform struct {
	opt      Options
	now      func() time.Time
	routes   map[string]endpoint
	limits   map[string]int // calls a day by path
	listener net.Listener
	server   *http.Server
	callback *wechat.Callback // nil: nothing is delivered
	client   *http.Client

	done    chan struct{} // closed by Close
	wake    chan struct{} // something may be due
	running sync.WaitGroup
	ticking sync.Mutex // one Tick at a time

	mu          sync.Mutex // all below
	closed      bool
	callbackURL string
	crowd       crowd
	tokens      tokens
	quota       quota
	faults      faults
	accepted    tally
	mass        massBook
	drafts      draftBook
	notices     noticeBook
	tags        tagBook
	menu        []byte
	codes       int // permanent QR codes
	days        dayBook
	jobs        []job
	serial      int64
	undelivered int
}

// Start begins to serve on a free port of 127.0.0.1.
func Start(opt Options) (*Platform, error) {
	p := &Platform{opt: withDefaults(opt), routes: routes(), done: make(chan struct{}), wake: make(chan struct{}, 1)}
	p.now, p.limits = p.opt.Now, limitsADay(p.opt)
	p.callbackURL = opt.CallbackURL
	p.crowd = newCrowd(opt.Followers)
	p.faults.random = rand.New(rand.NewPCG(opt.Seed, 1))
	if err := p.prepareCallback(); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start wechat platform: %w", err)
	}
	p.listener = ln
	p.server = &http.Server{
		Handler: http.HandlerFunc(p.serve), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute,
	}
	p.running.Go(func() { _ = p.server.Serve(ln) })
	p.running.Go(p.work)
	return p, nil
}

func withDefaults(opt Options) Options {
	if opt.AppID == "" {
		opt.AppID = DefaultAppID
	}
	if opt.Secret == "" {
		opt.Secret = DefaultSecret
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.KeyLife == 0 {
		opt.KeyLife = 24 * time.Hour
	}
	if opt.AnswerWithin == 0 {
		opt.AnswerWithin = 5 * time.Second
	}
	if opt.CampaignOf == nil {
		opt.CampaignOf = campaignIn
	}
	return opt
}

// URL is the address to call instead of https://api.weixin.qq.com.
func (p *Platform) URL() string { return "http://" + p.listener.Addr().String() }

// AppID is the account's id.
func (p *Platform) AppID() string { return p.opt.AppID }

// Secret is the account's AppSecret.
func (p *Platform) Secret() string { return p.opt.Secret }

// Close ends every call and delivery, those that hang too, and returns when no
// goroutine of the platform is left.
func (p *Platform) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return errors.New("close wechat platform: it is closed")
	}
	p.closed = true
	p.mu.Unlock()
	close(p.done)
	err := p.server.Close()
	p.running.Wait()
	p.client.CloseIdleConnections()
	return err
}

// enter notes that something runs, unless the platform is closed.
func (p *Platform) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.running.Add(1)
	return true
}

// untilClosed returns a context that also ends when the platform does.
func (p *Platform) untilClosed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := make(chan struct{})
	p.running.Go(func() {
		select {
		case <-p.done:
			cancel()
		case <-stop:
		}
	})
	return ctx, sync.OnceFunc(func() { close(stop); cancel() })
}

// zone is where the platform's days and months begin.
func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func dayOf(t time.Time) string   { return t.In(zone()).Format(time.DateOnly) }
func monthOf(t time.Time) string { return t.In(zone()).Format("2006-01") }

// next is a number that was not given before.
func (p *Platform) next() int64 { p.serial++; return p.serial }
