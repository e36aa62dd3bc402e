package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"pufa/content"
	"pufa/search"
)

// Label ends a reply in which a model chose the entry or the sentences, as
// 人工智能生成合成内容标识办法 asks. No other reply carries it.
const Label = "AI 辅助整理，以所附法条和人工核对内容为准"

// Model is help from outside. Each helper may be nil; the zero value helps
// with nothing. A helper hands back names and numbers of what it was shown and
// never a text, and the engine uses nothing that it did not offer.
type Model struct {
	Chooser Chooser
	Picker  Picker
	Finder  Finder
	// Time is how long all helpers together may take for one message. What is
	// left of the caller's context, less what it takes to keep and send the
	// reply, may be shorter.
	Time time.Duration
	// Purse pays where a message brings no purse of its own: in measurements.
	// nil: such a message asks no model.
	Purse Purse
	// Follows tells residents that an answer may follow a referral.
	Follows bool
	// Tally counts what became of the replies. May be nil.
	Tally Tally
}

// any reports whether there is a helper at all.
func (m Model) any() bool { return m.Chooser != nil || m.Picker != nil || m.Finder != nil }

// Candidate entries go to a Chooser as Option: words of the library only.
type Option struct {
	ID    string
	Title string
	Gist  string // the first paragraph of the entry
}

// Chooser says which of a few entries a question is about.
type Chooser interface {
	// Choose returns at most MaxChosen ids out of those offered, the likeliest
	// first, and none when none fits. The question is folded and masked. An
	// error means that nothing was chosen. Choose ends when ctx does.
	Choose(ctx context.Context, p Purse, question string, among []Option) ([]string, error)
}

// Picker says which sentences of an entry matter most to a question.
type Picker interface {
	// Pick returns numbers of sentences, from 0, to be shown first. The
	// question is folded and masked. Pick ends when ctx does.
	Pick(ctx context.Context, p Purse, question, title string, sentences []string) ([]int, error)
}

// Finder knows which entries are near a question in meaning.
type Finder interface {
	// Find returns at most n ids of entries, the nearest first. The question is
	// folded and masked. Find ends when ctx does.
	Find(ctx context.Context, p Purse, question string, n int) ([]string, error)
}

// Purse pays for what one message costs. It knows who asks; helpers do not.
type Purse interface {
	// Take sets tokens aside before a call. The error wraps ErrNoTokens when
	// the day's or the resident's share is used up.
	Take(ctx context.Context, tokens int) error
	// Settle puts right what a call really cost. It is called once for each
	// Take that succeeded.
	Settle(ctx context.Context, taken, spent int)
}

// ErrNoTokens says that the day's tokens or the resident's share are used up.
var ErrNoTokens = errors.New("no tokens are left for today")

// MaxChosen is how many entries a model may put before the others.
const MaxChosen = 3

const (
	// helpSpare is what a helper must leave of the caller's time: for keeping
	// the reply (two calls of Redis at 500 ms at worst) and sending it.
	helpSpare = 1100 * time.Millisecond
	// leastHelp is the time below which no helper is asked.
	leastHelp = 150 * time.Millisecond
)

// sought is a question with what the library made of it.
type sought struct {
	manner  manner
	found   search.Result
	verdict verdict
}

// helped lets the helpers better the library's own reply, which is ready: it
// goes out whenever a helper is missing, late, wrong or too expensive.
func (e *Engine) helped(ctx context.Context, t turn, s sought, own Reply) Reply {
	if !e.mayAsk(t, s) {
		return own
	}
	ctx, cancel, ok := e.helpTime(ctx)
	defer cancel()
	question := maskedQuestion(t.Text)
	if !ok && !e.mayFollow(t, own) || question == "" {
		return own
	}
	better, asked := own, false
	switch {
	case s.verdict.do == doAnswer && own.Outcome == Answered:
		better, asked = e.shortened(ctx, t, s, question, own)
	case s.verdict.do == doMenu || s.verdict.do == doRefer:
		better, asked = e.chosen(ctx, t, s, question, own)
	}
	var unproved error
	if better.Model {
		unproved = e.proof(t, s.manner, better)
	}
	if asked {
		e.opt.Model.counted(better, unproved)
	}
	if unproved != nil {
		return own
	}
	return better
}

