package store

import (
	"context"
	"strconv"
	"time"

	"pufa/wechat"
)

var _ wechat.MessageLedger = (*Store)(nil)

// GrantMessages notes what customer messages a resident's deed allows, from at
// on. NoDeed changes nothing.
func (s *Store) GrantMessages(ctx context.Context, openID string, d wechat.Deed, at time.Time) error {
	if d.Messages() == 0 {
		return nil
	}
	_, err := s.allowance(ctx, "grant customer messages", openID, "grant", string(d), at.Add(d.Lasts()).UnixMilli(), d.Messages())
	return err
}

// TakeMessage takes one customer message from the allowance that ends first.
// Errors are wechat.ErrOutside48h, wechat.ErrCountUsed or ErrUnavailable.
func (s *Store) TakeMessage(ctx context.Context, openID string) (wechat.Grant, error) {
	reply, err := s.allowance(ctx, "take customer message", openID, "take")
	if err != nil {
		return wechat.Grant{}, err
	}
	list, _ := reply.([]any)
	if len(list) != 3 {
		if len(list) == 1 && list[0] == int64(0) {
			return wechat.Grant{}, wechat.ErrCountUsed
		}
		return wechat.Grant{}, wechat.ErrOutside48h
	}
	deed, _ := list[1].(string)
	text, _ := list[2].(string)
	until, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return wechat.Grant{}, mistakef("take customer message: its end is %q", text)
	}
	return wechat.Grant{Deed: wechat.Deed(deed), Until: time.UnixMilli(until)}, nil
}

// ReturnMessage gives back what certainly was not sent, unless a newer deed
// has taken the allowance's place.
func (s *Store) ReturnMessage(ctx context.Context, openID string, g wechat.Grant) error {
	_, err := s.allowance(ctx, "return customer message", openID, "back", string(g.Deed), g.Until.UnixMilli(), g.Deed.Messages())
	return err
}

// ShutMessages takes away what is left until the next deed. With outside the
// platform said that nothing is open, otherwise that the count is used up.
func (s *Store) ShutMessages(ctx context.Context, openID string, outside bool) error {
	flag := 0
	if outside {
		flag = 1
	}
	_, err := s.allowance(ctx, "shut customer messages", openID, "shut", flag)
	return err
}

// allowanceKey is where a person's allowance is kept. It is another keyed hash
// than the pseudonym: the end of an allowance is that of a ticket's way back, and
// would join the ticket to a resident.
func (s *Store) allowanceKey(pseudonym []byte) string {
	return s.keys.allowance(s.names.hash("messages", string(pseudonym))[:16])
}

// allowance runs the script for one resident, whose openid is hashed here.
func (s *Store) allowance(ctx context.Context, what, openID, order string, args ...any) (reply any, err error) {
	key := s.allowanceKey(s.names.pseudonym(openID))
	args = append([]any{order, s.now().UnixMilli()}, args...)
	err = s.do(ctx, what, func(ctx context.Context) (err error) {
		reply, err = allowanceScript.Run(ctx, s.redis, []string{key}, args...).Result()
		return err
	})
	return reply, err
}
