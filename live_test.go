package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
	"pufa/store"
)

// brittle is a folder that can be made to fail.
type brittle struct {
	fs.FS
	broken bool
}

func (b *brittle) Open(name string) (fs.File, error) {
	if b.broken {
		return nil, errors.New("the disk is gone")
	}
	return b.FS.Open(name)
}

// liveRig is a live library over a trial store.
type liveRig struct {
	*live
	base *brittle
	out  *lines
}

// withoutCalendar is a library of two entries: no days that rest on others.
func withoutCalendar(t *testing.T) fs.FS {
	t.Helper()
	dir := smallLibrary(t)
	if err := os.Remove(filepath.Join(dir, "observances.yaml")); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

func liveStore(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{
		DataDir: t.TempDir(), Account: "trial", Secret: []byte(testSecret), Now: noon, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func openLive(t *testing.T, st *store.Store, base fs.FS) liveRig {
	t.Helper()
	r := liveRig{base: &brittle{FS: base}, out: &lines{}}
	a := newApprovals(st, slog.New(slog.DiscardHandler))
	opt := bot.Options{Now: noon, Approved: a.Approved, TakenDown: a.TakenDown}
	var err error
	r.live, err = newLive(t.Context(), st, r.base, nil, t.TempDir(), opt, slog.New(slog.NewTextHandler(r.out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// layDown puts a text before residents, past every check, as an older program
// with other checks may have.
func layDown(t *testing.T, st *store.Store, id, text string) {
	t.Helper()
	h, err := st.History(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	v := edit.Version{Entry: id, Number: h.Newest + 1, State: edit.Released, Author: "王编辑", Text: text}
	c := edit.Change{Was: h.Head, Now: h.Head, Put: []edit.Version{v}, Lay: &v}
	c.Now.Newest, c.Now.Released, c.Now.Changes, c.Now.State = v.Number, v.Number, h.Changes+1, v.State
	if err := st.KeepEdits(t.Context(), []edit.Change{c}, -1, staff.Draft{At: noon(), Who: "王编辑", Did: "release entry", What: id}); err != nil {
		t.Fatal(err)
	}
}

func titledText(t *testing.T, title string) string {
	e := alone(t, known)
	e.Title = title
	return string(markdown(t, e))
}

func (r liveRig) title(t *testing.T) string {
	t.Helper()
	e, ok := r.Entry(known)
	if !ok {
		t.Fatal("the entry is gone")
	}
	if reply := r.Reply(t.Context(), bot.Message{Kind: bot.Text, Text: e.Title}); reply.Entry != known {
		t.Errorf("page and bot are of two libraries: %q is answered with %q", e.Title, reply.Entry)
	}
	return e.Title
}

func TestLiveLeavesOutWhatDoesNotLoad(t *testing.T) {
	t.Parallel()
	st := liveStore(t)
	layDown(t, st, known, titledText(t, "改过的标题甲"))
	layDown(t, st, shelter, "---\ntorn")
	layDown(t, st, "consumer/old", "an entry of last year's form")
	r := openLive(t, st, withoutCalendar(t))
	if got := r.title(t); got != "改过的标题甲" {
		t.Errorf("the title is %q", got)
	}
	if e, ok := r.Entry(shelter); !ok || e.Short == "" {
		t.Error("the shipped text does not stand in for the torn one")
	}
	warn := strings.Join(r.warnings(), "\n")
	for _, id := range []string{shelter, "consumer/old"} {
		if !strings.Contains(warn, id) || !strings.Contains(r.out.String(), "entry="+id) {
			t.Errorf("%s is left out and not reported:\n%s\n%s", id, warn, r.out)
		}
	}
	state := health{st, r.live, t.TempDir()}.State(t.Context())
	if !state.Ready || !strings.Contains(strings.Join(state.Warnings, "\n"), "consumer/old") {
		t.Errorf("/readyz: %+v", state)
	}
}

func TestLiveFollows(t *testing.T) {
	t.Parallel()
	st := liveStore(t)
	r := openLive(t, st, withoutCalendar(t))
	shipped, moved := r.title(t), 0
	moves := func(address string) {
		t.Helper()
		if err := st.PutStreet(t.Context(), store.Street{Name: "平东街道", Address: address}, moved, staff.Draft{At: noon(), Who: "李审核"}); err != nil {
			t.Error(err)
		}
		moved++
	}
	for _, step := range []struct {
		name   string
		do     func()
		title  string
		warned bool
	}{
		{"nothing happened", func() {}, shipped, false},
		{"a release", func() { layDown(t, st, known, titledText(t, "改过的标题甲")) }, "改过的标题甲", false},
		{"a rebuild that fails keeps what was", func() { r.base.broken = true; layDown(t, st, known, titledText(t, "改过的标题乙")) }, "改过的标题甲", true},
		{"and is not tried again by itself", func() {}, "改过的标题甲", true},
		{"a new address does not hide that", func() { moves("甲路1号") }, "改过的标题甲", true},
		{"the next release is", func() { r.base.broken = false; layDown(t, st, known, titledText(t, "改过的标题丙")) }, "改过的标题丙", false},
		{"an approval changes no library", func() {
			before := r.Library()
			if err := st.Approve(t.Context(), map[string]*edit.Approval{shelter: {Down: true}}, staff.Draft{At: noon(), Who: "李审核"}); err != nil {
				t.Error(err)
			}
			r.Tick(t.Context())
			if r.Library() != before {
				t.Error("the library was rebuilt")
			}
		}, "改过的标题丙", false},
		{"a new address changes no library", func() {
			before := r.Library()
			moves("乙路2号")
			r.Tick(t.Context())
			if r.Library() != before || r.Street().Address != "乙路2号" {
				t.Errorf("the library was rebuilt, or the address is %q", r.Street().Address)
			}
		}, "改过的标题丙", false},
		{"a store that is away keeps what was", func() { _ = st.Close() }, "改过的标题丙", false},
	} {
		step.do()
		r.Tick(t.Context())
		if got := r.title(t); got != step.title {
			t.Errorf("%s: the title is %q, want %q", step.name, got, step.title)
		}
		if warned := len(r.warnings()) > 0; warned != step.warned {
			t.Errorf("%s: warnings %v", step.name, r.warnings())
		}
	}
	if n := strings.Count(r.out.String(), "released entries could not be read"); n != 1 {
		t.Errorf("an outage was logged %d times, want once:\n%s", n, r.out)
	}
}

// What a library took is given back when the next one takes its place.
func TestLiveGivesMemoryBack(t *testing.T) {
	st := liveStore(t)
	r := openLive(t, st, content.Shipped())
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what has a finalizer goes with the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	start, swaps := time.Now(), 6
	for i := range swaps {
		layDown(t, st, known, titledText(t, "改过的标题"+string('甲'+rune(i))))
		was := r.Library()
		if r.Tick(t.Context()); r.Library() == was {
			t.Fatal("the library was not swapped")
		}
	}
	after := heap()
	runtime.KeepAlive(r)
	t.Logf("%d swaps, %s each; heap %d KiB before, %d KiB after", swaps, time.Since(start)/time.Duration(swaps), before>>10, after>>10)
	if after > before+before/4 {
		t.Errorf("the heap grew from %d to %d bytes over %d swaps", before, after, swaps)
	}
}
