package campaign

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pufa/content"
)

var serviceAccount = Account{Service: true, Verified: true}

func proposed(t *testing.T, lib *content.Library, year int, o Options) []Proposal {
	t.Helper()
	list, err := Propose(year, lib, o)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func proposalOf(t *testing.T, list []Proposal, id string) Proposal {
	t.Helper()
	i := slices.IndexFunc(list, func(p Proposal) bool { return p.Campaign.ID == id })
	if i < 0 {
		t.Fatalf("%s is not proposed", id)
	}
	return list[i]
}

func clock(t time.Time) string { return t.In(Zone).Format("2006-01-02 15:04") }

func TestProposeMakesDraftsOnly(t *testing.T) {
	lib := shippedLibrary(t)
	for _, account := range []Account{{}, {Verified: true}, serviceAccount} {
		list := proposed(t, lib, 2027, Options{Author: "zhang", Account: account})
		seen := map[string]bool{}
		for _, p := range list {
			c := p.Campaign
			if c.Status != Draft || c.Approval != nil || c.Author != "zhang" || c.Repeat != Once || c.Audience.Scope != Everyone {
				t.Errorf("%s is no plain draft: %+v", c.ID, c)
			}
			if !regexp.MustCompile(`^[a-z0-9-]{1,32}$`).MatchString(c.ID) || seen[c.ID] {
				t.Errorf("id %q is taken or of the wrong form", c.ID)
			}
			seen[c.ID] = true
			if p.Why == "" || p.Occurrence.ID == "" {
				t.Errorf("%s has no reason", c.ID)
			}
			if account == (Account{}) && c.Channel != Card {
				t.Errorf("%s is a %s of an account that may send nothing", c.ID, c.Channel)
			}
		}
	}
}

func TestProposeTwiceDoublesNothing(t *testing.T) {
	lib := shippedLibrary(t)
	ids := func(o Options) (list []string) {
		for _, p := range proposed(t, lib, 2027, o) {
			list = append(list, p.Campaign.ID)
		}
		return list
	}
	first := ids(Options{Account: serviceAccount})
	if again := ids(Options{Account: serviceAccount, Author: "li", At: 9 * time.Hour}); !slices.Equal(first, again) {
		t.Errorf("the second plan has other ids:\n%v\n%v", first, again)
	}
	late := ids(Options{Account: serviceAccount, From: dayIn(2027, 6, 1)})
	for _, id := range late {
		if !slices.Contains(first, id) {
			t.Errorf("a later plan has a new id %s", id)
		}
	}
	if len(late) >= len(first) || slices.Contains(late, "2027-womens-week-p1") || !slices.Contains(late, "2027-anti-cult") {
		t.Errorf("a plan from June on: %v", late)
	}
}

// What the rules refuse of a proposal is what staff still have to do: the
// covers, a date that waits for a notice, entries to review until then.
func TestProposalsHoldToTheRules(t *testing.T) {
	lib := shippedLibrary(t)
	rules := Rules{Account: serviceAccount}
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, Zone)
	for _, p := range proposed(t, lib, 2027, Options{Author: "zhang", Account: serviceAccount}) {
		for _, problem := range rules.Check(p.Campaign, planShelf{lib}, now, nil) {
			switch {
			case problem.Weight == Warning, problem.Field == "entries" && len(p.Notes) > 0:
			case p.Campaign.Due.IsZero() && problem.Weight != Unusable && slices.Contains([]string{"due", "until", "grace"}, problem.Field):
			default:
				t.Errorf("%s: %s: %s", p.Campaign.ID, problem.Field, problem.Text)
			}
		}
	}
}

// planShelf is a library of which nothing is taken down.
type planShelf struct{ *content.Library }

func (planShelf) Approved(*content.Entry) bool { return false }

