package report

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/stats"
)

// street is a made-up subdistrict of two years. All of it follows from its
// seed.
type street struct {
	since        string
	days, months map[string]map[string]int64
	register     stats.Register
	scenes       []stats.Scene
	tickets      map[string]map[string]int64
	topics       map[string]string
	entries      map[string][]string
	titles       map[string]string
	campaigns    []campaign.Campaign
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// newYear is when the reports of 2026 are made.
var newYear = time.Date(2027, 1, 5, 9, 30, 0, 0, shanghai)

func newStreet(t testing.TB, since string) *street {
	t.Helper()
	s := &street{
		since: since, days: map[string]map[string]int64{}, months: map[string]map[string]int64{},
		topics: map[string]string{
			"women": "妇女权益", "dv": "反家庭暴力", "consumer": "消费维权", "labor": "劳动用工", "neighbors": "物业邻里", "elder": "老人与继承",
			"fraud": "诈骗与集资", "loan": "借钱担保", "traffic": "交通出行", "constitution": "宪法国安禁毒",
		},
		entries: map[string][]string{}, titles: map[string]string{},
	}
	byTopic := map[string][]string{"women": {"3.8"}, "consumer": {"3.15"}, "fraud": {"反诈"}, "constitution": {"12.4"}}
	for topic, name := range s.topics {
		for i := range 6 {
			id := fmt.Sprintf("%s/question-%d", topic, i+1)
			s.titles[id], s.entries[id] = fmt.Sprintf("%s常见问题之%d", name, i+1), nil
			if i%2 == 0 {
				s.entries[id] = byTopic[topic]
			}
		}
	}
	return s
}

// live lets a year go by: asked messages a day on average, and a year of the
// office's work.
func (s *street) live(t testing.TB, year int, asked float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(year), 12))
	ids := slices.Sorted(maps.Keys(s.entries))
	// A few entries are asked for often, most seldom, some never.
	weight := make([]float64, len(ids))
	for i := range weight {
		weight[i] = r.ExpFloat64() * r.ExpFloat64()
		if r.IntN(6) == 0 {
			weight[i] = 0
		}
	}
	s.hang()
	p := stats.Year(year)
	for day := p.From; !day.After(p.To); day = day.AddDate(0, 0, 1) {
		if stats.DayOf(day) < s.since {
			continue
		}
		for range int(asked * (0.5 + r.Float64())) {
			s.message(r, day.Add(time.Duration(7+r.IntN(16))*time.Hour), ids, weight)
		}
		s.others(r, day)
	}
	for m := range 12 {
		s.close(time.Date(year, time.Month(m+1), 1, 0, 0, 0, 0, shanghai), int64(3+r.IntN(40)))
	}
	s.office(t, r, year)
	s.push(year)
}

// push is what was pushed in a year: mass messages and cards on the days of
// the themes, a notice of which the platform settled not all, a page.
func (s *street) push(year int) {
	for i, one := range []struct {
		id, title, theme string
		channel          campaign.Channel
		month, day, days int
		done             campaign.Tally
		opened, shown    int
	}{
		{"w38-1", "“三八”维权周：怀孕不是辞退的理由", "3.8", campaign.Mass, 3, 5, 5, campaign.Tally{Planned: 1180, Reached: 1164, Failed: 9, Filtered: 7}, 213, 0},
		{"w38-card", "“三八”维权周对话卡片", "3.8", campaign.Card, 3, 5, 5, campaign.Tally{}, 12, 41},
		{"315-1", "“3·15”：网购七天无理由退货怎么退", "3.15", campaign.Mass, 3, 13, 7, campaign.Tally{Planned: 1196, Reached: 1180, Failed: 10, Filtered: 6}, 260, 0},
		{"fraud-1", "防骗提醒：要验证码的都别给", "反诈", campaign.Notice, 6, 18, 10, campaign.Tally{Planned: 320, Reached: 308, Failed: 5, Filtered: 4, InDoubt: 3}, 88, 0},
		{"rules", "社区法律服务站地址和时间", "", campaign.Publish, 8, 3, 5, campaign.Tally{}, 3, 0},
		{"124-1", "“12·4”：宪法就在身边", "12.4", campaign.Mass, 12, 1, 7, campaign.Tally{Planned: 1320, Reached: 1301, Failed: 12, Filtered: 7}, 154, 0},
	} {
		c := campaign.Campaign{
			ID: fmt.Sprintf("%d-%s", year, one.id), Title: one.title, Theme: one.theme, Channel: one.channel, Status: campaign.Done,
			Began: time.Date(year, time.Month(one.month), one.day, 9, 0, 0, 0, shanghai), Sent: campaign.Sent{Tally: one.done},
		}
		c.Until = c.Began.AddDate(0, 0, one.days)
		if stats.DayOf(c.Began) < s.since {
			continue
		}
		s.campaigns = append(s.campaigns, c)
		for range one.opened {
			s.raise(stats.Event{At: c.Began.Add(30 * time.Hour), Kind: stats.PageOpen, Topic: "consumer", Entry: "consumer/question-1", Source: stats.Via(c.ID)})
		}
		for range one.shown {
			s.raise(stats.Event{At: c.Began.Add(30 * time.Hour), Kind: stats.Card, Source: stats.Via(c.ID)})
		}
		if c.Theme != "" && c.Channel != campaign.Card {
			s.surge(c, 5*(i+2))
		}
	}
}

