package bot

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"pufa/content"
	"pufa/search"
)

// Options is what an Engine needs besides the library. The zero value of
// every field works.
type Options struct {
	Now          func() time.Time            // nil: time.Now
	Street       Street                      // what the office told about itself
	PageURL      string                      // address in front of /a/…; empty: no link
	OnlyApproved bool                        // answer from entries that the street approved
	Approved     func(e *content.Entry) bool // nil: none is
	TakenDown    func(e *content.Entry) bool // nil: none is
	Texts        Texts                       // nil: no official texts are imported
	Explain      bool                        // fill Reply.Explain
	GapTexts     bool                        // fill Gap.Text, and tell residents so
	Model        Model                       // help from outside; none of it writes
}

// Engine makes replies. It keeps nothing of a resident between two calls and
// may be used by any number of goroutines.
type Engine struct {
	opt      Options
	lib      *content.Library
	index    *search.Index
	memo     *memo
	guard    *guard
	commands *commands
	composer composer
	scope    *scope
	names    map[string]Choice // folded names and wordings
}

// New builds an engine over a library, which takes some tenths of a second.
func New(lib *content.Library, opt Options) *Engine {
	e := &Engine{
		lib:      lib,
		index:    newIndex(lib),
		guard:    newGuard(lib.Crisis()),
		commands: newCommands(),
		composer: newComposer(lib, opt.PageURL),
		scope:    newScope(),
		names:    newNames(lib),
	}
	return e.Under(opt)
}

// Under returns an engine over the same library under other options, at once.
func (e *Engine) Under(opt Options) *Engine {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Approved == nil {
		opt.Approved = func(*content.Entry) bool { return false }
	}
	if opt.TakenDown == nil {
		opt.TakenDown = func(*content.Entry) bool { return false }
	}
	other := *e
	other.opt, other.memo, other.composer.page = opt, newMemo(), opt.PageURL
	return &other
}

// minHalfRunes is the length from which one half of a standard question of two
// (劳动仲裁要钱吗？多久之内要申请？) stands for itself.
const minHalfRunes = 6

// newNames lists what stands in menus and how entries are asked for, as it may
// be typed: what is asked in an entry's own words is answered however many
// entries are near. A topic wins over an entry, a title over a wording. Bare
// words are left to the ranking.
func newNames(lib *content.Library) map[string]Choice {
	names := map[string]Choice{}
	name := func(s string, c Choice) {
		names[withoutGaps(search.Fold(s))] = c
	}
	for _, entry := range lib.Entries() {
		for _, q := range entry.Questions {
			if utf8.RuneCountInString(q) > maxBroadRunes {
				name(q, Choice{EntryChoice, entry.ID, entry.Title})
			}
		}
		for _, half := range strings.Split(entry.Question(), "？") {
			if utf8.RuneCountInString(half) >= minHalfRunes {
				name(half, Choice{EntryChoice, entry.ID, entry.Title})
			}
		}
	}
	for _, entry := range lib.Entries() {
		name(entry.Title, Choice{EntryChoice, entry.ID, entry.Title})
	}
	for _, topic := range lib.Topics() {
		name(topic.Name, Choice{TopicChoice, topic.Slug, topic.Name})
	}
	return names
}

// CrisisCard returns the id of the card for a message in danger. It is asked
// before anything else is done with a message, so that nothing about the
// person is touched.
func (e *Engine) CrisisCard(text string) (card string, ok bool) {
	c, ok := e.guard.card(spokenOf(text))
	return c.ID, ok
}

// CardText returns the words of a crisis card; empty for an unknown id.
func (e *Engine) CardText(card string) string { return e.guard.cards[card].Text }

// turn is one message on its way to a reply.
type turn struct {
	Message
	folded string // search.Fold of the text
	now    time.Time
}

// Reply makes the reply to one message: danger, limits, events, commands, the
// dialogue, a citation, the library, in this order. ctx ends help from outside
// (a model); the library itself never waits.
func (e *Engine) Reply(ctx context.Context, m Message) Reply {
	if !m.Calm && (m.Kind == Text || m.Kind == Voice) {
		if card, ok := e.guard.card(spokenOf(m.Text)); ok {
			return Reply{Outcome: Crisis, Text: card.Text, Card: card.ID, Hotlines: card.Hotlines, Score: 1}
		}
	}
	if m.Recent > maxPerMinute {
		return Reply{Outcome: Limited, Text: sayLimited, Dialogue: m.Dialogue}
	}
	reply := e.dispatch(ctx, turn{Message: m, now: e.opt.Now()})
	if (m.New || m.Kind == Subscribe) && reply.Text != "" {
		reply.Text += "\n\n" + e.privacyLine()
	}
	reply.Text = clip(reply.Text)
	return reply
}

// maxPerMinute is how many messages of one resident are answered in a minute:
// more than anybody types, fewer than a script sends.
const maxPerMinute = 20

func (e *Engine) dispatch(ctx context.Context, t turn) Reply {
	waiting := t.Dialogue.Confirm
	t.Dialogue.Confirm = NoAction // whatever comes now settles or drops it
	switch t.Kind {
	case Text, Voice:
		return e.words(ctx, t, waiting)
	case Click:
		if r, ok := e.deskClick(ctx, t); ok {
			return r
		}
		return e.click(t)
	case Scan:
		return e.posterMenu(t, e.opt.Street.sayWelcome())
	case Subscribe:
		r := e.posterMenu(t, e.opt.Street.sayWelcome())
		r.Action = Follow
		return r
	case Unsubscribe:
		return Reply{Outcome: None, Action: Unfollow}
	case Media:
		return e.menu(t, sayUnread)
	default:
		t.Dialogue.Confirm = waiting // an event is no word of the resident
		return Reply{Outcome: None, Dialogue: t.Dialogue}
	}
}

// maxQuestionRunes is how much of a message is read: the rest of a very long
// one tells nothing more.
const maxQuestionRunes = 600

func (e *Engine) words(ctx context.Context, t turn, waiting Action) Reply {
	t.folded = search.Fold(firstRunesOf(t.Text, maxQuestionRunes))
	if t.folded == "" {
		if t.Kind == Voice {
			return e.menu(t, sayVoiceUnread)
		}
		return e.menu(t, sayUnread)
	}
	if reply, ok := e.confirmed(t, waiting); ok {
		return e.deletionNoted(ctx, t, reply)
	}
	if reply, ok := e.desk(ctx, t); ok {
		return reply
	}
	for _, step := range []func(turn) (Reply, bool){
		e.command, e.hotline, e.choice, e.named, e.followUp, e.citation,
	} {
		if reply, ok := step(t); ok {
			return reply
		}
	}
	return e.retrieve(ctx, t)
}

// firstRunesOf cuts s after n characters.
func firstRunesOf(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
