package campaign

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// other is another push that stands at a time in a state.
func other(ch Channel, s Status, at time.Time) Campaign {
	c := Campaign{ID: fmt.Sprintf("o%d-%s", at.Unix(), s), Title: "别的推送", Channel: ch, Status: s, Due: at, Until: at.Add(DefaultSpan)}
	if c.Status == Done {
		c.Sent.At = at
	}
	return c
}

func TestQuotaAndCollisions(t *testing.T) {
	march := func(day, hour int) time.Time { return time.Date(2027, 3, day, hour, 0, 0, 0, Zone) }
	four := []Campaign{
		other(Mass, Done, march(1, 9)), other(Mass, Scheduled, march(15, 9)), other(Mass, Paused, march(20, 9)), other(Mass, InDoubt, march(25, 9)),
	}
	subscription := Rules{Account: Account{Verified: true}}
	for _, c := range []struct {
		name   string
		rules  Rules
		push   Campaign
		others []Campaign
		want   string
		weight Weight
	}{
		{"a fifth mass message of the month", verified, massPush(), four, "那月的4次群发已经排满", Unready},
		{"a fourth", verified, massPush(), four[1:], "", 0},
		{"a card beside four mass messages", verified, textPush(Card), four, "", 0},
		{"those that failed, were missed or cancelled do not count", verified, massPush(), append([]Campaign{
			other(Mass, Failed, march(2, 9)), other(Mass, Missed, march(3, 9)), other(Mass, Cancelled, march(4, 9)), other(Mass, Approved, march(5, 9)),
		}, four[1:]...), "", 0},
		{"those of February do not count", verified, massPush(), []Campaign{
			other(Mass, Done, time.Date(2027, 2, 28, 23, 59, 59, 0, Zone)), four[0], four[1], four[2],
		}, "", 0},
		{"the month is that of Shanghai", verified, massPush(), []Campaign{
			other(Mass, Done, time.Date(2027, 2, 28, 16, 0, 0, 0, time.UTC)), four[1], four[2], four[3],
		}, "排满", Unready},
		{"a second mass message of a subscription account's day", subscription, massPush(), []Campaign{other(Mass, Scheduled, march(8, 20))}, "", -1},
		{"another push 1 hour 59 minutes before", verified, massPush(), []Campaign{other(Message, Scheduled, march(8, 10).Add(-119*time.Minute))}, "相隔不到2小时", Unready},
		{"another push exactly 2 hours before, by another channel", verified, massPush(), []Campaign{other(Message, Scheduled, march(8, 8))}, "同一天还有", Warning},
		{"the same channel on the same day", verified, textPush(Message), []Campaign{other(Message, Scheduled, march(8, 18))}, "同一天走同一渠道", Unready},
		{"the same channel on the next day", verified, textPush(Message), []Campaign{other(Message, Scheduled, march(9, 10))}, "", 0},
		{"a card beside a push", verified, textPush(Card), []Campaign{other(Message, Scheduled, march(8, 10))}, "", 0},
		{"two cards at a time", verified, textPush(Card), []Campaign{other(Card, Sending, march(5, 10))}, "时间重叠", Warning},
		{"itself", verified, massPush(), []Campaign{func() Campaign { c := massPush(); c.Status = Scheduled; return c }()}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.rules.Check(c.push, newShelf(), today, c.others)
			if c.weight < 0 { // the quota and the day both tell
				if len(got) != 2 || !strings.Contains(got[0].Text, "那日的1次群发已经排满") || !strings.Contains(got[1].Text, "同一天") {
					t.Errorf("problems %+v", got)
				}
				return
			}
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0].Text, c.want) || got[0].Weight != c.weight) {
				t.Errorf("problems %+v, want %q", got, c.want)
			}
		})
	}
}

type crowd map[Channel]int64

func (c crowd) Count(_ context.Context, ch Channel, _ Audience) (int64, bool, error) {
	n, known := c[ch]
	if n < 0 {
		return 0, false, errors.New("no answer")
	}
	return n, known, nil
}

func TestReach(t *testing.T) {
	full := []Campaign{}
	for day := range MassPerMonth {
		full = append(full, other(Mass, Scheduled, time.Date(2027, 3, 20+day, 9, 0, 0, 0, Zone)))
	}
	for _, c := range []struct {
		name    string
		rules   Rules
		others  []Campaign
		crowd   crowd
		wanted  Channel
		instead Channel // "" when wanted is possible
		why     string
	}{
		{"with quota left the mass message is possible", verified, nil, crowd{Mass: 1000}, Mass, "", ""},
		{"with the quota used up the card is proposed, and the page", verified, full, crowd{Mass: 1000}, Mass, Card, "已经排满；建议改用「对话卡片」"},
		{"with followers who consented the notice is proposed", verified, full, crowd{Mass: 1000, Notice: 30}, Mass, Notice, "建议改用「订阅通知」"},
		{"an unverified account has the card", Rules{}, nil, nil, Mass, Card, "没有认证"},
		{"a subscription account has no notices", Rules{Account: Account{Verified: true}}, nil, crowd{Mass: 1000, Notice: 30}, Notice, Card, "订阅号"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(c.rules)
			for _, p := range c.others {
				o.book.rows[p.ID] = p
			}
			if c.crowd != nil {
				o.crowd = c.crowd
			}
			list, err := o.Reach(t.Context(), massPush())
			if err != nil || len(list) != len(Channels()) {
				t.Fatalf("Reach = %d, %v", len(list), err)
			}
			if list[0].Channel != Mass || list[0].Quota.Used != len(c.others) || list[0].Possible && list[0].People != c.crowd[Mass] {
				t.Errorf("mass message: %+v", list[0])
			}
			instead, why, ok := Fallback(list, c.wanted)
			if instead != c.instead || ok != (c.instead != "") || !strings.Contains(why, c.why) {
				t.Errorf("Fallback = %q, %q, %t, want %q, %q", instead, why, ok, c.instead, c.why)
			}
		})
	}
	t.Run("a count that fails is told", func(t *testing.T) {
		o := newOffice(verified)
		o.crowd = crowd{Mass: -1}
		if _, err := o.Reach(t.Context(), massPush()); err == nil {
			t.Error("no error")
		}
	})
	t.Run("nobody to reach is an empty audience", func(t *testing.T) {
		o := newOffice(verified)
		o.crowd = crowd{Mass: 0}
		if _, err := o.Create(t.Context(), editor, massPush()); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Submit(t.Context(), editor, "w38"); err == nil || !strings.Contains(Say(err), "一个人也送不到") {
			t.Errorf("Submit = %v", err)
		}
	})
}
