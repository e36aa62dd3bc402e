package wechat

import (
	"fmt"
	"log/slog"
	"slices"
)

// maxAudience is the most openids of one mass message.
const maxAudience = 10_000

type audienceKind int

const (
	nobody audienceKind = iota
	everybody
	tagged
	listed
)

// Audience says who gets a mass message. It is made by All, Tag or OpenIDs;
// the zero value is nobody and an error, so nothing left out can mean everybody. Its
// printed form holds no openid.
type Audience struct {
	kind      audienceKind
	confirmed string
	tag       int64
	openIDs   []string
}

// All is every follower. confirmed is the Key of the one message that was
// approved for everybody: under another key the message is refused, so that an
// audience made for one push cannot be used for the next.
func All(confirmed string) Audience { return Audience{kind: everybody, confirmed: confirmed} }

// Tag is the followers with one tag of the account; id is above 0.
func Tag(id int64) Audience { return Audience{kind: tagged, tag: id} }

// OpenIDs is the followers named: 2 to 10,000, none twice. Service accounts
// only.
func OpenIDs(ids []string) Audience { return Audience{kind: listed, openIDs: slices.Clone(ids)} }

// IsAll reports whether the audience is every follower.
func (a Audience) IsAll() bool { return a.kind == everybody }

// check says what is wrong with an audience for the message of that key.
func (a Audience) check(r *review, key string) {
	switch a.kind {
	case everybody:
		r.that(a.confirmed != "", "audience of everybody is not confirmed", "发给所有人，要先经过审核确认。")
		r.that(a.confirmed == key, "audience of everybody was confirmed for another message", "审核确认的是另一条群发，请重新审核。")
	case tagged:
		r.that(a.tag > 0, "tag is not above 0", "没有选定标签。")
	case listed:
		a.checkList(r)
	default:
		r.that(false, "audience is not set", "没有选定发给谁。")
	}
}

func (a Audience) checkList(r *review) {
	r.that(len(a.openIDs) >= 2, "audience has under 2 openids", "名单至少要有两个人；发给一个人请用预览。")
	r.that(len(a.openIDs) <= maxAudience, "audience has over 10000 openids", "名单一次最多10000人。")
	seen := make(map[string]bool, len(a.openIDs))
	for _, id := range a.openIDs {
		r.openID(id)
		r.that(!seen[id], "audience names somebody twice", "名单里有重复的人。")
		seen[id] = true
	}
}

// String names the kind and the number, nobody.
func (a Audience) String() string {
	switch a.kind {
	case everybody:
		return "all followers"
	case tagged:
		return fmt.Sprintf("followers with tag %d", a.tag)
	case listed:
		return fmt.Sprintf("%d followers", len(a.openIDs))
	}
	return "no audience"
}

// GoString is String, for %#v.
func (a Audience) GoString() string { return a.String() }

// Format is String for every verb.
func (a Audience) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(a.String())) }

// LogValue is String, for slog.
func (a Audience) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText is String, for encoders that would read the fields.
func (a Audience) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
