package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"pufa/wechat"
)

// platform delivers messages as WeChat does. What it delivers to may move.
type platform struct {
	t        testing.TB
	callback *wechat.Callback
	client   *http.Client
	now      func() time.Time

	mu       sync.Mutex
	url      string
	moved    chan struct{} // closed when url changes
	slowest  time.Duration
	answered int // deliveries that were answered
	failed   int // deliveries that were not
}

// platformOf speaks to the program at url with an account's own keys.
func platformOf(t testing.TB, v variables, url string, now func() time.Time) *platform {
	t.Helper()
	callback, err := wechat.New(wechat.Config{
		Token: v["PUFA_WECHAT_TOKEN"], AppID: v["PUFA_WECHAT_APP_ID"], AESKey: v["PUFA_WECHAT_AES_KEY"],
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 6 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	return &platform{t: t, callback: callback, client: client, now: now, url: url, moved: make(chan struct{})}
}

// move says where the program is now.
func (p *platform) move(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.url = url
	close(p.moved)
	p.moved = make(chan struct{})
}

func (p *platform) place() (url string, moved <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url, p.moved
}

// deliver makes one delivery and returns the text of the reply, empty when
// there is none.
func (p *platform) deliver(xml []byte) (text string, err error) {
	url, _ := p.place()
	start := time.Now()
	text, err = p.post(url, xml)
	took := time.Since(start)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed++
		return "", err
	}
	p.answered++
	p.slowest = max(p.slowest, took)
	return text, nil
}

func (p *platform) post(url string, xml []byte) (string, error) {
	query, body, err := p.callback.Seal(xml, p.now(), nil)
	if err != nil {
		return "", err
	}
	resp, err := p.client.Post(url+"/wechat?"+query.Encode(), "text/xml", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d: %s", resp.StatusCode, body)
	}
	reply, err := p.callback.OpenReply(body)
	if err != nil {
		return "", err
	}
	return reply.Content, nil
}

// insist delivers a message until it is answered, after each failure to the
// next place where the program is.
func (p *platform) insist(xml []byte) (text string, err error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		_, moved := p.place()
		if text, err = p.deliver(xml); err == nil {
			return text, nil
		}
		select {
		case <-moved:
		case <-limit.C:
			return "", err
		}
	}
}

// says delivers a message that must be answered with words.
func (p *platform) says(xml []byte) string {
	p.t.Helper()
	text, err := p.deliver(xml)
	if err != nil || text == "" {
		p.t.Errorf("reply %q, %v, want words", text, err)
	}
	return text
}

// text is a resident's message, the same at every delivery.
func (p *platform) text(from, id, words string) []byte {
	return wechat.TextMessage(from, testOriginal, id, words, p.now())
}

// event is an event of a resident.
func (p *platform) event(from, event string, fields ...wechat.Element) []byte {
	return wechat.EventMessage(from, testOriginal, event, p.now(), fields...)
}

// openidOf is a made-up resident's openid.
func openidOf(n int) string { return fmt.Sprintf("oTest%023d", n) }

// condition is what /readyz says.
type condition struct {
	status     int
	Ready      bool     `json:"ready"`
	Redis      bool     `json:"redis"`
	Trial      bool     `json:"trial"`
	SpoolLines int      `json:"spool_lines"`
	DiskFree   int64    `json:"disk_free_bytes"`
	Warnings   []string `json:"warnings"`
}

func conditionOf(url string) (condition, error) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url + "/readyz")
	if err != nil {
		return condition{}, err
	}
	defer resp.Body.Close()
	c := condition{status: resp.StatusCode}
	return c, json.NewDecoder(resp.Body).Decode(&c)
}

// untilReady waits until the program counts and nothing waits in its spool.
func untilReady(t testing.TB, url string) {
	t.Helper()
	until(t, "ready and nothing in the spool", func() bool {
		c, err := conditionOf(url)
		return err == nil && c.Ready && c.SpoolLines == 0
	})
}

// freePort is a loopback port that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

const redisPassword = "redispasswordthatnobodymaysee"

// redisServer is a redis-server of a test's own, with its data kept over a
// restart.
type redisServer struct {
	t         *testing.T
	port, dir string
	cmd       *exec.Cmd
}

// startRedis starts one, or skips the test when there is none on the PATH.
func startRedis(t *testing.T) *redisServer {
	t.Helper()
	s := &redisServer{t: t, port: freePort(t), dir: t.TempDir()}
	s.start()
	t.Cleanup(func() { s.end(syscall.SIGKILL) })
	return s
}

func (s *redisServer) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Skip("no redis-server on the PATH: what happens with a real Redis is not tested")
	}
	s.cmd = exec.Command(path, "--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir, "--requirepass", redisPassword,
		"--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", "")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := s.open()
	defer client.Close()
	until(s.t, "redis-server answers", func() bool { return client.Ping(s.t.Context()).Err() == nil })
}

// end sends a signal and waits until the server is gone.
func (s *redisServer) end(sig syscall.Signal) {
	_ = s.cmd.Process.Signal(sig)
	_ = s.cmd.Wait()
}

func (s *redisServer) url() string {
	return "redis://:" + redisPassword + "@127.0.0.1:" + s.port + "/0"
}

// open returns a second way into the server.
func (s *redisServer) open() *redis.Client {
	logging.Disable() // of the client, which writes lines of its own
	return redis.NewClient(&redis.Options{
		Addr: "127.0.0.1:" + s.port, Password: redisPassword, Protocol: 2, DisableIdentity: true,
		MaxRetries: -1, DialerRetries: 1,
	})
}

// isRefused reports whether an error says that the program is not there, or
// went away: what a platform answers by delivering again.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || strings.Contains(err.Error(), "server closed idle connection")
}
