package trial

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2/server"
)

// Limits of what a connection may send.
const (
	maxWords = 1 << 16
	maxWord  = 16 << 20
	inFlight = 1024 // commands read ahead of the replies
)

// connections are those being served.
type connections struct {
	mu     sync.Mutex
	wg     sync.WaitGroup
	open   map[net.Conn]bool
	closed bool
}

// start serves conn until it ends, unless everything is being closed.
func (c *connections) start(conn net.Conn, serve func(net.Conn)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return
	}
	if c.open == nil {
		c.open = map[net.Conn]bool{}
	}
	c.open[conn] = true
	c.wg.Go(func() {
		serve(conn)
		conn.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, conn)
	})
}

// accept serves whoever comes to l until it is closed.
func (c *connections) accept(l net.Listener, serve func(net.Conn)) {
	c.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.start(conn, serve)
		}
	})
}

// close ends all connections and waits for them.
func (c *connections) close() {
	c.mu.Lock()
	c.closed = true
	for conn := range c.open {
		conn.Close()
	}
	c.mu.Unlock()
	c.wg.Wait()
}

// pipe returns a connection from within this process.
func (h *host) pipe() net.Conn {
	ours, theirs := net.Pipe()
	h.conns.start(theirs, h.serve)
	return ours
}

// serve answers the commands of a connection. They are read ahead, because a
// client may send many before it reads the first reply.
func (h *host) serve(conn net.Conn) {
	read := make(chan []string, inFlight)
	done := make(chan struct{})
	defer close(done)
	h.conns.wg.Go(func() {
		defer close(read)
		in := bufio.NewReader(conn)
		for {
			words, err := readCommand(in)
			if err != nil {
				return
			}
			select {
			case read <- words:
			case <-done:
				return
			}
		}
	})
	var out bytes.Buffer
	peer := server.NewPeer(bufio.NewWriter(&out))
	for words := range read {
		h.run(peer, words, &out)
		if len(read) > 0 && out.Len() < 1<<16 {
			continue // a pipeline: send the replies together
		}
		if _, err := conn.Write(out.Bytes()); err != nil || peer.Closed() {
			conn.Close()
			return
		}
		out.Reset()
	}
}

// readCommand reads an array of bulk strings, the only form clients send.
func readCommand(in *bufio.Reader) ([]string, error) {
	n, err := readLength(in, '*', maxWords)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, errors.New("read command: it is empty")
	}
	words := make([]string, n)
	for i := range words {
		size, err := readLength(in, '$', maxWord)
		if err != nil {
			return nil, err
		}
		word := make([]byte, size+2)
		if _, err := io.ReadFull(in, word); err != nil {
			return nil, fmt.Errorf("read command: %w", err)
		}
		if word[size] != '\r' || word[size+1] != '\n' {
			return nil, errors.New("read command: a word is longer than it says")
		}
		words[i] = string(word[:size])
	}
	return words, nil
}

func readLength(in *bufio.Reader, sign byte, most int) (int, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, fmt.Errorf("read command: %w", err)
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || text == "" || text[0] != sign {
		return 0, fmt.Errorf("read command: want %c and a length", sign)
	}
	n, err := strconv.Atoi(text[1:])
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("read command: length %q is not 0 to %d", text[1:], most)
	}
	return n, nil
}
