// Package faults has only tests: deliver over a real Redis and a platform of
// its own, with processes that are killed.
package faults

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/store"
	"pufa/wechat"
	"pufa/wechat/wechattest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	noticePath = "/cgi-bin/message/subscribe/bizsend"
	template   = "tpl-1"
	patience   = 60 * time.Second
)

// secret keys the hashes of the tests.
func secret() []byte { return []byte("a secret of more than 16 bytes") }

// freePort returns a loopback port that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// redisServer is a redis-server that syncs every write before it answers.
type redisServer struct {
	t         testing.TB
	port, dir string
	mu        sync.Mutex
	cmd       *exec.Cmd
}

func startRedis(t testing.TB) *redisServer {
	t.Helper()
	s := &redisServer{t: t, port: freePort(t), dir: t.TempDir()}
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *redisServer) addr() string { return "127.0.0.1:" + s.port }

func (s *redisServer) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Skip("no redis-server on the PATH: what becomes of a campaign when processes die is not tested")
	}
	cmd := exec.Command(path, "--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir,
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", "")
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	until(s.t, "redis-server answers", func() bool { return s.tell("PING") == "+PONG" })
}

// kill ends the server at once, and waits until it is gone.
func (s *redisServer) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// tell sends one command and returns the first line of the reply, or "".
func (s *redisServer) tell(words ...string) string {
	conn, err := net.DialTimeout("tcp", s.addr(), time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(conn, "$%d\r\n%s\r\n", len(word), word)
	}
	buf := make([]byte, 1024)
	n, _ := conn.Read(buf)
	line, _, _ := bytes.Cut(buf[:n], []byte("\r\n"))
	return string(line)
}

// until asks again and again until something holds; another process gives no
// sign that could be waited on.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("%s: not so within %s", what, patience)
		}
	}
}

// openStore opens the account's data of a test.
func openStore(ctx context.Context, url, account, dir string, now func() time.Time) (*store.Store, error) {
	return store.Open(ctx, store.Options{
		RedisURL: url, DataDir: dir, Account: account, Secret: secret(), Now: now, Log: slog.New(slog.DiscardHandler),
	})
}

