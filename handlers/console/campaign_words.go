package console

import (
	"fmt"
	"strings"
	"time"

	"pufa/campaign"
)

// weekdays from Sunday, as time.Weekday counts.
var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// momentOf is a time as staff read it: 2027年3月8日（周一）10:00.
func momentOf(t time.Time) string {
	if t.IsZero() {
		return "没有定"
	}
	t = t.In(campaign.Zone)
	return t.Format("2006年1月2日") + "（" + weekdays[t.Weekday()] + "）" + t.Format("15:04")
}

// graceOf is a duration as staff read it.
func graceOf(d time.Duration) string {
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case minutes == 0:
		return fmt.Sprintf("%d小时", hours)
	case hours == 0:
		return fmt.Sprintf("%d分钟", minutes)
	}
	return fmt.Sprintf("%d小时%d分钟", hours, minutes)
}

// leftOf is about how long something still takes.
func leftOf(d time.Duration) string {
	switch {
	case d < 0:
		return "还算不出"
	case d < time.Minute:
		return "不到1分钟"
	case d < time.Hour:
		return fmt.Sprintf("大约%d分钟", int(d.Round(time.Minute)/time.Minute))
	}
	return fmt.Sprintf("大约%d小时%d分钟", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// audienceOf is who a campaign is for.
func (v *visit) audienceOf(c campaign.Campaign) string {
	switch a := c.Audience; a.Scope {
	case campaign.Everyone:
		switch c.Channel {
		case campaign.Card:
			return "这段时间里来问的所有居民"
		case campaign.Publish:
			return "不推送给任何人；有链接的都能看"
		}
		return "全部关注者（退订的除外）"
	case campaign.ByTag:
		return fmt.Sprintf("公众号标签 %d 下的关注者", a.Tag)
	case campaign.ByTopic:
		if t, ok := v.Campaigns.Library().Topic(a.Topic); ok {
			return "订阅了“" + t.Name + "”的居民"
		}
		return "订阅了“" + a.Topic + "”的居民"
	}
	return "还没有选"
}

// toneOf is the class of a state's badge. The badge says the state in words:
// the colour only helps.
func toneOf(s campaign.Status) string {
	switch s {
	case campaign.Approved, campaign.Scheduled, campaign.Done:
		return "good"
	case campaign.Submitted, campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Partly, campaign.Paused:
		return "warn"
	case campaign.Failed, campaign.InDoubt, campaign.Missed:
		return "bad"
	}
	return ""
}

// nextOf says what comes next, and whose it is.
func nextOf(c campaign.Campaign) string {
	switch c.Status {
	case campaign.Draft:
		return "写好以后，由“编辑”提交审核。"
	case campaign.Submitted:
		return "等没有写过这一条的“审核”同事看过：通过，或者写明原因退回。"
	case campaign.Approved:
		return "等“发布”同事排期。排期以后，到时间自动开始。"
	case campaign.Scheduled:
		return "到" + momentOf(c.Due) + "自动开始。在那以前可以暂停、取消，也可以改；改了内容要重新审核。"
	case campaign.Claimed:
		return "程序已经开始准备发送。"
	case campaign.Sending:
		if c.Channel == campaign.Card {
			return "正在展示：居民来问时，答复下面附这张卡片，到" + momentOf(c.Until) + "为止。"
		}
		return "正在发送。可以暂停或取消，已经送到的收不回来。"
	case campaign.Waiting:
		return "已经交给微信：可能在等公众号管理员在手机上确认，或者在等微信的结果。"
	case campaign.InDoubt:
		return "微信没有说清楚发没发出去，程序不会再发。请到公众平台后台核对，再在下面选一项。"
	case campaign.Paused:
		return "已经停下，不会再发。可以继续，也可以取消。"
	case campaign.Missed:
		return "到时间没有发出，又过了补发时限，不会再发。还要发，请新建一条。"
	}
	return ""
}

// sayOf is an error of campaigns in words, or "" for another one.
func sayOf(err error) string { return strings.TrimSpace(campaign.Say(err)) }

// lifeStep is one of the steps that campaigns take, for the line above one.
type lifeStep struct {
	Name       string
	Here, Over bool
}

// lifeOf shows how far a campaign is. A state outside the line stands at its
// end.
func lifeOf(c campaign.Campaign) []lifeStep {
	line := []campaign.Status{campaign.Draft, campaign.Submitted, campaign.Approved, campaign.Scheduled, campaign.Sending, campaign.Done}
	at, here := 0, c.Status
	if here == campaign.Claimed {
		here = campaign.Sending
	}
	for i, s := range line {
		if s == here {
			at = i
		}
	}
	switch c.Status {
	case campaign.Waiting:
		line = append(line[:5:5], campaign.Waiting, campaign.Done)
		at = 5
	case campaign.Paused:
		line, at = append(line[:4:4], campaign.Paused), 4
	case campaign.Partly, campaign.Failed, campaign.InDoubt, campaign.Cancelled, campaign.Missed:
		line, at = []campaign.Status{campaign.Draft, campaign.Submitted, campaign.Approved, campaign.Scheduled, c.Status}, 4
		if c.Began.IsZero() && c.Status == campaign.Cancelled {
			line, at = []campaign.Status{campaign.Draft, c.Status}, 1
		}
	}
	steps := make([]lifeStep, len(line))
	for i, s := range line {
		steps[i] = lifeStep{Name: s.Chinese(), Here: i == at, Over: i < at}
	}
	return steps
}
