package wechat

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/url"
)

// FollowerPage is some of the account's followers. Its printed form holds no
// openid.
type FollowerPage struct {
	Total   int64    // followers of the account
	OpenIDs []string // up to 10,000
	Next    string   // where the next page begins: an openid; empty on the last page
}

// String says how many.
func (p FollowerPage) String() string {
	return fmt.Sprintf("%d of %d followers", len(p.OpenIDs), p.Total)
}

// GoString is String, for %#v.
func (p FollowerPage) GoString() string { return p.String() }

// Format is String for every verb.
func (p FollowerPage) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.String())) }

// LogValue is String, for slog.
func (p FollowerPage) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Followers goes through the followers page by page, from the page that begins
// at from (empty: the first). It ends after the first error. The platform allows
// 500 pages a day.
func (c *Client) Followers(ctx context.Context, from string) iter.Seq2[FollowerPage, error] {
	return func(yield func(FollowerPage, error) bool) {
		for next := from; ; {
			page, err := c.followers(ctx, next)
			if err != nil {
				yield(FollowerPage{}, err)
				return
			}
			if len(page.OpenIDs) > 0 && !yield(page, nil) || page.Next == "" {
				return
			}
			next = page.Next
		}
	}
}

func (c *Client) followers(ctx context.Context, from string) (FollowerPage, error) {
	var out struct {
		Total int64 `json:"total"`
		Data  struct {
			OpenIDs []string `json:"openid"`
		} `json:"data"`
		Next string `json:"next_openid"`
	}
	r := review{path: "/cgi-bin/user/get"}
	k := call{path: r.path, query: url.Values{}, out: &out, reads: true}
	if from != "" {
		r.openID(from)
		k.query.Set("next_openid", from)
	}
	if r.err != nil {
		return FollowerPage{}, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return FollowerPage{}, err
	}
	if len(out.Data.OpenIDs) == 0 {
		out.Next = "" // behind the last page there is an empty one
	}
	if out.Next != "" && out.Next == from {
		return FollowerPage{}, unanswered(k, true, "the next page is this one", nil)
	}
	return FollowerPage{out.Total, out.Data.OpenIDs, out.Next}, nil
}