func TestServiceAccountStaysWithinFourAMonth(t *testing.T) {
	lib := shippedLibrary(t)
	for year := 2027; year <= 2040; year++ {
		months := map[time.Month]int{}
		for _, p := range proposed(t, lib, year, Options{Account: serviceAccount}) {
			if p.Campaign.Channel == Mass {
				months[p.Campaign.Due.In(Zone).Month()]++
			}
		}
		if months[time.March] != 4 || months[time.December] != 2 || months[time.June] != 1 || len(months) != 3 {
			t.Errorf("%d: mass messages by month %v", year, months)
		}
	}
}

func TestProposeThePacks(t *testing.T) {
	lib := shippedLibrary(t)
	list := proposed(t, lib, 2027, Options{Account: serviceAccount})
	first := proposalOf(t, list, "2027-womens-week-p1").Campaign
	if clock(first.Due) != "2027-03-02 10:00" || clock(first.Until) != "2027-03-09 00:00" || first.Grace != pushGrace || len(first.Articles) != 4 ||
		first.Theme != "3.8" || first.Pack != "womens-week" || first.Observance != "womens-day" || first.Series != "2027-womens-week" {
		t.Errorf("the first push = %+v", first)
	}
	last := proposalOf(t, list, "2027-womens-week-p2").Campaign
	if clock(last.Due) != "2027-03-08 10:00" || clock(last.Until) != "2027-03-11 00:00" || len(last.Articles) != 3 {
		t.Errorf("the push of 3月8日 is due %s until %s with %d articles", last.Due, last.Until, len(last.Articles))
	}
	if late := last.Due.Add(last.Grace); late.Day() != 8 || late.In(Zone).Hour() >= nightFrom {
		t.Errorf("the push of 3月8日 may start on %s", late)
	}
	body := first.Articles[0].Body
	for _, want := range []string{"依据（核对至2026-11-23）：《妇女权益保障法》（2023-01-01起施行）第43条、第83条", "想接着问，直接在本公众号打字：入职体检要求验孕，合法吗？"} {
		if !strings.Contains(body, want) {
			t.Errorf("the first article does not hold %q:\n%s", want, body)
		}
	}
	for day := 1; day <= 7; day++ {
		c := proposalOf(t, list, "2027-consumer-week-c"+string(rune('0'+day))).Campaign
		end := clock(dayIn(2027, 3, 9+day).Add(10 * time.Hour))
		if day == 7 {
			end = "2027-03-16 00:00"
		}
		if clock(c.Due) != clock(dayIn(2027, 3, 8+day).Add(10*time.Hour)) || clock(c.Until) != end || c.Channel != Card || !strings.Contains(c.Text, "接着可以问：") {
			t.Errorf("the card of day %d: due %s until %s: %s", day, c.Due, c.Until, c.Text)
		}
	}
	if c := proposalOf(t, list, "2027-womens-week-f").Campaign; clock(c.Due) != "2027-03-17 10:00" || clock(c.Until) != "2027-03-20 00:00" {
		t.Errorf("the follow-up = %s until %s", c.Due, c.Until)
	}
	for _, p := range list {
		if slices.Contains([]string{"womens-week", "constitution-week"}, p.Occurrence.ID) || p.Occurrence.ID == "womens-day" && p.Campaign.Pack == "" {
			t.Errorf("%s is proposed beside its pack", p.Campaign.ID)
		}
	}
}

func TestASubscriptionAccountSendsEachPieceOnItsDay(t *testing.T) {
	lib := shippedLibrary(t)
	list := proposed(t, lib, 2027, Options{Account: Account{Verified: true}})
	for day := 1; day <= 7; day++ {
		c := proposalOf(t, list, "2027-womens-week-p"+string(rune('0'+day))).Campaign
		if c.Channel != Mass || len(c.Articles) != 1 || clock(c.Due) != clock(dayIn(2027, 3, 1+day).Add(10*time.Hour)) {
			t.Errorf("day %d: %s, %d articles, %s", day, c.Channel, len(c.Articles), c.Due)
		}
	}
}

