package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Desk is the service desk for whoever wrote one message: what is opened with
// it is theirs. The bot says no word of them to it but what they typed to be
// called by.
type Desk interface {
	// Mine returns the codes of the writer's tickets that are not over. Asking
	// keeps them answerable for as long as the platform allows.
	Mine(ctx context.Context) ([]string, error)
	// Open opens a ticket and returns its code. Errors are ErrDeskTrial,
	// ErrDeskLimit, ErrDeskFull, or that of the store.
	Open(ctx context.Context, w DeskWish) (code string, err error)
	// Leave keeps how the writer of an open ticket wants to be called;
	// ErrDeskOver when it is open no more.
	Leave(ctx context.Context, code string, c Contact) error
	// Withdraw ends a ticket, and reports whether it was open.
	Withdraw(ctx context.Context, code string) (was bool, err error)
	// Terms tell what residents are promised.
	Terms() DeskTerms
}

// DeskKind is what a ticket is about, in the words of residents and staff.
type DeskKind string

// The kinds of ticket.
const (
	DeskTalk      DeskKind = "人工"
	DeskComplaint DeskKind = "投诉"
	DeskDeletion  DeskKind = "删除"
)

// DeskWish is a ticket to open. Topic is what staff see; empty where the
// resident said nothing or it must not be kept.
type DeskWish struct {
	Kind  DeskKind
	Topic string
}

// DeskTerms are what residents are promised.
type DeskTerms struct {
	Hours    int // a reply in the account can come so long
	Days     int // a request is done within so many calendar days, by the office's own rule
	KeepDays int // a telephone number is deleted after so many days at the latest
}

// The errors of a Desk that a reply tells apart.
var (
	ErrDeskTrial = errors.New("a test account opens no ticket")
	ErrDeskLimit = errors.New("the writer has opened enough tickets")
	ErrDeskFull  = errors.New("no more tickets can be opened today")
	ErrDeskOver  = errors.New("the ticket is over")
)

// deskTopic is one line of the desk's menu.
type deskTopic struct {
	name   string   // as the resident reads it
	kept   string   // as staff read it; empty: it is not kept which it was
	topics []string // of the library, that may be typed in its place
}

// deskTopics are few, so that somebody in trouble reads them to the end. What
// must not stand beside anybody is one line, and is kept as if nothing had
// been said.
func deskTopics() []deskTopic {
	return []deskTopic{
		{"婚姻、老人、孩子", "婚姻家庭", []string{"women", "family", "elder", "minor"}},
		{"工作、工伤、社保", "劳动社保", []string{"labor", "social-insurance"}},
		{"买东西、服务", "消费维权", []string{"consumer"}},
		{"房子、物业、邻居", "物业租房", []string{"neighbors", "housing"}},
		{"借钱、被骗、个人信息", "借贷诈骗", []string{"fraud", "loan", "privacy"}},
		{"交通、消防、治安", "交通治安", []string{"traffic", "safety", "public-order"}},
		{"调解、法援、打官司、信访", "调解法援", []string{"remedies", "legal-aid"}},
		{"低保救助、社区的事", "救助社区", []string{"community"}},
		{"家暴、性侵、毒品、邪教（不记是哪一类）", "", []string{"dv", "anti-cult", "constitution"}},
		{"不便说", "", nil},
	}
}

// deskComplaints are what of this account may be complained of.
func deskComplaints() []deskTopic {
	return []deskTopic{
		{"哪条回答不对", "回答有误", nil},
		{"推送打扰", "推送打扰", nil},
		{"隐私和个人信息", "个人信息", nil},
		{"服务和别的", "服务", nil},
		{"不便说", "", nil},
	}
}

// deskChoice begins the choices of the desk's menus in a dialogue: desk:人工/消费维权.
const deskChoice = "desk:"

func deskKeys(kind DeskKind, list []deskTopic) []string {
	keys := make([]string, len(list))
	for i, topic := range list {
		keys[i] = deskChoice + string(kind) + "/" + topic.kept
	}
	return keys
}

