package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pufa/campaign"
	"pufa/content"
)

const (
	sayNonePicked = "一条也没有选，没有存。请至少勾选一条。"
	sayPackFaults = "没有存。请看下面标出来的地方，改好再继续。"
	sayPackDone   = "这一组已经都存为草稿了。"
)

// packsPage lists the packs to choose from.
type packsPage struct {
	Tabs  []tabLink
	Year  int
	Packs []packCard
	Write bool
}

// packCard is one pack to choose.
type packCard struct {
	content.Pack
	URL    string // of the wizard
	Pieces int
	Left   int // drafts that can still be kept this year
}

// packs is the first step of the wizard: which pack.
func (v *visit) packs() error {
	year, _ := v.yearAsked()
	kept, err := v.keptIDs()
	if err != nil {
		return err
	}
	plan, err := v.plan(year)
	if err != nil {
		return err
	}
	p := packsPage{Year: year, Write: v.mayWrite(), Tabs: v.calendarTabs("packs", year)}
	for _, pack := range v.Campaigns.Library().Packs() {
		card := packCard{Pack: pack, URL: packURL(pack.ID, year), Pieces: len(pack.Pieces)}
		for _, one := range plan {
			if one.Campaign.Pack == pack.ID && !kept[one.Campaign.ID] {
				card.Left++
			}
		}
		p.Packs = append(p.Packs, card)
	}
	return v.page("campaign-packs", "主题推送：资料包", p)
}

func (v *visit) keptIDs() (map[string]bool, error) {
	all, err := v.campaigns()
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, c := range all {
		kept[c.ID] = true
	}
	return kept, nil
}

// packPage is the wizard for one pack: its drafts with their texts and dates,
// then what they look like.
type packPage struct {
	Pack    content.Pack
	Year    int
	URL     string
	Account string
	Notes   []string
	Pieces  []packPiece
	Kept    int // drafts of this pack and year that are there already
	Series  string
	Sure    bool
	Preview bool // the texts are shown as on a telephone, and not to be edited
	Late    bool // nothing of the pack is still to come this year
}

// packPiece is one draft of the pack as it is typed.
type packPiece struct {
	Prefix   string // of the names of its fields
	ID       string
	In       bool // it is to be kept
	Title    string
	Channel  string
	Written  bool
	Text     string
	Used     int
	Limit    int
	Articles []articleForm
	Basis    []entryLink // of its text
	Due      momentForm
	Due0     string // the time in words
	Notes    []string
	Faults   []string // why it cannot be kept
	Todo     []string // what is still to do before it can be submitted
	Phone    phone

	draft campaign.Campaign
}

// pack is the second step: texts and dates.
func (v *visit) pack() error {
	q := v.r.URL.Query()
	p, err := v.packPage(q.Get("id"), q.Get("year"))
	if err != nil {
		return err
	}
	return v.showPack(http.StatusOK, "", p)
}

// packPage makes the wizard's page from what the calendar proposes for the
// account. What was kept already is left out.
func (v *visit) packPage(id, yearText string) (*packPage, error) {
	pack, ok := v.Campaigns.Library().Pack(id)
	if !ok {
		return nil, errNoPage
	}
	year, err := yearOf(yearText)
	if err != nil {
		return nil, err
	}
	plan, err := v.plan(year)
	if err != nil {
		return nil, err
	}
	kept, err := v.keptIDs()
	if err != nil {
		return nil, err
	}
	p := &packPage{Pack: pack, Year: year, URL: campaignsPath + "/pack", Account: accountOf(v.Campaigns.Desk.Rules().Account), Late: true}
	for _, one := range plan {
		c := one.Campaign
		if c.Pack != id {
			continue
		}
		p.Late, p.Series = false, c.Series
		if kept[c.ID] {
			p.Kept++
			continue
		}
		p.Pieces = append(p.Pieces, v.packPiece(c, one.Notes))
	}
	return p, nil
}

func accountOf(a campaign.Account) string {
	switch {
	case !a.Verified:
		return "没有认证的公众号：不能群发，只拟对话卡片"
	case a.Service:
		return fmt.Sprintf("认证服务号：每位关注者每月最多收到%d次群发，几篇合成一次发", campaign.MassPerMonth)
	}
	return "认证订阅号：每天可以群发1次，每篇在自己那天发"
}

func (v *visit) packPiece(c campaign.Campaign, notes []string) packPiece {
	f := formOf(c)
	piece := packPiece{
		Prefix: c.ID + "-", ID: c.ID, In: true, Title: c.Title, Channel: c.Channel.Chinese(), Written: c.Channel.Written(),
		Text: c.Text, Articles: f.Articles, Basis: v.entryLinks(c.Entries), Due: f.Due, Notes: notes,
		Limit: f.Limit(), draft: c,
	}
	for i := range piece.Articles {
		piece.Articles[i].Number = i + 1
	}
	return piece
}

