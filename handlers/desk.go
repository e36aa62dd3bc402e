package handlers

import "pufa/bot"

// desk is the service desk for whoever wrote a delivery; nil where there is
// none.
func (s *Site) desk(a Arrival) bot.Desk {
	if s.Desk == nil || a.OpenID == "" {
		return nil
	}
	return s.Desk(a)
}

// noteDesk keeps what customer messages a message allows that concerns a
// ticket: by one of them staff answer it.
func noteDesk(in incoming, r bot.Reply, result *Result) {
	if r.Desk && !in.Test {
		result.Deed = in.allows
	}
}
