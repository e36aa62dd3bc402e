package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pufa/staff"
)

// Book keeps tickets.
type Book interface {
	// Tickets returns every ticket that is kept, in no order.
	Tickets(ctx context.Context) ([]Ticket, error)
	// Ticket returns the one of a code, or ErrNone.
	Ticket(ctx context.Context, code string) (Ticket, error)
	// KeepTicket keeps is in the place of was, with its step of the trail
	// unless that is of nobody, or returns ErrChanged. What is over loses the
	// way back to the resident and the telephone.
	KeepTicket(ctx context.Context, was, is Ticket, step staff.Draft) error
	// DropTicket deletes a row, or returns ErrChanged.
	DropTicket(ctx context.Context, was Ticket) error
	// TicketReach says how the resident can still be reached.
	TicketReach(ctx context.Context, code string) (Reach, error)
	// TicketContact returns what the resident left, or ErrNoContact.
	TicketContact(ctx context.Context, code string) (Contact, error)
	// Record keeps a step of the trail.
	Record(ctx context.Context, step staff.Draft) error
}

// Reach is how a resident can still be reached.
type Reach struct {
	Until   time.Time // a customer message may go out until then; zero: no more
	Contact bool      // a telephone or a name was left
}

// Sender hands a reply to the platform, once.
type Sender interface {
	// Answer sends text to whoever opened the ticket. sent is what is known of
	// it; say is what staff can do, in Chinese, where it was not sent. Where
	// the window is over sent is Failed and the error ErrWindow.
	Answer(ctx context.Context, code, text string) (sent SendState, say string, err error)
}

// Service is the service desk as staff work at it.
type Service struct {
	Book    Book
	Sender  Sender // nil: no account is connected, nothing can be sent
	Rules   Rules
	Sign    func() string                // who answers, under every reply; may be nil
	Forbids func(text string) []string   // what staff must not say; may be nil
	Now     func() time.Time             // time.Now when nil
	Trouble func(what string, err error) // what goes wrong behind a reply; may be nil
}

func (s *Service) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// May reports whether an account may work on tickets: everybody but those who
// only look.
func May(who staff.Account) bool {
	return slices.ContainsFunc([]staff.Role{staff.Editor, staff.Reviewer, staff.Publisher, staff.Admin}, who.May)
}

// List returns every ticket that is kept: what is overdue first, then by the
// end of its time; what is over last, the newest first.
func (s *Service) List(ctx context.Context) ([]Ticket, error) {
	list, err := s.Book.Tickets(ctx)
	slices.SortFunc(list, func(a, b Ticket) int {
		switch ao, bo := a.State.Over(), b.State.Over(); {
		case ao != bo && ao:
			return 1
		case ao != bo:
			return -1
		case ao:
			return cmpOr(b.Since.Compare(a.Since), strings.Compare(a.Code, b.Code))
		}
		return cmpOr(a.Due.Compare(b.Due), strings.Compare(a.Code, b.Code))
	})
	return list, err
}

