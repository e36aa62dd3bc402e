package campaign

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	idForm    = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	coverForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	// markup is what a browser or the platform would read as more than text.
	markup = regexp.MustCompile(`(?i)<\s*[/!?a-z]|&(?:#|[a-z]+;)|javascript:`)
)

// Check returns everything that is wrong with a campaign, all at once: with
// its form, its entries, its time, the account's quota and other campaigns.
func (r Rules) Check(c Campaign, shelf Shelf, now time.Time, others []Campaign) []Problem {
	var f findings
	r.checkForm(&f, c)
	checkAudience(&f, c, shelf)
	checkWords(&f, c)
	r.checkEntries(&f, c, shelf)
	for _, said := range shelf.Forbids(c.words()) {
		f.add(Unusable, c.wordsField(), "%s", said)
	}
	checkTimes(&f, c, now)
	r.checkOthers(&f, c, others)
	return f
}

func (r Rules) checkForm(f *findings, c Campaign) {
	if !idForm.MatchString(c.ID) {
		f.add(Unusable, "id", "编号「%s」不合规：用小写字母、数字和短横，最多32个", c.ID)
	}
	switch n := utf8.RuneCountInString(c.Title); {
	case strings.TrimSpace(c.Title) == "":
		f.add(Unready, "title", "没有名称")
	case n > MaxTitle:
		f.add(Unusable, "title", "名称有%d个字，最多%d个", n, MaxTitle)
	}
	plain(f, "title", "名称", c.Title)
	if _, known := channelNames[c.Channel]; !known {
		f.add(Unusable, "channel", "没有「%s」这个渠道", c.Channel)
	} else if why := r.Account.impossible(c.Channel); why != "" {
		f.add(Unready, "channel", "%s", why)
	}
	if c.Repeat != Once && c.Repeat != Yearly {
		f.add(Unusable, "repeat", "没有「%s」这种重复方式", c.Repeat)
	}
}

func checkAudience(f *findings, c Campaign, shelf Shelf) {
	a := c.Audience
	switch a.Scope {
	case Everyone:
		return
	case ByTag:
		if a.Tag <= 0 {
			f.add(Unready, "audience", "对象是空的：没有选标签")
		}
		if c.Channel != Mass {
			f.add(Unready, "audience", "只有群发能按标签选对象，「%s」请选全部关注者", c.Channel.Chinese())
		}
	case ByTopic:
		if _, known := shelf.Topic(a.Topic); !known {
			f.add(Unready, "audience", "对象是空的：没有「%s」这个主题", a.Topic)
		}
		if !c.Channel.PerFollower() {
			f.add(Unready, "audience", "「%s」不能按订阅的主题选对象，请选全部关注者", c.Channel.Chinese())
		}
	default:
		f.add(Unready, "audience", "对象是空的：没有选发给谁")
	}
}

func checkWords(f *findings, c Campaign) {
	if c.Channel.Written() {
		if c.Text != "" {
			f.add(Unready, "text", "「%s」发的是图文，请把正文写进图文", c.Channel.Chinese())
		}
		checkArticles(f, c.Articles)
	} else {
		if len(c.Articles) > 0 {
			f.add(Unready, "articles", "「%s」不发图文，请把要说的写进正文", c.Channel.Chinese())
		}
		checkText(f, c)
	}
}

func checkArticles(f *findings, list []Article) {
	switch {
	case len(list) == 0:
		f.add(Unready, "articles", "没有图文")
	case len(list) > MaxArticles:
		f.add(Unusable, "articles", "有%d篇图文，最多%d篇", len(list), MaxArticles)
	}
	for i, a := range list {
		name := fmt.Sprintf("第%d篇图文的", i+1)
		length(f, "articles", name+"标题", a.Title, MaxTitle)
		length(f, "articles", name+"摘要", a.Digest, MaxDigest)
		length(f, "articles", name+"正文", a.Body, MaxBody-1)
		if len(a.Body) >= maxBodySize {
			f.add(Unusable, "articles", "%s正文有%d字节，要少于1MB", name, len(a.Body))
		}
		if strings.TrimSpace(a.Title) == "" {
			f.add(Unready, "articles", "%s标题是空的", name)
		}
		if strings.TrimSpace(a.Body) == "" {
			f.add(Unready, "articles", "%s正文是空的", name)
		}
		plain(f, "articles", name+"标题", a.Title)
		plain(f, "articles", name+"摘要", a.Digest)
		plain(f, "articles", name+"正文", a.Body)
		switch {
		case a.Cover == "":
			f.add(Warning, "cover", "第%d篇图文没有封面图，平台要求图文有封面", i+1)
		case !coverForm.MatchString(a.Cover):
			f.add(Unusable, "cover", "%s封面图编号不合规，请重新上传图片", name)
		}
	}
}

func checkText(f *findings, c Campaign) {
	limit := MaxText
	if c.Channel == Card {
		limit = MaxCard
	}
	switch {
	case strings.TrimSpace(c.Text) == "":
		f.add(Unready, "text", "没有正文")
	case len(c.Text) > limit:
		f.add(Unusable, "text", "正文有%d字节，最多%d字节（一个汉字3字节），请删去%d字节", len(c.Text), limit, len(c.Text)-limit)
	}
	plain(f, "text", "正文", c.Text)
	if c.Channel == Notice && strings.TrimSpace(c.Text) != "" {
		if _, err := NoticeFields(c.Text); err != nil {
			f.add(Unready, "text", "%s", err.Error())
		}
	}
}

func length(f *findings, field, name, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		f.add(Unusable, field, "%s有%d个字，最多%d个", name, n, limit)
	}
}

// plain refuses what is more than plain text: residents' telephones would
// show it as letters, or run it.
func plain(f *findings, field, name, text string) {
	if at := markup.FindString(text); at != "" {
		f.add(Unusable, field, "%s里有网页代码「%s」：只能用纯文字", name, at)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' || r == '\u2028' || unicode.Is(unicode.Bidi_Control, r)
	}) {
		f.add(Unusable, field, "%s里有看不见的控制符，请删掉重新输入", name)
	}
}

func (r Rules) checkEntries(f *findings, c Campaign, shelf Shelf) {
	ids := entriesOf(c)
	if len(ids) == 0 {
		f.add(Warning, "entries", "没有写明依据哪些条目；讲法律规定的话要有条目作依据")
	}
	for _, id := range ids {
		e, known := shelf.Entry(id)
		if !known {
			f.add(Unusable, "entries", "没有「%s」这个条目", id)
			continue
		}
		for _, day := range c.days() {
			if why := r.silent(shelf, e, day); why != "" {
				f.add(Unready, "entries", "条目「%s」%s", id, why)
				break
			}
		}
	}
}

// days are those on which the entries must stand: when it starts and, of a
// card, as long as it is shown. None while no time is set.
func (c Campaign) days() []time.Time {
	if c.Due.IsZero() {
		return nil
	}
	if c.Channel == Card && c.Until.After(c.Due) {
		return []time.Time{c.Due, c.Until}
	}
	return []time.Time{c.Due}
}

// words is all that residents read.
func (c Campaign) words() string {
	parts := []string{c.Text}
	for _, a := range c.Articles {
		parts = append(parts, a.Title, a.Digest, a.Body)
	}
	return strings.Join(parts, "\n")
}

func (c Campaign) wordsField() string {
	if c.Channel.Written() {
		return "articles"
	}
	return "text"
}
