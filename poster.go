package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"pufa/config"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
	"pufa/store"
)

// poster makes the code of a place and the posters that hold it. Its other
// deeds list what was made, print it again, or take a code back.
func (p program) poster(ctx context.Context, args []string) error {
	deeds := map[string]func(program, context.Context, []string) error{
		"list": program.posterList, "print": program.posterPrint, "withdraw": program.posterWithdraw,
	}
	if len(args) > 0 && deeds[args[0]] != nil {
		return deeds[args[0]](p, ctx, args[1:])
	}
	return p.posterMake(ctx, args)
}

// posterWish is what the flags of a new poster say.
type posterWish struct {
	stats.Scene
	day    int
	wechat bool
}

func (p program) posterMake(ctx context.Context, args []string) error {
	f := p.newFlags("poster", "--as NAME --place P --pack PACK|--line TEXT [--theme T] [--event E] [--wechat] [-o FOLDER] SCENE; or poster list, print, withdraw")
	as := f.String("as", "", "the `name` of an account with the role 编辑; its password is asked")
	var w posterWish
	f.StringVar(&w.Place, "place", "", "where it will hang; no names of residents")
	f.StringVar(&w.Theme, "theme", "", "`theme` whose questions the page answers: "+strings.Join(content.Themes(), " "))
	f.StringVar(&w.Pack, "pack", "", "`pack` whose questions the page answers, like womens-week")
	f.IntVar(&w.day, "day", 1, "which `day` of the pack says the poster's line")
	f.StringVar(&w.Line, "line", "", "what the poster says, in place of the pack's line")
	f.StringVar(&w.Event, "event", "", "the activity it is for, in your words")
	f.BoolVar(&w.wechat, "wechat", false, "a code of the Official Account, made for ever, in place of one to our page")
	out := f.String("o", ".", "the `folder` to write to")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if *as == "" || f.NArg() != 1 {
		return usagef("poster: want --as NAME --place 东门社区公告栏 --pack womens-week, and the scene's id, like east-gate; or poster list, print or withdraw")
	}
	w.ID = f.Arg(0)
	settings, err := p.settings()
	if err != nil {
		return err
	}
	if err := p.settlePoster(ctx, settings, &w); err != nil {
		return err
	}
	err = p.atScenes(ctx, *as, func(st *store.Store, who staff.Account) error {
		w.By, w.At = who.Name, p.now().UTC().Truncate(time.Second)
		client, err := platformClient(settings, st, p.now, quietLog(p.stderr))
		if err == nil {
			w.Scene, err = makeScene(ctx, st, client, w.Scene, w.wechat)
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.writePosters(ctx, settings, w.Scene, *out)
}

// settlePoster fills in what the pack says, and refuses what would make a
// poster that leads nowhere.
func (p program) settlePoster(ctx context.Context, s config.Settings, w *posterWish) error {
	lib, err := p.library(ctx, true)
	if err != nil {
		return err
	}
	if w.Pack != "" {
		pack, ok := lib.Pack(w.Pack)
		if !ok {
			return usagef("poster: there is no pack %q: want one of %s", w.Pack, strings.Join(packIDs(lib), ", "))
		}
		if w.Theme != "" && w.Theme != pack.Theme {
			return usagef("poster: the pack %s is of the theme %s", pack.ID, pack.Theme)
		}
		w.Theme = pack.Theme
		i := slices.IndexFunc(pack.Pieces, func(piece content.Piece) bool { return piece.Day == w.day })
		if i < 0 {
			return usagef("poster: the pack %s has no piece of day %d", pack.ID, w.day)
		}
		if w.Line == "" {
			w.Line = pack.Pieces[i].Poster
		}
	}
	if w.Theme != "" && !slices.Contains(content.Themes(), w.Theme) {
		return usagef("poster: theme %q: want one of %s", w.Theme, strings.Join(content.Themes(), ", "))
	}
	if w.Theme == "" {
		return usagef("poster: want --pack or --theme: the page behind the code answers its questions")
	}
	if s.PublicURL == "" && !w.wechat {
		return noPublicURL()
	}
	return checkScene(lib, w.Scene)
}

func noPublicURL() error {
	return errors.New("poster: PUFA_PUBLIC_URL is not set, so the code would lead nowhere: set it to the address under which residents open this service, https://…, or use --wechat with an Official Account")
}

func packIDs(lib *content.Library) (ids []string) {
	for _, pack := range lib.Packs() {
		ids = append(ids, pack.ID)
	}
	return ids
}

// atScenes asks the password of an account with the role 编辑.
func (p program) atScenes(ctx context.Context, as string, do func(*store.Store, staff.Account) error) error {
	password, err := p.password("「" + as + "」的口令: ")
	if err != nil {
		return err
	}
	return p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		who, err := o.As(ctx, as, password, staff.Editor)
		if err != nil {
			return fmt.Errorf("work on posters as %s: %w", as, err)
		}
		return do(st, who)
	})
}

// writePosters writes the poster of a scene in every size.
func (p program) writePosters(ctx context.Context, s config.Settings, scene stats.Scene, folder string) error {
	street, err := p.streetNow(ctx, s)
	if err != nil {
		return err
	}
	poster := report.PosterOf(scene, s.PublicURL, street.Name, street.Office)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("poster: make folder: %w", err)
	}
	for _, size := range report.PosterSizes() {
		for kind, write := range map[string]func(io.Writer, report.Poster, report.PosterSize) error{"svg": report.PosterSVG, "html": report.PosterHTML} {
			var buf bytes.Buffer
			if err := write(&buf, poster, size); err != nil {
				return err
			}
			if err := writeWhole(filepath.Join(folder, fmt.Sprintf("%s-%s.%s", scene.ID, size.Name, kind)), buf.Bytes()); err != nil {
				return err
			}
		}
	}
	_, err = fmt.Fprintf(p.stdout, "海报已写到 %s：%s-a4、-a3、-screen，各有 .svg 和 .html（用浏览器打开 .html 打印，或者存为 PDF）。\n码里是 %s\n", folder, scene.ID, poster.Code)
	return err
}