func cmpOr(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// Show returns a ticket and how its resident can be reached.
func (s *Service) Show(ctx context.Context, code string) (t Ticket, r Reach, err error) {
	if t, err = s.Book.Ticket(ctx, code); err != nil || t.State.Over() {
		return t, r, err
	}
	r, err = s.Book.TicketReach(ctx, code)
	return t, r, err
}

// asked reads the ticket that a form was made of.
func (s *Service) asked(ctx context.Context, who staff.Account, code string, version int64) (Ticket, error) {
	if !May(who) {
		return Ticket{}, staff.ErrRole
	}
	t, err := s.Book.Ticket(ctx, code)
	if err == nil && t.Version != version {
		err = ErrChanged
	}
	return t, err
}

func (s *Service) step(who staff.Account, did, code, note string) staff.Draft {
	return staff.Draft{At: s.now(), Who: who.Name, Did: did, What: code, Note: note}
}

// Take gives the ticket to whoever asks. Pressed twice it is theirs once.
func (s *Service) Take(ctx context.Context, who staff.Account, code string, version int64) error {
	t, err := s.asked(ctx, who, code, version)
	if errors.Is(err, ErrChanged) && t.By == who.Name && t.State == Taken {
		return nil
	}
	if err != nil {
		return err
	}
	is, err := t.Take(who.Name, s.now())
	if err != nil {
		return err
	}
	return s.Book.KeepTicket(ctx, t, is, s.step(who, "take ticket", code, ""))
}

// Close ends the ticket.
func (s *Service) Close(ctx context.Context, who staff.Account, code string, version int64, way Way, note string) error {
	t, err := s.asked(ctx, who, code, version)
	if err != nil {
		return err
	}
	is, err := t.Close(who.Name, way, strings.TrimSpace(note), s.now())
	if err != nil {
		return err
	}
	return s.Book.KeepTicket(ctx, t, is, s.step(who, "close ticket", code, string(way)))
}

// Settle ends the doubt about a reply, as the person found out by asking the
// resident or looking at the platform.
func (s *Service) Settle(ctx context.Context, who staff.Account, code string, version int64, arrived bool) error {
	t, err := s.asked(ctx, who, code, version)
	if err != nil {
		return err
	}
	is, err := t.Settle(who.Name, arrived, s.now())
	if err != nil {
		return err
	}
	note := "not arrived"
	if arrived {
		note = "arrived"
	}
	return s.Book.KeepTicket(ctx, t, is, s.step(who, "settle reply", code, note))
}

// Contact shows what the resident left to whoever has the ticket. That it was
// looked at is a step of the trail, which is kept first.
func (s *Service) Contact(ctx context.Context, who staff.Account, code string) (Contact, error) {
	if !May(who) {
		return Contact{}, staff.ErrRole
	}
	t, err := s.Book.Ticket(ctx, code)
	if err != nil {
		return Contact{}, err
	}
	if err := t.held(who.Name); err != nil {
		return Contact{}, err
	}
	c, err := s.Book.TicketContact(ctx, code)
	if err != nil {
		return Contact{}, err
	}
	return c, s.Book.Record(ctx, s.step(who, "see contact", code, ""))
}

// The frame of a reply as the resident reads it.
const (
	replyHead = "【服务台答复 %s】\n"
	replyFoot = "\n——%s（工作人员答复）"
	maxBytes  = 2048 // of a text message (wechat.MaxText)
	// sendTime is how long the platform may take: then the reply is in doubt, and
	// the page that waits for it still has time to say so.
	sendTime = 6 * time.Second
)

// framed is a reply as it goes out.
func (s *Service) framed(code, text string) string {
	sign := ""
	if s.Sign != nil {
		sign = s.Sign()
	}
	if sign == "" {
		sign = "本街道司法所"
	}
	return fmt.Sprintf(replyHead, code) + text + fmt.Sprintf(replyFoot, sign)
}

// MaxReply is how many bytes staff may type; a Chinese character takes three.
func (s *Service) MaxReply() int {
	return maxBytes - len(s.framed(strings.Repeat("X", CodeLength), ""))
}

// Doubts are what staff should look at before a text goes out: sentences that
// no answer may hold.
func (s *Service) Doubts(text string) []string {
	if s.Forbids == nil {
		return nil
	}
	return s.Forbids(text)
}

func (s *Service) checkReply(text string) error {
	switch {
	case text == "":
		return inputError("请先写答复。")
	case !utf8.ValidString(text):
		return inputError("答复里有乱码，请重新输入。")
	case len(text) > s.MaxReply():
		return inputError(fmt.Sprintf("答复太长：最多约%d个汉字，请分两次发或者打电话。", s.MaxReply()/3))
	}
	return nil
}

// Reply sends a text to whoever opened the ticket, once: the row says that it
// is on its way before the platform is called, and a form that comes twice
// finds another version. What may have been accepted is in doubt and never
// repeated by the program. The text is kept nowhere. A caller who hangs up
// does not stop it. The state tells what is known; the error of what was
// certainly not sent is ErrWindow, or an ErrInput with what to do.
func (s *Service) Reply(ctx context.Context, who staff.Account, code string, version int64, text string) (SendState, error) {
	if !May(who) {
		return "", staff.ErrRole
	}
	text = strings.TrimSpace(text)
	if err := s.checkReply(text); err != nil {
		return "", err
	}
	t, err := s.asked(ctx, who, code, version)
	if err != nil {
		return "", err
	}
	begun, err := s.beginReply(ctx, who, t)
	if err != nil {
		return "", err
	}
	ctx = context.WithoutCancel(ctx)
	send, cancel := context.WithTimeout(ctx, sendTime)
	state, say, bad := s.Sender.Answer(send, code, s.framed(code, text))
	cancel()
	err = s.Book.KeepTicket(ctx, begun, begun.ended(state, say, s.now()), staff.Draft{})
	if errors.Is(err, ErrChanged) {
		err = s.endLate(ctx, code, state, say)
	}
	if err != nil {
		// The row stays on its way and is in doubt within a minute: the page
		// must not say that it was sent where it cannot say so tomorrow.
		s.trouble("keep what became of a reply", err)
		return Doubt, nil
	}
	switch {
	case errors.Is(bad, ErrWindow):
		return state, ErrWindow
	case state == Failed:
		return state, inputError(say)
	}
	return state, nil
}

// beginReply checks that the resident can be reached, and keeps that a reply
// is on its way.
func (s *Service) beginReply(ctx context.Context, who staff.Account, t Ticket) (Ticket, error) {
	if s.Sender == nil {
		return t, inputError("还没有接上公众号，发不了答复。")
	}
	begun, err := t.begin(who.Name, s.now())
	if err != nil {
		return t, err
	}
	reach, err := s.Book.TicketReach(ctx, t.Code)
	if err != nil {
		return t, err
	}
	if !s.now().Before(reach.Until) {
		return t, ErrWindow
	}
	return begun, s.Book.KeepTicket(ctx, t, begun, s.step(who, "reply to ticket", t.Code, ""))
}

// endLate notes what became of a reply whose ticket the resident withdrew, or
// somebody else took, while it was on its way.
func (s *Service) endLate(ctx context.Context, code string, state SendState, say string) error {
	for range 3 {
		t, err := s.Book.Ticket(ctx, code)
		if err != nil || t.Send == nil || t.Send.State != Sending && t.Send.State != Doubt {
			return err
		}
		err = s.Book.KeepTicket(ctx, t, t.ended(state, say, s.now()), staff.Draft{})
		if !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return ErrChanged
}

func (s *Service) trouble(what string, err error) {
	if s.Trouble != nil {
		s.Trouble(what, err)
	}
}

// Sweep does what time does to tickets. It goes on after an error; what
// somebody changed meanwhile is left to the next sweep.
func (s *Service) Sweep(ctx context.Context) error {
	list, err := s.Book.Tickets(ctx)
	if err != nil {
		return fmt.Errorf("sweep tickets: %w", err)
	}
	var errs []error
	for _, t := range list {
		is, gone, changed := t.Age(s.now(), s.Rules)
		switch {
		case gone:
			err = s.Book.DropTicket(ctx, t)
		case changed:
			err = s.Book.KeepTicket(ctx, t, is, staff.Draft{})
		default:
			continue
		}
		if err != nil && !errors.Is(err, ErrChanged) {
			errs = append(errs, fmt.Errorf("sweep ticket: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Say is what staff read of an error; empty for one that is none of the desk's.
func Say(err error) string {
	var typed *input
	switch {
	case errors.As(err, &typed):
		return typed.say
	case errors.Is(err, ErrChanged):
		return "这一件刚刚有了变化，您的操作没有生效。下面是现在的样子，请看过再决定。"
	case errors.Is(err, ErrOver):
		return "这一件已经办结、撤回或过期，不用再办。"
	case errors.Is(err, ErrOthers):
		return "这一件不在您手上。要办请先按“我来办”。"
	case errors.Is(err, ErrOnItsWay):
		return "上一条答复发没发到还不清楚，先核实再办下一步，不要重发。"
	case errors.Is(err, ErrWindow):
		return "微信只许在居民为这件事发话后的48小时内答复，现在已经过了，或者可发的条数用完了，没有发出去。"
	case errors.Is(err, ErrNoContact):
		return "居民没有留联系方式，或者已经到期删除。"
	}
	return ""
}
