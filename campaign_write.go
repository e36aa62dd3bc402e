package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/deliver"
)

// maxCampaignFile bounds a file with the words of a campaign, in bytes.
const maxCampaignFile = 4 << 20

// fields makes a flag for everything that people write of a campaign. Each
// writes into c as it is read, so that what is left out stays as it was.
func (f campaignFlags) fields(c *campaign.Campaign) {
	set := func(name, usage string, read func(string) error) {
		f.Func(name, usage, func(text string) error { return read(strings.TrimSpace(text)) })
	}
	f.StringVar(&c.Title, "title", c.Title, "the `name` for the office")
	f.StringVar(&c.Theme, "theme", c.Theme, "`theme`: 3.8, 3.15, 12.4, 反诈; its questions are counted")
	set("channel", "`channel`: 群发 发布 订阅通知 客服消息 对话卡片", func(s string) error { return readChannel(&c.Channel, s) })
	set("audience", "`whom`: 全部, 标签:12 or 主题:women", func(s string) error { return readAudience(&c.Audience, s) })
	set("at", "`when` it starts, like \"2027-03-08 10:00\"", func(s string) error { return readMoment(&c.Due, s) })
	set("until", "`when` its window ends; 7 days later when left out", func(s string) error { return readMoment(&c.Until, s) })
	f.DurationVar(&c.Grace, "grace", c.Grace, "how late it may still start, like 6h; 12h when left out")
	f.BoolVar(&c.NightOK, "night", c.NightOK, "a time between 21:00 and 08:00 is meant")
	f.StringVar(&c.Text, "text", c.Text, "what 对话卡片, 客服消息 and 订阅通知 say")
	set("entries", "`entries` that the words stand on, divided by commas", func(s string) error {
		c.Entries = strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,，、", r) })
		return nil
	})
	set("file", "`file` with the words: plain text, or for 群发 and 发布 articles as docs/operations.md shows", func(s string) error {
		return readWords(c, s)
	})
	f.BoolFunc("yearly", "a draft of it is made for the next year", func(string) error { c.Repeat = campaign.Yearly; return nil })
}

func readChannel(to *campaign.Channel, text string) error {
	for _, c := range campaign.Channels() {
		if text == c.Chinese() || text == string(c) {
			*to = c
			return nil
		}
	}
	return fmt.Errorf("没有「%s」这个渠道，请从 群发 发布 订阅通知 客服消息 对话卡片 里选一个", text)
}

func readAudience(to *campaign.Audience, text string) error {
	kind, what, _ := strings.Cut(strings.Replace(text, "：", ":", 1), ":")
	switch kind {
	case "全部":
		*to = campaign.Audience{Scope: campaign.Everyone}
		return nil
	case "标签":
		n, err := strconv.Atoi(what)
		if err != nil || n <= 0 {
			return fmt.Errorf("标签「%s」不是编号，要写成 标签:12", what)
		}
		*to = campaign.Audience{Scope: campaign.ByTag, Tag: n}
		return nil
	case "主题":
		*to = campaign.Audience{Scope: campaign.ByTopic, Topic: what}
		return nil
	}
	return fmt.Errorf("对象「%s」不明白，要写成 全部、标签:12 或 主题:women", text)
}

func readMoment(to *time.Time, text string) error {
	t, err := time.ParseInLocation(minuteForm, text, zone)
	if err != nil {
		return fmt.Errorf("「%s」不是一个时刻：要写成 2027-03-08 10:00，而且那个月要有那一天", text)
	}
	*to = t
	return nil
}