func TestProposalsSayWhy(t *testing.T) {
	lib := shippedLibrary(t)
	list := proposed(t, lib, 2027, Options{Account: serviceAccount})
	cases := []struct {
		name, id string
		verified bool
		want     []string
	}{
		{"a day of the law", "2027-state-security-day", true, []string{"每年4月15日是全民国家安全教育日", "依据：《国家安全法》第14条（已核对条文）"}},
		{"a basis that the register does not have", "2027-tree-planting-day", true, []string{"依据：森林法第10条"}},
		{"a day of custom", "2027-fire-day", false, []string{"惯例，没有查到法律依据", "消防法里没有这一天"}},
		{"a day seen on a page", "2027-traffic-day", true, []string{"来源：国务院2012年11月18日批复（见于公开网页"}},
		{"a day whose basis has ended", "2027-environment-day", false, []string{"惯例", "已随2026-08-15生态环境法典施行而终止"}},
		{"a week", "2027-reading-week", true, []string{"4月第四周是全民阅读活动周，2027年为4月19日至4月25日", "以当年通知为准"}},
		{"a lunar day", "2027-seniors-day", true, []string{"农历九月初九是老年节（重阳），2027年为10月8日", "历表"}},
		{"days that wait for a notice", "2027-cyber-security-week", true, []string{"按当年通知", "暂拟"}},
		{"no day at all", "2027-anti-cult", false, []string{"没有固定日期", "请填写时间"}},
		{"a pack", "2027-consumer-week-p1", false, []string{"每年3月15日是国际消费者权益日", "惯例"}},
		{"a new law", "2027-" + lawID("商标法", dayIn(2027, 1, 1)), true, []string{"2027年1月1日，《商标法》现行版本施行", "《法治宣传教育法》第16条"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := proposalOf(t, list, c.id)
			for _, want := range c.want {
				if !strings.Contains(p.Why, want) {
					t.Errorf("why = %s\nwant %q in it", p.Why, want)
				}
			}
			if p.Verified != c.verified {
				t.Errorf("verified = %v", p.Verified)
			}
		})
	}
}

func TestPlainDrafts(t *testing.T) {
	lib := shippedLibrary(t)
	list := proposed(t, lib, 2027, Options{Account: serviceAccount})
	c := proposalOf(t, list, "2027-disabled-day").Campaign
	if clock(c.Due) != "2027-05-16 10:00" || clock(c.Until) != "2027-05-17 00:00" || c.Channel != Card ||
		!strings.HasPrefix(c.Text, "今天（5月16日）是全国助残日。可以直接打字问我：\n") || len(c.Entries) == 0 {
		t.Errorf("a day of one day = %+v", c)
	}
	month := proposalOf(t, list, "2027-civil-code-month")
	if clock(month.Campaign.Due) != "2027-05-01 10:00" || clock(month.Campaign.Until) != "2027-05-08 00:00" || !strings.Contains(month.Notes[0], "先排头7天") {
		t.Errorf("a month = %s until %s, %v", month.Campaign.Due, month.Campaign.Until, month.Notes)
	}
	if !slices.ContainsFunc(month.Notes, func(n string) bool {
		return strings.Contains(n, "2027年劳动节") && strings.Contains(n, "一次只看到一张")
	}) {
		t.Errorf("cards that lie over each other are not named: %v", month.Notes)
	}
	if open := proposalOf(t, list, "2027-anti-cult").Campaign; !open.Due.IsZero() || !strings.HasPrefix(open.Text, "反邪教宣传期间，可以直接打字问我：") {
		t.Errorf("a draft without a day = %+v", open)
	}
	bare := proposalOf(t, list, "2027-fitness-day")
	if !strings.HasSuffix(bare.Campaign.Text, "有法律问题，直接打字问我。") || !slices.ContainsFunc(bare.Notes, func(n string) bool { return strings.Contains(n, "没有对应主题") }) {
		t.Errorf("a day without a topic = %s, %v", bare.Campaign.Text, bare.Notes)
	}
	if law := proposalOf(t, list, "2027-"+lawID("商标法", dayIn(2027, 1, 1))).Campaign; !strings.HasPrefix(law.Text, "《商标法》现行版本2027年1月1日起施行。") {
		t.Errorf("a new law = %s", law.Text)
	}
}