// desk takes what is meant for the service desk, where there is one: the
// command, a line of its menu, how to be called, taking a ticket back.
func (e *Engine) desk(ctx context.Context, t turn) (Reply, bool) {
	if t.Desk == nil {
		return Reply{}, false
	}
	if code, ok := withdrawnCode(t.folded); ok {
		return e.withdraw(ctx, t, code), true
	}
	if kind, ok := deskMenuOf(t.Dialogue); ok {
		if r, ok := e.deskPick(ctx, t, kind); ok {
			return r, true
		}
	}
	if r, ok := e.deskContact(ctx, t); ok {
		return r, true
	}
	cmd, _, ok := e.commands.plain(t.folded)
	if !ok {
		cmd, ok = e.commands.within(t.folded)
	}
	switch {
	case ok && cmd == cmdNo && t.Dialogue.Ticket != "":
		return e.withdraw(ctx, t, t.Dialogue.Ticket), true
	case ok && (cmd == cmdStaff || cmd == cmdComplain):
		return e.deskAsk(ctx, t, cmd), true
	}
	return Reply{}, false
}

// deskClick is desk for a menu button.
func (e *Engine) deskClick(ctx context.Context, t turn) (Reply, bool) {
	id, found := strings.CutPrefix(t.Key, "cmd:")
	if t.Desk == nil || !found {
		return Reply{}, false
	}
	cmd, _, _ := e.commands.plain(id)
	if cmd != cmdStaff && cmd != cmdComplain {
		return Reply{}, false
	}
	return e.deskAsk(ctx, t, cmd), true
}

// atDesk makes a reply that concerns the desk: whoever wrote may be answered.
func atDesk(t turn, text string) Reply {
	r := said(t, text)
	r.Desk = true
	return r
}

// deskAsk tells where the office is, and asks what it is about.
func (e *Engine) deskAsk(ctx context.Context, t turn, cmd command) Reply {
	codes, err := t.Desk.Mine(ctx)
	if err != nil { // the office's door is open all the same
		return e.act(t, cmd)
	}
	t.Dialogue = Dialogue{}
	if cmd == cmdComplain {
		t.Dialogue.Choices = deskKeys(DeskComplaint, deskComplaints())
		return atDesk(t, e.opt.Street.sayComplainDesk(deskComplaints()))
	}
	if len(codes) > 1 {
		return atDesk(t, e.opt.Street.sayStaff()+"\n\n"+sayDeskOpen(codes)+sayDeskWait)
	}
	t.Dialogue.Choices = deskKeys(DeskTalk, deskTopics())
	text := e.opt.Street.sayStaff() + "\n\n" + sayDeskAsk + "\n" + deskLines(deskTopics())
	if len(codes) == 1 {
		text += "\n\n" + sayDeskOpen(codes)
	}
	return atDesk(t, text)
}

// deskMenuOf is the kind of the desk's menu that was just shown.
func deskMenuOf(d Dialogue) (DeskKind, bool) {
	if len(d.Choices) == 0 {
		return "", false
	}
	id, found := strings.CutPrefix(d.Choices[0], deskChoice)
	kind, _, _ := strings.Cut(id, "/")
	return DeskKind(kind), found
}

// deskPick answers to the desk's menu: a number, or the words of a line.
func (e *Engine) deskPick(ctx context.Context, t turn, kind DeskKind) (Reply, bool) {
	cmd, _, _ := e.commands.plain(t.folded)
	n := number(t.folded)
	if cmd == cmdNo || cmd == cmdNoneOfThese {
		t.Dialogue = Dialogue{}
		return said(t, sayDeskDropped), true
	}
	if n == 0 {
		n = e.deskLine(t.folded, kind)
	}
	switch {
	case n == 0:
		return Reply{}, false
	case n > len(t.Dialogue.Choices):
		return said(t, sayNumberLost), true
	}
	_, topic, _ := strings.Cut(t.Dialogue.Choices[n-1], "/")
	return e.deskOpen(ctx, t, DeskWish{kind, topic}), true
}