// mayAsk reports whether a question may go to a model at all: never one of a
// child, of orders to the program, of a wish to break the law, of what is not
// ours, or of a matter of which no words are kept either. Danger, commands,
// menus and citations do not come this far.
func (e *Engine) mayAsk(t turn, s sought) bool {
	m := s.manner
	switch {
	case !e.opt.Model.any() || t.purse(e) == nil:
		return false
	case m.child || m.rude || m.ordered || m.unlawful || m.hint != "":
		return false
	case isVague(m.question):
		return false
	}
	return !e.isDelicate(t.folded, s.found)
}

// purse is the message's, or the one of a measurement.
func (t turn) purse(e *Engine) Purse {
	if t.Purse != nil {
		return t.Purse
	}
	return e.opt.Model.Purse
}

// helpTime bounds what the helpers may take; ok is false where too little is
// left to ask anybody: limited has ended then.
func (e *Engine) helpTime(ctx context.Context) (limited context.Context, cancel context.CancelFunc, ok bool) {
	left := e.opt.Model.Time
	if end, bounded := ctx.Deadline(); bounded {
		left = min(left, time.Until(end)-helpSpare)
	}
	if left < leastHelp || ctx.Err() != nil {
		limited, cancel = context.WithCancel(ctx)
		cancel()
		return limited, cancel, false
	}
	limited, cancel = context.WithTimeout(ctx, left)
	return limited, cancel, true
}

// within waits for a helper no longer than ctx lasts, even where the helper
// does not keep to it or panics on what it was sent.
func within[T any](ctx context.Context, ask func() (T, error)) (T, bool) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		a := answer{err: errNoAnswer}
		defer func() {
			_ = recover()
			done <- a
		}()
		a.value, a.err = ask()
	}()
	select {
	case a := <-done:
		return a.value, a.err == nil && ctx.Err() == nil
	case <-ctx.Done():
		var none T
		return none, false
	}
}

var errNoAnswer = errors.New("the helper gave no answer")

// maskedQuestion is a question as a model may see it.
func maskedQuestion(text string) string {
	return maskFolded(firstRunesOf(text, maxQuestionRunes))
}

// optionsOf are entries as a model sees them.
func optionsOf(entries []*content.Entry) []Option {
	list := make([]Option, len(entries))
	for i, entry := range entries {
		list[i] = Option{ID: entry.ID, Title: entry.Title, Gist: entry.Short}
	}
	return list
}

// mentionable lists the entries that may stand in a menu and may be named to a
// model: those that answer today and are not sensitive.
func (e *Engine) mentionable(t turn, ids []string) []*content.Entry {
	var list []*content.Entry
	for _, id := range ids {
		entry, ok := e.lib.Entry(id)
		if ok && !e.sensitive(entry) && e.mayAnswer(t, entry) && !slices.Contains(list, entry) {
			list = append(list, entry)
		}
	}
	return list
}

// End says how a call to a helper ended.
type End string

// The ends of a call.
const (
	Chosen      End = "chosen"    // something was chosen out of what was offered
	NothingFits End = "none"      // the model says that nothing fits
	Invalid     End = "invalid"   // the reply was no choice among what was offered
	Late        End = "late"      // it did not come in time
	Busy        End = "busy"      // not asked: too many calls were under way
	Resting     End = "resting"   // not asked: the service failed a moment ago
	Unpaid      End = "no_tokens" // not asked: the tokens are used up, or nobody could say
	Refused     End = "refused"   // the service answered with an error
	Failed      End = "failed"    // it could not be reached, or broke off
)

// Use is what one helper did since the program started.
type Use struct {
	Helper           string // choose, pick, embed; check: somebody tried the service
	Ends             map[End]int64
	PromptTokens     int64
	CompletionTokens int64
	Took             time.Duration // of all calls together
}

// Ends lists the ends of a call, the good ones first.
func Ends() []End {
	return []End{Chosen, NothingFits, Invalid, Late, Busy, Resting, Unpaid, Refused, Failed}
}

// With returns an engine over the same library that is helped in another way.
func (e *Engine) With(m Model) *Engine {
	other := *e
	other.opt.Model = m
	return &other
}

// Library is what the engine answers from.
func (e *Engine) Library() *content.Library { return e.lib }
