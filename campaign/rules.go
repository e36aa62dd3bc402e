package campaign

import (
	"time"

	"pufa/content"
)

// The limits of the platform (facts of 2026-11, from its documents) and of
// this office.
const (
	MaxText     = 2048  // bytes of a customer message
	MaxCard     = 600   // bytes of a card: an answer of 1,200 bytes stands above it in one message
	MaxTitle    = 64    // characters of an article's title
	MaxDigest   = 54    // characters of an article's digest
	MaxBody     = 20000 // characters of an article's body, this many not included
	maxBodySize = 1 << 20
	MaxArticles = 8
	MaxField    = 20      // characters of one field of a notice
	maxFields   = 5       // fields of a notice
	MaxImage    = 2 << 20 // bytes of a picture

	MassPerMonth   = 4   // to one follower of a verified service account, by natural month
	MassPerDay     = 1   // of a verified subscription account
	PreviewsPerDay = 100 // test sends of one account

	MinGrace     = 10 * time.Minute // shorter, and a restart would miss it
	MaxGrace     = 72 * time.Hour
	DefaultGrace = 12 * time.Hour
	MaxWindow    = 92 * 24 * time.Hour // from Due to Until
	DefaultSpan  = 7 * 24 * time.Hour  // from Due to Until
	maxAhead     = 2 * 366 * 24 * time.Hour

	// AloneWait is how long an approval by the author waits before the
	// campaign may be scheduled (一人审批).
	AloneWait = 12 * time.Hour
	// Apart is how far two pushes to residents stand from each other.
	Apart = 2 * time.Hour
	// Nothing is pushed from nightFrom to nightTo o'clock unless NightOK.
	nightFrom, nightTo = 21, 8
)

// Account is what the platform knows the office's account as; the zero value
// is an unverified subscription account, which may do least.
type Account struct {
	Service  bool // 服务号; otherwise 订阅号
	Verified bool // 已认证
}

// Rules are the office's own, from the settings.
type Rules struct {
	Account      Account
	OnePerson    bool // the author may approve, and the approval waits AloneWait
	OnlyApproved bool // only entries that the office has approved may be pushed
}

// Shelf tells of the library's entries what a campaign must know. It may
// change between two calls, as the library does.
type Shelf interface {
	Entry(id string) (*content.Entry, bool)
	Topic(slug string) (content.Topic, bool)
	// Standing says whether an entry may answer on the day of t.
	Standing(e *content.Entry, t time.Time) content.Standing
	// Approved reports whether the office has approved the entry as it reads.
	Approved(e *content.Entry) bool
	// Forbids names the statements in a text that nobody may make.
	Forbids(text string) []string
}

// Pushes reports whether the channel reaches residents who did not ask.
func (c Channel) Pushes() bool { return c == Mass || c.PerFollower() }

// Written reports whether the channel takes articles; the others take a text.
func (c Channel) Written() bool { return c == Mass || c == Publish }

// impossible says why the account cannot use a channel; "" when it can.
// Since 2025-07 the platform refuses mass and publishing calls of unverified
// accounts (48001); customer messages are taken to be the same.
func (a Account) impossible(c Channel) string {
	switch {
	case c == Card:
		return ""
	case !a.Verified:
		return "账号没有认证，平台不开放「" + c.Chinese() + "」；可以改用「对话卡片」"
	case c == Notice && !a.Service:
		return "订阅号不能发订阅通知，只有认证服务号可以；可以改用「群发」或「对话卡片」"
	}
	return ""
}

// silent says why an entry may not be pushed on the day of t; "" when it may.
func (r Rules) silent(shelf Shelf, e *content.Entry, t time.Time) string {
	switch shelf.Standing(e, t) {
	case content.Current, content.Overdue:
		if r.OnlyApproved && !shelf.Approved(e) {
			return "还没有经本街道司法所审核（设置了只用审核过的条目）"
		}
		return ""
	case content.Stale:
		return "到推送那天，引用的法律已不是现行版本"
	case content.TakenDown:
		return "已下线"
	default:
		return "到推送那天，已超过复核期限，停止作答"
	}
}
