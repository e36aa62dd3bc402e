package console

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"pufa/staff"
	"pufa/ticket"
)

// What is said at the service desk.
const (
	sayReplySent   = "答复已发给居民。办完了请办结。"
	sayReplyDoubt  = "没有收到微信的回音，不知道居民收到没有。请先核实，不要重发。"
	sayReplyDoubts = "答复里有不该对居民说的话，请改一改；确实要这样说，勾上再发。"
	sayLateClick   = "刚才已经有了变化（可能是您点了两次，或者同事先办了），这一次没有再发。"
)

// ticketPage is the page of one ticket.
type ticketPage struct {
	ticketRow
	Version             int64
	Due                 string
	DueWord             string
	Way, Note           string
	Send                string // what is known of the last reply
	SendWhy             string
	Until               string // a reply may go out until then; empty: no more
	HasContact          bool
	Contact             *ticket.Contact // only after it was asked for
	CallURL             string
	Is                  ticket.State
	Over, Mine, MayWork bool
	MayTake, MayReply   bool
	MayClose, MaySettle bool
	OnItsWay            bool
	Letters             int // characters that fit
	Typed               string
	Doubts              []string
	Ways                []option
	TypedNote           string
	Request             bool
}

func (v *visit) ticketShow() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	page, err := v.ticketPageOf(code)
	if err != nil {
		return err
	}
	return v.page("ticket-show", ticketTitle(code), page)
}

func ticketTitle(code string) string { return "服务台 " + code }

func (v *visit) ticketPageOf(code string) (ticketPage, error) {
	t, reach, err := v.Tickets.Show(v.r.Context(), code)
	if err != nil {
		return ticketPage{}, err
	}
	now := v.Now()
	p := ticketPage{
		ticketRow: v.ticketRowOf(t), Version: t.Version, Note: t.Note, HasContact: reach.Contact, Is: t.State, Over: t.State.Over(),
		Mine: t.By == v.who.Name && t.State != ticket.New, MayWork: ticket.May(v.who), Letters: v.Tickets.MaxReply() / 3, Request: t.Kind.Request(),
	}
	p.Due, p.DueWord = v.local(t.Due).Format("1月2日15:04")+"以前", "48小时内"
	if t.Kind.Request() {
		p.Due, p.DueWord = v.local(t.Due.Add(-1)).Format("2006年1月2日"), "最后一天"
	}
	if t.Way != "" {
		p.Way = t.Way.Chinese()
	}
	if now.Before(reach.Until) {
		p.Until = v.local(reach.Until).Format("1月2日15:04")
	}
	if t.Send != nil {
		p.Send, p.SendWhy = v.sendWords(t), t.Send.Why
		p.OnItsWay = t.Send.State == ticket.Sending || t.Send.State == ticket.Doubt
	}
	working := p.Mine && p.MayWork && !p.Over
	p.MayTake = p.MayWork && !p.Mine && !p.Over
	p.MayReply = working && !p.OnItsWay && p.Until != ""
	p.MayClose = working && !p.OnItsWay
	p.MaySettle = working && p.Doubt
	for _, w := range ticket.Ways() {
		p.Ways = append(p.Ways, option{Value: string(w), Name: w.Chinese(), On: w == t.Way})
	}
	return p, nil
}

// sendWords say what is known of the last reply.
func (v *visit) sendWords(t ticket.Ticket) string {
	at := v.local(t.Send.At).Format("1月2日15:04")
	switch state := t.Send.State; {
	case state == ticket.Sent:
		return fmt.Sprintf("%s 于%s发出，微信已接受", t.Send.By, at)
	case state == ticket.Failed:
		return fmt.Sprintf("%s 于%s发的没有发出去", t.Send.By, at)
	case t.InDoubt(v.Now()):
		return fmt.Sprintf("%s 于%s发的，发没发到不清楚", t.Send.By, at)
	}
	return fmt.Sprintf("%s 正在发", t.Send.By)
}

