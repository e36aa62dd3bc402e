package wechat

import (
	"context"
	"strings"
	"time"
)

// CallQuota is how often a call may be made today.
type CallQuota struct {
	Daily, Used, Left int64
	// PerPeriod calls are allowed each Period; zero where the platform names no
	// such limit.
	PerPeriod int64
	Period    time.Duration
}

// CallQuota asks how much of a call's quota is left; path is the call's, such
// as /cgi-bin/message/custom/send.
func (c *Client) CallQuota(ctx context.Context, path string) (CallQuota, error) {
	var out struct {
		Quota *struct {
			Daily int64 `json:"daily_limit"`
			Used  int64 `json:"used"`
			Left  int64 `json:"remain"`
		} `json:"quota"`
		Rate struct {
			Calls  int64 `json:"call_count"`
			Period int64 `json:"refresh_second"`
		} `json:"rate_limit"`
	}
	k := call{path: "/cgi-bin/openapi/quota/get", in: map[string]string{"cgi_path": path}, out: &out, reads: true}
	r := review{path: k.path}
	r.word("path", "接口地址", path, 128)
	r.that(strings.HasPrefix(path, "/"), "path begins with no slash", "接口地址要以 / 开头。")
	if r.err != nil {
		return CallQuota{}, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return CallQuota{}, err
	}
	if out.Quota == nil {
		return CallQuota{}, unanswered(k, true, "answer holds no quota", nil)
	}
	return CallQuota{
		Daily: out.Quota.Daily, Used: out.Quota.Used, Left: out.Quota.Left,
		PerPeriod: out.Rate.Calls, Period: time.Duration(out.Rate.Period) * time.Second,
	}, nil
}
