package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/staff"
	"pufa/store/lock"
	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// A demonstration is the whole service with nothing real around it: a made-up
// platform on loopback with made-up followers, a clock that can be set
// forward, two made-up members of staff, and a folder of its own that goes
// when it ends. Messages of its residents are counted in its own folder only.
const (
	demoFolder   = "demo" // under PUFA_DATA_DIR
	demoSettings = "pufa.yaml"
	demoClock    = "clock"
	demoBanner   = "演示：公众号、居民和数字都是假的，请勿当真"
	demoPeople   = 300 // followers
	demoMuted    = 7   // of them, who take no mass messages
	demoJob      = 15 * time.Second
)

// demonstration is what of it is not the service itself.
type demonstration struct {
	dir      string
	clock    *shiftedClock
	platform *wechattest.Platform
	staff    []demoStaff
	server   *server
	url      string
	listener net.Listener
	held     io.Closer // the lock on the folder
}

type demoStaff struct {
	name, password string
	roles          []staff.Role
}

// serveDemo runs the demonstration until ctx ends.
func (p program) serveDemo(ctx context.Context) (err error) {
	d, err := p.newDemo()
	if err != nil {
		return fmt.Errorf("start demonstration: %w", err)
	}
	defer func() { err = errors.Join(err, d.close()) }()
	in := p.over(d.dir)
	in.now = d.clock.now
	settings, err := in.settings()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.stderr, nil))
	svc, err := build(ctx, settings, in.now, log, func(s *server) {
		s.demo, s.listener, d.server, s.shipped = d, d.listener, s, p.shipped
	})
	if err != nil {
		return err
	}
	if err := d.fill(ctx); err != nil {
		return errors.Join(fmt.Errorf("fill demonstration: %w", err), svc.close())
	}
	d.platform.DeliverTo(d.url + "/wechat")
	return errors.Join(svc.serve(ctx, p.stdout), svc.close())
}

// over is the program with nothing but the settings of a demonstration.
func (p program) over(dir string) program {
	file := filepath.Join(dir, demoSettings)
	p.getenv = func(name string) string {
		if name == "PUFA_CONFIG" {
			return file
		}
		return ""
	}
	return p
}

// inDemo is the program for a command over the demonstration that runs.
func (p program) inDemo() (program, error) {
	settings, err := p.settings()
	if err != nil {
		return p, err
	}
	dir := filepath.Join(settings.DataDir, demoFolder)
	clock, err := readClock(filepath.Join(dir, demoClock), p.now)
	if errors.Is(err, fs.ErrNotExist) {
		return p, errors.New("现在没有演示在运行：先用 pufa serve --demo 启动")
	}
	if err != nil {
		return p, err
	}
	p = p.over(dir)
	p.now = clock.now
	return p, nil
}

// newDemo makes folder, clock, platform and address.
func (p program) newDemo() (*demonstration, error) {
	settings, err := p.settings()
	if err != nil {
		return nil, err
	}
	d := &demonstration{dir: filepath.Join(settings.DataDir, demoFolder)}
	if err := d.takeFolder(settings.DataDir); err != nil {
		return nil, err
	}
	if err := d.open(p, settings.Addr, settings.Street.Name); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// takeFolder empties the folder, unless another demonstration runs in it.
func (d *demonstration) takeFolder(dataDir string) (err error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return err
	}
	if d.held, err = lock.Take(filepath.Join(dataDir, demoFolder+".lock")); errors.Is(err, lock.ErrHeld) {
		return errors.New("another demonstration runs in this folder: end it first, or set PUFA_DATA_DIR")
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(d.dir); err != nil {
		return errors.Join(err, d.held.Close())
	}
	return os.MkdirAll(d.dir, 0o700)
}

func (d *demonstration) open(p program, addr, street string) error {
	if !onLoopback(addr) {
		return fmt.Errorf("it is for this machine alone: set PUFA_ADDR to 127.0.0.1:8080 in place of %s", addr)
	}
	lib, err := p.asShipped()
	if err != nil {
		return err
	}
	if d.clock, err = startClock(filepath.Join(d.dir, demoClock), p.now, demoStart(lib)); err != nil {
		return err
	}
	keys := wechat.Config{Token: rand.Text(), AppID: wechattest.DefaultAppID, OriginalID: "gh_demo00000000", AESKey: demoKey(), Mode: wechat.Safe}
	d.platform, err = wechattest.Start(wechattest.Options{
		Followers: demoPeople, Now: d.clock.now, JobTime: demoJob, Receipts: true, Callback: keys,
	})
	if err != nil {
		return err
	}
	for n := range demoMuted {
		if err := d.platform.Mute(wechattest.OpenID(demoPeople - 1 - n)); err != nil {
			return err
		}
	}
	if d.listener, err = net.Listen("tcp", addr); err != nil {
		return fmt.Errorf("listen on %s (PUFA_ADDR): %w", addr, err)
	}
	d.url = "http://" + d.listener.Addr().String()
	return d.writeSettings(keys, street)
}

// writeSettings writes the settings that the service and its commands run
// with. Nothing of the real ones is in them.
func (d *demonstration) writeSettings(keys wechat.Config, street string) error {
	if street == "" {
		street = "演示街道"
	}
	lines := [][2]string{
		{"addr", strings.TrimPrefix(d.url, "http://")},
		{"public_url", d.url},
		{"data_dir", d.dir},
		{"try", "on"},
		{"secret", rand.Text() + rand.Text()},
		{"street_name", street},
		{"street_office", street + "司法所"},
		{"wechat_app_id", d.platform.AppID()},
		{"wechat_app_secret", d.platform.Secret()},
		{"wechat_token", keys.Token},
		{"wechat_aes_key", keys.AESKey},
		{"wechat_original_id", keys.OriginalID},
		{"wechat_account", "service"},
		{"wechat_verified", "on"},
		{"wechat_api_base", d.platform.URL()},
		{"wechat_cover", d.platform.AddMaterial()},
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "%s: %q\n", line[0], line[1])
	}
	return os.WriteFile(filepath.Join(d.dir, demoSettings), []byte(b.String()), 0o600)
}

