package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/url"

	"pufa/handlers/console"
)

// inviteFirst prints a link to the first account while there is none. The link
// works once, for a day, and not any more when an account was made otherwise.
func (s *server) inviteFirst(ctx context.Context, out io.Writer, base string) error {
	accounts, err := s.store.Accounts(ctx)
	if err != nil || len(accounts) > 0 {
		return err
	}
	token := rand.Text()
	if err := s.store.Invite(ctx, token); err != nil {
		return err
	}
	if s.settings.PublicURL != "" {
		base = s.settings.PublicURL
	}
	_, err = fmt.Fprintf(out, "还没有工作人员账号。请打开这个链接建立第一个（只能用一次，24小时内有效，不要转发）：\n  %s%s/first?token=%s\n",
		base, console.Path, url.QueryEscape(token))
	return err
}
