package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pufa/staff"
	"pufa/ticket"
)

const (
	ticketPath     = Path + "/desk"
	ticketsPerPage = 50
)

// TicketDesk is the service desk.
type TicketDesk interface {
	List(ctx context.Context) ([]ticket.Ticket, error)
	Show(ctx context.Context, code string) (ticket.Ticket, ticket.Reach, error)
	Take(ctx context.Context, who staff.Account, code string, version int64) error
	// Reply sends a text once; what is known of it comes back.
	Reply(ctx context.Context, who staff.Account, code string, version int64, text string) (ticket.SendState, error)
	Settle(ctx context.Context, who staff.Account, code string, version int64, arrived bool) error
	Close(ctx context.Context, who staff.Account, code string, version int64, way ticket.Way, note string) error
	// Contact leaves a step of the trail.
	Contact(ctx context.Context, who staff.Account, code string) (ticket.Contact, error)
	// Doubts are sentences of a text that no answer may hold.
	Doubts(text string) []string
	MaxReply() int // bytes
}

func (c *Console) ticketRoutes() []route {
	if c.Tickets == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + ticketPath, do: (*visit).ticketList},
		{pattern: "GET " + ticketPath + "/{code}", do: (*visit).ticketShow},
		{pattern: "POST " + ticketPath + "/{code}/take", do: (*visit).ticketTake},
		{pattern: "POST " + ticketPath + "/{code}/reply", do: (*visit).ticketReply},
		{pattern: "POST " + ticketPath + "/{code}/settle", do: (*visit).ticketSettle},
		{pattern: "POST " + ticketPath + "/{code}/close", do: (*visit).ticketClose},
		{pattern: "POST " + ticketPath + "/{code}/contact", do: (*visit).ticketContact},
	}
}

func (c *Console) ticketNav() []section {
	if c.Tickets == nil {
		return nil
	}
	return []section{{Name: "服务台", URL: ticketPath}}
}

// What the list shows.
const (
	showOpen    = ""
	showMine    = "mine"
	showOverdue = "overdue"
	showDoubt   = "doubt"
	showOver    = "over"
)

// ticketFilters are the tabs of the list, with what each holds.
func ticketFilters(who string, now time.Time) []struct {
	value, name string
	fits        func(ticket.Ticket) bool
} {
	return []struct {
		value, name string
		fits        func(ticket.Ticket) bool
	}{
		{showOpen, "没办完的", func(t ticket.Ticket) bool { return !t.State.Over() }},
		{showMine, "我手上的", func(t ticket.Ticket) bool { return !t.State.Over() && t.By == who }},
		{showOverdue, "超时的", func(t ticket.Ticket) bool { return t.Overdue(now) }},
		{showDoubt, "发没发到不清楚的", func(t ticket.Ticket) bool { return !t.State.Over() && t.InDoubt(now) }},
		{showOver, "办完的", func(t ticket.Ticket) bool { return t.State.Over() }},
	}
}

// ticketRow is a ticket as the pages show it.
type ticketRow struct {
	Code, URL, Kind, Topic, Opened, State, By, Left string
	StateKind, LeftKind                             string // looks of the badges
	Doubt                                           bool
}

func (v *visit) ticketRowOf(t ticket.Ticket) ticketRow {
	now := v.Now()
	row := ticketRow{
		Code: t.Code, URL: ticketPath + "/" + t.Code, Kind: string(t.Kind), Topic: topicOf(t),
		Opened: v.local(t.Opened).Format("1月2日15时"), State: t.State.Chinese(), By: t.By, Doubt: !t.State.Over() && t.InDoubt(now),
	}
	switch {
	case t.State == ticket.New:
		row.StateKind = "warn"
	case t.State == ticket.Lapsed:
		row.StateKind = "bad"
	case t.State == ticket.Answered || t.State == ticket.Closed:
		row.StateKind = "good"
	}
	row.Left, row.LeftKind = leftOfTicket(t, now)
	return row
}

// topicOf is what the resident chose, in staff's words.
func topicOf(t ticket.Ticket) string {
	switch {
	case t.Kind == ticket.Deletion:
		return "—"
	case t.Topic == "":
		return "没有说，或不记"
	}
	return t.Topic
}

// leftOfTicket says how long there is, and how it looks.
func leftOfTicket(t ticket.Ticket, now time.Time) (text, kind string) {
	if t.State.Over() || t.State == ticket.Answered {
		return "—", ""
	}
	left := t.Due.Sub(now)
	switch days := t.DaysLeft(now); {
	case left <= 0 && t.Kind.Request():
		return fmt.Sprintf("超了%d天", -days), "bad"
	case left <= 0:
		return "超过48小时", "bad"
	case !t.Kind.Request():
		return fmt.Sprintf("还有%d小时", int(left.Hours())), soonKind(left < 12*time.Hour)
	case days == 0:
		return "今天到期", "warn"
	default:
		return fmt.Sprintf("还有%d天", days), soonKind(days <= 3)
	}
}