// streetNow is what the office told about itself in the console, or else in the
// settings.
func (p program) streetNow(ctx context.Context, s config.Settings) (street config.Street, err error) {
	err = p.withStore(ctx, func(st *store.Store) error {
		street, err = toldStreet(ctx, st, s.Street)
		return err
	})
	return street, err
}

// posterPrint writes the posters of a scene once more.
func (p program) posterPrint(ctx context.Context, args []string) error {
	f := p.newFlags("poster print", "[-o FOLDER] SCENE")
	out := f.String("o", ".", "the `folder` to write to")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("poster print: name the scene, as poster list shows it")
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	var scene stats.Scene
	err = p.withStore(ctx, func(st *store.Store) (err error) {
		scene, err = st.Scene(ctx, f.Arg(0))
		return err
	})
	switch {
	case err != nil:
		return err
	case !scene.Withdrawn.IsZero():
		return fmt.Errorf("poster: the code %s was withdrawn and counts no more: make another one", scene.ID)
	case scene.Code == "" && settings.PublicURL == "":
		return noPublicURL()
	}
	return p.writePosters(ctx, settings, scene, *out)
}

// posterWithdraw lets a code count no more. Whoever scans it still gets a page.
func (p program) posterWithdraw(ctx context.Context, args []string) error {
	f := p.newFlags("poster withdraw", "--as NAME SCENE")
	as := f.String("as", "", "the `name` of an account with the role 编辑; its password is asked")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if *as == "" || f.NArg() != 1 {
		return usagef("poster withdraw: want --as NAME and the scene, as poster list shows it")
	}
	err := p.atScenes(ctx, *as, func(st *store.Store, who staff.Account) error {
		return st.WithdrawScene(ctx, who.Name, f.Arg(0), p.now().UTC().Truncate(time.Second))
	})
	return p.told(err, "场景码 %s 已收回：以前的数保留，以后不再计数。\n", f.Arg(0))
}

// posterList prints the scenes. How often each was scanned stands in the
// report, where small numbers are hidden.
func (p program) posterList(ctx context.Context, args []string) error {
	f := p.newFlags("poster list", "")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	var list []stats.Scene
	err := p.withStore(ctx, func(st *store.Store) (err error) {
		list, err = st.Scenes(ctx)
		return err
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "场景码\t地点\t专题\t资料包\t活动\t海报语\t码\t制作\t日期\t状态")
	for _, s := range list {
		code, state := "网页", "在用"
		if s.Code != "" {
			code = "公众号"
		}
		if !s.Withdrawn.IsZero() {
			state = s.Withdrawn.In(zone).Format(time.DateOnly) + "收回"
		}
		fmt.Fprintln(table, strings.Join([]string{s.ID, s.Place, s.Theme, s.Pack, s.Event, s.Line, code, s.By, s.At.In(zone).Format(time.DateOnly), state}, "\t"))
	}
	return table.Flush()
}
