package stats

import "strings"

// The counters of the service desk, as package ticket names them: a state or
// intime, a bar, and the kind.
const (
	ticketOpened = "opened|"
	ticketClosed = "closed|"
	ticketInTime = "intime|"
	ticketLapsed = "lapsed|"

	ticketDeletion = "删除" // is done when it is opened: counted apart
)

// tickets are the figures of the service desk. They are kept by month.
func (in Input) tickets() map[string]deed {
	months, all := in.Period.whole(in.Now)
	sums := map[string]count{ticketOpened: {}, ticketClosed: {}, ticketInTime: {}, ticketLapsed: {}}
	byMonth, deletions := count{}, count{}
	for _, month := range months {
		byMonth[month], deletions[month] = 0, 0
		for field, n := range in.Tickets[month] {
			step, kind, _ := strings.Cut(field, "|")
			switch sum, known := sums[step+"|"]; {
			case kind == ticketDeletion && step+"|" == ticketOpened:
				deletions[month] += n
			case kind == ticketDeletion || !known:
			default:
				sum[kind] += n
				if step+"|" == ticketOpened {
					byMonth[month] += n
				}
			}
		}
	}
	figure := func(c count, by map[string]map[string]Cell) deed {
		if !all {
			return deed{Cell{Missing: true}, nil}
		}
		return deed{Cell{Value: total(c)}, by}
	}
	return map[string]deed{
		"tickets":        figure(sums[ticketOpened], map[string]map[string]Cell{"kind": plain(sums[ticketOpened]), "month": plain(byMonth)}),
		"tickets_done":   figure(sums[ticketClosed], nil),
		"tickets_intime": figure(sums[ticketInTime], nil),
		"tickets_lapsed": figure(sums[ticketLapsed], nil),
		"deletions":      figure(deletions, nil),
	}
}
