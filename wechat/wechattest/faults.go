package wechattest

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Kind is a way in which a call goes wrong.
type Kind int

const (
	// Errcode answers Fault.Code.
	Errcode Kind = iota + 1
	// Hang answers nothing until Release, or until the caller is gone. On
	// Release a call that was not accepted before is carried out.
	Hang
	// Slow answers as always, Fault.Wait later, whether or not the caller is
	// still there.
	Slow
	// Reset cuts the connection: before the body is read, or with Accept after
	// the call was carried out.
	Reset
	// Half sends half an answer and hangs up.
	Half
	// HTML answers 502 with a page, as a proxy on the way does.
	HTML
)

// Fault is one way of going wrong, for some calls.
type Fault struct {
	Kind   Kind
	Path   string        // of the calls; every path but stable_token when empty
	Code   int           // of Errcode
	Accept bool          // the call is carried out all the same: its caller cannot know
	Wait   time.Duration // of Slow
	After  int           // so many calls of the path go well first
	Times  int           // so many calls go wrong, then it is over; 0: all until Mend
	Chance float64       // above 0: each call goes wrong with this probability
}

// faults are what is planned.
type faults struct {
	list     []*planned
	random   *rand.Rand
	released chan struct{} // closed by Release
	hanging  int
	calls    map[string]int
}

type planned struct {
	Fault
	seen, done int
}

// Break plans a fault. Of several planned for a call the first is played.
func (p *Platform) Break(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults.list = append(p.faults.list, &planned{Fault: f})
}

// Mend forgets all planned faults. Calls that hang go on hanging.
func (p *Platform) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults.list = nil
}

// Release lets the calls go on that hang now.
func (p *Platform) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.faults.released != nil {
		close(p.faults.released)
		p.faults.released = nil
	}
}

// Hanging returns how many calls hang now.
func (p *Platform) Hanging() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults.hanging
}

// Calls returns how many requests came for a path, answered or not.
func (p *Platform) Calls(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults.calls[path]
}

// fault counts a call and returns what happens to it; the zero value is
// nothing.
func (p *Platform) fault(path string) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.faults.calls == nil {
		p.faults.calls = map[string]int{}
	}
	p.faults.calls[path]++
	for _, f := range p.faults.list {
		if f.strikes(path, p.faults.random) {
			p.faults.list = slices.DeleteFunc(p.faults.list, (*planned).over)
			return f.Fault
		}
	}
	return Fault{}
}

func (f *planned) strikes(path string, random *rand.Rand) bool {
	if f.Path != path && (f.Path != "" || path == tokenPath) {
		return false
	}
	f.seen++
	if f.seen <= f.After || f.Chance > 0 && random.Float64() >= f.Chance {
		return false
	}
	f.done++
	return true
}

func (f *planned) over() bool { return f.Times > 0 && f.done >= f.Times }

// play answers a call, with the fault.
func (p *Platform) play(w http.ResponseWriter, r *http.Request, c *call, f Fault) {
	carriedOut := f.Accept || f.Kind == 0 || f.Kind == Slow || f.Kind == Hang
	if !f.Accept && !p.stall(r.Context(), f) {
		panic(http.ErrAbortHandler) // to return would be an answer
	}
	text := []byte(`{"errcode":-1,"errmsg":"system error"}`)
	if carriedOut {
		text = p.answer(r.Method, c)
	}
	if f.Accept && !p.stall(r.Context(), f) {
		panic(http.ErrAbortHandler)
	}
	p.pause(p.opt.Delay - p.opt.Delay/2)
	say(w, f, text)
}

func say(w http.ResponseWriter, f Fault, text []byte) {
	switch f.Kind {
	case Errcode:
		text, _ = json.Marshal(fail(f.Code, "played fault"))
		write(w, http.StatusOK, "application/json; encoding=utf-8", text)
	case Reset:
		reset(w)
	case Half:
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case HTML:
		write(w, http.StatusBadGateway, "text/html", []byte("<html><body><h1>502 Bad Gateway</h1></body></html>"))
	default:
		write(w, http.StatusOK, "application/json; encoding=utf-8", text)
	}
}

func write(w http.ResponseWriter, status int, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// stall waits as a slow or hanging call does. It is false when nobody is left
// to hear the answer of a call that hung.
func (p *Platform) stall(ctx context.Context, f Fault) bool {
	switch f.Kind {
	case Slow:
		p.pause(f.Wait)
	case Hang:
		return p.hang(ctx)
	}
	return true
}

func (p *Platform) hang(ctx context.Context) bool {
	p.mu.Lock()
	if p.faults.released == nil {
		p.faults.released = make(chan struct{})
	}
	released := p.faults.released
	p.faults.hanging++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.faults.hanging--
		p.mu.Unlock()
	}()
	select {
	case <-released:
		return true
	case <-ctx.Done():
	case <-p.done:
	}
	return false
}

// pause waits, unless the platform closes.
func (p *Platform) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.done:
	}
}

// reset closes the connection so that the caller sees it cut, not ended.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, is := conn.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
