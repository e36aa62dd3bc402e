// Package bot takes a resident's message and makes the reply: danger first,
// then commands, the dialogue, a citation, the library. It decides what is said
// and never where it goes: it knows neither WeChat nor Redis, keeps nothing of a resident
// between two calls, and writes no rule of law that is not in an entry.
package bot

import "pufa/content"

// Kind says how a message came.
type Kind string

// The kinds of message a resident can send.
const (
	Text        Kind = "text"
	Voice       Kind = "voice"       // Text holds what was recognised; empty when nothing was
	Click       Kind = "menu"        // a menu button; Key holds its EventKey
	Scan        Kind = "scan"        // a poster's code, by a resident who follows already; Key holds the scene
	Subscribe   Kind = "subscribe"   // Key holds the scene of the poster, if any
	Unsubscribe Kind = "unsubscribe" // nothing is answered
	Media       Kind = "media"       // image, video, location, link: nothing to read in it
	Silent      Kind = "silent"      // an event that wants no words
)

// Message is one message as the bot sees it: no openid, no message id.
type Message struct {
	Kind     Kind
	Text     string
	Key      string
	Offer    []string // of a Scan or Subscribe: entries of the poster's theme, the first five that may answer are offered
	Calm     bool     // CrisisCard found no danger in Text: it is not looked for again
	New      bool     // the first message of a new resident number
	Recent   int      // messages of this resident in this minute, this one included; 0 = not known
	Dialogue Dialogue // what was said last, at most 10 minutes ago
	Purse    Purse    // pays for help from a model; nil: no model is asked
	Desk     Desk     // the service desk, for whoever wrote; nil: there is none
	Later    Later    // where a choice may go on after a referral; nil: nowhere
}

// Outcome says what kind of reply it was.
type Outcome string

// The outcomes, in the words of `ask --json`.
const (
	Answered Outcome = "answered"
	Menu     Outcome = "menu"
	Referred Outcome = "referred"
	Crisis   Outcome = "crisis"
	Command  Outcome = "command"
	Limited  Outcome = "limited"
	None     Outcome = "none" // nothing to say: the channel stays silent
)

// Action is what a command asks the store to do when the reply is committed.
type Action string

// The actions.
const (
	NoAction Action = ""
	OptOut   Action = "optout"   // 退订: no more pushes
	OptIn    Action = "optin"    // 订阅
	Forget   Action = "forget"   // 删除, confirmed: unlink the person from the number
	Follow   Action = "follow"   // the account was followed
	Unfollow Action = "unfollow" // the account was left
)

// Rating is what a resident said of the last reply.
type Rating string

// The ratings.
const (
	NoRating   Rating = ""
	HelpfulYes Rating = "yes"
	HelpfulNo  Rating = "no"
)

// ChoiceKind says what a line of a menu opens.
type ChoiceKind string

// The kinds of choice.
const (
	EntryChoice ChoiceKind = "entry"
	TopicChoice ChoiceKind = "topic"

	// ArticleChoice opens an article of an imported text: 民法典#1079.
	ArticleChoice ChoiceKind = "article"
)

// Choice is one line of a menu.
type Choice struct {
	Kind  ChoiceKind `json:"kind"`
	ID    string     `json:"id"`
	Title string     `json:"title"`
}

// Reply is what goes back, and what the caller has to keep and to count.
type Reply struct {
	Outcome   Outcome
	Text      string // at most wechat's 2,048 bytes; empty for None
	Entry     string
	Topic     string
	Themes    []string
	Sensitive bool
	Score     float64 // evidence for Entry or the first choice, 0 to 1
	Citations []content.Citation
	Choices   []Choice
	Hotlines  []string
	Card      string // the crisis card's id, kept for a repeated delivery
	Action    Action
	Rating    Rating  // of Entry
	Model     bool    // a model chose the entries or the sentences shown
	Later     Promise // an answer may follow; whoever keeps the reply waits for it or drops it
	Gap       Gap     // zero when the message was answered, or was no question
	Desk      bool    // it is about a ticket: whoever wrote may be answered by customer message
	Dialogue  Dialogue
	Explain   *Explanation // only when asked for
}

// Dialogue is what the next message may refer to. It is kept 10 minutes and
// holds no words of the resident.
type Dialogue struct {
	Entry   string   `json:"e,omitempty"` // the last entry answered
	Choices []string `json:"c,omitempty"` // the menu just shown: entry:ID, topic:SLUG, article:LAW#NUMBER or desk:KIND/TOPIC
	Menu    string   `json:"m,omitempty"` // the topic whose entries were listed
	Article string   `json:"l,omitempty"` // the article that is being read, where more of it follows: LAW#NUMBER
	Page    int      `json:"p,omitempty"` // the last page shown of Menu or Article, from 0
	Shown   int      `json:"s,omitempty"` // lines of Entry shown so far, beside those that always are
	Picked  uint32   `json:"k,omitempty"` // bits of the lines of Entry that a model put first; Shown counts among the others
	Confirm Action   `json:"a,omitempty"` // a command that was asked back
	Rated   bool     `json:"r,omitempty"` // 有用 or 没用 was said of the last reply
	Asked   bool     `json:"q,omitempty"` // the topics were listed because a question said too little
	Ticket  string   `json:"t,omitempty"` // the code of the ticket just opened
}

// Empty reports whether there is nothing to keep.
func (d Dialogue) Empty() bool {
	return d.Entry == "" && len(d.Choices) == 0 && d.Article == "" && d.Confirm == NoAction && d.Ticket == ""
}

// Explanation shows why a reply was made: what the question became, which
// entries were near and on what evidence the decision rests.
type Explanation struct {
	Folded     string      `json:"folded"`
	Candidates []Candidate `json:"candidates"`
	Decision   string      `json:"decision"`
}

// Candidate is an entry that was near a question.
type Candidate struct {
	Entry    string             `json:"entry"`
	Phrasing string             `json:"phrasing"` // the wording that matched best
	Score    float64            `json:"score"`    // evidence, 0 to 1
	Features map[string]float64 `json:"features,omitempty"`
}
