package campaign

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestLifeOfACampaign(t *testing.T) {
	o := newOffice(verified)
	o.scheduled(t, massPush())
	o.at = eighth
	c, ok, err := o.book.ClaimDue(t.Context(), o.at, "a", time.Minute)
	if err != nil || !ok {
		t.Fatalf("ClaimDue = %t, %v", ok, err)
	}
	c, begun, err := o.Start(t.Context(), o.book, c, "a")
	if err != nil || !begun || c.Status != Claimed || !c.Began.Equal(eighth) {
		t.Fatalf("Start = %s, begun %t, %v", c.Status, begun, err)
	}
	for _, to := range []Status{Sending, Waiting, Done} {
		deed, err := c.Move(to, o.at, "")
		if err != nil {
			t.Fatal(err)
		}
		if c, err = o.book.Advance(t.Context(), c, "a", deed); err != nil {
			t.Fatal(err)
		}
	}
	var did []string
	for _, d := range o.book.trail {
		did = append(did, d.Who+" "+d.Did)
		if d.What != "campaign w38" {
			t.Errorf("step is about %q", d.What)
		}
	}
	want := "编辑甲 create campaign|编辑甲 submit campaign|审核乙 approve campaign|发布丙 schedule campaign|" +
		"（自动） campaign claimed|（自动） campaign sending|（自动） campaign waiting|（自动） campaign done"
	if got := strings.Join(did, "|"); got != want {
		t.Errorf("trail:\n%s\nwant\n%s", got, want)
	}
	if a := c.Approval; a == nil || a.By != "审核乙" || a.Hash != c.Hash() || a.Alone {
		t.Errorf("approval %+v", a)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	at := func(s Status) func(testing.TB, *office) {
		return func(t testing.TB, o *office) {
			switch s {
			case Draft:
				if _, err := o.Create(t.Context(), editor, massPush()); err != nil {
					t.Fatal(err)
				}
			case Submitted:
				o.submitted(t, massPush())
			case Approved:
				o.approved(t, massPush())
			default:
				c := o.scheduled(t, massPush())
				c.Status = s
				if s == Paused {
					c.Resume = Sending
				}
				o.book.rows["w38"] = c
			}
		}
	}
	submit := func(o *office, who Actor) error { _, err := o.Submit(context.Background(), who, "w38"); return err }
	approve := func(o *office, who Actor) error {
		_, err := o.Approve(context.Background(), who, "w38", o.book.rows["w38"].Hash())
		return err
	}
	back := func(o *office, who Actor) error {
		_, err := o.Return(context.Background(), who, "w38", "日期不对")
		return err
	}
	schedule := func(o *office, who Actor) error {
		_, err := o.Schedule(context.Background(), who, "w38")
		return err
	}
	cancel := func(o *office, who Actor) error {
		_, err := o.Cancel(context.Background(), who, "w38", "下雨")
		return err
	}
	pause := func(o *office, who Actor) error { _, err := o.Pause(context.Background(), who, "w38", ""); return err }
	resume := func(o *office, who Actor) error { _, err := o.Resume(context.Background(), who, "w38"); return err }
	settle := func(o *office, who Actor) error {
		_, err := o.Settle(context.Background(), who, "w38", Done, "后台已显示发出")
		return err
	}
	preview := func(o *office, who Actor) error { _, err := o.Preview(context.Background(), who, "w38"); return err }
	for _, c := range []struct {
		name string
		at   Status
		deed func(*office, Actor) error
		who  Actor
		want Status
		err  string // a part of what staff read
	}{
		{"an editor submits a draft", Draft, submit, editor, Submitted, ""},
		{"a reviewer may not submit", Draft, submit, reviewer, Draft, "「编辑」角色"},
		{"nobody approves a draft", Draft, approve, reviewer, Draft, "「草稿」，不能变成「已审核」"},
		{"another person approves", Submitted, approve, reviewer, Approved, ""},
		{"an editor may not approve", Submitted, approve, editor, Submitted, "「审核」角色"},
		{"the author may not approve, with the role either", Submitted, approve, actor("编辑甲", Write, Review), Submitted, "自己写过的不能自己审核"},
		{"a reviewer returns what was submitted", Submitted, back, reviewer, Draft, ""},
		{"a reviewer returns what was approved", Approved, back, reviewer, Draft, ""},
		{"what is scheduled is cancelled, not returned", Scheduled, back, reviewer, Scheduled, "不能变成「草稿」"},
		{"a publisher schedules what was approved", Approved, schedule, publisher, Scheduled, ""},
		{"what was only submitted is not scheduled", Submitted, schedule, publisher, Submitted, "不能变成「已排期」"},
		{"a reviewer may not schedule", Approved, schedule, reviewer, Approved, "「发布」角色"},
		{"an editor cancels a draft", Draft, cancel, editor, Cancelled, ""},
		{"an editor may not cancel what is scheduled", Scheduled, cancel, editor, Scheduled, "「发布」角色"},
		{"a publisher cancels what is being sent", Sending, cancel, publisher, Cancelled, ""},
		{"what is done is not cancelled", Done, cancel, publisher, Done, "「已完成」，不能变成「已取消」"},
		{"what was missed is not resumed", Missed, resume, publisher, Missed, "「已错过」"},
		{"a publisher pauses what is being sent", Sending, pause, publisher, Paused, ""},
		{"a draft is not paused", Draft, pause, publisher, Draft, "不能变成「已暂停」"},
		{"a publisher resumes what was paused", Paused, resume, publisher, Sending, ""},
		{"a viewer may not resume", Paused, resume, viewer, Paused, "「发布」角色"},
		{"a publisher settles what is in doubt", InDoubt, settle, publisher, Done, ""},
		{"what failed is not settled", Failed, settle, publisher, Failed, "不能变成「已完成」"},
		{"a viewer may not send a test", Draft, preview, viewer, Draft, "「编辑」或「审核」或「发布」角色"},
		{"what is being sent is not tried any more", Sending, preview, publisher, Sending, "不能再试发"},
		{"somebody without an account may nothing", Draft, submit, Actor{}, Draft, "「编辑」角色"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(verified)
			at(c.at)(t, o)
			before := len(o.book.trail)
			err := c.deed(o, c.who)
			if got := o.book.rows["w38"].Status; got != c.want {
				t.Errorf("is %s, want %s", got, c.want)
			}
			switch {
			case c.err == "" && err != nil:
				t.Errorf("error %v", err)
			case c.err != "" && !strings.Contains(Say(err), c.err):
				t.Errorf("staff read %q (%v), want %q in it", Say(err), err, c.err)
			}
			steps := 0
			if c.err == "" {
				steps = 1
			}
			if got := len(o.book.trail) - before; got != steps {
				t.Errorf("%d steps, want %d", got, steps)
			}
		})
	}
}

