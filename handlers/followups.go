package handlers

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

const (
	// maxFollowing is how many choices may go on after their replies: half of
	// the calls that a model gets at once, so that they leave the others some.
	maxFollowing = 2
	// followTime is how long one may take, from the question on.
	followTime = 20 * time.Second
	// bringTime bounds letting an answer through and sending it.
	bringTime = 15 * time.Second
)

// Answers composes what follows a referral.
type Answers interface {
	// LaterAnswer is the answer of an entry that a model chose; ok is false
	// where it may not be sent so.
	LaterAnswer(entry string) (r bot.Reply, ok bool)
}

// FollowGate lets an answer follow a message at most once.
type FollowGate interface {
	// Follow puts the answer's dialogue in the place of the one that the
	// message left. It reports false where the resident wrote meanwhile or was
	// forgotten, and where it was let through before. On false and on an
	// error nothing may be sent.
	Follow(ctx context.Context, c Claim, left, next bot.Dialogue) (bool, error)
	// CountFollowed counts an answer that followed, once.
	CountFollowed(ctx context.Context, c Claim, e stats.Event) error
}

// Messenger sends customer messages.
type Messenger interface {
	SendMessage(ctx context.Context, openID string, m wechat.CustomerMessage) error
}

// FollowupsConfig is what Followups are made of. All fields are required.
type FollowupsConfig struct {
	Answers   Answers
	Gate      FollowGate
	Messenger Messenger
	Tally     bot.Tally
	Log       *slog.Logger
	Now       func() time.Time
}

// Followups bring answers that come after the passive reply. They keep the
// openid in memory as long as a choice lasts, and nowhere else: what a process
// that dies had under way is never sent.
type Followups struct {
	FollowupsConfig
	places chan struct{}
	ctx    context.Context // of everything under way
	stop   context.CancelFunc

	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup
}

// NewFollowups makes them; Close ends them.
func NewFollowups(cfg FollowupsConfig) *Followups {
	f := &Followups{FollowupsConfig: cfg, places: make(chan struct{}, maxFollowing)}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

// Begin implements bot.Later.
func (f *Followups) Begin() (ctx context.Context, done func(), ok bool) {
	select {
	case f.places <- struct{}{}:
	default:
		return nil, nil, false
	}
	ctx, cancel := context.WithTimeout(f.ctx, followTime)
	done = sync.OnceFunc(func() {
		cancel()
		<-f.places
	})
	context.AfterFunc(ctx, done) // a promise that was lost gives its place back too
	return ctx, done, true
}

// Close gives up what is being chosen, lets what is being sent end, and waits.
func (f *Followups) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.busy.Wait()
}

// promised is a reply after which an answer may follow: who asked, and no word
// of the question.
type promised struct {
	bot.Promise
	openID string
	source string // how the question came
	claim  Claim
	left   bot.Dialogue // what the reply left of the dialogue
}

// bring waits for a choice in the background and sends what comes of it.
func (f *Followups) bring(p *promised) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		p.Drop()
		return
	}
	f.busy.Go(func() {
		defer p.Drop()
		f.Tally.Count(f.follow(p))
	})
}

// follow sends the answer, if there is one, and says what became of it. Between
// the gate and the platform a crash loses it; nothing sends it twice.
func (f *Followups) follow(p *promised) bot.Effect {
	entry, ok := p.Wait()
	if !ok {
		return bot.NoChoice
	}
	answer, ok := f.Answers.LaterAnswer(entry)
	if !ok {
		return bot.Unfit
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), bringTime)
	defer cancel()
	through, err := f.Gate.Follow(ctx, p.claim, p.left, answer.Dialogue)
	if err != nil {
		f.Log.Warn("later answer was not let through", "error", err)
	}
	if !through || err != nil {
		return bot.Overtaken
	}
	return f.send(ctx, p, answer)
}

// send sends an answer that was let through, and counts it.
func (f *Followups) send(ctx context.Context, p *promised, answer bot.Reply) bot.Effect {
	effect, outcome := bot.Followed, stats.Sent
	if err := f.Messenger.SendMessage(ctx, p.openID, wechat.CustomerText(answer.Text)); err != nil {
		f.Log.Warn("later answer was not taken", "kind", wechat.KindOf(err), "in_doubt", wechat.MaybeAccepted(err))
		if !wechat.MaybeAccepted(err) {
			// 「继续」 goes on from what the resident did see.
			_, _ = f.Gate.Follow(ctx, p.claim, answer.Dialogue, p.left)
			return bot.Unsent
		}
		effect, outcome = bot.Doubtful, stats.Doubt
	}
	err := f.Gate.CountFollowed(ctx, p.claim, stats.Event{
		At: f.Now(), Kind: stats.Later, Outcome: outcome, Entry: answer.Entry, Topic: answer.Topic,
		Source: p.source, Model: true,
	})
	if err != nil {
		f.Log.Warn("count of a later answer was lost", "error", err)
	}
	return effect
}

// mayFollow reports whether an answer may follow the reply to a message: to a
// resident whose message allows customer messages, never to a test.
func (s *Site) mayFollow(in incoming, c Claim) bool {
	return s.Followups != nil && c.State == Ours && !in.Test && in.OpenID != "" && in.allows.Messages() > 0
}
