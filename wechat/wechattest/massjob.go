package wechattest

import (
	"fmt"
	"strconv"
	"time"

	"pufa/wechat"
)

// EndMass says how the next mass message ends: a Status such as
// StatusUnlawful. When several are said they hold for one after the other.
func (p *Platform) EndMass(status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mass.ends = append(p.mass.ends, status)
}

// massBegin starts the work on an accepted message.
func (p *Platform) massBegin(m *MassMessage, now time.Time) {
	m.MsgID, m.DataID = 1_000_000_000+p.next(), 2_650_000_000+p.next()
	m.Accepted, m.State, m.end = now, MassSending, wechat.StatusMassSent
	if m.Campaign = p.campaignOf(m.Articles); m.Campaign == "" {
		m.Campaign = p.opt.CampaignOf([]byte(m.Text))
	}
	if m.Campaign == "" {
		m.Campaign = m.ClientID
	}
	if len(p.mass.ends) > 0 {
		m.end, p.mass.ends = p.mass.ends[0], p.mass.ends[1:]
	}
	p.mass.list = append(p.mass.list, m)
	if !p.opt.AskAdmin || !m.ToAll {
		p.plan(now.Add(p.opt.JobTime), func(now time.Time) { p.massEnd(m, m.end, now) })
		return
	}
	m.State = MassWaiting
	p.plan(now.Add(adminPatience), func(now time.Time) {
		if m.State == MassWaiting {
			p.massEnd(m, StatusAdminSilent, now)
		}
	})
}

// Confirm is the account's admin agreeing to a waiting mass message (群发保护).
func (p *Platform) Confirm(msgID int64) error {
	return p.decide(msgID, func(m *MassMessage, now time.Time) {
		m.State = MassSending
		p.plan(now.Add(p.opt.JobTime), func(now time.Time) { p.massEnd(m, m.end, now) })
	})
}

// Refuse is the account's admin refusing a waiting mass message.
func (p *Platform) Refuse(msgID int64) error {
	return p.decide(msgID, func(m *MassMessage, now time.Time) {
		m.State = MassSending
		p.plan(now, func(now time.Time) { p.massEnd(m, StatusAdminRefused, now) })
	})
}

func (p *Platform) decide(msgID int64, then func(*MassMessage, time.Time)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.mass.find(msgID)
	now := p.now()
	switch {
	case m == nil:
		return fmt.Errorf("decide on mass message %d: there is none", msgID)
	case m.State != MassWaiting || now.Sub(m.Accepted) >= adminPatience:
		return fmt.Errorf("decide on mass message %d: it does not wait any more", msgID)
	}
	then(m, now)
	return nil
}

// massEnd gives the message to its receivers, unless it failed as a whole, and
// reports.
func (p *Platform) massEnd(m *MassMessage, status string, now time.Time) {
	m.Status, m.Ended, m.State = status, now, MassFailed
	c := &m.Counts
	if m.list != nil {
		c.Total = int64(len(m.list))
		for _, n := range m.list {
			p.massGive(m, n, now)
		}
	} else {
		for n := range p.crowd.size() {
			if p.crowd.follows(n) && (m.ToAll || p.tags.holds(m.Tag, n)) {
				c.Total++
				p.massGive(m, n, now)
			}
		}
	}
	c.Filtered = c.Sent + c.Failed
	if status == wechat.StatusMassSent {
		m.State = MassDone
	}
	p.later(now, p.eventFrom(platformUser, wechat.EventMassSent, m.elements()...))
}

// massGive counts one receiver: of a service account each gets four a month.
func (p *Platform) massGive(m *MassMessage, n int, now time.Time) {
	limit := 0
	if p.opt.Account == Service {
		limit = massAMonth
	}
	switch {
	case !p.crowd.follows(n), p.crowd.flags[n]&muted != 0:
		return // left out by the platform's own filters
	case m.Status != wechat.StatusMassSent, !p.crowd.receive(n, limit, now):
		m.Counts.Failed++
	default:
		m.Counts.Sent++
		p.accepted.mark(m.Campaign, n, p.crowd.size())
	}
}

func (m *MassMessage) elements() []wechat.Element {
	number := func(name string, n int64) wechat.Element {
		return wechat.Element{Name: name, Value: strconv.FormatInt(n, 10)}
	}
	list := []wechat.Element{
		number("MsgID", m.MsgID),
		{Name: "Status", Value: m.Status},
		number("TotalCount", m.Counts.Total), number("FilterCount", m.Counts.Filtered),
		number("SentCount", m.Counts.Sent), number("ErrorCount", m.Counts.Failed),
		{Name: "CopyrightCheckResult", Elements: []wechat.Element{
			number("Count", 0), {Name: "ResultList"}, number("CheckState", 0),
		}},
	}
	if m.State != MassDone || len(m.Articles) == 0 {
		return list
	}
	var items []wechat.Element
	for i := range m.Articles {
		items = append(items, wechat.Element{Name: "item", Elements: []wechat.Element{
			number("ArticleIdx", int64(i+1)),
			{Name: "ArticleUrl", Value: fmt.Sprintf("https://mp.weixin.qq.com/s/%d-%d", m.DataID, i+1)},
		}})
	}
	return append(list, wechat.Element{Name: "ArticleUrlResult", Elements: []wechat.Element{
		number("Count", int64(len(items))), {Name: "ResultList", Elements: items},
	}})
}

// MassThisMonth returns how many mass messages a follower got this month.
func (p *Platform) MassThisMonth(openid string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, known := p.crowd.find(openid)
	if !known || n >= len(p.crowd.got) || p.crowd.month != monthOf(p.now()) {
		return 0
	}
	return int(p.crowd.got[n])
}
