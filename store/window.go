package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pufa/stats"
)

// Windows of residents stay open a little longer than they last, for the
// message that was written in their last second and delivered 10 minutes later,
// the oldest that is believed. After lastCall nothing enters.
const (
	windowGrace = 12 * time.Minute
	lastCall    = 11 * time.Minute
	windowSpare = 90 * 24 * time.Hour // until a set that was never closed expires
)

// pagePrefix begins the names of the windows in which page opens are counted.
const pagePrefix = "page|"

// seen is one resident in one window.
type seen struct {
	window string
	member []byte
	expiry any // the set's lifetime in ms, or ""
	mark   mark
}

// ring holds the keys of the windows that this process has met.
type ring struct {
	mu   sync.Mutex
	keys map[string]windowKey
}

type windowKey struct {
	key  []byte
	ends time.Time
}

func (r *ring) get(name string) (windowKey, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.keys[name]
	return k, ok
}

func (r *ring) put(name string, k windowKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil {
		r.keys = map[string]windowKey{}
	}
	r.keys[name] = k
}

// drop forgets the keys of windows that are over.
func (r *ring) drop(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, name)
}

// seenIn returns the windows in which the resident of c is counted, without
// those into which the resident was put a moment ago.
func (s *Store) seenIn(ctx context.Context, c Claim, r Result) ([]seen, error) {
	if c.Resident == 0 || c.pseudonym == nil {
		return nil, nil
	}
	var open []stats.Window
	now := s.now()
	for _, e := range r.Events {
		for _, w := range e.Windows() {
			if now.Before(w.Ends.Add(lastCall)) {
				open = append(open, w)
			}
		}
	}
	keys, err := s.windowKeys(ctx, open)
	if err != nil {
		return nil, err
	}
	list := make([]seen, 0, len(open))
	for i, w := range open {
		expiry, m := s.windowExpiry(w, now), s.marks.member(w.Name, keys[i], c.Resident)
		if expiry == "" && s.marks.has(m, now) {
			continue
		}
		list = append(list, seen{w.Name, member(keys[i], c.Resident), expiry, m})
	}
	return list, nil
}

func (s *Store) windowExpiry(w stats.Window, now time.Time) any {
	if !s.chores.due(s.keys.window(w.Name), now) {
		return ""
	}
	return (w.Ends.Sub(now) + windowSpare).Milliseconds()
}

// windowKeys returns the throw-away keys of windows, in one extra call when
// this process has not met them all.
func (s *Store) windowKeys(ctx context.Context, windows []stats.Window) ([][]byte, error) {
	keys := make([][]byte, len(windows))
	var args []any
	var missing []int
	for i, w := range windows {
		if k, ok := s.ring.get(w.Name); ok {
			keys[i] = k.key
			continue
		}
		missing = append(missing, i)
		args = append(args, w.Name, newWindowValue(w.Ends))
	}
	if len(missing) == 0 {
		return keys, nil
	}
	err := s.do(ctx, "open windows", func(ctx context.Context) error {
		kept, err := windowScript.Run(ctx, s.redis, []string{s.keys.windows()}, args...).StringSlice()
		if err != nil {
			return err
		}
		for j, i := range missing {
			k, err := parseWindowValue(kept[j])
			if err != nil {
				return err
			}
			s.ring.put(windows[i].Name, k)
			keys[i] = k.key
		}
		return nil
	})
	return keys, err
}

// newWindowValue is a fresh key and the end: 1772985600 and 32 hex digits.
func newWindowValue(ends time.Time) string {
	var key [16]byte
	rand.Read(key[:]) // never fails (crypto/rand)
	return strconv.FormatInt(ends.Unix(), 10) + " " + hex.EncodeToString(key[:])
}

func parseWindowValue(value string) (windowKey, error) {
	ends, digits, _ := strings.Cut(value, " ")
	unix, err := strconv.ParseInt(ends, 10, 64)
	key, errKey := hex.DecodeString(digits)
	if err != nil || errKey != nil || len(key) != 16 {
		return windowKey{}, mistakef("a window's key cannot be read")
	}
	return windowKey{key, time.Unix(unix, 0)}, nil
}

// LiveWindow is a window that is not closed yet.
type LiveWindow struct {
	Name      string
	Ends      time.Time
	Residents int64 // or visitors, for a window of page opens
}

// Windows returns the live windows, by name.
func (s *Store) Windows(ctx context.Context) ([]LiveWindow, error) {
	var list []LiveWindow
	err := s.do(ctx, "read windows", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.windows()).Result()
		if err != nil {
			return err
		}
		for name, value := range all {
			k, err := parseWindowValue(value)
			if err != nil {
				return err
			}
			n, err := s.redis.SCard(ctx, s.keys.window(name)).Result()
			if err != nil {
				return err
			}
			list = append(list, LiveWindow{name, k.ends, n})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b LiveWindow) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// LiveWindows returns how many residents each live window has, by name.
func (s *Store) LiveWindows(ctx context.Context) (map[string]int64, error) {
	list, err := s.Windows(ctx)
	residents := make(map[string]int64, len(list))
	for _, w := range list {
		residents[w.Name] = w.Residents
	}
	return residents, err
}

// CloseWindows writes the counts of the windows that are over at now into the
// ledger and throws their sets and keys away: exactly once, whoever else does
// it at the same time. A window of residents closes 12 minutes after its end.
func (s *Store) CloseWindows(ctx context.Context, now time.Time) error {
	live, err := s.Windows(ctx)
	if err != nil {
		return fmt.Errorf("close windows: %w", err)
	}
	for _, w := range live {
		if now.Before(w.closes()) {
			continue
		}
		if err := s.closeWindow(ctx, w, now); err != nil {
			return fmt.Errorf("close windows: %w", err)
		}
	}
	return nil
}

func (w LiveWindow) closes() time.Time {
	if strings.HasPrefix(w.Name, pagePrefix) {
		return w.Ends // a page is opened and counted at one moment
	}
	return w.Ends.Add(windowGrace)
}

// closeWindow closes one window. A set that grew since it was measured is
// measured again.
func (s *Store) closeWindow(ctx context.Context, w LiveWindow, now time.Time) error {
	s.ring.drop(w.Name)
	if w.Residents == 0 && !strings.HasPrefix(w.Name, gapPrefix) && now.After(w.Ends.Add(windowSpare)) {
		s.log.Warn("window was closed too late, its residents are lost", "window", w.Name, "ended", w.Ends)
	}
	month := stats.MonthOf(w.Ends.Add(-time.Second))
	for {
		line, field := w.closing()
		keys := []string{s.keys.windows(), s.keys.window(w.Name), s.keys.ledger(month), s.keys.month(month)}
		var done int
		err := s.do(ctx, "close window", func(ctx context.Context) (err error) {
			done, err = closeScript.Run(ctx, s.redis, keys, w.Name, w.Residents, line, field).Int()
			if err == nil && done == -1 {
				w.Residents, err = s.redis.SCard(ctx, s.keys.window(w.Name)).Result()
			}
			return err
		})
		if err != nil || done >= 0 {
			return err
		}
	}
}

// closing is the ledger line and the month's field of a closed window. Empty
// for one in which nobody was, and for page opens and cards, which are counted
// one by one.
func (w LiveWindow) closing() (line, field string) {
	if w.Residents == 0 || strings.HasPrefix(w.Name, pagePrefix) || strings.HasPrefix(w.Name, cardPrefix) {
		return "", ""
	}
	e := stats.Closing(stats.Window{Name: w.Name, Ends: w.Ends}, w.Residents)
	return e.Line(), e.Counters()[0].Field
}