func TestProposeLooksAhead(t *testing.T) {
	files := fstest.MapFS{}
	add := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	shipped := content.Shipped()
	for _, name := range []string{"topics.yaml", "hotlines.yaml", "phrases.yaml", "forbidden.yaml", "crisis.yaml", "laws.yaml", "consumer/seven-day-return.md"} {
		data, err := fs.ReadFile(shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		add(name, string(data))
	}
	text := string(files["consumer/seven-day-return.md"].Data)
	text = regexp.MustCompile(`related: .*`).ReplaceAllString(text, "related: []")
	text = regexp.MustCompile(`    entry: [a-z].*`).ReplaceAllString(text, `    entry: ""`)
	add("consumer/seven-day-return.md", text)
	add("observances.yaml", "- {id: a-day, name: 某日, when: 7月1日, topics: [consumer]}\n- {id: b-day, name: 某周, when: 8月第一周, topics: [consumer], entries: [consumer/seven-day-return]}\n"+
		"- {id: c-day, name: 腊八, when: 农历腊月初八}\n")
	laws := string(files["laws.yaml"].Data)
	add("laws.yaml", strings.Replace(laws, "- law: 消费者权益保护法\n", "- law: 消费者权益保护法\n  next: \"2027-08-01\"\n", 1))
	lib, err := content.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Propose(2027, lib, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p := proposalOf(t, list, "2027-a-day"); !slices.Equal(p.Campaign.Entries, []string{"consumer/seven-day-return"}) {
		t.Errorf("a day takes no entries of its topics: %+v", p)
	}
	// The week begins on 26 July, before the new edition.
	if p := proposalOf(t, list, "2027-b-day"); len(p.Campaign.Entries) != 1 || clock(p.Campaign.Due) != "2027-07-26 10:00" {
		t.Errorf("the week = %+v", p.Campaign)
	}
	if p := proposalOf(t, list, "2027-"+lawID("消费者权益保护法", dayIn(2027, 8, 1))); len(p.Campaign.Entries) != 0 {
		t.Errorf("an entry of the old edition is suggested on the day of the new one: %v", p.Campaign.Entries)
	}
	if twice, err := Propose(2022, lib, Options{}); err != nil {
		t.Error(err)
	} else {
		first, second := proposalOf(t, twice, "2022-c-day").Campaign, proposalOf(t, twice, "2022-c-day-2").Campaign
		if clock(first.Due) != "2022-01-10 10:00" || clock(second.Due) != "2022-12-30 10:00" {
			t.Errorf("a lunar day twice in a year: %s, %s", first.Due, second.Due)
		}
	}
}

func TestProposeNamesEntriesThatWillBeSilent(t *testing.T) {
	later := proposed(t, shippedLibrary(t), 2029, Options{Account: serviceAccount})
	if p := proposalOf(t, later, "2029-womens-week-p1"); !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "要先复核") }) {
		t.Errorf("entries that will be silent are not named: %v", p.Notes)
	}
}

func TestProposeRefusesAnUnknownYear(t *testing.T) {
	if _, err := Propose(2101, shippedLibrary(t), Options{}); err == nil || !strings.Contains(err.Error(), "没有2101年") {
		t.Errorf("err = %v", err)
	}
}

func TestArticleName(t *testing.T) {
	for article, want := range map[string]string{"25": "第25条", "287-2": "第287条之2"} {
		if got := articleName(article); got != want {
			t.Errorf("articleName(%q) = %q, want %q", article, got, want)
		}
	}
}
