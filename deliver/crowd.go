package deliver

import (
	"context"

	"pufa/campaign"
)

// Crowd counts whom a campaign would reach, for whoever plans it.
type Crowd struct {
	Lists interface {
		CountRecipients(ctx context.Context, t campaign.Terms) (int64, error)
	}
	Template string // of notices
}

// Count returns how many followers a channel would reach of an audience; known
// is false where that is not kept: tags, and who wrote within 48 hours.
func (c Crowd) Count(ctx context.Context, ch campaign.Channel, a campaign.Audience) (n int64, known bool, err error) {
	t := campaign.Terms{Channel: ch}
	switch {
	case a.Scope == campaign.ByTopic:
		t.Consents = append(t.Consents, campaign.ConsentToTopic(a.Topic))
	case a.Scope != campaign.Everyone:
		return 0, false, nil
	}
	switch {
	case ch == campaign.Notice && c.Template != "":
		t.Consents = append(t.Consents, campaign.ConsentToNotice(c.Template))
	case ch != campaign.Mass || a.Scope != campaign.Everyone:
		return 0, false, nil
	}
	n, err = c.Lists.CountRecipients(ctx, t)
	return n, err == nil, err
}