// demoKey is an EncodingAESKey: 43 letters and digits.
func demoKey() string { return (rand.Text() + rand.Text())[:43] }

// onLoopback reports whether an address to listen on is of this machine alone.
func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// demoStart is the first of March, nine in the morning, after the library was
// last read through: the week before 3·8, while every entry answers.
func demoStart(lib *content.Library) time.Time {
	last := ""
	for _, e := range lib.Entries() {
		last = max(last, e.CheckedOn)
	}
	checked, err := time.ParseInLocation(time.DateOnly, last, zone)
	if err != nil {
		checked = time.Date(campaign.FirstYear, 1, 1, 0, 0, 0, 0, zone)
	}
	start := time.Date(checked.Year(), 3, 1, 9, 0, 0, 0, zone)
	if start.Before(checked) {
		start = start.AddDate(1, 0, 0)
	}
	return start
}

// demoPacks are those that are drafted at the start.
var demoPacks = []string{"womens-week", "consumer-week"}

// fill makes two members of staff, a few tickets at the service desk and the
// drafts of two packs.
func (d *demonstration) fill(ctx context.Context) error {
	s := d.server
	office := staff.NewOffice(s.store, staff.NewHasher(), s.now)
	d.staff = []demoStaff{
		{"演示甲", rand.Text()[:16], []staff.Role{staff.Editor, staff.Publisher}},
		{"演示乙", rand.Text()[:16], []staff.Role{staff.Reviewer, staff.Admin, staff.Viewer}},
	}
	for _, person := range d.staff {
		if err := office.Add(ctx, staff.Terminal, person.name, person.password, person.roles); err != nil {
			return err
		}
	}
	if err := d.openTickets(ctx); err != nil {
		return err
	}
	author := campaign.Actor{Name: d.staff[0].name, May: func(r campaign.Right) bool { return r == campaign.Write }}
	plan, err := campaign.Propose(s.now().In(zone).Year(), s.live.Library(), campaign.Options{
		Author: author.Name, Account: s.pushes.desk.Rules().Account, From: s.now(),
	})
	if err != nil {
		return err
	}
	for _, proposal := range plan {
		for _, pack := range demoPacks {
			if proposal.Campaign.Pack != pack {
				continue
			}
			if _, err := s.pushes.desk.Create(ctx, author, proposal.Campaign); err != nil {
				return err
			}
		}
	}
	return nil
}

// close ends the platform and takes the folder away.
func (d *demonstration) close() error {
	var errs []error
	if d.platform != nil {
		errs = append(errs, d.platform.Close())
	}
	if d.listener != nil {
		_ = d.listener.Close() // the server closed it, if it came so far
	}
	errs = append(errs, os.RemoveAll(d.dir), d.held.Close())
	return errors.Join(errs...)
}

// announce says who may sign in, and where the demonstration is led from.
func (d *demonstration) announce(out io.Writer) {
	fmt.Fprintf(out, "演示 / demonstration：一切都是假的，停止后删除。时钟从 %s 开始。\n", minuteText(d.clock.now()))
	fmt.Fprintf(out, "  演示页（快进）   %s/demo\n", d.url)
	for _, person := range d.staff {
		fmt.Fprintf(out, "  账号 %s（%s） 口令 %s\n", person.name, joined(person.roles), person.password)
	}
	fmt.Fprintf(out, "  看推送：pufa campaign list --demo\n")
}

// visitor opens pages as a browser of a resident would.
func (d *demonstration) visitor(ctx context.Context, client *http.Client, n int, page string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+page, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", fmt.Sprintf("Mozilla/5.0 (Linux; Android 14; Demo %d) MicroMessenger/8.0", n))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}
