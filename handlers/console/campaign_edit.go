package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/content"
)

// What is said about a form as a whole.
const (
	sayNotSaved  = "没有保存。请看下面标出来的地方，改好再存。"
	saySaved     = "草稿已保存。"
	sayDropped   = "已保存。内容变了，原来的提交和审核作废：现在是草稿，要重新提交审核。"
	sayAlready   = "刚才已经存好了，没有再建一条。"
	sayConflict  = "别人刚刚改过这一条，您的还没有保存。下面是您写的，后面附着最新的内容。对照着改好，再存一次，就以您的为准。"
	sayNoTheme   = "没有这个专题，请重新选"
	sayPreviewed = "下面是预览，还没有保存。"
)

// graces are how late a campaign may still start, in minutes.
var graces = []int{10, 30, 60, 120, 360, 720, 1440, 2880, 4320}

// idMade is what an id looks like that a form made.
var idMade = regexp.MustCompile(`^\d{8}-[a-z0-9]{6}$`)

// newCampaign is an empty form. It carries the id of the campaign to come, so
// that a second click makes no second one.
func (v *visit) newCampaign() error {
	f := &campaignForm{New: true, ID: v.Now().In(campaign.Zone).Format("20060102") + "-" + strings.ToLower(rand.Text()[:6])}
	f.Grace = strconv.Itoa(int(campaign.DefaultGrace / time.Minute))
	return v.showForm(http.StatusOK, "", f, campaign.Campaign{})
}

func (v *visit) createCampaign() error {
	f := v.typedForm()
	f.New = true
	if !idMade.MatchString(f.ID) {
		f.ID = ""
	}
	c := campaign.Campaign{ID: f.ID}
	f.into(&c)
	v.checkTheme(f, "")
	if v.askedMore(f) {
		return v.previewForm(f, c)
	}
	if len(f.Faults) > 0 {
		return v.refuseForm(http.StatusUnprocessableEntity, sayNotSaved, f, c)
	}
	made, err := v.Campaigns.Desk.Create(v.r.Context(), v.actor(), c)
	if errors.Is(err, campaign.ErrChanged) {
		return v.createdTwice(f, c)
	}
	if status := campaignStatus(err); status != 0 {
		return v.refuseForm(status, sayNotSaved, f, c)
	}
	if err != nil {
		return err
	}
	return v.done(campaignURL(made[0].ID), saySaved)
}

// createdTwice is about a form that was sent again: by a second click, or by
// the back button and with other words.
func (v *visit) createdTwice(f *campaignForm, c campaign.Campaign) error {
	kept, _, err := v.Campaigns.Desk.Show(v.r.Context(), v.actor(), c.ID)
	if err != nil {
		return err
	}
	c.Status = kept.Status
	if c.Until.IsZero() && !c.Due.IsZero() {
		c.Until = c.Due.Add(campaign.DefaultSpan)
	}
	if readSum(c) == readSum(kept) {
		return v.done(campaignURL(kept.ID), sayAlready)
	}
	f.New = false
	return v.conflict(f, kept)
}

func (v *visit) editCampaign() error {
	c, problems, err := v.asked()
	if err != nil {
		return err
	}
	if !editable(c) {
		return v.campaignAgain(http.StatusConflict, sayOf(&campaign.StateError{ID: c.ID, From: c.Status, To: campaign.Draft}), campaignPage{})
	}
	f := formOf(c)
	f.say(problems)
	return v.showForm(http.StatusOK, "", f, c)
}

func (v *visit) saveCampaign() error {
	kept, _, err := v.asked()
	if err != nil {
		return err
	}
	f := v.typedForm()
	f.ID, f.URL = kept.ID, campaignURL(kept.ID)+"/edit"
	c := kept
	f.into(&c)
	v.checkTheme(f, kept.Theme)
	if v.askedMore(f) {
		return v.previewForm(f, c)
	}
	if len(f.Faults) > 0 {
		return v.refuseForm(http.StatusUnprocessableEntity, sayNotSaved, f, c)
	}
	if c.Version = f.Version; f.Read == readSum(kept) {
		c.Version = kept.Version // only a test was sent meanwhile: what was read still stands there
	}
	got, dropped, err := v.Campaigns.Desk.Edit(v.r.Context(), v.actor(), c)
	switch {
	case errors.Is(err, campaign.ErrChanged):
		return v.changedMeanwhile(f, c)
	case campaignStatus(err) != 0:
		return v.refuseForm(campaignStatus(err), notSaved(err), f, c)
	case err != nil:
		return err
	case dropped:
		return v.done(campaignURL(got.ID), sayDropped)
	}
	return v.done(campaignURL(got.ID), saySaved)
}

// notSaved says why a form was not kept: what its fields do not say.
func notSaved(err error) string {
	var rejected *campaign.Rejected
	if errors.As(err, &rejected) {
		return sayNotSaved
	}
	return sayOf(err)
}

// changedMeanwhile is about a form that somebody else was quicker with, or that
// was sent twice.
func (v *visit) changedMeanwhile(f *campaignForm, c campaign.Campaign) error {
	kept, _, err := v.asked()
	if err != nil {
		return err
	}
	c.Status = kept.Status
	if readSum(c) == readSum(kept) {
		return v.done(campaignURL(kept.ID), sayAlready)
	}
	return v.conflict(f, kept)
}