// deskLine is the line whose words, or one of whose topics, were typed; 0 for
// none.
func (e *Engine) deskLine(folded string, kind DeskKind) int {
	list := deskTopics()
	if kind == DeskComplaint {
		list = deskComplaints()
	}
	s := withoutGaps(folded)
	slug := ""
	if c := e.names[s]; c.Kind == TopicChoice {
		slug = c.ID
	}
	for i, topic := range list {
		same := s == topic.kept || s == strings.ReplaceAll(topic.name, "、", "")
		if same || slug != "" && slices.Contains(topic.topics, slug) {
			return i + 1
		}
	}
	return 0
}

func (e *Engine) deskOpen(ctx context.Context, t turn, w DeskWish) Reply {
	code, err := t.Desk.Open(ctx, w)
	t.Dialogue = Dialogue{}
	switch {
	case errors.Is(err, ErrDeskTrial):
		return said(t, sayDeskTrial)
	case errors.Is(err, ErrDeskLimit):
		return said(t, sayDeskEnough+e.opt.Street.door()+"当面问。")
	case errors.Is(err, ErrDeskFull):
		return said(t, sayDeskFull+e.opt.Street.door()+"当面问。")
	case err != nil:
		return said(t, sayDeskAway+e.opt.Street.door()+"当面问。")
	}
	t.Dialogue.Ticket = code
	return atDesk(t, e.opt.Street.sayDeskOpened(code, w, t.Desk.Terms()))
}

// deskContact takes how the writer of the ticket just opened wants to be
// called. What is typed at another time is kept nowhere.
func (e *Engine) deskContact(ctx context.Context, t turn) (Reply, bool) {
	c, form := parseContact(t.Text)
	code := t.Dialogue.Ticket
	switch {
	case form == noContact:
		return Reply{}, false
	case form == barePhone && code == "":
		return Reply{}, false
	case code == "":
		return said(t, sayContactNone), true
	case form == barePhone:
		return atDesk(t, sayContactBare), true
	case form == badPhone:
		return atDesk(t, sayContactBad), true
	}
	switch err := t.Desk.Leave(ctx, code, c); {
	case errors.Is(err, ErrDeskOver):
		t.Dialogue.Ticket = ""
		return said(t, sayContactOver), true
	case err != nil:
		return atDesk(t, sayContactAway), true
	}
	return atDesk(t, fmt.Sprintf(sayContactKept, c.masked(), t.Desk.Terms().KeepDays)), true
}

// withdraw takes a ticket back for whoever knows its code.
func (e *Engine) withdraw(ctx context.Context, t turn, code string) Reply {
	was, err := t.Desk.Withdraw(ctx, code)
	switch {
	case err != nil:
		return said(t, sayWithdrawAway)
	case !was:
		return said(t, fmt.Sprintf(sayWithdrawNone, code))
	}
	t.Dialogue = Dialogue{}
	return said(t, fmt.Sprintf(sayWithdrawn, code))
}

// withdrawnCode reads 取消 with the code of a ticket.
func withdrawnCode(folded string) (string, bool) {
	s := withoutGaps(folded)
	for _, word := range []string{"取消工单", "撤回工单", "取消", "撤回", "撤销"} {
		if rest, found := strings.CutPrefix(s, word); found {
			return DeskCode(rest)
		}
	}
	return "", false
}

// deskLetters are those of codes; package ticket makes them, a test of store
// holds the two together.
const deskLetters = "34679CDFGHJKMPRTWXY"

// DeskCode reads the code of a ticket as it was given: six letters and digits.
func DeskCode(s string) (string, bool) {
	s = strings.ToUpper(s)
	return s, len(s) == 6 && strings.Trim(s, deskLetters) == ""
}

// deletionNoted gives a deletion that was just confirmed its code, so that
// somebody can ask what became of it. Without one it is done all the same.
func (e *Engine) deletionNoted(ctx context.Context, t turn, r Reply) Reply {
	if t.Desk == nil || r.Action != Forget {
		return r
	}
	if code, err := t.Desk.Open(ctx, DeskWish{Kind: DeskDeletion}); err == nil {
		r.Text += "\n" + fmt.Sprintf(sayDeletionCode, code)
	}
	return r
}
