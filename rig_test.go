package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pufa/bot"
	"pufa/content"
)

// The account of the tests. The words are made up, and recognisable.
const (
	testAppID     = "wx00aa11bb22cc33dd"
	testAppSecret = "appsecretthatnobodymaysee"
	testToken     = "tokenthatnobodymaysee"
	testAESKey    = "aeskeythatnobodymayseeaeskeythatnobodymayse"
	testSecret    = "a secret that nobody may see, of 32 characters or more"
	testOriginal  = "gh_0123456789ab"
)

// noon is a moment of the day on which the library was last read through, by
// which its entries answer.
func noon() time.Time { return readmeDay }

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// isLong reports whether outages are to last as long as in life.
func isLong() bool { return os.Getenv("PUFA_TEST_LONG") != "" }

// variables are the settings of one test.
type variables map[string]string

// noAccount are settings with nothing but a folder and a free port.
func noAccount(t *testing.T) variables {
	return variables{"PUFA_ADDR": "127.0.0.1:0", "PUFA_DATA_DIR": t.TempDir()}
}

// withAccount are settings with an Official Account in safe mode.
func withAccount(t *testing.T) variables {
	return noAccount(t).and(
		"PUFA_WECHAT_APP_ID", testAppID, "PUFA_WECHAT_APP_SECRET", testAppSecret, "PUFA_WECHAT_TOKEN", testToken,
		"PUFA_WECHAT_AES_KEY", testAESKey, "PUFA_WECHAT_ORIGINAL_ID", testOriginal, "PUFA_SECRET", testSecret)
}

// and returns the settings with others: names and values in turn.
func (v variables) and(pairs ...string) variables {
	v = maps.Clone(v)
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return v
}

func (v variables) get(name string) string { return v[name] }

// shippedEngine is made once for all tests of this package. Those that start
// the program as a process of its own load the library as it does in life.
var shippedEngine = sync.OnceValues(func() (*bot.Engine, error) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		return nil, err
	}
	return bot.New(lib, bot.Options{}), nil
})

// shipped is an engine over the shipped library.
func shipped(t testing.TB) *bot.Engine {
	t.Helper()
	e, err := shippedEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ended is how a command ended and what it said.
type ended struct {
	status   int
	out, err string
}

// run runs a command in this process, as main would.
func (v variables) run(t *testing.T, args ...string) ended {
	t.Helper()
	return v.runAt(t, time.Now, "", args...)
}

func (v variables) runAt(t *testing.T, now func() time.Time, stdin string, args ...string) ended {
	t.Helper()
	var out, stderr bytes.Buffer
	p := program{v.get, now, strings.NewReader(stdin), &out, &stderr, shipped(t)}
	err := p.run(t.Context(), args)
	if err != nil && !errors.Is(err, errSaid) {
		fmt.Fprintln(&stderr, "pufa:", err)
	}
	return ended{exitStatus(err), out.String(), stderr.String()}
}

// figures is what `report --format json` prints.
type figures struct {
	From, To string
	MadeAt   time.Time `json:"made_at"`
	Figures  []struct {
		ID, Rule string
		cell
		By map[string]map[string]cell
	}
}

type cell struct {
	Value  *int64
	Hidden bool
}

// report asks the program for the figures of a period, of this month when no
// flag says otherwise.
func (v variables) report(t *testing.T, flags ...string) figures {
	t.Helper()
	return v.reportAt(t, time.Now, flags...)
}

func (v variables) reportAt(t *testing.T, now func() time.Time, flags ...string) figures {
	t.Helper()
	e := v.runAt(t, now, "", append([]string{"report"}, flags...)...)
	if e.status != 0 {
		t.Fatalf("report %v ended with %d: %s", flags, e.status, e.err)
	}
	var f figures
	if err := json.Unmarshal([]byte(e.out), &f); err != nil {
		t.Fatalf("report %v: %v", flags, err)
	}
	return f
}

// value is a figure's number, or -1 when it is hidden or not kept.
func (f figures) value(id string) int64 {
	for _, figure := range f.Figures {
		if figure.ID == id && figure.Value != nil {
			return *figure.Value
		}
	}
	return -1
}

// part is the number of one cell, or -1.
func (f figures) part(id, by, name string) int64 {
	for _, figure := range f.Figures {
		if c := figure.By[by][name]; figure.ID == id && c.Value != nil {
			return *c.Value
		}
	}
	return -1
}

// hold compares some of the figures.
func (f figures) hold(t *testing.T, want map[string]int64) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if got := f.value(id); got != want[id] {
			t.Errorf("report from %s to %s: %s = %d, want %d", f.From, f.To, id, got, want[id])
		}
	}
}