// surge lets n residents ask after a push, some of them twice.
func (s *street) surge(c campaign.Campaign, n int) {
	for entry, themes := range s.entries {
		if slices.Contains(themes, c.Theme) && strings.HasSuffix(entry, "/question-1") {
			topic, _, _ := strings.Cut(entry, "/")
			for i := range n + n/4 {
				s.raise(stats.Event{
					At: c.Began.Add(time.Duration(5*i) * time.Hour / 2), Kind: stats.Message, Outcome: "answered", Source: "text",
					Entry: entry, Topic: topic, Themes: themes,
				})
			}
		}
	}
	s.raise(stats.Closing(stats.OfCampaign(c.ID, c.Until), int64(n)))
}

// began are the campaigns that began in a period, and by now.
func (s *street) began(now time.Time) func(stats.Period) []stats.Pushed {
	return func(p stats.Period) (list []stats.Pushed) {
		for _, c := range s.campaigns {
			if day := stats.DayOf(c.Began); day >= stats.DayOf(p.From) && day <= stats.DayOf(p.To) && !c.Began.After(now) {
				list = append(list, pushedOf(c))
			}
		}
		return list
	}
}

func pushedOf(c campaign.Campaign) stats.Pushed {
	t := c.Sent.Tally
	return stats.Pushed{
		Push: stats.Push{ID: c.ID, Theme: c.Theme, From: c.Began, Until: c.Until}, Sends: c.Channel.Pushes(),
		Done: stats.PushDone{Planned: t.Planned, Reached: t.Reached, Failed: t.Failed, Filtered: t.Filtered, InDoubt: t.InDoubt},
	}
}

// close ends the windows of a month in which a topic and a theme were asked
// about by n residents.
func (s *street) close(month time.Time, n int64) {
	if s.months[stats.MonthOf(month)] == nil {
		return
	}
	for _, w := range []string{"topic|consumer|", "theme|3.15|"} {
		s.raise(stats.Closing(stats.Window{Name: w + stats.MonthOf(month), Ends: month.AddDate(0, 1, 0)}, n))
	}
}

func (s *street) message(r *rand.Rand, at time.Time, ids []string, weight []float64) {
	e := stats.Event{At: at, Kind: stats.Message, Outcome: "answered", Source: "text"}
	switch n := r.IntN(100); {
	case n < 12:
		e.Outcome = "menu"
	case n < 24:
		e.Outcome = "referred"
	case n < 36:
		e.Outcome = "command"
	}
	if e.Outcome == "referred" {
		s.raise(stats.Event{At: at, Kind: stats.Gap, Outcome: "unsure", Entry: ids[r.IntN(9)], Length: "short"})
	}
	if r.IntN(12) == 0 {
		e.Source = "voice"
	}
	if e.Outcome == "answered" {
		i := r.IntN(len(ids))
		for r.Float64()*3 > weight[i] {
			i = r.IntN(len(ids))
		}
		e.Entry = ids[i]
		e.Topic, _, _ = strings.Cut(ids[i], "/")
		e.Themes = s.entries[ids[i]]
	}
	s.raise(e)
}

func (s *street) others(r *rand.Rand, day time.Time) {
	at := day.Add(10 * time.Hour)
	s.scan(at)
	if r.IntN(40) == 0 {
		s.raise(stats.Crisis(at))
	}
	for kind, in := range map[stats.Kind]int{stats.Helpful: 3, stats.Unhelpful: 9, stats.Unsubscribe: 7} {
		if (at.YearDay()+at.Year())%in == 0 {
			s.raise(stats.Event{At: at, Kind: kind})
		}
	}
	for range r.IntN(4) {
		s.raise(stats.Event{At: at, Kind: stats.Subscribe, Source: "scan"})
		s.raise(stats.Event{At: at, Kind: stats.PageOpen, Topic: "consumer", Entry: "consumer/seven-day-return", Source: "page"})
	}
}

// hang puts up posters; that at the school is hardly scanned, nor that of a
// theme that ended.
func (s *street) hang() {
	at := stats.Year(2025).From.Add(9 * time.Hour)
	s.scenes = []stats.Scene{
		{ID: "east-gate", Place: "东门社区公告栏", Theme: "3.8", Event: "三八维权周", Line: "怀孕不是辞退的理由", At: at},
		{ID: "market", Place: "农贸市场入口", Theme: "3.15", Line: "先看价格再下单", At: at},
		{ID: "school", Place: "实验小学门口", Line: "遇到欺凌，告诉大人", At: at},
		{ID: "square", Place: "西河社区广场", Theme: "反诈", Line: "要验证码的都别给", At: at},
	}
}

