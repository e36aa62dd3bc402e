package wechattest

import (
	"maps"
	"time"
)

const clearsAMonth = 10

// limitsADay are the platform's own limits of calls a day, where a page or a
// second-hand copy of it names one, and what the options make of them.
func limitsADay(opt Options) map[string]int {
	limits := map[string]int{
		tokenPath:                       500_000,
		"/cgi-bin/message/custom/send":  500_000,
		"/cgi-bin/user/get":             500,
		"/cgi-bin/menu/create":          1000,
		"/cgi-bin/message/mass/preview": 100,
	}
	if opt.Account == Service {
		limits[massAllPath], limits[massListPath] = 100, 100
	}
	maps.Copy(limits, opt.DailyLimits)
	return limits
}

// quota counts calls by day and by minute.
type quota struct {
	today   string
	used    map[string]int
	minutes map[string]*minute
	month   string
	clears  int
}

type minute struct {
	began time.Time
	calls int
}

// day counts one call of the day, unless it would be over the limit. A
// negative limit is none.
func (q *quota) day(name string, limit int, now time.Time) bool {
	if d := dayOf(now); d != q.today || q.used == nil {
		q.today, q.used = d, map[string]int{}
	}
	if limit >= 0 && q.used[name] >= limit {
		return false
	}
	q.used[name]++
	return true
}

// minute counts one call of the running minute, unless it would be over the
// limit.
func (q *quota) minute(name string, limit int, now time.Time) bool {
	if q.minutes == nil {
		q.minutes = map[string]*minute{}
	}
	m := q.minutes[name]
	if m == nil || now.Sub(m.began) >= time.Minute || now.Before(m.began) {
		m = &minute{began: now}
		q.minutes[name] = m
	}
	if m.calls >= limit {
		return false
	}
	m.calls++
	return true
}

// limitOf is the limit of calls a day of a path, negative when there is none.
func (p *Platform) limitOf(path string) int {
	if n, set := p.limits[path]; set {
		return n
	}
	return -1
}

func (p *Platform) checkDay(_ endpoint, c *call) outcome {
	if !p.quota.day(c.path, p.limitOf(c.path), c.now) {
		return fail(45009, "reach max api daily quota limit")
	}
	return ok()
}

func (p *Platform) quotaGet(c *call) any {
	var in struct {
		Path string `json:"cgi_path"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	if _, known := p.routes[in.Path]; !known {
		return fail(76021, "cgi_path not found, please check")
	}
	type counts struct {
		Limit int `json:"daily_limit"`
		Used  int `json:"used"`
		Left  int `json:"remain"`
	}
	limit := p.limitOf(in.Path)
	if limit < 0 {
		limit = 10_000_000
	}
	used := p.quota.used[in.Path]
	return struct {
		outcome
		Quota counts `json:"quota"`
	}{ok(), counts{limit, used, max(0, limit-used)}}
}

func (p *Platform) quotaClear(c *call) any {
	var in struct {
		AppID string `json:"appid"`
	}
	switch {
	case !c.read(&in):
		return fail(47001, "data format error")
	case in.AppID != p.opt.AppID:
		return fail(40013, "invalid appid")
	}
	if m := monthOf(c.now); m != p.quota.month {
		p.quota.month, p.quota.clears = m, 0
	}
	if p.quota.clears >= clearsAMonth {
		return fail(48006, "forbid to clear quota because of reaching the limit")
	}
	p.quota.clears++
	p.quota.used = nil
	return ok()
}
