package wechattest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	idHead   = "oTest"
	idDigits = 23 // with the head 28 characters, as openids have
	pageSize = 10_000
)

// OpenID is the openid of made-up follower n, from 0.
func OpenID(n int) string {
	digits := strconv.Itoa(n)
	return idHead + strings.Repeat("0", idDigits-len(digits)) + digits
}

// What a follower may be, beside following.
const (
	left  uint8 = 1 << iota // unfollowed
	muted                   // takes no mass messages
)

// contact is a way in which a resident opens the account's right to write.
type contact int

const (
	wrote contact = iota
	clicked
	subscribed
	scanned
	contacts
)

// allowance is how many messages a contact allows, and for how long.
func (k contact) allowance() (messages uint8, within time.Duration) {
	if k == wrote {
		return 5, 48 * time.Hour
	}
	return 3, time.Minute
}

// grant is what is left of a resident's contacts.
type grant struct {
	at   [contacts]uint32 // seconds since 1970; 0: never
	left [contacts]uint8
}

// crowd is everybody who ever followed, by number: the made-up followers
// first, then those who came by Subscribe. A follower costs a byte until
// something happens.
type crowd struct {
	made   int
	flags  []uint8
	late   map[string]int // openids of those who came later
	names  []string       // the same in order
	grants []grant        // nil until the first contact
	month  string         // of got
	got    []uint8        // mass messages this month
}

func newCrowd(n int) crowd { return crowd{made: n, flags: make([]uint8, n), late: map[string]int{}} }

func (c *crowd) size() int { return len(c.flags) }

// find returns the number of an openid.
func (c *crowd) find(openid string) (int, bool) {
	if n, ok := c.late[openid]; ok {
		return n, true
	}
	digits, ok := strings.CutPrefix(openid, idHead)
	if !ok || len(digits) != idDigits {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || n >= uint64(c.made) {
		return 0, false
	}
	return int(n), true
}

func (c *crowd) name(n int) string {
	if n < c.made {
		return OpenID(n)
	}
	return c.names[n-c.made]
}

func (c *crowd) follows(n int) bool { return c.flags[n]&left == 0 }

// following counts the followers of now.
func (c *crowd) following() (n int) {
	for i := range c.flags {
		if c.follows(i) {
			n++
		}
	}
	return n
}

// come makes somebody a follower and returns the number.
func (c *crowd) come(openid string) (n int, fresh bool) {
	if n, known := c.find(openid); known {
		fresh = !c.follows(n)
		c.flags[n] &^= left
		return n, fresh
	}
	n = len(c.flags)
	c.flags = append(c.flags, 0)
	c.names = append(c.names, openid)
	c.late[openid] = n
	return n, true
}

// contacted notes that a resident wrote, clicked, subscribed or scanned.
func (c *crowd) contacted(n int, kind contact, now time.Time) {
	if len(c.grants) < len(c.flags) {
		c.grants = slices.Grow(c.grants, len(c.flags)-len(c.grants))[:len(c.flags)]
	}
	messages, _ := kind.allowance()
	c.grants[n].at[kind] = uint32(now.Unix())
	c.grants[n].left[kind] = messages
}

// spend uses one message of a resident's contacts: of the one that ends first.
func (c *crowd) spend(n int, now time.Time) outcome {
	if n >= len(c.grants) || !c.follows(n) {
		return outsideWindow()
	}
	g, alive := &c.grants[n], false
	for _, kind := range []contact{scanned, subscribed, clicked, wrote} {
		_, within := kind.allowance()
		age := now.Sub(time.Unix(int64(g.at[kind]), 0))
		if g.at[kind] == 0 || age >= within {
			continue
		}
		alive = true
		if g.left[kind] > 0 {
			g.left[kind]--
			return ok()
		}
	}
	if alive {
		return fail(45047, "out of response count limit")
	}
	return outsideWindow()
}

func outsideWindow() outcome {
	return fail(45015, "response out of time limit or subscription is canceled")
}

// receive counts a mass message of the month; false when it is one too many.
func (c *crowd) receive(n, limit int, now time.Time) bool {
	if m := monthOf(now); m != c.month {
		c.month, c.got = m, nil
	}
	if len(c.got) < len(c.flags) {
		c.got = slices.Grow(c.got, len(c.flags)-len(c.got))[:len(c.flags)]
	}
	if limit > 0 && int(c.got[n]) >= limit {
		return false
	}
	if c.got[n] < 255 {
		c.got[n]++
	}
	return true
}

// userGet lists followers, 10,000 a page, after next_openid.
func (p *Platform) userGet(c *call) any {
	from := 0
	if after := c.query.Get("next_openid"); after != "" {
		n, known := p.crowd.find(after)
		if !known {
			return fail(40003, "invalid openid")
		}
		from = n + 1
	}
	type list struct {
		OpenIDs []string `json:"openid"`
	}
	page := struct {
		Total int    `json:"total"`
		Count int    `json:"count"`
		Data  *list  `json:"data,omitempty"`
		Next  string `json:"next_openid"`
	}{Total: p.crowd.following()}
	var ids []string
	for n := from; n < p.crowd.size() && len(ids) < pageSize; n++ {
		if p.crowd.follows(n) {
			ids = append(ids, p.crowd.name(n))
		}
	}
	if page.Count = len(ids); page.Count > 0 {
		page.Data, page.Next = &list{ids}, ids[len(ids)-1]
	}
	return page
}

// inWindow reports whether a follower could be written to now, used up or not.
func (c *crowd) inWindow(n int, now time.Time) bool {
	if n >= len(c.grants) || !c.follows(n) {
		return false
	}
	for kind, at := range c.grants[n].at {
		if _, within := contact(kind).allowance(); at != 0 && now.Sub(time.Unix(int64(at), 0)) < within {
			return true
		}
	}
	return false
}
