package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"testing"
	"time"

	"pufa/backup"
	"pufa/campaign"
	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
	"pufa/stats"
	"pufa/store"
	"pufa/ticket"
)

// Who works in the made-up office. The password is everybody's.
const (
	yearWriter, yearReviewer, yearChief = "王编辑", "李审核", "周管理"
	yearPassword                        = "窗外的雨下了一整夜42"
)

// office writes what staff did in the year.
func (y *madeYear) office(put func(backup.Record) error) error {
	for _, part := range []func(func(backup.Record) error) error{y.edits, y.approvals, y.pushes, y.activities, y.scenes, y.tickets, y.steps} {
		if err := part(put); err != nil {
			return err
		}
	}
	street := store.Street{Name: "和平街道", Office: "和平司法所", Address: "和平路1号", Phone: "010-12345678", Hours: "工作日9点到17点", By: yearChief, At: y.first}
	if err := put(backup.Record{Key: "street", Type: "list", Values: [][]byte{asJSON(street)}}); err != nil {
		return err
	}
	return put(backup.Record{Key: "version", Type: "string", Values: [][]byte{[]byte("700")}})
}

func asJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // structs of strings, numbers and times always can be written
	}
	return text
}

// madeEntries are entries that staff wrote: shipped ones under other names,
// asked in other words.
func (y *madeYear) madeEntries(tb testing.TB) (list []*content.Entry) {
	tb.Helper()
	shipped := y.library.Entries()
	for i := range yearEntries - len(shipped) {
		e := *shipped[i*2%len(shipped)]
		e.ID, e.Title = fmt.Sprintf("%s/made-%03d", e.Topic(), i), fmt.Sprintf("街道写的第%d条", i)
		e.Related, e.Not, e.Facts = nil, nil, nil
		e.Questions = nil
		for q := range 15 {
			e.Questions = append(e.Questions, fmt.Sprintf("街道编号%03d的事情，第%d种说法怎么办？", i, q))
		}
		list = append(list, y.asRead(tb, &e))
	}
	return list
}

// asRead is an entry as it comes back from its file.
func (y *madeYear) asRead(tb testing.TB, e *content.Entry) *content.Entry {
	tb.Helper()
	text, err := content.FormatEntry(e)
	if err != nil {
		tb.Fatal(err)
	}
	read, err := content.ParseEntry(e.ID+".md", text)
	if err != nil {
		tb.Fatal(err)
	}
	return read
}

// edits writes the versions of what staff changed: the made-up entries, and
// every fifth of the shipped ones, each three times. Some wait for somebody.
func (y *madeYear) edits(put func(backup.Record) error) error {
	heads, laid := backup.Record{Key: "edits", Type: "hash"}, backup.Record{Key: "released", Type: "hash"}
	for i, e := range slices.Concat(y.made, y.library.Entries()) {
		if i >= len(y.made) && i%5 > 0 {
			continue
		}
		text, err := y.textOf(e)
		if err != nil {
			return err
		}
		versions := backup.Record{Key: "edit:" + e.ID, Type: "hash"}
		head := edit.Head{Entry: e.ID, Released: 3, Changes: 9}
		for n := 1; n <= 3+i%20/17; n++ {
			v := edit.Version{
				Entry: e.ID, Number: n, State: edit.Released, Author: yearWriter, At: y.first.AddDate(0, 0, n*20+i).UTC(), Reason: "按新的办事流程改",
				Checker: yearReviewer, CheckedAt: y.first.AddDate(0, 0, n*20+i+1).UTC(), Releaser: yearReviewer, ReleasedAt: y.first.AddDate(0, 0, n*20+i+2).UTC(), Text: text,
			}
			if n > 3 { // three of twenty wait: a draft, a checked one, a returned one
				v.State = [...]edit.State{edit.Draft, edit.Checked, edit.Returned}[i%20-17]
				v.Releaser, v.ReleasedAt, v.Text = "", time.Time{}, text+"- 补充的一行说明。\n"
			}
			head.Newest, head.State, head.Author, head.At = n, v.State, v.Author, v.At
			versions.Values = append(versions.Values, []byte(strconv.Itoa(n)), asJSON(v))
			if n == 3 {
				laid.Values = append(laid.Values, []byte(e.ID), asJSON(v))
			}
		}
		heads.Values = append(heads.Values, []byte(e.ID), asJSON(head))
		if err := put(versions); err != nil {
			return err
		}
	}
	return firstOf(put(heads), put(laid))
}

func firstOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// textOf is the file of an entry: the shipped one, or that of a made-up one.
func (y *madeYear) textOf(e *content.Entry) (string, error) {
	if _, ok := y.library.Entry(e.ID); ok {
		text, err := fs.ReadFile(content.Shipped(), e.ID+".md")
		return string(text), err
	}
	text, err := content.FormatEntry(e)
	return string(text), err
}

// approvals writes that the street stands behind two of three entries.
func (y *madeYear) approvals(put func(backup.Record) error) error {
	r := backup.Record{Key: "approved", Type: "hash"}
	for i, e := range y.entries {
		if i%3 > 0 {
			r.Values = append(r.Values, []byte(e.ID), asJSON(edit.Approval{As: yearReviewer, Role: "审核", On: "2026-06-01", Hash: e.Hash}))
		}
	}
	return put(r)
}

// pushes writes the campaigns: most are over, with results.
func (y *madeYear) pushes(put func(backup.Record) error) error {
	r := backup.Record{Key: "campaigns", Type: "hash"}
	for n := range yearPushes {
		c := y.push(n)
		r.Values = append(r.Values, []byte(c.ID), fmt.Appendf(nil, "%d %s %s", c.Version, c.Status, asJSON(c)))
	}
	return put(r)
}

func (y *madeYear) push(n int) campaign.Campaign {
	pack := y.library.Packs()[n%len(y.library.Packs())]
	due := y.first.AddDate(0, 0, n*366/yearPushes).Add(10 * time.Hour)
	c := campaign.Campaign{
		ID: pushID(n), Title: fmt.Sprintf("%s（第%d次）", pack.Name, n+1), Theme: pack.Theme, Pack: pack.ID, Observance: pack.Observance,
		Channel:  [...]campaign.Channel{campaign.Mass, campaign.Publish, campaign.Card, campaign.Notice}[n%4],
		Audience: campaign.Audience{Scope: campaign.Everyone}, Due: due, Until: due.AddDate(0, 0, 5), Grace: 2 * time.Hour, Status: campaign.Done,
		Author: yearWriter, Writers: []string{yearWriter}, Created: due.AddDate(0, 0, -9), Changed: due, Began: due, Version: 9,
		Approval: &campaign.Approval{By: yearReviewer, At: due.AddDate(0, 0, -2), Hash: "h"},
		Sent:     campaign.Sent{At: due, Tries: 1, MsgID: int64(n + 1), Tally: campaign.Tally{Planned: 20000, Reached: 18000, Failed: 1200, Filtered: 800}},
	}
	for _, piece := range pack.Pieces[:min(4, len(pack.Pieces))] {
		c.Articles = append(c.Articles, campaign.Article{Title: piece.Title, Digest: piece.Digest, Body: piece.Body, Entries: piece.Entries})
		c.Text, c.Entries = piece.Card, piece.Entries
	}
	if c.Channel == campaign.Card || c.Channel == campaign.Notice {
		c.Articles = nil
	} else {
		c.Text, c.Entries = "", nil
	}
	if open := n - (yearPushes - 8); open >= 0 {
		c.Status = [...]campaign.Status{campaign.Draft, campaign.Submitted, campaign.Approved, campaign.InDoubt}[open%4]
		c.Due, c.Until = y.now.AddDate(0, 0, 5+open), y.now.AddDate(0, 0, 10+open)
		if c.Status != campaign.InDoubt {
			c.Began, c.Sent = time.Time{}, campaign.Sent{}
		}
	}
	return c
}