func storeOf(t testing.TB, redis *redisServer, account string) *store.Store {
	t.Helper()
	s, err := openStore(t.Context(), "redis://"+redis.addr(), account, t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// platform is a platform with followers who consented.
func platformOf(t testing.TB, followers int) *wechattest.Platform {
	t.Helper()
	p, err := wechattest.Start(wechattest.Options{
		Followers: followers, Seed: 1,
		CampaignOf: func(sent []byte) string { return campaignIn(sent) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// campaignIn finds the campaign in a notice, which says it in its only field.
func campaignIn(sent []byte) string {
	_, rest, _ := bytes.Cut(sent, []byte(`"value":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(id)
}

// enrol puts the platform's first n followers into the list, and lets them ask
// for the notice.
func enrol(t testing.TB, s *store.Store, n int) {
	t.Helper()
	people := make([]string, n)
	for i := range people {
		people[i] = wechattest.OpenID(i)
	}
	numbers, err := s.PutFollowers(t.Context(), people)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for from := range 32 { // at once, because the store syncs each to the disk
		all.Go(func() {
			for i := from; i < n; i += 32 {
				if numbers[i] != int64(i+1) {
					t.Errorf("follower %d has number %d", i, numbers[i])
				}
				if err := s.SetConsent(t.Context(), numbers[i], campaign.ConsentToNotice(template), true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// terms are those of every campaign here.
func terms() campaign.Terms {
	return campaign.Terms{Channel: campaign.Notice, Rate: 100_000, Consents: []string{campaign.ConsentToNotice(template)}}
}

// audit compares what the store knows with what the platform saw: nobody twice,
// nobody lost, and doubt only where there may be some.
func audit(t testing.TB, s *store.Store, p *wechattest.Platform, id string, followers int) (doubts int64) {
	t.Helper()
	ctx := t.Context()
	progress, err := s.SendProgress(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := s.CountSend(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for f := campaign.Unsent; f <= campaign.Skipped; f++ {
		if progress[f] != counted[f] {
			t.Errorf("%s: %d have fate %c, the counter says %d", id, counted[f], f, progress[f])
		}
	}
	if n := progress[campaign.Accepted] + progress[campaign.Doubtful]; n != int64(followers) {
		t.Errorf("%s: progress %v, want %d accepted or in doubt", id, progress, followers)
	}
	list, err := s.Doubts(ctx, id, 0, followers)
	if err != nil || int64(len(list)) != progress[campaign.Doubtful] {
		t.Errorf("%s: %d listed in doubt, %v, want %d", id, len(list), err, progress[campaign.Doubtful])
	}
	unsure := map[int]bool{}
	for _, who := range list {
		unsure[int(who.Resident)-1] = true
	}
	seen := int64(0)
	got := p.Counts(id)
	for i := range followers {
		n := 0
		if i < len(got) {
			n = int(got[i])
		}
		switch {
		case n > 1:
			t.Errorf("%s: follower %d got it %d times", id, i, n)
		case n == 0 && !unsure[i]:
			t.Errorf("%s: follower %d did not get it and is not in doubt", id, i)
		case n == 1 && !unsure[i]:
			seen++
		}
	}
	if seen != progress[campaign.Accepted] {
		t.Errorf("%s: %d accepted, of those the platform saw %d", id, progress[campaign.Accepted], seen)
	}
	return progress[campaign.Doubtful]
}

// left is how many of a campaign are still to be called or waited for; -1 when
// the store does not say.
func left(ctx context.Context, s *store.Store, id string) int64 {
	p, err := s.SendProgress(ctx, id)
	if err != nil || len(p) == 0 {
		return -1
	}
	return p[campaign.Unsent] + p[campaign.Begun]
}

// childVariable makes the test binary send a campaign, with the settings that
// follow.
const (
	childVariable = "FAULTS_CHILD"
	redisVariable = "FAULTS_REDIS"
	apiVariable   = "FAULTS_API"
	dirVariable   = "FAULTS_DIR"
	idVariable    = "FAULTS_CAMPAIGN"
	sizeVariable  = "FAULTS_SIZE" // workers, group
)

// work is what a child does: it plans the campaign and sends it.
func work() error {
	ctx := context.Background()
	s, err := openStore(ctx, os.Getenv(redisVariable), os.Getenv(childVariable), os.Getenv(dirVariable), time.Now)
	if err != nil {
		return err
	}
	defer s.Close()
	id := os.Getenv(idVariable)
	if strings.HasPrefix(id, wholePrefix) {
		return workWhole(ctx, s, os.Getenv(apiVariable))
	}
	runner := &deliver.Runner{Queue: s, Followers: s, Brakes: s, Log: slog.New(slog.DiscardHandler)}
	if _, err := fmt.Sscan(os.Getenv(sizeVariable), &runner.Workers, &runner.Group); err != nil {
		return err
	}
	return send(ctx, s, runner, os.Getenv(apiVariable), id, nil)
}

// send plans a campaign and sends it. A store that is away is waited for.
func send(ctx context.Context, s *store.Store, r *deliver.Runner, api, id string, order func(context.Context) (deliver.Order, error)) error {
	client, err := clientOf(api)
	if err != nil {
		return err
	}
	for err = s.PlanSend(ctx, id, terms()); err != nil && ctx.Err() == nil; err = s.PlanSend(ctx, id, terms()) {
		<-time.After(50 * time.Millisecond)
	}
	_, err = r.Run(ctx, deliver.Job{
		Campaign: id, Terms: terms(), Order: order,
		Call: func(ctx context.Context, openID string) error {
			_, err := client.SendNotice(ctx, openID, wechat.Notice{TemplateID: template, Fields: map[string]string{"thing1": id}})
			return err
		},
	})
	return err
}

// child is a process that sends.
type child struct {
	cmd   *exec.Cmd
	said  *bytes.Buffer
	ended chan struct{}
	err   error // how it ended
}

type childSettings struct {
	account, redis, api, id string
	workers, group          int
}

func startChild(t testing.TB, c childSettings) *child {
	t.Helper()
	dir := t.TempDir()
	k := &child{cmd: exec.Command(os.Args[0]), said: &bytes.Buffer{}, ended: make(chan struct{})}
	k.cmd.Dir = dir
	k.cmd.Env = []string{
		childVariable + "=" + c.account, redisVariable + "=redis://" + c.redis, apiVariable + "=http://" + c.api,
		idVariable + "=" + c.id, dirVariable + "=" + dir, sizeVariable + "=" + fmt.Sprint(c.workers, " ", c.group),
	}
	k.cmd.Stderr = k.said
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		k.err = k.cmd.Wait()
		close(k.ended)
	}()
	t.Cleanup(k.kill)
	return k
}

// kill ends the process at once and waits until it is gone.
func (k *child) kill() {
	_ = k.cmd.Process.Signal(syscall.SIGKILL) // it may be gone already
	<-k.ended
}
