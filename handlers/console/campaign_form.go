package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/content"
)

// What is said beside a field before the Desk is asked.
const (
	sayNoDay     = "没有这一天，请重新选日期"
	sayNoTime    = "时间要写成 09:30 这样"
	sayHalfTime  = "日期和时间要都填，或者都不填"
	sayEveryone  = "选了全部，请勾选“我确认发给全部”"
	sayNoChannel = "请选一个渠道"
	sayNoTag     = "标签编号要写数字"
	sayNoGrace   = "请选补发时限"
)

const (
	dayForm  = time.DateOnly
	hourForm = "15:04"
	// Rows of a form that stand there empty.
	spareEntries = 2
	mostEntries  = 40
)

// campaignForm is a campaign as it is typed: whatever was typed comes back.
type campaignForm struct {
	New      bool
	URL      string // where it is sent
	ID       string
	Version  int64
	Read     string // sums up what the form was made of, see readSum
	Title    string
	Theme    string
	Channel  string
	Scope    string
	Tag      string
	Topic    string
	Sure     bool // everybody is meant
	Articles []articleForm
	Text     string
	Entries  []string
	Due      momentForm
	Until    momentForm
	Grace    string
	NightOK  bool
	Yearly   bool

	Faults map[string][]string // field → why it was not taken, or not ready
	Newest *campaignPage       // what somebody else wrote meanwhile
	Phone  phone
	Pick   picks
}

// articleForm is one article as it is typed.
type articleForm struct {
	Number              int // from 1
	Title, Digest, Body string
	Cover               string
	Entries             []string
}

// momentForm is a day and an hour as they are typed.
type momentForm struct{ Day, Hour string }

// picks are what a form offers to choose from.
type picks struct {
	Channels []choice
	Topics   []content.Topic
	Themes   []string
	Graces   []choice
	Entries  []*content.Entry
	titles   func(id string) (*content.Entry, bool)
}

// choice is one of several, with what it means.
type choice struct{ Value, Name, Meaning string }

// formOf is the form of a campaign.
func formOf(c campaign.Campaign) *campaignForm {
	f := &campaignForm{
		URL: campaignURL(c.ID) + "/edit", ID: c.ID, Version: c.Version, Read: readSum(c),
		Title: c.Title, Theme: c.Theme, Channel: string(c.Channel),
		Scope: string(c.Audience.Scope), Topic: c.Audience.Topic, Sure: c.Audience.Scope == campaign.Everyone,
		Text: c.Text, Entries: slices.Clone(c.Entries), Due: momentFormOf(c.Due), Until: momentFormOf(c.Until),
		Grace: strconv.Itoa(int(c.Grace / time.Minute)), NightOK: c.NightOK, Yearly: c.Repeat == campaign.Yearly,
	}
	if c.Audience.Tag > 0 {
		f.Tag = strconv.Itoa(c.Audience.Tag)
	}
	for _, a := range c.Articles {
		f.Articles = append(f.Articles, articleForm{Title: a.Title, Digest: a.Digest, Body: a.Body, Cover: a.Cover, Entries: slices.Clone(a.Entries)})
	}
	return f
}

func momentFormOf(t time.Time) momentForm {
	if t.IsZero() {
		return momentForm{}
	}
	t = t.In(campaign.Zone)
	return momentForm{t.Format(dayForm), t.Format(hourForm)}
}

// typedForm reads what was typed.
func (v *visit) typedForm() *campaignForm {
	f := &campaignForm{
		ID: v.form("id"), Version: v.version(), Read: v.form("read"),
		Title: v.form("title"), Theme: v.form("theme"), Channel: v.form("channel"), Scope: v.form("scope"),
		Tag: v.form("tag"), Topic: v.form("topic"), Sure: v.form("sure") != "", Text: v.text("text"),
		Entries: v.list("entry"), Due: v.moment("due"), Until: v.moment("until"), Grace: v.form("grace"),
		NightOK: v.form("night") != "", Yearly: v.form("yearly") != "",
	}
	for i := 1; i <= campaign.MaxArticles+1; i++ {
		if a := v.article(fmt.Sprintf("a%d-", i)); a.any() {
			f.Articles = append(f.Articles, a)
		}
	}
	return f
}

// article reads the fields whose names begin with a prefix.
func (v *visit) article(prefix string) articleForm {
	if v.form(prefix+"drop") != "" {
		return articleForm{}
	}
	return articleForm{
		Title: v.form(prefix + "title"), Digest: v.form(prefix + "digest"), Body: v.text(prefix + "body"),
		Cover: v.form(prefix + "cover"), Entries: v.list(prefix + "entry"),
	}
}