// activities writes the register: nearly one a day, most of them confirmed, and
// the counts of every month.
func (y *madeYear) activities(put func(backup.Record) error) error {
	lines, register := &yearStream{put: put, key: "activities"}, &stats.Register{}
	keep := func(l stats.ActivityLine, err error) error {
		return firstOf(err, register.Add(l), lines.add(string(asJSON(l))))
	}
	for day := y.first; day.Before(y.now); day = day.AddDate(0, 0, 1) {
		at, kinds := day.Add(9*time.Hour), stats.ActivityKinds()
		a := stats.Activity{Kind: kinds[day.YearDay()%8].Name, On: day.Format(time.DateOnly), Place: fmt.Sprintf("第%d社区", day.YearDay()%9+1), Quantity: 1, People: 40, Material: "折页", Items: 60}
		if err := keep(register.Enter(yearWriter, at, a)); err != nil {
			return err
		}
		if number := register.Lines(); day.YearDay()%10 > 0 {
			if err := keep(register.Confirm(yearReviewer, at.Add(time.Hour), number, 0)); err != nil {
				return err
			}
		}
		if day.Day() == 1 && day.Month() > 1 {
			month := day.AddDate(0, 0, -1).Format("2006-01")
			for _, kind := range []string{stats.Mediation, stats.LegalAid} {
				if err := keep(register.Enter(yearWriter, at, stats.Activity{Kind: kind, On: month, Accepted: 30, Succeeded: 25})); err != nil {
					return err
				}
			}
		}
	}
	return lines.end()
}

func (y *madeYear) scenes(put func(backup.Record) error) error {
	r := backup.Record{Key: "scenes", Type: "hash"}
	for n := range yearScenes {
		s := stats.Scene{ID: sceneID(n), Place: fmt.Sprintf("第%d社区大门", n), Theme: "3.15", Line: "买到假货怎么办", By: yearWriter, At: y.first}
		r.Values = append(r.Values, []byte(s.ID), asJSON(s))
	}
	return put(r)
}

// tickets writes those of the service desk that are still kept: some wait.
func (y *madeYear) tickets(put func(backup.Record) error) error {
	r := backup.Record{Key: "tickets", Type: "hash"}
	for n := range yearTickets {
		t := ticket.Ticket{
			Code: yearTicket(n), Kind: ticket.Kinds()[n%2], Topic: "消费维权", Opened: y.now.Add(-time.Duration(n) * 2 * time.Hour).Truncate(time.Hour), State: ticket.Closed,
			By: yearReviewer, Version: 4, Way: ticket.ByPhone, Note: "已说明办事地点",
		}
		if n < yearTickets/8 {
			t.State, t.By, t.Way, t.Note = ticket.New, "", "", ""
		}
		t.Due, t.Since = t.Opened.Add(48*time.Hour), t.Opened
		r.Values = append(r.Values, []byte(t.Code), asJSON(t))
	}
	return put(r)
}

func yearTicket(n int) string {
	return ticket.CodeOf([]byte{byte(n % 19), byte(n / 19 % 19), byte(n / 361 % 19), 3, 4, 5})
}

// steps writes the audit trail: some thirty steps a day.
func (y *madeYear) steps(put func(backup.Record) error) error {
	trail := &yearStream{put: put, key: "trail"}
	deeds := []string{"sign in", "save draft", "check draft", "release entry", "approve entries", "enter activity", "confirm activity", "edit campaign"}
	who := []string{yearWriter, yearReviewer, yearChief}
	var last staff.Step
	for n := range yearSteps {
		at := y.first.Add(time.Duration(n) * y.now.Sub(y.first) / yearSteps)
		last = last.Next(at, who[n%len(who)], deeds[n%len(deeds)], y.entries[n%len(y.entries)].ID+"#2", "按新的办事流程改")
		if err := trail.add(string(asJSON(last))); err != nil {
			return err
		}
	}
	return trail.end()
}

// open makes what no backup holds: accounts, and words of unanswered questions.
func (y *madeYear) open(ctx context.Context, st *store.Store) error {
	office := staff.NewOffice(st, staff.NewHasher(), y.clock)
	for name, roles := range map[string][]staff.Role{
		yearWriter: {staff.Editor}, yearReviewer: {staff.Reviewer},
		yearChief: {staff.Admin, staff.Editor, staff.Reviewer, staff.Publisher, staff.Viewer},
	} {
		if err := office.Add(ctx, staff.Terminal, name, yearPassword, roles); err != nil {
			return err
		}
	}
	chief, err := st.Account(ctx, yearChief)
	if err != nil {
		return err
	}
	_, _, err = staff.NewIssuer(st, y.clock).Make(ctx, chief, "区局数据平台", []staff.Scope{staff.ReadFigures}, 90*24*time.Hour)
	return err
}
