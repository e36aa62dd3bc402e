// Package campaign plans theme pushes (主题推送): which day calls for one, who
// wrote and who approved it, when it is due, what it may cost, and what state
// it is in. It holds the rules that the terminal and the console share. It
// never sends anything, never sees an openid and keeps nothing itself.
package campaign

import (
	"errors"
	"time"
)

// Zone is the time zone whose days and hours count.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Status is where a campaign stands in its life.
type Status string

// The states of a campaign, in the order in which most pass them.
const (
	Draft     Status = "draft"     // 草稿: being written
	Submitted Status = "submitted" // 待审核: its author is done
	Approved  Status = "approved"  // 已审核: another person agreed to exactly this
	Scheduled Status = "scheduled" // 已排期: starts at Due
	Claimed   Status = "claimed"   // 已认领: an instance began to work on it
	Sending   Status = "sending"   // 发送中
	Waiting   Status = "waiting"   // 待管理员确认: the platform waits for the account's own admin (群发保护)
	Done      Status = "done"      // 已完成
	Partly    Status = "partly"    // 部分完成: some could not be reached
	Failed    Status = "failed"    // 失败: nobody was reached
	InDoubt   Status = "doubt"     // 待核实: the platform may have accepted it
	Cancelled Status = "cancelled" // 已取消
	Paused    Status = "paused"    // 已暂停
	Missed    Status = "missed"    // 已错过: due while nothing ran, and its grace is over
)

// Over reports whether nothing more will happen to the campaign by itself.
func (s Status) Over() bool {
	switch s {
	case Done, Partly, Failed, InDoubt, Cancelled, Missed:
		return true
	}
	return false
}

// Channel is the way a campaign takes to residents (渠道).
type Channel string

// The channels.
const (
	Mass    Channel = "mass"    // 群发: a mass message, by the account's quota
	Publish Channel = "publish" // 发布: a page of the account, pushed to nobody
	Notice  Channel = "notice"  // 订阅通知: a long-term subscription notice to each follower who consented
	Message Channel = "message" // 客服消息: to each who wrote within 48 hours
	Card    Channel = "card"    // 对话卡片: shown to whoever writes while the campaign's window is open
)

// PerFollower reports whether the channel makes one call for each follower.
func (c Channel) PerFollower() bool { return c == Notice || c == Message }

// Scope says whom an audience is made of.
type Scope string

// The scopes. An audience without one is an error wherever it is used.
const (
	Everyone Scope = "everyone" // all followers who did not opt out
	ByTag    Scope = "tag"      // the followers with one tag of the account
	ByTopic  Scope = "topic"    // those who asked for a topic by their own command
)

// Audience is who a campaign is for. The zero value is nobody and an error.
type Audience struct {
	Scope Scope  `json:"scope"`
	Tag   int    `json:"tag,omitempty"`   // of ByTag, above 0
	Topic string `json:"topic,omitempty"` // of ByTopic
}

// Article is one piece of a mass message or a published page.
type Article struct {
	Title   string   `json:"title"`
	Digest  string   `json:"digest"`            // at most 54 characters
	Body    string   `json:"body"`              // paragraphs of plain text
	Entries []string `json:"entries,omitempty"` // entries it stands on, and links to
	Cover   string   `json:"cover,omitempty"`   // media id of the cover picture, or empty
}

// Approval is one person's agreement to exactly what Hash sums up.
type Approval struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Hash  string    `json:"hash"`
	Alone bool      `json:"alone,omitempty"` // 一人审批: the author approved; it waits 12 hours
}

// Repeat says how a campaign comes back.
type Repeat string

// The repeats.
const (
	Once   Repeat = ""       // not at all
	Yearly Repeat = "yearly" // next year's day of the same observance, as a new draft
)

// Campaign is one theme push.
type Campaign struct {
	ID         string        `json:"id"` // [a-z0-9-], at most 32 bytes; part of addresses and of clientmsgid
	Title      string        `json:"title"`
	Theme      string        `json:"theme,omitempty"`      // 3.8, 3.15, 12.4, 反诈; empty: none
	Observance string        `json:"observance,omitempty"` // the day of the calendar it is for
	Pack       string        `json:"pack,omitempty"`       // the pack it was made from
	Series     string        `json:"series,omitempty"`     // the same for all pieces planned together
	Channel    Channel       `json:"channel"`
	Audience   Audience      `json:"audience"`
	Articles   []Article     `json:"articles,omitempty"` // of Mass and Publish, 1 to 8
	Text       string        `json:"text,omitempty"`     // of Notice, Message and Card
	Entries    []string      `json:"entries,omitempty"`  // entries that Text stands on
	Due        time.Time     `json:"due"`                // when it starts
	Until      time.Time     `json:"until"`              // end of its window: the card is shown and questions are counted until then
	Grace      time.Duration `json:"grace"`              // how late after Due it may still start
	NightOK    bool          `json:"night_ok,omitempty"` // staff confirmed a time between 21:00 and 08:00
	Repeat     Repeat        `json:"repeat,omitempty"`
	Status     Status        `json:"status"`
	Resume     Status        `json:"resume,omitempty"` // of Paused: the state to go back to
	Author     string        `json:"author"`
	Writers    []string      `json:"writers,omitempty"` // everybody who wrote what is sent, the author first: none of them may approve
	Approval   *Approval     `json:"approval,omitempty"`
	Reason     string        `json:"reason,omitempty"` // why it was cancelled, failed, missed or is in doubt, for staff
	Sent       Sent          `json:"sent"`             // what the platform answered
	Began      time.Time     `json:"began,omitzero"`   // when an instance began to work on it
	Created    time.Time     `json:"created"`
	Changed    time.Time     `json:"changed"`
	Version    int64         `json:"version"` // raised by every write; a write names the one it read
}

// Sent is what is known of the platform's work on a campaign.
type Sent struct {
	MediaID   string    `json:"media_id,omitempty"`   // of the draft
	Key       string    `json:"key,omitempty"`        // clientmsgid of the mass message, kept before the call
	MsgID     int64     `json:"msg_id,omitempty"`     // of the mass message
	PublishID string    `json:"publish_id,omitempty"` // of the published page
	At        time.Time `json:"at,omitzero"`          // when the platform accepted it
	Tries     int       `json:"tries,omitempty"`
	Tally     Tally     `json:"tally"`
}

// Tally is how many followers a campaign was for and what became of them.
type Tally struct {
	Planned  int64 `json:"planned"`
	Reached  int64 `json:"reached"`
	Failed   int64 `json:"failed"`
	Filtered int64 `json:"filtered"` // left out: opted out, refused, by the account's own filters
	InDoubt  int64 `json:"in_doubt"` // may or may not have got it
}

// The errors a caller decides by.
var (
	// ErrUnknown means that there is no campaign of that id.
	ErrUnknown = errors.New("there is no such campaign")
	// ErrChanged means that somebody else wrote the campaign meanwhile: read it
	// again.
	ErrChanged = errors.New("the campaign was changed meanwhile")
	// ErrSelfApproval means that the author tried to approve.
	ErrSelfApproval = errors.New("the author may not approve the campaign")
	// ErrLost means that another instance works on the campaign now.
	ErrLost = errors.New("another instance works on the campaign")
	// ErrOtherBegan means that another campaign began meanwhile: decide again.
	ErrOtherBegan = errors.New("another campaign began meanwhile")
)