// scan counts a scan now and then.
func (s *street) scan(at time.Time) {
	for scene, each := range map[string]int{"east-gate": 4, "market": 9, "school": 150, "square": 170} {
		if at.YearDay()%each == 0 {
			s.raise(stats.Event{At: at, Kind: stats.Scan, Scene: scene, Source: "page"})
		}
	}
}

func (s *street) raise(e stats.Event) {
	for _, c := range e.Counters() {
		periods := s.days
		if c.Scope == stats.PerMonth {
			periods = s.months
		}
		if periods[c.Period] == nil {
			periods[c.Period] = map[string]int64{}
		}
		periods[c.Period][c.Field] += e.Amount()
	}
}

// office is what staff entered of a year.
func (s *street) office(t testing.TB, r *rand.Rand, year int) {
	t.Helper()
	places := []string{"东门社区活动室", "西河社区广场", "实验小学", "农贸市场", "惠民工业园", "老年大学", "街道党群服务中心"}
	kinds := []string{"宣讲会", "法治讲座", "进社区", "进家庭", "进企业", "进学校", "横幅", "海报", "电子屏", "入户", "微课", "专题学习"}
	themes := []string{"3.8", "3.15", "反诈", "12.4", "", "民法典宣传月", "安全生产月"}
	for i := range 14 + 10 {
		a := stats.Activity{
			Kind: kinds[(i*5+r.IntN(3))%len(kinds)], On: fmt.Sprintf("%d-%02d-%02d", year, 1+i/2, 1+r.IntN(28)),
			Place: places[r.IntN(len(places))], Theme: themes[r.IntN(len(themes))], Quantity: 1,
		}
		if kind, _ := stats.KindOf(a.Kind); kind.Event {
			a.People, a.Estimated = int64(20+r.IntN(120)), r.IntN(4) == 0
			a.Material, a.Items = "普法折页", int64(10*(2+r.IntN(20)))
			a.Ref = fmt.Sprintf("%d年活动照片第%d号", year, i+1)
		} else {
			a.Quantity = int64(1 + r.IntN(12))
		}
		s.enter(t, a, i%5 != 4)
	}
	for m := 1; m <= 12; m++ {
		on := fmt.Sprintf("%d-%02d", year, m)
		n := int64(80 + r.IntN(45))
		s.enter(t, stats.Activity{Kind: stats.Mediation, On: on, Accepted: n, Succeeded: n - int64(r.IntN(6))}, true)
		s.enter(t, stats.Activity{Kind: stats.LegalAid, On: on, Accepted: int64(1 + r.IntN(6)), Succeeded: int64(r.IntN(3))}, true)
	}
}

func (s *street) enter(t testing.TB, a stats.Activity, confirmed bool) {
	t.Helper()
	line, err := s.register.Enter("王编辑", newYear, a)
	if err == nil {
		err = s.register.Add(line)
	}
	if err == nil && confirmed {
		if line, err = s.register.Confirm("李审核", newYear, line.Of, 0); err == nil {
			err = s.register.Add(line)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *street) Since(context.Context) (string, error) { return s.since, nil }

func (s *street) Activities(context.Context) (*stats.Register, error) { return &s.register, nil }

func (s *street) Scenes(context.Context) ([]stats.Scene, error) { return s.scenes, nil }

func (s *street) TicketCounts(context.Context, time.Time, time.Time) (map[string]map[string]int64, error) {
	return s.tickets, nil
}

func (s *street) Counters(_ context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	days, months = map[string]map[string]int64{}, map[string]map[string]int64{}
	p := stats.Period{From: from, To: to}
	for _, d := range p.Days() {
		days[d] = s.days[d]
	}
	for _, m := range p.Months() {
		months[m] = s.months[m]
	}
	return days, months, nil
}

// Residents are a share of the messages; over several months many come back.
func (s *street) Residents(_ context.Context, periods ...string) (int64, error) {
	messages := int64(0)
	for _, p := range periods {
		for day, fields := range s.days {
			if strings.HasPrefix(day, p) {
				for field, n := range fields {
					if strings.HasPrefix(field, "message|") {
						messages += n
					}
				}
			}
		}
	}
	return messages * 6 / int64(9+len(periods)), nil
}

// report makes the report of a period.
func (s *street) report(t testing.TB, p stats.Period, now time.Time) Report {
	t.Helper()
	c, err := stats.GatherCompared(t.Context(), s, p, now, s.entries)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddPushes(t.Context(), s, s.began(now)); err != nil {
		t.Fatal(err)
	}
	r := Report{Compared: c, Street: "平东街道", Office: "平东街道司法所", Topics: s.topics, Entries: s.titles, Campaigns: map[string]campaign.Campaign{}}
	for _, one := range s.campaigns {
		r.Campaigns[one.ID] = one
	}
	return r
}

// fullYear is 2026 beside 2025.
func fullYear(t testing.TB) Report {
	t.Helper()
	s := newStreet(t, "20250101")
	s.live(t, 2025, 22)
	s.live(t, 2026, 30)
	return s.report(t, stats.Year(2026), newYear)
}
