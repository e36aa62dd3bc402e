package wechat_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// walk is a client and the platform it calls.
type walk struct {
	*wechat.Client
	*testing.T
	platform *wechattest.Platform
	called   map[string]bool
}

func newWalk(t *testing.T, opt wechattest.Options, timeout time.Duration) *walk {
	t.Helper()
	opt.Now = func() time.Time { return wechat.TestNow }
	p, err := wechattest.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := wechat.NewClient(wechat.ClientConfig{
		AppID: p.AppID(), Secret: p.Secret(), BaseURL: p.URL(), HTTP: &http.Client{Timeout: timeout, Transport: transport},
		Tokens: &wechat.SharedTokens{}, Ledger: &wechat.CountingLedger{}, Now: opt.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &walk{Client: c, T: t, platform: p, called: map[string]bool{}}
}

// did notes that a method was called and must have worked.
func (w *walk) did(method string, err error) {
	w.Helper()
	w.called[method] = true
	if err != nil {
		w.Errorf("%s: %v", method, err)
	}
}

// TestEveryMethodAgainstThePlatform calls every method of the client on a
// platform that checks what it is sent.
func TestEveryMethodAgainstThePlatform(t *testing.T) {
	w := newWalk(t, wechattest.Options{Followers: 20_001, JobTime: time.Hour}, 5*time.Second)
	w.people()
	media := w.drafts()
	w.massMessages(media)
	w.rest()
	for i := range reflect.TypeFor[*wechat.Client]().NumMethod() {
		name := reflect.TypeFor[*wechat.Client]().Method(i).Name
		if printed := []string{"String", "GoString", "Format", "LogValue"}; !w.called[name] && !slices.Contains(printed, name) {
			t.Errorf("%s was not called", name)
		}
	}
	if n := w.platform.TokensMade(); n != 1 {
		t.Errorf("%d tokens made, want 1", n)
	}
}

func (w *walk) people() {
	ctx := w.Context()
	var ids []string
	for page, err := range w.Followers(ctx, "") {
		w.did("Followers", err)
		ids = append(ids, page.OpenIDs...)
	}
	if len(ids) != 20_001 {
		w.Fatalf("%d followers, want 20001", len(ids))
	}
	w.platform.Wrote(1)
	w.did("SendMessage", w.SendMessage(ctx, ids[0], wechat.CustomerText("您好 <a href=\"https://example.test/a?c=x\">a</a>\u2028&")))
	w.did("SendMessage", w.SendMessage(ctx, ids[0], wechat.CustomerNews(wechat.NewsItem{Title: "标题", URL: "https://example.test/a"})))
	w.did("SendMessage", w.SendMessage(ctx, ids[0], wechat.CustomerMenu("选", []wechat.MenuChoice{{ID: "1", Content: "退货"}}, "")))
	w.did("Typing", w.Typing(ctx, ids[0], true))
	if err := w.SendMessage(ctx, ids[1], wechat.CustomerText("您好")); wechat.KindOf(err) != wechat.Outside48h {
		w.Errorf("to somebody who did not write: %v", err)
	}
	_, err := w.SendNotice(ctx, ids[1], wechat.Notice{TemplateID: "T", Page: "https://example.test/a", Fields: map[string]string{"thing1": "普法讲座"}})
	w.did("SendNotice", err)
	tag, err := w.CreateTag(ctx, "妇女权益")
	w.did("CreateTag", err)
	w.did("TagFollowers", w.TagFollowers(ctx, tag.ID, ids[:50]))
	w.did("UntagFollowers", w.UntagFollowers(ctx, tag.ID, ids[:1]))
	tags, err := w.Tags(ctx)
	w.did("Tags", err)
	if i := slices.IndexFunc(tags, func(t wechat.FollowerTag) bool { return t.ID == tag.ID }); i < 0 || tags[i].Count != 49 {
		w.Errorf("tags %v, want one with 49 followers", tags)
	}
	_, err = w.SendMass(ctx, wechat.MassMessage{Audience: wechat.Tag(tag.ID), Content: wechat.MassText("您好"), Key: "tag"})
	w.did("SendMass", err)
}

// drafts returns two drafts, to be sent and to be deleted.
func (w *walk) drafts() string {
	ctx := w.Context()
	png := append([]byte("\x89PNG\x0d\x0a\x1a\x0a"), make([]byte, 100)...)
	address, err := w.UploadImage(ctx, png)
	w.did("UploadImage", err)
	cover, err := w.AddMaterial(ctx, wechat.MaterialImage, png)
	w.did("AddMaterial", err)
	a := wechat.DraftArticle{Title: "三八妇女节", Content: `<p>a & b</p><img src="` + address + `">`, CoverID: cover.MediaID}
	add := func() string {
		id, err := w.AddDraft(ctx, []wechat.DraftArticle{a})
		w.did("AddDraft", err)
		return id
	}
	deleted, published, sent := add(), add(), add()
	w.did("DeleteDraft", w.DeleteDraft(ctx, deleted))
	a.Title = "三八妇女节：这些权利要知道"
	w.did("UpdateDraft", w.UpdateDraft(ctx, sent, 0, a))
	kept, err := w.Draft(ctx, sent)
	w.did("Draft", err)
	if len(kept) != 1 || kept[0].Title != a.Title || kept[0].Content != a.Content {
		w.Errorf("draft kept as %+v", kept)
	}
	job, err := w.Publish(ctx, published)
	w.did("Publish", err)
	state, _, err := w.PublishStateOf(ctx, job.ID)
	w.did("PublishStateOf", err)
	if state != wechat.Publishing {
		w.Errorf("publication is in state %d, want %d", state, wechat.Publishing)
	}
	return sent
}

func (w *walk) massMessages(media string) {
	ctx := w.Context()
	w.did("PreviewMass", w.PreviewMass(ctx, wechattest.OpenID(0), wechat.MassNews(media)))
	w.did("PreviewMassByName", w.PreviewMassByName(ctx, "wx_name", wechat.MassNews(media)))
	m := wechat.MassMessage{Audience: wechat.All("women-2026-1"), Content: wechat.MassNews(media), Key: "women-2026-1"}
	first, err := w.SendMass(ctx, m)
	w.did("SendMass", err)
	again, err := w.SendMass(ctx, m)
	w.did("SendMass", err)
	if first.Repeated || !again.Repeated || first.MsgID != again.MsgID || first.DataID == 0 {
		w.Errorf("first %+v, again %+v, want the same message", first, again)
	}
	state, err := w.MassStateOf(ctx, first.MsgID)
	w.did("MassStateOf", err)
	if state != wechat.MassSending {
		w.Errorf("mass message is in state %q, want %q", state, wechat.MassSending)
	}
	list := wechat.OpenIDs([]string{wechattest.OpenID(1), wechattest.OpenID(2)})
	_, err = w.SendMass(ctx, wechat.MassMessage{Audience: list, Content: wechat.MassText("您好"), Key: "list"})
	w.did("SendMass", err)
	// A message that is still being sent has no page to delete yet.
	for name, err := range map[string]error{
		"DeleteMass": w.DeleteMass(ctx, first.MsgID), "DeleteMassArticle": w.DeleteMassArticle(ctx, first.MsgID, 1),
	} {
		w.called[name] = true
		var refused *wechat.APIError
		if !errors.As(err, &refused) || refused.Code == 0 || wechat.MaybeAccepted(err) {
			w.Errorf("%s of a message that is being sent: %v", name, err)
		}
	}
}

func (w *walk) rest() {
	ctx := w.Context()
	none, err := w.Menu(ctx)
	w.did("Menu", err)
	menu := []wechat.MenuButton{{Name: "专题", Sub: []wechat.MenuButton{{Name: "妇女权益", Key: "topic:women"}, {Name: "网页", URL: "https://example.test/?a=1&b=2"}}}}
	w.did("CreateMenu", w.CreateMenu(ctx, menu))
	kept, err := w.Menu(ctx)
	w.did("Menu", err)
	if len(none) != 0 || !reflect.DeepEqual(kept, menu) {
		w.Errorf("menu was %v, is %v, want %v", none, kept, menu)
	}
	w.did("DeleteMenu", w.DeleteMenu(ctx))
	code, err := w.CreateCode(ctx, "banner-38", 7*24*time.Hour)
	w.did("CreateCode", err)
	if code.Expires != 7*24*time.Hour {
		w.Errorf("the code lives %s", code.Expires)
	}
	_, err = w.CreatePermanentCode(ctx, "门口")
	w.did("CreatePermanentCode", err)
	yesterday := wechat.TestNow.AddDate(0, 0, -1)
	_, err = w.FollowerChanges(ctx, yesterday.AddDate(0, 0, -6), yesterday)
	w.did("FollowerChanges", err)
	_, err = w.FollowerTotals(ctx, yesterday, yesterday)
	w.did("FollowerTotals", err)
	_, err = w.ArticleSummaries(ctx, yesterday)
	w.did("ArticleSummaries", err)
	_, err = w.ArticleTotals(ctx, yesterday)
	w.did("ArticleTotals", err)
	q, err := w.CallQuota(ctx, "/cgi-bin/message/custom/send")
	w.did("CallQuota", err)
	if q.Used != 4 || q.Left != q.Daily-4 {
		w.Errorf("quota %+v, want 4 used", q)
	}
}

// TestAcceptedAndNotAnswered: whatever the platform carried out without saying
// so is told as such, and only a key makes it safe to ask again.
func TestAcceptedAndNotAnswered(t *testing.T) {
	for name, kind := range map[string]wechattest.Kind{
		"no answer": wechattest.Hang, "reset": wechattest.Reset, "half an answer": wechattest.Half, "a gateway's page": wechattest.HTML,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWalk(t, wechattest.Options{Followers: 10}, 200*time.Millisecond)
			w.platform.Break(wechattest.Fault{Kind: kind, Path: "/cgi-bin/message/subscribe/bizsend", Accept: true, Times: 1})
			_, err := w.SendNotice(t.Context(), wechattest.OpenID(3), wechat.Notice{TemplateID: "T", Fields: map[string]string{"thing1": "通知"}})
			if !wechat.MaybeAccepted(err) || w.platform.Accepted("/cgi-bin/message/subscribe/bizsend") != 1 {
				t.Errorf("notice: %v, accepted %d times", err, w.platform.Accepted("/cgi-bin/message/subscribe/bizsend"))
			}
			w.platform.Break(wechattest.Fault{Kind: kind, Path: "/cgi-bin/message/mass/sendall", Accept: true, Times: 1})
			m := wechat.MassMessage{Audience: wechat.All("k"), Content: wechat.MassText("您好"), Key: "k"}
			if _, err := w.SendMass(t.Context(), m); wechat.KindOf(err) != wechat.RetrySameKey {
				t.Errorf("mass message: %v of kind %s", err, wechat.KindOf(err))
			}
			job, err := w.SendMass(t.Context(), m)
			if err != nil || !job.Repeated || job.MsgID == 0 || len(w.platform.MassMessages()) != 1 {
				t.Errorf("again: %+v, %v, %d messages", job, err, len(w.platform.MassMessages()))
			}
		})
	}
}

// TestTokensThatEnd lets the platform end its tokens while many call.
func TestTokensThatEnd(t *testing.T) {
	w := newWalk(t, wechattest.Options{}, 5*time.Second)
	for made, end := range []func(){func() {}, w.platform.ExpireTokens, w.platform.WithdrawTokens} {
		end()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := w.Tags(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := w.platform.TokensMade(); n != made+1 {
			t.Errorf("%d tokens made, want %d", n, made+1)
		}
		if n := w.platform.Calls("/cgi-bin/stable_token"); n != made+1 {
			t.Errorf("%d token calls, want %d", n, made+1)
		}
	}
}