func soonKind(soon bool) string {
	if soon {
		return "warn"
	}
	return ""
}

// ticketListPage is the list of the service desk.
type ticketListPage struct {
	Tabs        []option
	Kinds       []option
	Show, Code  string
	NoCode      bool // the code that is looked for is none
	Rows        []ticketRow
	Pager       pager
	Empty       string
	MayWork     bool
	RequestDays string
}

func (v *visit) ticketList() error {
	q := v.r.URL.Query()
	list, err := v.Tickets.List(v.r.Context())
	if err != nil {
		return err
	}
	page := ticketListPage{Code: asText(q.Get("code")), Show: q.Get("show"), MayWork: ticket.May(v.who)}
	if code, ok := ticket.ParseCode(page.Code); ok {
		for _, t := range list {
			if t.Code == code {
				http.Redirect(v.w, v.r, ticketPath+"/"+code, http.StatusSeeOther)
				return nil
			}
		}
	}
	page.NoCode = page.Code != ""
	kind := ticket.Kind(q.Get("kind"))
	page.Kinds = append(page.Kinds, option{Value: "", Name: "全部", On: kind == ""})
	for _, k := range ticket.Kinds() {
		page.Kinds = append(page.Kinds, option{Value: string(k), Name: string(k), On: kind == k})
	}
	var shown []ticket.Ticket
	for _, f := range ticketFilters(v.who.Name, v.Now()) {
		tab := option{Value: ticketPath + "?" + queryWithout("show", f.value, "kind", string(kind)), Name: f.name, On: f.value == page.Show}
		for _, t := range list {
			if (kind == "" || t.Kind == kind) && f.fits(t) {
				tab.Count++
				if tab.On {
					shown = append(shown, t)
				}
			}
		}
		page.Tabs = append(page.Tabs, tab)
	}
	page.Pager = v.pageOf(len(shown), ticketsPerPage)
	for _, t := range shown[page.Pager.From:page.Pager.To] {
		page.Rows = append(page.Rows, v.ticketRowOf(t))
	}
	page.Empty = emptyDesk(page.Show, len(list) == 0)
	return v.page("ticket-list", "服务台", page)
}

// queryWithout is a query of names and values, without the empty ones.
func queryWithout(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q.Encode()
}

func emptyDesk(show string, nothing bool) string {
	switch {
	case nothing:
		return "还没有人登记过。居民在公众号里回「人工」或「投诉」，选一类登记以后，这里会有一件。"
	case show == showMine:
		return "您手上没有要办的。"
	case show == showOverdue:
		return "没有超时的。"
	case show == showDoubt:
		return "没有发没发到不清楚的答复。"
	}
	return "这里没有符合的。"
}

// ticketVersion is the version that the form was made of; 0 when it names none.
func (v *visit) ticketVersion() int64 {
	n, err := strconv.ParseInt(v.form("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// askedTicket is the code that the address names.
func (v *visit) askedTicket() (string, error) {
	code, ok := ticket.ParseCode(v.r.PathValue("code"))
	if !ok {
		return "", errNoPage
	}
	return code, nil
}

// WaitingTickets tell of what residents wait for at the service desk.
type WaitingTickets struct {
	Desk interface {
		List(ctx context.Context) ([]ticket.Ticket, error)
	}
	Now func() time.Time
}

// Waiting counts what is overdue, replies of which nobody knows whether they
// arrived, what nobody has, and what the person has.
func (w WaitingTickets) Waiting(ctx context.Context, who staff.Account) ([]Wait, error) {
	if !ticket.May(who) {
		return nil, nil
	}
	list, err := w.Desk.List(ctx)
	if err != nil {
		return nil, err
	}
	now, overdue, doubt, fresh, mine := w.Now(), 0, 0, 0, 0
	for _, t := range list {
		if t.State.Over() {
			continue
		}
		if t.Overdue(now) {
			overdue++
		}
		if t.InDoubt(now) {
			doubt++
		}
		switch {
		case t.State == ticket.New:
			fresh++
		case t.State == ticket.Taken && t.By == who.Name:
			mine++
		}
	}
	return []Wait{
		{Name: "服务台：超时的", Count: overdue, Text: "居民等过了时限，过了48小时只能打电话。", URL: ticketPath + "?show=" + showOverdue, Grade: Bad},
		{Name: "服务台：发没发到不清楚的", Count: doubt, Text: "微信没有回音，要先核实，不要重发。", URL: ticketPath + "?show=" + showDoubt, Grade: Bad},
		{Name: "服务台：待接的", Count: fresh, Text: "居民要人工，还没有人接。", URL: ticketPath},
		{Name: "服务台：您手上的", Count: mine, Text: "您接了，还没有答复。", URL: ticketPath + "?show=" + showMine},
	}, nil
}
