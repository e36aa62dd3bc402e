package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"pufa/bot"
	"pufa/config"
	"pufa/content"
	"pufa/handlers"
	"pufa/store"
	"pufa/ticket"
	"pufa/web"
	"pufa/wechat"
)

// serve answers residents until it is told to stop.
func (p program) serve(ctx context.Context, args []string) error {
	f := p.newFlags("serve", "[--demo]")
	demo := f.Bool("demo", false, "a demonstration on this machine: made-up platform and people, a clock to set forward, a folder of its own")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *demo {
		return p.serveDemo(ctx)
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	svc, err := build(ctx, settings, p.now, log, func(s *server) { s.shipped = p.shipped })
	if err != nil {
		return err
	}
	return errors.Join(svc.serve(ctx, p.stdout), svc.close())
}

// server is every part of a running server.
type server struct {
	shipped  *bot.Engine // over the shipped library, where there is one already
	settings config.Settings
	now      func() time.Time
	log      *slog.Logger
	store    *store.Store
	site     *handlers.Site
	approved *approvals
	live     *live
	figures  *dashboards
	pushes   *pushes
	tickets  *ticket.Service     // nil: the service desk is switched off
	demo     *demonstration      // nil: this is none
	listener net.Listener        // nil: PUFA_ADDR is listened on
	base     string              // the address that is served, once it is
	model    *model              // nil: no language model helps
	usage    *usage              // nil: no language model helps
	follow   *handlers.Followups // nil: no answer follows a reply
}

// build makes the parts. What it cannot make it names; nothing is left open
// then.
func build(ctx context.Context, settings config.Settings, now func() time.Time, log *slog.Logger, change ...func(*server)) (*server, error) {
	if err := os.MkdirAll(settings.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	st, err := openStore(ctx, settings, now, log)
	if err != nil {
		return nil, err
	}
	svc := &server{settings: settings, now: now, log: log, store: st, approved: newApprovals(st, log)}
	for _, f := range change {
		f(svc)
	}
	svc.approved.Tick(ctx) // what was taken down stays down from the first message on
	if svc.site, err = svc.assemble(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return svc, nil
}

// assemble wires the site.
func (s *server) assemble(ctx context.Context) (*handlers.Site, error) {
	callback, err := wechat.New(callbackConfig(s.settings.WeChat))
	if err != nil {
		return nil, fmt.Errorf("set up callback: %w", err)
	}
	pages, err := web.New()
	if err != nil {
		return nil, err
	}
	if s.demo != nil {
		if pages, err = pages.Under(demoBanner); err != nil {
			return nil, err
		}
	}
	opt := botOptions(s.settings, s.now)
	opt.Approved, opt.TakenDown = s.approved.Approved, s.approved.TakenDown
	if s.model, err = newModel(s.settings.OpenAI, s.settings.DataDir); err != nil {
		return nil, err
	}
	opt.Model = s.model.helps()
	if s.live, err = newLive(ctx, s.store, content.Shipped(), s.shipped, s.settings.DataDir, opt, s.log); err != nil {
		return nil, err
	}
	if s.pushes, err = s.newPushes(); err != nil {
		return nil, err
	}
	s.pushes.board.Tick(ctx) // a card that is open is shown from the first message on
	s.figures = s.newFigures()
	s.tickets = s.newTickets(s.pushes.client, s.live.Library)
	desk, err := s.console(pages)
	if err != nil {
		return nil, err
	}
	systems, err := s.api()
	if err != nil {
		return nil, err
	}
	tryOn, loopback := s.settings.TryOn()
	cfg := handlers.Config{
		Callback:       callback,
		Bot:            s.live,
		Inbox:          inbox{s.store},
		Library:        s.live,
		Approvals:      s.approved,
		Opens:          opens{s.store},
		Campaigns:      s.pushes.board,
		Scenes:         s.pushes.board,
		TestAccount:    s.pushes.board.TestAccount,
		BindTest:       s.pushes.board.BindTest,
		Receipts:       s.pushes.receipts,
		Desk:           s.deskOfResidents(),
		Health:         health{s.store, s.live, s.settings.DataDir},
		Pages:          pages,
		Console:        desk.Handler(),
		API:            systems.Handler(),
		StreetNow:      s.street,
		OriginalID:     s.settings.WeChat.OriginalID,
		TrustedProxies: s.settings.TrustedProxies,
		OnlyApproved:   s.settings.OnlyApproved,
		GapTexts:       s.settings.GapTexts,
		LedgerMonths:   s.settings.LedgerMonths,
		Try:            handlers.Try{On: tryOn, Loopback: loopback, Samples: samples},
		Log:            s.log,
		Now:            s.now,
	}
	s.model.wire(&cfg, s.store)
	s.usage = newUsage(s.model, s.store, s.now)
	s.follow = s.followups()
	cfg.Followups = s.follow
	if s.demo != nil {
		cfg.Demo = s.demo
	}
	return handlers.New(cfg)
}

// samples are the questions that the phone in the browser offers.
var samples = []string{
	"彩里能退马", "网购能七天无理由退货吗", "办的健身卡店跑了", "怀孕了公司让我走人", "房东不退押金",
}

func callbackConfig(w config.WeChat) wechat.Config {
	mode := wechat.Safe
	if w.Mode == config.Plain {
		mode = wechat.Plain
	}
	return wechat.Config{
		Token: w.Token.Reveal(), AppID: w.AppID, OriginalID: w.OriginalID,
		AESKey: w.AESKey.Reveal(), Mode: mode,
	}
}

// serve listens, says where, and works until ctx ends; then it answers what is
// under way and commits it.
func (s *server) serve(ctx context.Context, out io.Writer) error {
	ln, err := s.listen()
	if err != nil {
		return err
	}
	metrics, err := s.listenMetrics()
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	s.base = "http://" + ln.Addr().String()
	s.announce(out, ln.Addr().String())
	if err := s.inviteFirst(ctx, out, s.base); err != nil {
		s.log.Warn("no link to the first account: make it with pufa staff add", "error", err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(debug.FreeOSMemory) // loading the library left twice its size behind
	wg.Go(func() { s.store.Run(background) })
	wg.Go(func() { s.approved.Run(background) })
	wg.Go(func() { s.live.Run(background) })
	wg.Go(func() { s.figures.run(background) })
	wg.Go(func() { s.pushes.board.Run(background) })
	wg.Go(func() { s.pushes.worker.Run(background) })
	wg.Go(func() { s.pushes.Run(background) })
	wg.Go(func() { s.retention().Run(background) })
	wg.Go(func() { s.runTickets(background) })
	wg.Go(func() { s.model.run(background, s.store, s.live.Library) })
	wg.Go(func() { s.usage.run(background, s.log) })
	if metrics != nil {
		wg.Go(func() {
			if err := handlers.Serve(ctx, metrics, handlers.NewServer(s.site.Metrics(), s.log)); err != nil {
				s.log.Error("metrics listener ended", "error", err)
			}
		})
	}
	err = handlers.Serve(ctx, ln, handlers.NewServer(s.site.Handler(), s.log))
	if s.follow != nil {
		s.follow.Close()
	}
	stop()
	wg.Wait()
	return err
}

func (s *server) listen() (net.Listener, error) {
	if s.listener != nil {
		return s.listener, nil
	}
	ln, err := net.Listen("tcp", s.settings.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (PUFA_ADDR): %w", s.settings.Addr, err)
	}
	return ln, nil
}

func (s *server) listenMetrics() (net.Listener, error) {
	if s.settings.MetricsAddr == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", s.settings.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (PUFA_METRICS_ADDR): %w", s.settings.MetricsAddr, err)
	}
	return ln, nil
}

// announce says what is served where, in the words of whoever started it.
func (s *server) announce(out io.Writer, addr string) {
	base := "http://" + addr
	fmt.Fprintf(out, "普法已启动 / pufa is running\n")
	if s.demo != nil {
		s.demo.announce(out)
	}
	if on, loopback := s.settings.TryOn(); on {
		where := ""
		if loopback {
			where = "（只限本机浏览器 / this machine only）"
		}
		fmt.Fprintf(out, "  试用 try it    %s/try%s\n", base, where)
	}
	fmt.Fprintf(out, "  工作人员后台   %s/console/\n", base)
	fmt.Fprintf(out, "  公众号回调     %s/wechat\n", base)
	fmt.Fprintf(out, "  隐私说明       %s/privacy\n", base)
	fmt.Fprintf(out, "  是否就绪       %s/readyz\n", base)
	if s.settings.WeChat.Made {
		fmt.Fprintf(out, "没有设置公众号（PUFA_WECHAT_*）：/wechat 只认本次启动生成的密钥，只能在 /try 里试用。\n")
	}
	if s.settings.RedisURL.Empty() {
		fmt.Fprintf(out, "没有设置 Redis（PUFA_REDIS_URL）：数据存在 %s 的试用库里。\n", s.settings.DataDir)
	}
	if s.model != nil {
		fmt.Fprintf(out, "大模型帮忙：%s（问题打码后发往 PUFA_OPENAI_BASE_URL）。\n", s.model.names())
	} else if s.settings.OpenAI.Configured() {
		fmt.Fprintf(out, "设置了大模型，但没有启用：要打开 PUFA_OPENAI_SEND_QUESTIONS，再打开 PUFA_OPENAI_CHOOSE、PUFA_OPENAI_PICK 或设置 PUFA_OPENAI_EMBEDDING_MODEL。\n")
	}
	fmt.Fprintf(out, "按 Ctrl-C 停止。\n")
}

// close lets go of what build opened.
func (s *server) close() error {
	if err := s.store.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// health asks a running server whether it is ready; it is what containers and
// monitors call.
func (p program) health(ctx context.Context, args []string) error {
	f := p.newFlags("health", "")
	url := f.String("url", "", "the server's `address`; from PUFA_ADDR when empty")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *url == "" {
		settings, err := p.settings()
		if err != nil {
			return err
		}
		*url = "http://" + reachable(settings.Addr)
	}
	return askReady(ctx, *url)
}

// reachable turns an address to listen on into one to call.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

const healthTime = 4 * time.Second

func askReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return usagef("health: --url %q: want http://HOST:PORT", url)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready (%s): %s", url, resp.Status, body)
	}
	return nil
}