func (a articleForm) any() bool {
	return a.Title != "" || a.Digest != "" || a.Body != "" || a.Cover != "" || len(a.Entries) > 0
}

// text is a field of several lines, as they are counted everywhere else:
// browsers end a line with two characters.
func (v *visit) text(name string) string {
	return strings.ReplaceAll(v.form(name), "\r\n", "\n")
}

// list reads a field that stands several times, without the empty ones and
// without what stands there twice. An entry may be typed with its title after
// it.
func (v *visit) list(name string) (list []string) {
	for _, value := range v.r.PostForm[name] {
		id, _, _ := strings.Cut(strings.TrimSpace(strings.ToValidUTF8(value, "")), " ")
		if id != "" && !slices.Contains(list, id) && len(list) < mostEntries {
			list = append(list, id)
		}
	}
	return list
}

func (v *visit) moment(name string) momentForm {
	return momentForm{v.form(name + "-day"), v.form(name + "-hour")}
}

// into writes what was typed into a campaign. What cannot be read is a fault
// of its field.
func (f *campaignForm) into(c *campaign.Campaign) {
	c.Title, c.Theme, c.Channel, c.Text, c.Entries = f.Title, f.Theme, campaign.Channel(f.Channel), f.Text, f.Entries
	if f.Channel == "" {
		f.fault("channel", sayNoChannel)
	}
	c.NightOK, c.Repeat = f.NightOK, campaign.Once
	if f.Yearly {
		c.Repeat = campaign.Yearly
	}
	c.Due, c.Until = f.time("due", f.Due), f.time("until", f.Until)
	c.Grace = f.grace()
	c.Audience = f.audience()
	c.Articles = nil
	for _, a := range f.Articles {
		c.Articles = append(c.Articles, campaign.Article{Title: a.Title, Digest: a.Digest, Body: a.Body, Cover: a.Cover, Entries: a.Entries})
	}
}

func (f *campaignForm) fault(field, text string) {
	if f.Faults == nil {
		f.Faults = map[string][]string{}
	}
	f.Faults[field] = append(f.Faults[field], text)
}

// time reads a day and an hour; both empty is no time.
func (f *campaignForm) time(field string, m momentForm) time.Time {
	t, fault := m.time()
	if fault != "" {
		f.fault(field, fault)
	}
	return t
}

func (m momentForm) time() (t time.Time, fault string) {
	if m == (momentForm{}) {
		return time.Time{}, ""
	}
	if m.Day == "" || m.Hour == "" {
		return time.Time{}, sayHalfTime
	}
	day, err := time.ParseInLocation(dayForm, m.Day, campaign.Zone)
	if err != nil {
		return time.Time{}, sayNoDay
	}
	hour, err := time.Parse(hourForm, m.Hour)
	if err != nil {
		return time.Time{}, sayNoTime
	}
	return day.Add(time.Duration(hour.Hour())*time.Hour + time.Duration(hour.Minute())*time.Minute), ""
}

func (f *campaignForm) grace() time.Duration {
	minutes, err := strconv.Atoi(f.Grace)
	if err != nil || minutes <= 0 || minutes > int(campaign.MaxGrace/time.Minute) {
		f.fault("grace", sayNoGrace)
		return campaign.DefaultGrace
	}
	return time.Duration(minutes) * time.Minute
}

// audience is whom the form chose. Nobody is meant by nothing, and everybody
// only where it was confirmed.
func (f *campaignForm) audience() campaign.Audience {
	a := campaign.Audience{Scope: campaign.Scope(f.Scope)}
	switch a.Scope {
	case campaign.Everyone:
		if !f.Sure {
			f.fault("audience", sayEveryone)
		}
	case campaign.ByTag:
		tag, err := strconv.ParseInt(f.Tag, 10, 32)
		if err != nil && f.Tag != "" {
			f.fault("audience", sayNoTag)
		}
		a.Tag = int(tag)
	case campaign.ByTopic:
		a.Topic = f.Topic
	default:
		return campaign.Audience{}
	}
	return a
}

// say puts problems beside their fields.
func (f *campaignForm) say(problems []campaign.Problem) {
	for _, p := range problems {
		if p.Field == "entries" && len(f.Articles) > 0 && campaign.Channel(f.Channel).Written() {
			p.Field = "articles"
		}
		if p.Field == "channel" && f.Channel == "" {
			continue // that it was not chosen is said already
		}
		if !slices.Contains(f.Faults[p.Field], p.Text) {
			f.fault(p.Field, p.Text)
		}
	}
}
