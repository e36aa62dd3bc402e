package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/content/edit"
	"pufa/store"
)

// live is the library that answers now, and the bot over it: what is shipped
// with what staff released laid over it. It follows the store, and changes as a
// whole: a message is answered from the library before or after a release,
// never from both.
type live struct {
	store *store.Store
	base  fs.FS
	there *bot.Engine // over base without edits, where there is one already
	opt   bot.Options
	log   *slog.Logger

	now     atomic.Pointer[edition]
	trouble atomic.Pointer[string] // why what staff released last is not answered from

	// Only Tick touches these.
	version int64             // of what is laid
	laid    map[string]string // entry → sum of its released text
	street  bot.Street        // what the office tells about itself
	failing bool              // the last look failed, and was logged
}

// edition is the library at one moment.
type edition struct {
	library *content.Library
	engine  *bot.Engine
	left    []content.LeftOut
	street  bot.Street
}

// lookForEdits is how often the store is asked. A rebuild takes about half a
// second, and a release is to reach residents within two.
const lookForEdits = 500 * time.Millisecond

// newLive lays what staff released over base. It fails when the store does not
// tell: a server that forgot every correction must not answer.
func newLive(ctx context.Context, st *store.Store, base fs.FS, there *bot.Engine, dataDir string, opt bot.Options, log *slog.Logger) (*live, error) {
	l := &live{store: st, base: base, there: there, opt: opt, log: log}
	laid, version, err := st.Laid(ctx)
	if err != nil {
		return nil, err
	}
	library, left, err := l.lay(textsOfVersions(laid))
	if err != nil {
		return nil, err
	}
	l.opt.Texts = textsOf(dataDir, library, log)
	if l.street, err = l.readStreet(ctx); err != nil {
		return nil, err
	}
	l.version, l.laid = version, sums(laid)
	l.swap(library, left)
	return l, nil
}

// lay lays texts over the library.
func (l *live) lay(texts map[string]string) (*content.Library, []content.LeftOut, error) {
	if len(texts) == 0 && l.there != nil {
		return l.there.Library(), nil, nil
	}
	return content.Lay(l.base, texts)
}

// readStreet is what staff last wrote about the office, or the settings.
func (l *live) readStreet(ctx context.Context) (bot.Street, error) {
	s, told, err := l.store.Street(ctx)
	if err != nil || !told {
		return l.opt.Street, err
	}
	return bot.Street{Name: s.Name, Office: s.Office, Address: s.Address, Phone: s.Phone, Hours: s.Hours}, nil
}

// Street is what the office tells about itself now.
func (l *live) Street() bot.Street { return l.now.Load().street }

func textsOfVersions(laid map[string]edit.Version) map[string]string {
	texts := make(map[string]string, len(laid))
	for id, v := range laid {
		texts[id] = v.Text
	}
	return texts
}

// sums stand for the texts, which live on in the library only.
func sums(laid map[string]edit.Version) map[string]string {
	list := make(map[string]string, len(laid))
	for id, v := range laid {
		sum := sha256.Sum256([]byte(v.Text))
		list[id] = hex.EncodeToString(sum[:])
	}
	return list
}

// swap answers from a library from now on.
func (l *live) swap(library *content.Library, left []content.LeftOut) {
	for _, out := range left {
		l.log.Warn("edited entry left out: it does not load with this library", "entry", out.Entry, "error", out.Why)
	}
	opt := l.opt
	opt.Street = l.street
	before := l.there
	if e := l.now.Load(); e != nil {
		before = e.engine
	}
	l.now.Store(&edition{library, engineOver(library, opt, before, l.there), left, l.street})
	l.trouble.Store(nil)
}

// Run follows the store until ctx ends.
func (l *live) Run(ctx context.Context) {
	tick := time.NewTicker(lookForEdits)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.Tick(ctx)
		}
	}
}

// Tick makes the library anew if staff released something, and swaps it in.
// While the store is away, or when that fails, the one before stays.
func (l *live) Tick(ctx context.Context) {
	version, err := l.store.Version(ctx)
	if err == nil && version == l.version {
		l.failing = false
		return
	}
	var laid map[string]edit.Version
	if err == nil {
		laid, version, err = l.store.Laid(ctx)
	}
	street := l.street
	if err == nil {
		street, err = l.readStreet(ctx)
	}
	if err != nil {
		if !l.failing && ctx.Err() == nil {
			l.log.Warn("released entries could not be read", "error", err)
		}
		l.failing = true
		return
	}
	l.version, l.failing = version, false // it is not tried again until something changes
	now, moved := sums(laid), street != l.street
	l.street = street
	switch {
	case !maps.Equal(now, l.laid), moved && l.trouble.Load() != nil: // what failed is tried again
		l.laid = now
		l.follow(textsOfVersions(laid))
	case moved:
		e := l.now.Load()
		l.swap(e.library, e.left)
	}
}

// follow rebuilds library and engine.
func (l *live) follow(texts map[string]string) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			l.complain(fmt.Errorf("panic: %v", p))
		}
	}()
	library, left, err := l.lay(texts)
	if err != nil {
		l.complain(err)
		return
	}
	l.swap(library, left)
	l.log.Info("library changed", "entries", len(library.Entries()), "edited", len(texts)-len(left), "took", time.Since(start))
}

func (l *live) complain(err error) {
	l.log.Error("library could not be rebuilt: the one before answers on", "error", err)
	text := "what staff released last is not answered from: the library could not be rebuilt, see the log"
	l.trouble.Store(&text)
}

// warnings say what of the edits residents do not get.
func (l *live) warnings() (list []string) {
	if text := l.trouble.Load(); text != nil {
		list = append(list, *text)
	}
	var out []string
	for _, left := range l.now.Load().left {
		out = append(out, left.Entry)
	}
	if len(out) > 0 {
		list = append(list, "edited entries are left out because they do not load with this library; pufa content history shows them: "+strings.Join(out, ", "))
	}
	return list
}

// CrisisCard is the bot's.
func (l *live) CrisisCard(text string) (string, bool) { return l.now.Load().engine.CrisisCard(text) }

// Reply answers from the library that stands when the message comes.
func (l *live) Reply(ctx context.Context, m bot.Message) bot.Reply {
	return l.now.Load().engine.Reply(ctx, m)
}

// LaterAnswer composes from the library that stands when the model has chosen.
func (l *live) LaterAnswer(entry string) (bot.Reply, bool) {
	return l.now.Load().engine.LaterAnswer(entry)
}

// CardText is the text of a crisis card.
func (l *live) CardText(card string) string { return l.now.Load().engine.CardText(card) }

// Library returns the library that answers now.
func (l *live) Library() *content.Library { return l.now.Load().library }

// Entry returns the entry with that id.
func (l *live) Entry(id string) (*content.Entry, bool) { return l.Library().Entry(id) }

// Topics returns the topics in the order of the tree.
func (l *live) Topics() []content.Topic { return l.Library().Topics() }

// Law finds a law of the register.
func (l *live) Law(name string) (content.Law, bool) { return l.Library().Law(name) }

// Hotline returns the row of a number.
func (l *live) Hotline(number string) (content.Hotline, bool) { return l.Library().Hotline(number) }

// Standing is the library's word, unless staff took the entry down.
func (l *live) Standing(e *content.Entry, t time.Time) content.Standing {
	if l.opt.TakenDown(e) {
		return content.TakenDown
	}
	return l.Library().Standing(e, t)
}
