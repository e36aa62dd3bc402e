package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"pufa/config"
	"pufa/content"
	"pufa/content/edit"
	"pufa/handlers"
	"pufa/stats"
	"pufa/store"
)

// openStore opens Redis, or the trial store where none is set.
func openStore(ctx context.Context, s config.Settings, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return openAs(ctx, s, store.Options{Now: now, Log: log})
}

// openEmpty opens the store for a restore, which mends what an interrupted one
// left.
func openEmpty(ctx context.Context, s config.Settings, now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return openAs(ctx, s, store.Options{Now: now, Log: log, Restore: true})
}

func openAs(ctx context.Context, s config.Settings, o store.Options) (*store.Store, error) {
	secret, err := secretOf(s)
	if err != nil {
		return nil, err
	}
	account := s.WeChat.AppID
	if s.WeChat.Made {
		account = "trial"
	}
	o.RedisURL, o.DataDir, o.Account, o.Secret = s.RedisURL.Reveal(), s.DataDir, account, secret
	return store.Open(ctx, o)
}

// secretFile holds the secret that was made for the trial store.
const secretFile = "secret"

// secretOf returns PUFA_SECRET or, for the trial store, one that is made once
// and kept under the data folder.
func secretOf(s config.Settings) ([]byte, error) {
	if !s.Secret.Empty() {
		return []byte(s.Secret.Reveal()), nil
	}
	name := filepath.Join(s.DataDir, secretFile)
	kept, err := os.ReadFile(name)
	if err == nil && len(strings.TrimSpace(string(kept))) >= 32 {
		return []byte(strings.TrimSpace(string(kept))), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	return makeSecret(s.DataDir, name)
}

func makeSecret(dir, name string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("make a secret: %w", err)
	}
	made := []byte(hex.EncodeToString(raw))
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep the secret: %w", err)
	}
	_, err = file.Write(append(made, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, fmt.Errorf("keep the secret: %w", err)
	}
	return made, nil
}

// inbox is the store as the callback knows it.
type inbox struct{ store *store.Store }

func (i inbox) Claim(ctx context.Context, a handlers.Arrival) (handlers.Claim, error) {
	c, err := i.store.Claim(ctx, arrivalOf(a))
	return handlers.Claim{
		State:  claimState(c.State),
		Stored: handlers.Stored{Text: c.Stored.Text, Card: c.Stored.Card},
		New:    c.New, Recent: c.Recent, Dialogue: c.Dialogue, Held: c,
	}, err
}

func claimState(s store.State) handlers.ClaimState {
	switch s {
	case store.Answered:
		return handlers.Done
	case store.Pending:
		return handlers.Pending
	default:
		return handlers.Ours
	}
}

func arrivalOf(a handlers.Arrival) store.Arrival {
	return store.Arrival{MessageKey: a.Key, OpenID: a.OpenID, Test: a.Test, Card: a.Card}
}

func (i inbox) Commit(ctx context.Context, c handlers.Claim, r handlers.Result) error {
	held, _ := c.Held.(store.Claim)
	err := i.store.Commit(ctx, held, resultOf(r))
	if errors.Is(err, store.ErrLost) {
		return fmt.Errorf("%w: %w", handlers.ErrTakenOver, err)
	}
	return err
}

func (i inbox) CommitLater(ctx context.Context, a handlers.Arrival, r handlers.Result) error {
	return i.store.CommitLater(ctx, arrivalOf(a), resultOf(r))
}

func resultOf(r handlers.Result) store.Result {
	return store.Result{
		Stored: store.Stored{
			Text: r.Stored.Text, Card: r.Stored.Card,
			Silent: r.Stored == handlers.Stored{},
		},
		Dialogue: r.Dialogue, Events: r.Events, Action: r.Action, Deed: r.Deed, Carded: r.Carded, Gap: store.GapText(r.Gap),
	}
}

// opens counts page opens in the store.
type opens struct{ store *store.Store }

func (o opens) CountOpen(ctx context.Context, open handlers.Open) error {
	page := open.Event.Entry
	if open.Event.Kind == stats.Scan {
		page = "q/" + open.Event.Scene
	}
	if open.Campaign != "" {
		page += "?c=" + open.Campaign
	}
	_, err := o.store.CountPage(ctx, page, open.Visitor, open.Event)
	return err
}

// health is what the service knows of its own condition.
type health struct {
	store   *store.Store
	live    *live
	dataDir string
}

func (h health) State(ctx context.Context) handlers.State {
	r := h.store.Ready(ctx)
	state := handlers.State{
		Ready: r.OK(), Redis: r.Redis == nil, Trial: r.Trial, SpoolLines: r.Spooled,
		DiskFreeBytes: freeBytes(h.dataDir),
	}
	for _, w := range r.Warnings {
		state.Warnings = append(state.Warnings, string(w))
	}
	state.Warnings = append(state.Warnings, h.live.warnings()...)
	if r.Disk != nil {
		state.Warnings = append(state.Warnings, "the data folder cannot be written: see that the disk is not full")
	}
	return state
}

// approvals is what the street has approved, as the store last said.
type approvals struct {
	store   *store.Store
	log     *slog.Logger
	known   atomic.Pointer[map[string]edit.Approval]
	version int64 // of what is known; only Tick touches it
	failing bool  // the last look failed, and was logged
}

const lookForApprovals = time.Second

func newApprovals(st *store.Store, log *slog.Logger) *approvals {
	a := &approvals{store: st, log: log, version: -1}
	a.known.Store(&map[string]edit.Approval{})
	return a
}

// Approved reports whether the street approved an entry as it reads now.
func (a *approvals) Approved(e *content.Entry) bool {
	approval, ok := (*a.known.Load())[e.ID]
	return ok && approval.Is(e)
}

// TakenDown reports whether staff took an entry down.
func (a *approvals) TakenDown(e *content.Entry) bool { return (*a.known.Load())[e.ID].Down }

// Run follows the store until ctx ends.
func (a *approvals) Run(ctx context.Context) {
	tick := time.NewTicker(lookForApprovals)
	defer tick.Stop()
	for {
		a.Tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tick reads the approvals again if the library changed. While the store is
// away what was known stays.
func (a *approvals) Tick(ctx context.Context) {
	version, err := a.store.Version(ctx)
	if err == nil && version == a.version {
		a.failing = false
		return
	}
	if err == nil {
		var list map[string]edit.Approval
		if list, version, err = a.store.Approvals(ctx); err == nil {
			a.known.Store(&list)
			a.version, a.failing = version, false
			return
		}
	}
	if !a.failing && ctx.Err() == nil {
		a.failing = true
		a.log.Warn("approvals could not be read", "error", err)
	}
}
