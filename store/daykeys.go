package store

import (
	"time"

	"pufa/stats"
)

// dayKeys are the keys that the messages of one day are counted under.
type dayKeys struct {
	from, to                            int64 // seconds; to is the next day's
	counted, ledger, crisis, day, month string
	monthBits, yearBits                 string
}

// ofDay returns the keys of at's day in Asia/Shanghai. They are made once a
// day, not with every message.
func (k keys) ofDay(at time.Time) *dayKeys {
	if d := k.today.Load(); d != nil && d.from <= at.Unix() && at.Unix() < d.to {
		return d
	}
	t := at.In(zone)
	day, month := stats.DayOf(at), stats.MonthOf(at)
	d := &dayKeys{
		from:    time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone).Unix(),
		to:      time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone).Unix(),
		counted: k.counted(day), day: k.day(day),
		ledger: k.ledger(month), crisis: k.crisis(month), month: k.month(month),
		monthBits: k.bits(month), yearBits: k.bits(stats.YearOf(at)),
	}
	k.today.Store(d)
	return d
}
