package wechat

import "context"

const (
	pathTags = "/cgi-bin/tags/"
	// MaxTagged is how many followers one call tags.
	MaxTagged  = 50
	maxTagName = 30 // characters
)

// FollowerTag is a tag of the account. Followers carry it; the platform knows
// who.
type FollowerTag struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Count int64  `json:"count"` // followers who carry it
}

// CreateTag makes a tag with a name of 1 to 30 characters. An account has at
// most 100.
func (c *Client) CreateTag(ctx context.Context, name string) (FollowerTag, error) {
	var out struct {
		Tag FollowerTag `json:"tag"`
	}
	k := call{path: pathTags + "create", in: map[string]any{"tag": map[string]string{"name": name}}, out: &out}
	r := review{path: k.path}
	r.chars("tag's name", "标签名", name, 1, maxTagName)
	if r.line("tag's name", "标签名", name); r.err != nil {
		return FollowerTag{}, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return FollowerTag{}, err
	}
	if out.Tag.ID <= 0 {
		return FollowerTag{}, unanswered(k, true, "answer holds no tag", nil)
	}
	return out.Tag, nil
}

// Tags returns all tags of the account.
func (c *Client) Tags(ctx context.Context) ([]FollowerTag, error) {
	var out struct {
		Tags []FollowerTag `json:"tags"`
	}
	err := c.do(ctx, call{path: pathTags + "get", out: &out, reads: true})
	return out.Tags, err
}

// TagFollowers gives a tag to 1 to MaxTagged followers. Repeating it changes
// nothing more.
func (c *Client) TagFollowers(ctx context.Context, tag int64, openIDs []string) error {
	return c.tagging(ctx, pathTags+"members/batchtagging", tag, openIDs)
}

// UntagFollowers takes a tag from 1 to MaxTagged followers. Repeating it
// changes nothing more.
func (c *Client) UntagFollowers(ctx context.Context, tag int64, openIDs []string) error {
	return c.tagging(ctx, pathTags+"members/batchuntagging", tag, openIDs)
}

func (c *Client) tagging(ctx context.Context, path string, tag int64, openIDs []string) error {
	r := review{path: path}
	r.that(tag > 0, "tag is not above 0", "没有选定标签。")
	r.that(len(openIDs) >= 1 && len(openIDs) <= MaxTagged, "not 1 to 50 openids", "一次要有1到50个人。")
	for _, id := range openIDs {
		r.openID(id)
	}
	if r.err != nil {
		return r.err
	}
	return c.do(ctx, call{path: path, in: map[string]any{"openid_list": openIDs, "tagid": tag}, coded: true})
}