// typed takes over what was typed for a piece.
func (v *visit) typed(piece *packPiece) {
	at := piece.Prefix
	piece.In = v.form(at+"in") != ""
	piece.Title, piece.Text, piece.Due = v.form(at+"title"), v.text(at+"text"), v.moment(at+"due")
	for i := range piece.Articles {
		a := &piece.Articles[i]
		name := fmt.Sprintf("%sa%d-", at, i+1)
		a.Title, a.Digest, a.Body = v.form(name+"title"), v.form(name+"digest"), v.text(name+"body")
	}
	c := piece.draft
	c.Title = piece.Title
	if c.Channel.Written() {
		c.Articles = slices.Clone(c.Articles)
		for i := range c.Articles {
			c.Articles[i].Title, c.Articles[i].Digest, c.Articles[i].Body = piece.Articles[i].Title, piece.Articles[i].Digest, piece.Articles[i].Body
		}
	} else {
		c.Text = piece.Text
	}
	due, fault := piece.Due.time()
	if fault != "" {
		piece.Faults = append(piece.Faults, fault)
	}
	// The window keeps its length.
	if window := c.Until.Sub(c.Due); !due.IsZero() {
		c.Due, c.Until = due, due.Add(window)
	} else {
		c.Due = due
	}
	piece.draft = c
}

// packPosted is what the buttons of the wizard do: preview, back to the texts,
// or keep.
func (v *visit) packPosted() error {
	p, err := v.packPage(v.form("id"), v.form("year"))
	if err != nil {
		return err
	}
	if len(p.Pieces) == 0 && p.Kept > 0 {
		return v.done(seriesURL(p.Series), sayPackDone)
	}
	p.Sure = v.form("sure") != ""
	wrong, err := v.checkPack(p)
	if err != nil {
		return err
	}
	list := p.chosen()
	switch do := v.form("do"); {
	case do == "edit":
		return v.showPack(http.StatusOK, "", p)
	case len(list) == 0:
		return v.showPack(http.StatusUnprocessableEntity, sayNonePicked, p)
	case wrong:
		return v.showPack(http.StatusUnprocessableEntity, sayPackFaults, p)
	case do != "create":
		p.Preview = true
		return v.showPack(http.StatusOK, "", p)
	case !p.Sure:
		p.Preview = true
		return v.showPack(http.StatusUnprocessableEntity, sayConfirm, p)
	}
	return v.keepPack(p, list)
}

// checkPack reads what was typed and says beside each piece what is wrong with
// it. wrong reports that one that was chosen cannot be kept.
func (v *visit) checkPack(p *packPage) (wrong bool, err error) {
	for i := range p.Pieces {
		piece := &p.Pieces[i]
		v.typed(piece)
		problems, err := v.Campaigns.Desk.Check(v.r.Context(), v.actor(), piece.draft)
		if err != nil {
			return false, err
		}
		for _, found := range problems {
			if found.Weight == campaign.Unusable {
				piece.Faults = append(piece.Faults, found.Text)
			} else {
				piece.Todo = append(piece.Todo, found.Text)
			}
		}
		wrong = wrong || piece.In && len(piece.Faults) > 0
	}
	return wrong, nil
}

func (p *packPage) chosen() (list []campaign.Campaign) {
	for _, piece := range p.Pieces {
		if piece.In {
			list = append(list, piece.draft)
		}
	}
	return list
}

// keepPack keeps the chosen drafts as one series. Their ids depend on pack and
// year alone: what a second click or a colleague kept is not kept twice.
func (v *visit) keepPack(p *packPage, list []campaign.Campaign) error {
	made, err := v.Campaigns.Desk.Create(v.r.Context(), v.actor(), list...)
	switch status := campaignStatus(err); {
	case errors.Is(err, campaign.ErrChanged):
		return v.done(seriesURL(p.Series), "有的草稿刚才已经存过了，没有存第二份。请看这一组。")
	case status != 0:
		return v.showPack(status, sayOf(err), p)
	case err != nil && len(made) > 0:
		v.Log.Error("a series was kept in part", "series", p.Series, "kept", len(made), "error", err)
		return v.done(seriesURL(p.Series), fmt.Sprintf("只存了%d条，其余的没有存上。请过一会儿从资料包再存一次。", len(made)))
	case err != nil:
		return err
	}
	return v.done(seriesURL(p.Series), fmt.Sprintf("%d条已存为草稿。请逐条看过，再提交审核。", len(made)))
}

// seriesURL lists the campaigns of one series.
func seriesURL(series string) string {
	year, _, _ := strings.Cut(series, "-")
	return campaignsPath + "?" + url.Values{"series": {series}, "year": {year}}.Encode()
}

func (v *visit) showPack(status int, problem string, p *packPage) error {
	for i := range p.Pieces {
		piece := &p.Pieces[i]
		piece.Used, piece.Due0 = len(piece.Text), momentOf(piece.draft.Due)
		piece.Phone = v.phoneOf(piece.draft, false)
	}
	title := fmt.Sprintf("%s：%d年", p.Pack.Name, p.Year)
	if p.Preview {
		title += "（预览）"
	}
	return v.render(status, "campaign-pack", frame{Title: title, Problem: problem, Page: p})
}
