package deliver

import (
	"errors"
	"fmt"
	"time"

	"pufa/campaign"
	"pufa/wechat"
)

// limitRest is the least for which a channel rests when the platform says
// that it is called too often.
const limitRest = time.Minute

// ruling is what a call's answer means for its recipient and for the rest.
type ruling struct {
	fate  campaign.Fate
	then  measure
	until time.Time // of rest
	err   error
}

// measure is what is to be done beside keeping the fate.
type measure int

const (
	nothing   measure = iota
	drop              // the recipient follows no more
	unconsent         // the recipient's consent is gone
	pause             // the platform cannot be reached
	rest              // the channel must rest
	halt              // this campaign cannot go on
	stopAll           // nothing may go on
)

// judge reads the answer to a call. Unsent is only who certainly was not
// reached; whoever may have been is Doubtful, for good.
func judge(err error, now time.Time) ruling {
	if err == nil {
		return ruling{fate: campaign.Accepted}
	}
	if wechat.MaybeAccepted(err) {
		return ruling{fate: campaign.Doubtful, err: err}
	}
	switch wechat.KindOf(err) {
	case wechat.Unfollowed:
		return ruling{fate: campaign.Unfollowed, then: drop}
	case wechat.NoConsent:
		return ruling{fate: campaign.Refused, then: unconsent}
	case wechat.Refused:
		return ruling{fate: campaign.Refused}
	case wechat.Outside48h, wechat.CountUsed:
		return ruling{fate: campaign.Outside}
	case wechat.QuotaUsed:
		return ruling{campaign.Unsent, rest, later(err, now, now.Add(limitRest)), err}
	case wechat.RateLimited:
		return ruling{campaign.Unsent, rest, later(err, now, now.Add(limitRest)), err}
	case wechat.Retry, wechat.RetrySameKey:
		return ruling{fate: campaign.Unsent, then: pause, err: err}
	case wechat.StopAll:
		return ruling{fate: campaign.Unsent, then: stopAll, err: err}
	case wechat.Unknown:
		return ruling{fate: campaign.FailedFate, err: err}
	}
	return ruling{fate: campaign.Unsent, then: halt, err: err}
}

// later is when the platform wants to be called again, least at the earliest.
func later(err error, now, least time.Time) time.Time {
	var e *wechat.APIError
	if errors.As(err, &e) {
		if at := e.NotBefore(now); at.After(least) {
			return at
		}
	}
	return least
}

// HaltError says why a campaign does not go on by itself: the platform refuses
// what every further call would carry.
type HaltError struct {
	Campaign string
	Err      error
}

func (e *HaltError) Error() string {
	return fmt.Sprintf("campaign %s cannot go on: %v", e.Campaign, e.Err)
}

func (e *HaltError) Unwrap() error { return e.Err }
