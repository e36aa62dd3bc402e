// Package trial is a Redis with nothing to install: miniredis in this process
// and a journal under the data folder. Whatever it acknowledged is in the
// journal, so that a kill -9 loses nothing; the journal is folded into a
// snapshot, so that it starts in less than a second and what expired leaves
// the disk. It is for trying the program out: it never replaces a Redis, knows
// only the commands of commands.go, and syncs to the disk once a second.
package trial

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"pufa/store/lock"
)

// retry is how often a process asks again while another one is starting.
const retry = 20 * time.Millisecond

// patience is how long Open waits for a process that is starting.
const patience = 5 * time.Second

// Door leads to the trial store of a data folder: the first process that
// opens it holds the data, every other one speaks to it over a socket. When
// the holder goes, the next process that dials takes its place.
type Door struct {
	dir string
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	host   *host
	closed bool
}

// Open opens the trial store under dir, or finds the process that holds it.
// It fails when the data is damaged or the folder cannot be written.
func Open(ctx context.Context, dir string, now func() time.Time, log *slog.Logger) (*Door, error) {
	if err := os.MkdirAll(filepath.Join(dir, "trial"), 0o700); err != nil {
		return nil, fmt.Errorf("open trial store: %w", err)
	}
	d := &Door{dir: dir, now: now, log: log}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := d.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("open trial store: %w", errors.Join(err, d.Close()))
	}
	return d, conn.Close()
}

// Dial returns a connection that speaks Redis. It waits, as long as ctx
// allows, for a process that holds the data and does not answer yet.
func (d *Door) Dial(ctx context.Context) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		switch {
		case d.closed:
			return nil, net.ErrClosed
		case d.host != nil:
			return d.host.pipe(), nil
		}
		conn, err := dialSocket(ctx, d.dir)
		if err == nil {
			return conn, nil
		}
		if d.host, err = openHost(d.dir, d.now, d.log); err == nil {
			continue
		}
		if !errors.Is(err, lock.ErrHeld) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another process holds %s and does not answer: %w", d.dir, ctx.Err())
		case <-time.After(retry):
		}
	}
}

// Holds reports whether this process holds the data.
func (d *Door) Holds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.host != nil
}

// Tick does what is due: expired keys go, the journal is synced and folded.
func (d *Door) Tick() error {
	d.mu.Lock()
	h := d.host
	d.mu.Unlock()
	if h == nil {
		return nil
	}
	return h.tick()
}

// Close lets go of the data. Connections that are still open fail.
func (d *Door) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.host == nil {
		return nil
	}
	h := d.host
	d.host = nil
	return h.close()
}