// conflict shows what was typed beside what somebody else wrote meanwhile.
func (v *visit) conflict(f *campaignForm, kept campaign.Campaign) error {
	if !editable(kept) {
		return v.campaignAgain(http.StatusConflict, sayOf(&campaign.StateError{ID: kept.ID, From: kept.Status, To: campaign.Draft}), campaignPage{})
	}
	page, err := v.campaignPage(kept, nil)
	if err != nil {
		return err
	}
	page.Phone.Open = true
	f.Newest, f.Version, f.Read, f.URL = page, kept.Version, readSum(kept), campaignURL(kept.ID)+"/edit"
	typed := kept
	f.into(&typed)
	return v.showForm(http.StatusConflict, sayConflict, f, typed)
}

// askedMore reports whether the button pressed was none that saves, and makes
// room for what it asks for.
func (v *visit) askedMore(f *campaignForm) bool {
	switch v.form("do") {
	case "article":
		f.Articles = append(f.Articles, articleForm{})
	case "entry":
		f.Entries = append(f.Entries, "", "")
	case "preview":
	default:
		return false
	}
	return true
}

// previewForm shows what was typed, and what stands in its way; nothing is
// kept.
func (v *visit) previewForm(f *campaignForm, c campaign.Campaign) error {
	if err := v.sayProblems(f, c); err != nil {
		return err
	}
	return v.showForm(http.StatusOK, "", f, c)
}

func (v *visit) refuseForm(status int, problem string, f *campaignForm, c campaign.Campaign) error {
	if err := v.sayProblems(f, c); err != nil {
		return err
	}
	return v.showForm(status, problem, f, c)
}

func (v *visit) sayProblems(f *campaignForm, c campaign.Campaign) error {
	problems, err := v.Campaigns.Desk.Check(v.r.Context(), v.actor(), c)
	if err != nil {
		return err
	}
	f.say(problems)
	return nil
}

// checkTheme refuses a theme that is none.
func (v *visit) checkTheme(f *campaignForm, now string) {
	if f.Theme != "" && f.Theme != now && !slices.Contains(content.Themes(), f.Theme) {
		f.fault("theme", sayNoTheme)
	}
}

func (v *visit) showForm(status int, problem string, f *campaignForm, c campaign.Campaign) error {
	title := "修改：" + titleOf(c)
	if f.New {
		f.URL, title = campaignsPath+"/new", "新建推送"
	}
	f.Phone = v.phoneOf(c, true)
	if err := v.pick(f, c); err != nil {
		return err
	}
	f.spare()
	return v.render(status, "campaign-form", frame{Title: title, Problem: problem, Page: f})
}

// spare leaves room to type in more.
func (f *campaignForm) spare() {
	f.Entries = append(f.Entries, make([]string, spareEntries)...)
	if len(f.Articles) == 0 {
		f.Articles = []articleForm{{}}
	}
	for i := range f.Articles {
		f.Articles[i].Number = i + 1
		f.Articles[i].Entries = append(f.Articles[i].Entries, make([]string, spareEntries)...)
	}
}

// pick fills in what the form offers.
func (v *visit) pick(f *campaignForm, c campaign.Campaign) error {
	lib := v.Campaigns.Library()
	f.Pick = picks{Topics: lib.Topics(), Themes: content.Themes(), Entries: lib.Entries(), titles: lib.Entry}
	if f.Theme != "" && !slices.Contains(f.Pick.Themes, f.Theme) {
		f.Pick.Themes = append(f.Pick.Themes, f.Theme)
	}
	if c.Due.IsZero() {
		c.Due = v.Now()
	}
	ways, err := v.Campaigns.Desk.Reach(v.r.Context(), c)
	if err != nil {
		return err
	}
	for _, w := range ways {
		meaning := w.Cost
		if w.Why != "" {
			meaning = "现在用不了：" + w.Why
		}
		f.Pick.Channels = append(f.Pick.Channels, choice{string(w.Channel), w.Channel.Chinese(), meaning})
	}
	minutes := slices.Clone(graces)
	if n, err := strconv.Atoi(f.Grace); err == nil && n > 0 && !slices.Contains(minutes, n) {
		minutes = append(minutes, n)
		slices.Sort(minutes)
	}
	for _, n := range minutes {
		f.Pick.Graces = append(f.Pick.Graces, choice{Value: strconv.Itoa(n), Name: graceOf(time.Duration(n) * time.Minute)})
	}
	return nil
}

// readSum sums up what a form shows of a campaign, so that one that was written
// for another reason meanwhile (a test was sent) is no conflict.
func readSum(c campaign.Campaign) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%q\n%q\n%q\n%q", c.Hash(), c.Title, c.Theme, c.Repeat, c.Status))
	return hex.EncodeToString(sum[:])
}

// Written reports whether the channel that is chosen takes articles.
func (f *campaignForm) Written() bool { return campaign.Channel(f.Channel).Written() }

// Limit is how many bytes the text may have.
func (f *campaignForm) Limit() int {
	if campaign.Channel(f.Channel) == campaign.Card {
		return campaign.MaxCard
	}
	return campaign.MaxText
}

// Used is how many bytes the text has.
func (f *campaignForm) Used() int { return len(f.Text) }

// Named is an entry's id with its title after it, for whoever reads it.
func (f *campaignForm) Named(id string) string {
	if id == "" || f.Pick.titles == nil {
		return id
	}
	if e, ok := f.Pick.titles(id); ok {
		return id + " " + e.Title
	}
	return id
}
