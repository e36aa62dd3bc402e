package wechattest

const (
	maxTags      = 100
	maxTagName   = 30 // characters
	maxTagsEach  = 20 // of a follower
	maxTagged    = 50 // followers a call
	firstTagFree = 100
)

// tagBook holds the account's tags.
type tagBook struct{ list []*tag }

type tag struct {
	id      int
	name    string
	holders map[int]bool
}

func (b *tagBook) find(id int) *tag {
	for _, t := range b.list {
		if t.id == id {
			return t
		}
	}
	return nil
}

func (b *tagBook) has(id int) bool { return b.find(id) != nil }

func (b *tagBook) holds(id, n int) bool {
	t := b.find(id)
	return t != nil && t.holders[n]
}

// each counts the tags of a follower.
func (b *tagBook) each(n int) (count int) {
	for _, t := range b.list {
		if t.holders[n] {
			count++
		}
	}
	return count
}

type tagAnswer struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Count *int   `json:"count,omitempty"`
}

func (p *Platform) tagCreate(c *call) any {
	var in struct {
		Tag tagAnswer `json:"tag"`
	}
	switch {
	case !c.read(&in):
		return fail(47001, "data format error")
	case in.Tag.Name == "":
		return fail(45157, "invalid tag name")
	case chars(in.Tag.Name) > maxTagName:
		return fail(45158, "tag name too long")
	case len(p.tags.list) >= maxTags:
		return fail(45056, "create tag over limit")
	}
	for _, t := range p.tags.list {
		if t.name == in.Tag.Name {
			return fail(45157, "invalid tag name")
		}
	}
	t := &tag{firstTagFree + len(p.tags.list), in.Tag.Name, map[int]bool{}}
	p.tags.list = append(p.tags.list, t)
	return struct {
		Tag tagAnswer `json:"tag"`
	}{tagAnswer{ID: t.id, Name: t.name}}
}

func (p *Platform) tagList(*call) any {
	list := []tagAnswer{}
	for _, t := range p.tags.list {
		n := len(t.holders)
		list = append(list, tagAnswer{t.id, t.name, &n})
	}
	return struct {
		Tags []tagAnswer `json:"tags"`
	}{list}
}

func (p *Platform) tagAdd(c *call) any    { return p.tagging(c, true) }
func (p *Platform) tagRemove(c *call) any { return p.tagging(c, false) }

// tagging changes all of a call's followers or none.
func (p *Platform) tagging(c *call, add bool) any {
	var in struct {
		OpenIDs []string `json:"openid_list"`
		Tag     int      `json:"tagid"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	t := p.tags.find(in.Tag)
	switch {
	case t == nil:
		return fail(45159, "invalid tag id")
	case len(in.OpenIDs) == 0 || len(in.OpenIDs) > maxTagged:
		return fail(40032, "invalid openid list size")
	}
	var list []int
	for _, id := range in.OpenIDs {
		n, o := p.receiver(id)
		switch {
		case o.failed():
			return o
		case !p.crowd.follows(n):
			return fail(46004, "user no exist")
		case add && !t.holders[n] && p.tags.each(n) >= maxTagsEach:
			return fail(45059, "tag count of user over limit")
		}
		list = append(list, n)
	}
	for _, n := range list {
		if add {
			t.holders[n] = true
		} else {
			delete(t.holders, n)
		}
	}
	return ok()
}