func TestAnEditDropsTheApproval(t *testing.T) {
	for _, c := range []struct {
		name    string
		edit    func(*Campaign)
		dropped bool
	}{
		{"the text of an article", func(c *Campaign) { c.Articles[0].Body += "。" }, true},
		{"the digest", func(c *Campaign) { c.Articles[0].Digest = "看这里" }, true},
		{"an article more", func(c *Campaign) { c.Articles = append(c.Articles, c.Articles[0]) }, true},
		{"the audience", func(c *Campaign) { c.Audience = Audience{Scope: ByTag, Tag: 2} }, true},
		{"the channel", func(c *Campaign) { c.Channel = Publish }, true},
		{"the time, by a second", func(c *Campaign) { c.Due = c.Due.Add(time.Second) }, true},
		{"the end", func(c *Campaign) { c.Until = c.Until.Add(time.Hour) }, true},
		{"the grace", func(c *Campaign) { c.Grace = MaxGrace }, true},
		{"the entries", func(c *Campaign) { c.Entries = []string{"women/due"} }, true},
		{"the name, which nobody outside reads", func(c *Campaign) { c.Title = "三八" }, false},
		{"the time written in another zone", func(c *Campaign) { c.Due = c.Due.UTC() }, false},
		{"an empty list in place of none", func(c *Campaign) { c.Entries = []string{} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(verified)
			next := o.scheduled(t, massPush())
			c.edit(&next)
			got, dropped, err := o.Edit(t.Context(), editor, next)
			if err != nil || dropped != c.dropped {
				t.Fatalf("Edit: dropped %t, %v, want %t", dropped, err, c.dropped)
			}
			if wantStatus := map[bool]Status{true: Draft, false: Scheduled}[dropped]; got.Status != wantStatus || (got.Approval == nil) != dropped {
				t.Errorf("is %s with approval %+v", got.Status, got.Approval)
			}
		})
	}
}

