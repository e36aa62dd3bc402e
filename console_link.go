package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"pufa/handlers/console"
	"pufa/wechat"
)

// platformCalls are the calls by which the connection is tried: all of them
// look, none changes anything. *wechat.Client makes them.
type platformCalls interface {
	Menu(ctx context.Context) ([]wechat.MenuButton, error)
	Tags(ctx context.Context) ([]wechat.FollowerTag, error)
	FollowerTotals(ctx context.Context, from, to time.Time) ([]wechat.FollowerTotal, error)
	CallQuota(ctx context.Context, path string) (wechat.CallQuota, error)
}

// linking checks the connection with WeChat, for the page of the state.
type linking struct{ server *server }

// Set reports whether an account is set up.
func (l linking) Set() bool { return !l.server.settings.WeChat.Made }

// linkTime is how long one step may take.
const linkTime = 3 * time.Second

// Check takes the steps in order. Without a token the platform answers nothing
// else, so that the steps behind it are not taken.
func (l linking) Check(ctx context.Context) []console.Fact {
	w := l.server.settings.WeChat
	client, err := wechat.NewClient(wechat.ClientConfig{
		AppID: w.AppID, Secret: w.AppSecret.Reveal(), BaseURL: w.APIBase, HTTP: &http.Client{Timeout: linkTime},
		Tokens: l.server.store, Ledger: l.server.store, Now: l.server.now, Log: l.server.log,
	})
	if err != nil {
		return []console.Fact{{Name: "公众号设置", Grade: console.Bad, Text: "设置不完整。", Mend: "请技术人员运行 pufa check 查看。"}}
	}
	return append([]console.Fact{l.callback(ctx)}, checkCalls(ctx, client, l.server.now())...)
}

// callback calls the program's own address as the platform does when it
// verifies it.
func (l linking) callback(ctx context.Context) console.Fact {
	f := console.Fact{Name: "回调地址"}
	base := l.server.settings.PublicURL
	if base == "" {
		base = l.server.base
		f.Mend = "没有设置 PUFA_PUBLIC_URL，只试了服务器自己的地址。"
	}
	const word = "7355608"
	got, err := l.ask(ctx, base, word)
	switch {
	case err != nil:
		f.Grade, f.Text = console.Warn, "从服务器上打不开 "+base+"/wechat。"
		f.Mend = "不一定是微信也打不开。请用手机流量打开 " + base + "/healthz，看到 ok 就没有问题；看不到，请检查域名、证书和反向代理。"
	case got != word:
		f.Grade, f.Text = console.Bad, base+"/wechat 有回应，但不是本系统的。"
		f.Mend = "请检查反向代理有没有把 /wechat 转到本系统，以及令牌（Token）和公众平台上填的是不是一样。"
	default:
		f.Grade, f.Text = console.Good, base+"/wechat 收得到、验得过签名。"
	}
	return f
}

func (l linking) ask(ctx context.Context, base, word string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	callback, err := wechat.New(callbackConfig(l.server.settings.WeChat))
	if err != nil {
		return "", err
	}
	query, err := callback.SealURL(word, l.server.now(), nil)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/wechat?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return strings.TrimSpace(string(body)), err
}

// checkCalls asks the platform, one step after the other.
func checkCalls(ctx context.Context, client platformCalls, now time.Time) []console.Fact {
	yesterday := now.In(zone).AddDate(0, 0, -1)
	steps := []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"接口凭证", func(ctx context.Context) (string, error) {
			_, err := client.Menu(ctx)
			if wechat.KindOf(err) == wechat.NoPermission {
				err = nil // the token was good: what is missing is told below
			}
			return "AppID 和 AppSecret 有效，服务器地址在白名单里。", err
		}},
		{"权限：自定义菜单", func(ctx context.Context) (string, error) {
			list, err := client.Menu(ctx)
			return fmt.Sprintf("可以用，现在有 %d 个一级菜单。", len(list)), err
		}},
		{"权限：关注者标签", func(ctx context.Context) (string, error) {
			list, err := client.Tags(ctx)
			return fmt.Sprintf("可以用，现在有 %d 个标签。", len(list)), err
		}},
		{"权限：数据统计", func(ctx context.Context) (string, error) {
			list, err := client.FollowerTotals(ctx, yesterday, yesterday)
			if len(list) > 0 {
				return fmt.Sprintf("可以用，昨天有 %d 人关注。", list[len(list)-1].Total), err
			}
			return "可以用。", err
		}},
		{"额度：客服消息", quotaOf(client, "/cgi-bin/message/custom/send")},
		{"额度：群发", quotaOf(client, "/cgi-bin/message/mass/sendall")},
	}
	facts := make([]console.Fact, len(steps))
	over := false // nothing else can be asked
	for i, s := range steps {
		facts[i] = console.Fact{Name: s.name, Text: "没有查：前面的一步没有通过。"}
		if over {
			continue
		}
		facts[i] = stepFact(ctx, s.name, s.do)
		over = i == 0 && facts[i].Grade != console.Good
	}
	return facts
}

func quotaOf(client platformCalls, path string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		q, err := client.CallQuota(ctx, path)
		return fmt.Sprintf("今天可以调用 %d 次，已用 %d 次，还剩 %d 次。", q.Daily, q.Used, q.Left), err
	}
}

func stepFact(ctx context.Context, name string, do func(context.Context) (string, error)) console.Fact {
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	text, err := do(ctx)
	if err == nil {
		return console.Fact{Name: name, Grade: console.Good, Text: text}
	}
	f := console.Fact{Name: name, Grade: console.Bad, Text: "没有通过。", Mend: "请过一会儿再查；一直这样请告诉技术人员。"}
	var api *wechat.APIError
	if errors.As(err, &api) {
		if api.Advice() != "" {
			f.Mend = api.Advice()
		}
		if api.Code != 0 {
			f.Text = fmt.Sprintf("没有通过（微信返回 %d）。", api.Code)
		}
		if api.Kind == wechat.NoPermission {
			f.Grade, f.Text = console.Warn, fmt.Sprintf("这个公众号没有这项权限（微信返回 %d）。", api.Code)
		}
	}
	return f
}
