package campaign

import "time"

func checkTimes(f *findings, c Campaign, now time.Time) {
	switch {
	case c.Due.IsZero():
		f.add(Unready, "due", "没有定推送时间")
	case c.Due.Before(now):
		f.add(Unready, "due", "推送时间%s已经过了", clockTime(c.Due))
	case c.Due.Sub(now) > maxAhead:
		f.add(Unready, "due", "推送时间%s太远，最多提前两年", clockTime(c.Due))
	}
	if !c.Due.IsZero() && c.Channel.Pushes() && isNight(c.Due) && !c.NightOK {
		f.add(Unready, "due", "%s在晚上9点到早上8点之间，会打扰居民；确实要发，请确认夜间发送", clockTime(c.Due))
	}
	switch {
	case c.Until.IsZero():
		f.add(Unready, "until", "没有定结束时间")
	case !c.Until.After(c.Due):
		f.add(Unusable, "until", "结束时间%s不晚于推送时间", clockTime(c.Until))
	case !c.Due.IsZero() && c.Until.Sub(c.Due) > MaxWindow:
		f.add(Unready, "until", "结束时间离推送时间太远，最多%d天", MaxWindow/(24*time.Hour))
	}
	if c.Grace < MinGrace || c.Grace > MaxGrace {
		f.add(Unusable, "grace", "补发时限要在%d分钟到%d小时之间", MinGrace/time.Minute, MaxGrace/time.Hour)
	}
}

// isNight reports whether t is in the quiet hours, 21:00 to before 08:00.
func isNight(t time.Time) bool {
	h := t.In(Zone).Hour()
	return h >= nightFrom || h < nightTo
}

// morningAfter is the end of the quiet hours in which t stands.
func morningAfter(t time.Time) time.Time {
	local := t.In(Zone)
	day := local.Day()
	if local.Hour() >= nightFrom {
		day++
	}
	return time.Date(local.Year(), local.Month(), day, nightTo, 0, 0, 0, Zone)
}

// clockTime is a time as staff read it.
func clockTime(t time.Time) string { return t.In(Zone).Format("2006-01-02 15:04") }

func sameDay(a, b time.Time) bool {
	return a.In(Zone).Format(time.DateOnly) == b.In(Zone).Format(time.DateOnly)
}

func sameMonth(a, b time.Time) bool {
	return a.In(Zone).Format("2006-01") == b.In(Zone).Format("2006-01")
}