func TestEdit(t *testing.T) {
	t.Run("whoever edits may not approve", func(t *testing.T) {
		o := newOffice(verified)
		c := o.submitted(t, massPush())
		c.Articles[0].Body = "改过。"
		if _, _, err := o.Edit(t.Context(), both, c); err != nil {
			t.Fatal(err)
		}
		c, err := o.Submit(t.Context(), editor, "w38")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Approve(t.Context(), both, "w38", c.Hash()); !errors.Is(err, ErrSelfApproval) {
			t.Errorf("Approve by an editor of it = %v, want ErrSelfApproval", err)
		}
	})
	t.Run("the later of two editors is told, and nothing is lost", func(t *testing.T) {
		o := newOffice(verified)
		c := o.submitted(t, massPush())
		mine, yours := c, c
		mine.Title, yours.Title = "我的", "你的"
		if _, _, err := o.Edit(t.Context(), editor, mine); err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.Edit(t.Context(), both, yours); !errors.Is(err, ErrChanged) || Say(err) == "" {
			t.Errorf("Edit = %v, want ErrChanged", err)
		}
		if got := o.book.rows["w38"].Title; got != "我的" {
			t.Errorf("title is %q", got)
		}
	})
	t.Run("what was approved is what was seen", func(t *testing.T) {
		o := newOffice(verified)
		seen := o.submitted(t, massPush())
		next := seen
		next.Due = next.Due.Add(time.Hour)
		if _, _, err := o.Edit(t.Context(), editor, next); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Submit(t.Context(), editor, "w38"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Approve(t.Context(), reviewer, "w38", seen.Hash()); !errors.Is(err, ErrChanged) {
			t.Errorf("Approve = %v, want ErrChanged", err)
		}
	})
	t.Run("what is being sent is not edited", func(t *testing.T) {
		o := newOffice(verified)
		c := o.scheduled(t, massPush())
		c.Status = Sending
		o.book.rows["w38"] = c
		var state *StateError
		if _, _, err := o.Edit(t.Context(), editor, c); !errors.As(err, &state) {
			t.Errorf("Edit = %v, want a StateError", err)
		}
	})
	t.Run("an edit cannot bring an approval along", func(t *testing.T) {
		o := newOffice(verified)
		c := o.submitted(t, massPush())
		c.Status, c.Approval, c.Author, c.Writers = Approved, &Approval{By: "审核乙", Hash: c.Hash()}, "别人", nil
		got, _, err := o.Edit(t.Context(), editor, c)
		if err != nil || got.Status != Submitted || got.Approval != nil || got.Author != "编辑甲" || len(got.Writers) != 1 {
			t.Errorf("Edit = %+v, %v", got, err)
		}
	})
}

func TestOnePerson(t *testing.T) {
	rules := verified
	rules.OnePerson = true
	o := newOffice(rules)
	c := o.submitted(t, massPush())
	author := actor("编辑甲", Write, Review, Release)
	c, err := o.Approve(t.Context(), author, "w38", c.Hash())
	if err != nil || !c.Approval.Alone {
		t.Fatalf("Approve = %+v, %v", c.Approval, err)
	}
	if note := o.book.trail[len(o.book.trail)-1].Note; !strings.HasPrefix(note, "一人审批") {
		t.Errorf("the trail says %q", note)
	}
	o.at = today.Add(AloneWait - time.Second)
	if _, err := o.Schedule(t.Context(), author, "w38"); !errors.Is(err, ErrNotApproved) || !strings.Contains(Say(err), "2027-03-01 22:00") {
		t.Errorf("a second before 12 hours: %v", err)
	}
	o.at = today.Add(AloneWait)
	if _, err := o.Schedule(t.Context(), author, "w38"); err != nil {
		t.Errorf("after 12 hours: %v", err)
	}
}

func TestReasonsAreNeeded(t *testing.T) {
	o := newOffice(verified)
	o.approved(t, massPush())
	if _, err := o.Return(t.Context(), reviewer, "w38", ""); !errors.Is(err, ErrReason) {
		t.Errorf("Return = %v, want ErrReason", err)
	}
	if _, err := o.Cancel(t.Context(), publisher, "w38", ""); !errors.Is(err, ErrReason) {
		t.Errorf("Cancel = %v, want ErrReason", err)
	}
	if got, err := o.Return(t.Context(), reviewer, "w38", "日期不对"); err != nil || got.Reason != "日期不对" || got.Approval != nil {
		t.Errorf("Return = %q with approval %+v, %v", got.Reason, got.Approval, err)
	}
}

func TestCreate(t *testing.T) {
	t.Run("a draft may lack what is still to come", func(t *testing.T) {
		o := newOffice(verified)
		list, err := o.Create(t.Context(), editor, Campaign{Title: "空的", Channel: Card})
		if err != nil || !idForm.MatchString(list[0].ID) || list[0].Grace != DefaultGrace || list[0].Author != "编辑甲" {
			t.Fatalf("Create = %+v, %v", list, err)
		}
		if _, err := o.Submit(t.Context(), editor, list[0].ID); err == nil || !strings.Contains(Say(err), "没有正文。\n") {
			t.Errorf("Submit = %q", Say(err))
		}
	})
	t.Run("several get a series", func(t *testing.T) {
		o := newOffice(verified)
		list, err := o.Create(t.Context(), editor, Campaign{Title: "一", Channel: Card}, Campaign{Title: "二", Channel: Card})
		if err != nil || list[0].Series == "" || list[0].Series != list[1].Series || list[0].ID == list[1].ID {
			t.Errorf("Create = %+v, %v", list, err)
		}
	})
	t.Run("of several with one that cannot be, none is kept", func(t *testing.T) {
		o := newOffice(verified)
		_, err := o.Create(t.Context(), editor, massPush(), Campaign{Title: "二", Channel: Card, Text: "<script>"})
		if err == nil || len(o.book.rows)+len(o.book.trail) != 0 {
			t.Errorf("Create = %v, kept %d with %d steps", err, len(o.book.rows), len(o.book.trail))
		}
	})
	t.Run("a campaign cannot be created as if approved", func(t *testing.T) {
		o := newOffice(verified)
		c := massPush()
		c.Status, c.Approval, c.Version, c.Author = Scheduled, &Approval{By: "审核乙", Hash: c.Hash()}, 0, "别人"
		list, err := o.Create(t.Context(), editor, c)
		if err != nil || list[0].Status != Draft || list[0].Approval != nil || list[0].Author != "编辑甲" {
			t.Errorf("Create = %+v, %v", list, err)
		}
	})
	t.Run("the id of another is not taken", func(t *testing.T) {
		o := newOffice(verified)
		o.submitted(t, massPush())
		if _, err := o.Create(t.Context(), editor, massPush()); !errors.Is(err, ErrChanged) {
			t.Errorf("Create = %v, want ErrChanged", err)
		}
	})
}

func TestPreviewsOfADay(t *testing.T) {
	o := newOffice(verified)
	o.submitted(t, massPush())
	for range PreviewsPerDay {
		if _, err := o.Preview(t.Context(), editor, "w38"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.Preview(t.Context(), editor, "w38"); !errors.Is(err, ErrPreviews) || !strings.Contains(Say(err), "100次") {
		t.Errorf("one more = %v, want ErrPreviews", err)
	}
}

func TestShowAndList(t *testing.T) {
	o := newOffice(verified)
	o.submitted(t, massPush())
	bad := textPush(Card)
	bad.ID, bad.Entries = "bad", []string{"women/old"}
	if _, err := o.Create(t.Context(), editor, bad); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := o.Show(t.Context(), viewer, "bad"); err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, "不是现行版本") {
		t.Errorf("Show = %+v, %v", problems, err)
	}
	if list, err := o.List(t.Context(), viewer, Filter{Statuses: []Status{Submitted}}); err != nil || len(list) != 1 {
		t.Errorf("List = %d, %v", len(list), err)
	}
	if _, err := o.List(t.Context(), actor("外人"), Filter{}); !errors.Is(err, ErrRight) {
		t.Errorf("List for somebody without a role = %v, want ErrRight", err)
	}
	if _, _, err := o.Show(t.Context(), viewer, "none"); !errors.Is(err, ErrUnknown) || Say(err) == "" {
		t.Errorf("Show of nothing = %v, want ErrUnknown", err)
	}
}

func TestResumeAfterItsGrace(t *testing.T) {
	o := newOffice(verified)
	c := o.scheduled(t, massPush())
	if _, err := o.Pause(t.Context(), publisher, "w38", "等通知"); err != nil {
		t.Fatal(err)
	}
	o.at = eighth.Add(4 * 24 * time.Hour)
	if _, err := o.Resume(t.Context(), publisher, "w38"); err == nil || !strings.Contains(Say(err), "已过补发时限") {
		t.Errorf("Resume on 3.12 = %v", err)
	}
	next := o.book.rows["w38"]
	next.Due = c.Due.Add(6 * 24 * time.Hour)
	if got, dropped, err := o.Edit(t.Context(), editor, next); err != nil || !dropped || got.Status != Draft {
		t.Errorf("a new time for what was paused: %s, %t, %v", got.Status, dropped, err)
	}
}
