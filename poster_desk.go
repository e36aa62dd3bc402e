package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pufa/content"
	"pufa/handlers/console"
	"pufa/report"
	"pufa/stats"
	"pufa/store"
	"pufa/wechat"
)

// errNoAccount means that a code of the account is wanted and there is none.
var errNoAccount = errors.New("poster: no Official Account is configured (PUFA_WECHAT_APP_ID …): leave --wechat out")

// checkScene reports everything that is wrong with a new poster: terminal and
// console ask it.
func checkScene(lib *content.Library, s stats.Scene) error {
	var errs []error
	if !slices.Contains(content.Themes(), s.Theme) {
		errs = append(errs, stats.Fault("theme", "请选一项内容：码后面的网页要答它的问题。", fmt.Sprintf("theme %q is none of %s", s.Theme, strings.Join(content.Themes(), ", "))))
	}
	if said := lib.Forbids(s.Line); len(said) > 0 {
		text := "海报上不能这样写：" + strings.Join(said, "；")
		errs = append(errs, stats.Fault("line", text, text))
	}
	if err := errors.Join(append(errs, s.Check())...); err != nil {
		return fmt.Errorf("poster: %w", err)
	}
	return nil
}

// makeScene keeps the scene. The account's code, which cannot be taken back, is
// made only for an id that is free.
func makeScene(ctx context.Context, st *store.Store, client *wechat.Client, s stats.Scene, account bool) (stats.Scene, error) {
	if _, err := st.Scene(ctx, s.ID); !errors.Is(err, stats.ErrNoScene) {
		if err == nil {
			err = fmt.Errorf("%w: %s; poster print draws it again", stats.ErrSceneTaken, s.ID)
		}
		return s, err
	}
	if account {
		if client == nil {
			return s, errNoAccount
		}
		code, err := client.CreatePermanentCode(ctx, s.ID)
		if err != nil {
			return s, fmt.Errorf("poster: the account did not make a code; without --wechat the code leads to our page: %w", err)
		}
		s.Code = code.URL
	}
	return s, st.AddScene(ctx, s)
}

// posterDesk is what the console's pages of posters ask.
type posterDesk struct{ server *server }

// posterPages wires them to the running server.
func (s *server) posterPages() *console.Posters {
	return &console.Posters{Desk: posterDesk{s}, Library: s.live.Library}
}

// Scenes are all posters that were ever made, by id.
func (d posterDesk) Scenes(ctx context.Context) ([]stats.Scene, error) {
	return d.server.store.Scenes(ctx)
}

// Scene is the poster of an id, or stats.ErrNoScene.
func (d posterDesk) Scene(ctx context.Context, id string) (stats.Scene, error) {
	return d.server.store.Scene(ctx, id)
}

// Check reports everything that is wrong with a new poster.
func (d posterDesk) Check(s stats.Scene) error { return checkScene(d.server.live.Library(), s) }

// Make keeps a new poster, with a code of the account where one is wanted.
func (d posterDesk) Make(ctx context.Context, s stats.Scene, account bool) (stats.Scene, error) {
	if err := d.Check(s); err != nil {
		return s, err
	}
	if page, own := d.Ways(); account && !own || !account && !page {
		return s, fmt.Errorf("poster: a code of this kind cannot be made: account %t", account)
	}
	s.At = d.server.now().UTC().Truncate(time.Second)
	return makeScene(ctx, d.server.store, d.server.pushes.client, s, account)
}

// Withdraw lets a code count no more.
func (d posterDesk) Withdraw(ctx context.Context, who, id string) error {
	return d.server.store.WithdrawScene(ctx, who, id, d.server.now().UTC().Truncate(time.Second))
}

// Draw is the poster as it is printed now.
func (d posterDesk) Draw(s stats.Scene) report.Poster {
	street := d.server.street()
	return report.PosterOf(s, d.server.settings.PublicURL, street.Name, street.Office)
}

// Ways says which codes can be made: one of our page, one of the account.
func (d posterDesk) Ways() (page, account bool) {
	return d.server.settings.PublicURL != "", d.server.pushes.client != nil
}