// verified asks the program to rebuild every counter from the ledger.
func (v variables) verified(t *testing.T) {
	t.Helper()
	v.verifiedAt(t, time.Now)
}

func (v variables) verifiedAt(t *testing.T, now func() time.Time) {
	t.Helper()
	if e := v.runAt(t, now, "", "stats", "verify"); e.status != 0 || e.out != "differences: 0\n" {
		t.Errorf("stats verify ended with %d:\n%s%s", e.status, e.out, e.err)
	}
}

// lines is what a process writes, safe to read while it does.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// childVariable makes the test binary be the program: see TestMain.
const childVariable = "RUN_PUFA"

// child is `pufa serve` in a process of its own.
type child struct {
	cmd    *exec.Cmd
	url    string
	stderr *lines
	ended  chan struct{} // closed when the process is gone
}

// startChild starts the program and returns when it serves. It is killed at
// the end of the test.
func startChild(t *testing.T, v variables) *child {
	t.Helper()
	c := &child{stderr: &lines{}, ended: make(chan struct{})}
	c.cmd = exec.Command(os.Args[0], "serve")
	c.cmd.Dir = t.TempDir()
	c.cmd.Env = []string{childVariable + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + c.cmd.Dir}
	for name, value := range v {
		c.cmd.Env = append(c.cmd.Env, name+"="+value)
	}
	c.cmd.Stderr = c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() {
		said <- addressIn(out)
		_, _ = io.Copy(io.Discard, out)
		_ = c.cmd.Wait()
		close(c.ended)
	}()
	t.Cleanup(func() { c.end(syscall.SIGKILL) })
	if c.url = within(t, "the address of the child", said); c.url == "" {
		t.Fatalf("the child says no address: %s", c.stderr)
	}
	return c
}

var addressForm = regexp.MustCompile(`(http://\S+)/readyz`)

// addressIn reads what serve prints until it names its address; empty when it
// ends before.
func addressIn(out io.Reader) string {
	for in := bufio.NewScanner(out); in.Scan(); {
		if m := addressForm.FindStringSubmatch(in.Text()); m != nil {
			return m[1]
		}
	}
	return ""
}

// end sends a signal and waits until the process is gone.
func (c *child) end(s syscall.Signal) {
	_ = c.cmd.Process.Signal(s) // it may be gone already
	<-c.ended
}

// here is the program serving in this process.
type here struct {
	url  string
	log  *lines
	stop func()
}

// serveHere runs `pufa serve` in this process, by a clock, until the test ends
// or stop is called.
func serveHere(t *testing.T, v variables, now func() time.Time) here {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	reader, writer := io.Pipe()
	h, engine := here{log: &lines{}}, shipped(t)
	ended := make(chan error, 1)
	go func() {
		err := program{v.get, now, strings.NewReader(""), writer, h.log, engine}.run(ctx, []string{"serve"})
		_ = writer.Close()
		ended <- err
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := within(t, "the end of serve", ended); err != nil {
			t.Errorf("serve ended: %v", err)
		}
	})
	t.Cleanup(h.stop)
	said := make(chan string, 1)
	go func() {
		said <- addressIn(reader)
		_, _ = io.Copy(io.Discard, reader)
	}()
	if h.url = within(t, "the address of serve", said); h.url == "" {
		t.Fatalf("serve says no address: %s", h.log)
	}
	return h
}

// within waits for what a channel brings.
func within[T any](t testing.TB, what string, from <-chan T) (got T) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case got = <-from:
	case <-limit.C:
		t.Fatalf("%s did not come within %s", what, patience)
	}
	return got
}

// until asks again and again until something holds; another process gives no
// sign that could be waited on.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("%s: not so within %s", what, patience)
		}
	}
}

// each calls do with 0 to n-1, workers at a time.
func each(n, workers int, do func(i int)) {
	var wg sync.WaitGroup
	work := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
}

// clock is a clock that stands still until it is told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}
