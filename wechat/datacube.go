package wechat

import (
	"context"
	"time"
)

const (
	pathCube    = "/datacube/"
	maxCubeDays = 7 // of the figures of followers
	cubeHour    = 8 // before it, the figures of yesterday are not ready
	dateOnly    = time.DateOnly
)

// FollowerChange is how many came and went on a day, by where they came from.
type FollowerChange struct {
	Date   string `json:"ref_date"` // 2026-03-08
	Source int    `json:"user_source"`
	New    int64  `json:"new_user"`
	Left   int64  `json:"cancel_user"`
}

// FollowerTotal is how many followers there were at the end of a day.
type FollowerTotal struct {
	Date  string `json:"ref_date"`
	Total int64  `json:"cumulate_user"`
}

// ArticleCounts are what readers did with an article. Users are people within
// the period, the others are times.
type ArticleCounts struct {
	ReadUsers     int64 `json:"int_page_read_user"`
	Reads         int64 `json:"int_page_read_count"`
	OriginalUsers int64 `json:"ori_page_read_user"`
	Originals     int64 `json:"ori_page_read_count"`
	ShareUsers    int64 `json:"share_user"`
	Shares        int64 `json:"share_count"`
	FavourUsers   int64 `json:"add_to_fav_user"`
	Favours       int64 `json:"add_to_fav_count"`
}

// ArticleSummary is what was done with an article on one day.
type ArticleSummary struct {
	Date  string `json:"ref_date"`
	ID    string `json:"msgid"` // msg_data_id, underscore, number of the article from 1
	Title string `json:"title"`
	ArticleCounts
}

// ArticleTotal is what was done with an article of one day until each of the
// days after it.
type ArticleTotal struct {
	Date    string       `json:"ref_date"` // the day it was sent
	ID      string       `json:"msgid"`
	Title   string       `json:"title"`
	Details []ArticleDay `json:"details"`
}

// ArticleDay is the sum until the end of a day.
type ArticleDay struct {
	Date    string `json:"stat_date"`
	Targets int64  `json:"target_user"` // followers it was sent to
	ArticleCounts
}

// FollowerChanges returns how many came and went from a day to a day, both
// included: at most 7 days, the last one yesterday or before.
func (c *Client) FollowerChanges(ctx context.Context, from, to time.Time) ([]FollowerChange, error) {
	return figures[FollowerChange](ctx, c, "getusersummary", from, to, maxCubeDays)
}

// FollowerTotals returns how many followers there were, for the same days.
func (c *Client) FollowerTotals(ctx context.Context, from, to time.Time) ([]FollowerTotal, error) {
	return figures[FollowerTotal](ctx, c, "getusercumulate", from, to, maxCubeDays)
}

// ArticleSummaries returns what was done on a day, yesterday or before, with
// the articles that were sent to followers. Articles with fewer than three reads,
// shares and favours together, and those only published, are not in it.
func (c *Client) ArticleSummaries(ctx context.Context, day time.Time) ([]ArticleSummary, error) {
	return figures[ArticleSummary](ctx, c, "getarticlesummary", day, day, 1)
}

// ArticleTotals returns the articles that were sent on a day, yesterday or
// before, with their sums until each day since; the same articles are left out.
func (c *Client) ArticleTotals(ctx context.Context, day time.Time) ([]ArticleTotal, error) {
	return figures[ArticleTotal](ctx, c, "getarticletotal", day, day, 1)
}

// figures asks for the figures of some days of Asia/Shanghai.
func figures[T any](ctx context.Context, c *Client, what string, from, to time.Time, most int) ([]T, error) {
	var out struct {
		List []T `json:"list"`
	}
	first, last := dayStart(from), dayStart(to)
	now := c.now().In(shanghai())
	r := review{path: pathCube + what}
	r.that(!first.After(last), "the last day is before the first", "结束日期早于开始日期。")
	r.that(last.Before(first.AddDate(0, 0, most)), "more days than one call takes", "一次查询的天数太多。")
	r.that(last.Before(dayStart(now)), "the day is not over", "只能查询昨天及以前的数据。")
	ready := last.AddDate(0, 0, 1).Add(cubeHour * time.Hour)
	r.that(!now.Before(ready), "yesterday's figures come after 08:00", "昨天的数据要到早上8点以后才有。")
	if r.err != nil {
		return nil, r.err
	}
	in := map[string]string{"begin_date": first.Format(dateOnly), "end_date": last.Format(dateOnly)}
	err := c.do(ctx, call{path: r.path, in: in, out: &out, reads: true})
	return out.List, err
}

// dayStart is midnight of a time's day in Asia/Shanghai.
func dayStart(t time.Time) time.Time {
	y, m, d := t.In(shanghai()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, shanghai())
}