// ticketRefused shows the ticket as it is now, with why nothing was done and
// what was typed.
func (v *visit) ticketRefused(code string, err error, change func(*ticketPage)) error {
	say := ticket.Say(err)
	if say == "" || errors.Is(err, staff.ErrRole) {
		return err
	}
	status := http.StatusConflict
	if errors.Is(err, ticket.ErrInput) || errors.Is(err, ticket.ErrWindow) {
		status = http.StatusUnprocessableEntity
	}
	return v.ticketAgain(code, status, say, change)
}

func (v *visit) ticketAgain(code string, status int, problem string, change func(*ticketPage)) error {
	page, err := v.ticketPageOf(code)
	if err != nil {
		return err
	}
	if change != nil {
		change(&page)
	}
	return v.render(status, "ticket-show", frame{Title: ticketTitle(code), Problem: problem, Page: page})
}

func (v *visit) ticketTake() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	if err := v.Tickets.Take(v.r.Context(), v.who, code, v.ticketVersion()); err != nil {
		return v.ticketRefused(code, err, nil)
	}
	return v.done(ticketPath+"/"+code, "这一件归您办了。")
}

func (v *visit) ticketReply() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	text := strings.TrimSpace(strings.ReplaceAll(v.r.PostFormValue("text"), "\r\n", "\n"))
	keep := func(p *ticketPage) {
		if utf8.ValidString(text) {
			p.Typed = text
		}
	}
	if doubts := v.Tickets.Doubts(text); len(doubts) > 0 && v.form("sure") == "" && ticket.May(v.who) {
		return v.ticketAgain(code, http.StatusUnprocessableEntity, sayReplyDoubts, func(p *ticketPage) {
			keep(p)
			p.Doubts = doubts
		})
	}
	state, err := v.Tickets.Reply(v.r.Context(), v.who, code, v.ticketVersion(), text)
	switch {
	case errors.Is(err, ticket.ErrChanged):
		return v.ticketAgain(code, http.StatusConflict, sayLateClick, keep)
	case err != nil:
		return v.ticketRefused(code, err, keep)
	case state == ticket.Doubt:
		return v.done(ticketPath+"/"+code, sayReplyDoubt)
	}
	return v.done(ticketPath+"/"+code, sayReplySent)
}

func (v *visit) ticketSettle() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	arrived := v.form("arrived")
	if arrived != "yes" && arrived != "no" {
		return errBadForm
	}
	if err := v.Tickets.Settle(v.r.Context(), v.who, code, v.ticketVersion(), arrived == "yes"); err != nil {
		return v.ticketRefused(code, err, nil)
	}
	if arrived == "yes" {
		return v.done(ticketPath+"/"+code, "记下了：居民收到了。")
	}
	return v.done(ticketPath+"/"+code, "记下了：居民没有收到，可以重新写一条。")
}

func (v *visit) ticketClose() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	way, note := ticket.Way(v.form("way")), v.form("note")
	if err := v.Tickets.Close(v.r.Context(), v.who, code, v.ticketVersion(), way, note); err != nil {
		return v.ticketRefused(code, err, func(p *ticketPage) {
			p.TypedNote = note
			for i := range p.Ways {
				p.Ways[i].On = p.Ways[i].Value == string(way)
			}
		})
	}
	return v.done(ticketPath, code+" 已办结，居民留的联系方式已经删掉。")
}

// ticketContact shows what the resident left, once: it is in no session and no
// address, and a reload asks again.
func (v *visit) ticketContact() error {
	code, err := v.askedTicket()
	if err != nil {
		return err
	}
	contact, err := v.Tickets.Contact(v.r.Context(), v.who, code)
	if err != nil {
		return v.ticketRefused(code, err, nil)
	}
	page, err := v.ticketPageOf(code)
	if err != nil {
		return err
	}
	page.Contact = &contact
	return v.page("ticket-show", ticketTitle(code), page)
}