// readWords reads a file of words: articles where there is a heading, else a
// text. Channel decides later whether they fit.
func readWords(c *campaign.Campaign, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("打不开文件：%w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxCampaignFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("读不了文件：%w", err)
	case len(data) > maxCampaignFile:
		return fmt.Errorf("文件超过%dMB", maxCampaignFile>>20)
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	if articles := articlesIn(text); len(articles) > 0 {
		c.Articles, c.Text = articles, ""
	} else {
		c.Articles, c.Text = nil, strings.TrimSpace(text)
	}
	return nil
}

// articlesIn reads articles: each begins with its title after a #; a line after
// > is its digest, 依据： names its entries, 封面： its cover, the rest is its
// body.
func articlesIn(text string) (list []campaign.Article) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "# "); ok {
			list = append(list, campaign.Article{Title: strings.TrimSpace(title)})
			continue
		}
		if len(list) == 0 || line == "" {
			continue
		}
		a := &list[len(list)-1]
		digest, isDigest := strings.CutPrefix(line, ">")
		entries, isEntries := strings.CutPrefix(strings.Replace(line, ":", "：", 1), "依据：")
		cover, isCover := strings.CutPrefix(strings.Replace(line, ":", "：", 1), "封面：")
		switch {
		case isDigest:
			a.Digest = strings.TrimSpace(digest)
		case isEntries:
			a.Entries = append(a.Entries, strings.FieldsFunc(entries, func(r rune) bool { return strings.ContainsRune(" ,，、", r) })...)
		case isCover:
			a.Cover = strings.TrimSpace(cover)
		case a.Body == "":
			a.Body = line
		default:
			a.Body += "\n" + line
		}
	}
	return list
}

// campaignNew keeps a draft.
func (p program) campaignNew(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("new", "--as NAME --title T --channel C --at WHEN …", "编辑")
	c := campaign.Campaign{Audience: campaign.Audience{Scope: campaign.Everyone}}
	f.fields(&c)
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *f.as == "" || c.Title == "" || c.Channel == "" {
		return usagef("campaign new: want --as NAME --title 名称 --channel 对话卡片 --at \"2027-03-08 10:00\" --text 正文 --entries 条目")
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		made, err := d.Create(ctx, d.who, c)
		if err != nil {
			return err
		}
		return p.told(nil, "「%s」存为草稿，编号 %s。写好后用 pufa campaign submit 提交。\n", made[0].Title, made[0].ID)
	})
}

// campaignEdit changes what the flags name and leaves the rest as it is.
func (p program) campaignEdit(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("edit", "--as NAME [--at WHEN] [--text TEXT] … ID", "编辑")
	f.fields(&campaign.Campaign{})
	id, err := f.one(args, true)
	if err != nil {
		return shown(err)
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		c, err := d.store.Campaign(ctx, id)
		if err != nil {
			return err
		}
		again := p.newCampaignFlags("edit", "", "编辑")
		again.fields(&c)
		if err := again.parse(args, 1); err != nil {
			return err
		}
		if moved(f, "at") && !moved(f, "until") {
			c.Until = c.Due.Add(campaign.DefaultSpan)
		}
		c, dropped, err := d.Edit(ctx, d.who, c)
		if dropped {
			return p.told(err, "「%s」已修改，原来的提交或审核作废，现在是「%s」。\n", c.Title, c.Status.Chinese())
		}
		return p.told(err, "「%s」已修改，现在是「%s」。\n", c.Title, c.Status.Chinese())
	})
}

// moved reports whether a flag was given.
func moved(f campaignFlags, name string) (given bool) {
	f.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}

// campaignPreview shows how residents will read it or, with --to, sends it to
// one telephone.
func (p program) campaignPreview(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("preview", "[--as NAME --to 微信号] ID", "编辑, 审核 or 发布")
	to := f.String("to", "", "the `WeChat name` of your own telephone, which follows the account: a test send")
	id, err := f.one(args, false)
	if err != nil {
		return shown(err)
	}
	if (*to == "") != (*f.as == "") {
		return usagef("campaign preview: a test send wants both --as NAME and --to 微信号")
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		if *to != "" {
			return p.testSend(ctx, d, id, *to)
		}
		c, _, err := d.Show(ctx, d.who, id)
		if err != nil {
			return err
		}
		printWords(p.stdout, c)
		return nil
	})
}

// testSend sends a campaign to one telephone.
func (p program) testSend(ctx context.Context, d pushDesk, id, to string) error {
	client, err := platformClient(d.settings, d.store, p.now, quietLog(p.stderr))
	if err != nil {
		return err
	}
	if client == nil {
		return errAbsent
	}
	c, err := d.Preview(ctx, d.who, id)
	if err != nil {
		return err
	}
	err = deliver.Preview(ctx, client, deliverOptions(d.settings), c, to)
	return p.told(err, "已试发给微信号「%s」，请在手机上看。正式推送仍要审核和排期。\n", to)
}
