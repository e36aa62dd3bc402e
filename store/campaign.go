package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/campaign"
	"pufa/staff"
)

// rowsPerTrip is how many campaigns are read at once; one may hold 8 articles
// of 60 kB.
const rowsPerTrip = 20

// previewLife is how long the count of a day's test sends is kept.
const previewLife = 48 * time.Hour

var (
	_ campaign.Book  = (*Store)(nil)
	_ campaign.Queue = (*Store)(nil)
)

// Campaign returns the campaign of an id, or campaign.ErrUnknown.
func (s *Store) Campaign(ctx context.Context, id string) (campaign.Campaign, error) {
	var c campaign.Campaign
	unknown := false
	err := s.do(ctx, "read campaign", func(ctx context.Context) error {
		row, err := s.redis.HGet(ctx, s.keys.campaigns(), id).Result()
		if unknown = errors.Is(err, redis.Nil); unknown {
			return nil
		}
		if err != nil {
			return err
		}
		c, err = readCampaign(id, row)
		return err
	})
	if unknown {
		err = fmt.Errorf("campaign %s: %w", id, campaign.ErrUnknown)
	}
	return c, err
}

// Campaigns returns those that the filter lets through, by due time, then id.
func (s *Store) Campaigns(ctx context.Context, f campaign.Filter) ([]campaign.Campaign, error) {
	ids, err := s.campaignIDs(ctx, f.Live())
	if err != nil {
		return nil, err
	}
	var list []campaign.Campaign
	for page := range slices.Chunk(ids, rowsPerTrip) {
		rows, err := s.campaignRows(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, c := range rows {
			if f.Has(c) {
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b campaign.Campaign) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// campaignIDs are all ids or, with live, those that are scheduled or worked on.
func (s *Store) campaignIDs(ctx context.Context, live bool) (ids []string, err error) {
	err = s.do(ctx, "read campaigns", func(ctx context.Context) (err error) {
		if live {
			ids, err = s.redis.ZRange(ctx, s.keys.campaignDue(), 0, -1).Result()
		} else {
			ids, err = s.redis.HKeys(ctx, s.keys.campaigns()).Result()
		}
		return err
	})
	slices.Sort(ids)
	return ids, err
}

func (s *Store) campaignRows(ctx context.Context, ids []string) (list []campaign.Campaign, err error) {
	err = s.do(ctx, "read campaigns", func(ctx context.Context) error {
		rows, err := s.redis.HMGet(ctx, s.keys.campaigns(), ids...).Result()
		if err != nil {
			return err
		}
		for i, row := range rows {
			text, ok := row.(string)
			if !ok {
				continue
			}
			c, err := readCampaign(ids[i], text)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return nil
	})
	return list, err
}

// readCampaign reads a row: version, state, JSON. The script compares the
// first two without reading the third.
func readCampaign(id, row string) (c campaign.Campaign, err error) {
	parts := strings.SplitN(row, " ", 3)
	if len(parts) != 3 {
		return c, mistakef("campaign %s cannot be read", id)
	}
	if err := json.Unmarshal([]byte(parts[2]), &c); err != nil {
		return c, mistakef("campaign %s cannot be read: %v", id, err)
	}
	return c, nil
}

// Put keeps a campaign and its step of the trail, both or neither; ErrChanged
// when another was written meanwhile.
func (s *Store) Put(ctx context.Context, c campaign.Campaign, step campaign.Deed) (campaign.Campaign, error) {
	return s.putCampaign(ctx, c, "", step, "")
}

// Advance is a Put that only the holder of the token may do; ErrLost for
// anybody else.
func (s *Store) Advance(ctx context.Context, c campaign.Campaign, token string, step campaign.Deed) (campaign.Campaign, error) {
	if token == "" {
		return c, fmt.Errorf("keep campaign %s: %w", c.ID, campaign.ErrLost)
	}
	return s.putCampaign(ctx, c, token, step, "")
}

// Begun counts the campaigns that ever began.
func (s *Store) Begun(ctx context.Context) (n int64, err error) {
	err = s.do(ctx, "count campaigns that began", func(ctx context.Context) (err error) {
		n, err = s.redis.Get(ctx, s.keys.campaignBegun()).Int64()
		if errors.Is(err, redis.Nil) {
			n, err = 0, nil
		}
		return err
	})
	return n, err
}

// Begin is an Advance with which the campaign begins; ErrOtherBegan when
// another one did since Begun was begun.
func (s *Store) Begin(ctx context.Context, c campaign.Campaign, token string, step campaign.Deed, begun int64) (campaign.Campaign, error) {
	if token == "" {
		return c, fmt.Errorf("begin campaign %s: %w", c.ID, campaign.ErrLost)
	}
	return s.putCampaign(ctx, c, token, step, begun)
}

// The replies of the scripts of campaigns, beside 1 for done and 0 for another
// try.
const (
	campaignChanged = -1
	campaignLost    = -2
	campaignNoStep  = -3
	campaignBegan   = -4
)

func (s *Store) putCampaign(ctx context.Context, c campaign.Campaign, token string, step campaign.Deed, begun any) (campaign.Campaign, error) {
	kept := c
	kept.Version++
	text, err := json.Marshal(kept)
	if err != nil {
		return c, fmt.Errorf("keep campaign %s: %w", c.ID, err)
	}
	row := fmt.Sprintf("%d %s %s", kept.Version, c.Status, text)
	look, held := s.lookAt(c)
	for range maxTrailTries {
		before, line, err := s.campaignStep(ctx, step)
		if err != nil {
			return c, err
		}
		reply, err := s.runCampaign(ctx, campaignScript, s.campaignKeys(), before, line, c.ID, c.Version, row, token, look, held, begun)
		if err != nil {
			return c, fmt.Errorf("keep campaign %s: %w", c.ID, err)
		}
		if reply == 1 {
			return kept, nil
		}
	}
	return c, fmt.Errorf("keep campaign %s: %d other steps of the trail came between, try again", c.ID, maxTrailTries)
}

func (s *Store) campaignKeys() []string {
	return []string{s.keys.trail(), s.keys.campaigns(), s.keys.campaignDue(), s.keys.campaignHeld(), s.keys.campaignBegun()}
}

// lookAt says when somebody must look at the campaign next, and whether it may
// have a holder.
func (s *Store) lookAt(c campaign.Campaign) (look, held any) {
	switch {
	case c.Status == campaign.Scheduled:
		return c.Due.UnixMilli(), ""
	case c.Status.Working():
		return s.now().UnixMilli(), "1"
	default:
		return "", ""
	}
}

// campaignStep makes the step behind the last of the trail; no line for the
// zero step. A clock that went back, or another instance's, must not break the
// order of the trail.
func (s *Store) campaignStep(ctx context.Context, step campaign.Deed) (before int64, line string, err error) {
	if step == (campaign.Deed{}) {
		return 0, "", nil
	}
	last, err := s.lastStep(ctx)
	if err != nil {
		return 0, "", err
	}
	if step.At.Before(last.At) {
		step.At = last.At
	}
	text, err := json.Marshal(staff.Draft(step).After(last))
	if err != nil {
		return 0, "", fmt.Errorf("keep step of the trail: %w", err)
	}
	return last.N, string(text), nil
}

// runCampaign runs a script and makes errors of its replies below 0.
func (s *Store) runCampaign(ctx context.Context, script *redis.Script, keys []string, args ...any) (reply int, err error) {
	err = s.do(ctx, "run script of campaigns", func(ctx context.Context) (err error) {
		reply, err = script.Run(ctx, s.redis, keys, args...).Int()
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case reply == campaignChanged:
		return reply, campaign.ErrChanged
	case reply == campaignLost:
		return reply, campaign.ErrLost
	case reply == campaignBegan:
		return reply, campaign.ErrOtherBegan
	case reply == campaignNoStep:
		return reply, errors.New("the state changed without a step of the trail")
	}
	return reply, nil
}

// ClaimDue takes the campaign that has been due for longest at now and is not
// held, or whose lease has run out.
func (s *Store) ClaimDue(ctx context.Context, now time.Time, token string, lease time.Duration) (c campaign.Campaign, ok bool, err error) {
	if token == "" {
		return c, false, errors.New("claim campaign: no token")
	}
	keys := []string{s.keys.campaigns(), s.keys.campaignDue(), s.keys.campaignHeld()}
	err = s.do(ctx, "claim campaign", func(ctx context.Context) error {
		row, err := campaignClaimScript.Run(ctx, s.redis, keys, now.UnixMilli(), token, now.Add(lease).UnixMilli()).Text()
		if err != nil || row == "" {
			return err
		}
		ok = true
		c, err = readCampaign("that is due", row)
		return err
	})
	return c, ok && err == nil, err
}

// Renew holds a campaign until lease after now; ErrLost when the token does
// not hold it any more.
func (s *Store) Renew(ctx context.Context, id string, now time.Time, token string, lease time.Duration) error {
	return s.hold(ctx, "renew", id, token, now.Add(lease), "")
}

// Release lets a campaign go and has it due again at next.
func (s *Store) Release(ctx context.Context, id, token string, next time.Time) error {
	return s.hold(ctx, "release", id, token, next, "1")
}

func (s *Store) hold(ctx context.Context, what, id, token string, until time.Time, release string) error {
	keys := []string{s.keys.campaignDue(), s.keys.campaignHeld()}
	if _, err := s.runCampaign(ctx, campaignHoldScript, keys, id, token, until.UnixMilli(), release); err != nil {
		return fmt.Errorf("%s campaign %s: %w", what, id, err)
	}
	return nil
}

// CountPreview counts one test send of the day of now, up to limit; limit+1
// means that it was not counted.
func (s *Store) CountPreview(ctx context.Context, now time.Time, limit int) (int, error) {
	key := s.keys.previews(now.In(zone).Format("20060102"))
	n, err := s.runCampaign(ctx, campaignPreviewScript, []string{key}, strconv.Itoa(limit), previewLife.Milliseconds())
	if err != nil {
		return 0, fmt.Errorf("count preview: %w", err)
	}
	return n, nil
}
