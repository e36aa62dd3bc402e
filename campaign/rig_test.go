package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/content"
)

// The first of March 2027, ten in the morning; the campaigns are for the
// eighth.
var (
	today  = time.Date(2027, 3, 1, 10, 0, 0, 0, Zone)
	eighth = time.Date(2027, 3, 8, 10, 0, 0, 0, Zone)
)

// shelf is a library of a few entries.
type shelf struct {
	standing map[string]content.Standing
	approved map[string]bool
}

func newShelf() *shelf {
	return &shelf{
		standing: map[string]content.Standing{
			"women/leave": content.Current, "women/old": content.Stale, "women/late": content.Lapsed,
			"women/down": content.TakenDown, "women/due": content.Overdue,
		},
		approved: map[string]bool{"women/leave": true},
	}
}

func (s *shelf) Entry(id string) (*content.Entry, bool) {
	_, ok := s.standing[id]
	return &content.Entry{ID: id}, ok
}

func (s *shelf) Topic(slug string) (content.Topic, bool) { return content.Topic{}, slug == "women" }

func (s *shelf) Standing(e *content.Entry, _ time.Time) content.Standing { return s.standing[e.ID] }

func (s *shelf) Approved(e *content.Entry) bool { return s.approved[e.ID] }

func (s *shelf) Forbids(text string) []string {
	if strings.Contains(text, "一定能赢") {
		return []string{"「一定能赢」不能说：不许诺个案的结果；应写：看证据"}
	}
	return nil
}

// book keeps campaigns in memory as a store must, with one step for every
// change of state.
type book struct {
	rows     map[string]Campaign
	holder   map[string]string
	look     map[string]time.Time
	trail    []Deed
	begun    int64
	previews int
	between  func() // runs before the next write, as another instance would
}

func newBook() *book {
	return &book{rows: map[string]Campaign{}, holder: map[string]string{}, look: map[string]time.Time{}}
}

// copied is the campaign as it comes back from a store.
func copied(c Campaign) (got Campaign) {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		panic(err)
	}
	return got
}

func (b *book) Campaign(_ context.Context, id string) (Campaign, error) {
	c, ok := b.rows[id]
	if !ok {
		return c, ErrUnknown
	}
	return copied(c), nil
}

func (b *book) Campaigns(_ context.Context, f Filter) (list []Campaign, _ error) {
	for _, c := range b.rows {
		if f.Has(c) {
			list = append(list, copied(c))
		}
	}
	slices.SortFunc(list, func(a, b Campaign) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID)) })
	return list, nil
}

func (b *book) Put(_ context.Context, c Campaign, step Deed) (Campaign, error) {
	if do := b.between; do != nil {
		b.between = nil
		do()
	}
	old := b.rows[c.ID]
	if old.Version != c.Version {
		return c, ErrChanged
	}
	if step == (Deed{}) {
		if old.Status != c.Status {
			return c, fmt.Errorf("%s to %s without a step", old.Status, c.Status)
		}
	} else {
		b.trail = append(b.trail, step)
	}
	c.Version++
	b.rows[c.ID] = copied(c)
	switch {
	case c.Status == Scheduled:
		b.look[c.ID] = c.Due
		delete(b.holder, c.ID)
	case !c.Status.Working():
		delete(b.look, c.ID)
		delete(b.holder, c.ID)
	}
	return c, nil
}

func (b *book) CountPreview(_ context.Context, _ time.Time, limit int) (int, error) {
	if b.previews < limit {
		b.previews++
		return b.previews, nil
	}
	return limit + 1, nil
}

func (b *book) ClaimDue(_ context.Context, now time.Time, token string, lease time.Duration) (Campaign, bool, error) {
	for _, id := range slices.Sorted(maps.Keys(b.look)) {
		if !b.look[id].After(now) {
			b.holder[id], b.look[id] = token, now.Add(lease)
			return copied(b.rows[id]), true, nil
		}
	}
	return Campaign{}, false, nil
}

func (b *book) Renew(_ context.Context, id string, now time.Time, token string, lease time.Duration) error {
	return b.Release(context.Background(), id, token, now.Add(lease))
}

func (b *book) Release(_ context.Context, id, token string, next time.Time) error {
	if b.holder[id] != token {
		return ErrLost
	}
	b.look[id] = next
	return nil
}

func (b *book) Advance(ctx context.Context, c Campaign, token string, step Deed) (Campaign, error) {
	if b.holder[c.ID] != token {
		return c, ErrLost
	}
	return b.Put(ctx, c, step)
}

func (b *book) Begun(context.Context) (int64, error) { return b.begun, nil }

func (b *book) Begin(ctx context.Context, c Campaign, token string, step Deed, begun int64) (Campaign, error) {
	if do := b.between; do != nil {
		b.between = nil
		do()
	}
	if b.begun != begun {
		return c, ErrOtherBegan
	}
	c, err := b.Advance(ctx, c, token, step)
	if err == nil {
		b.begun++
	}
	return c, err
}

// office is a desk with its people.
type office struct {
	*Desk
	book  *book
	shelf *shelf
	at    time.Time
}

func newOffice(rules Rules) *office {
	o := &office{book: newBook(), shelf: newShelf(), at: today}
	o.Desk = NewDesk(o.book, o.shelf, nil, rules, func() time.Time { return o.at })
	return o
}

// verified is what most offices have.
var verified = Rules{Account: Account{Service: true, Verified: true}}

func actor(name string, rights ...Right) Actor {
	return Actor{name, func(r Right) bool { return slices.Contains(rights, r) }}
}

var (
	editor    = actor("编辑甲", Write)
	reviewer  = actor("审核乙", Review)
	publisher = actor("发布丙", Release)
	viewer    = actor("查看丁", Look)
	both      = actor("所长戊", Write, Review, Release)
)

// massPush is a campaign that nothing is wrong with.
func massPush() Campaign {
	return Campaign{
		ID: "w38", Title: "三八维权周", Theme: "3.8", Channel: Mass, Audience: Audience{Scope: Everyone},
		Articles: []Article{{Title: "产假有多少天", Digest: "一分钟看懂", Body: "产假九十八天起。", Entries: []string{"women/leave"}, Cover: "cover-1"}},
		Due:      eighth, Until: eighth.Add(DefaultSpan), Grace: DefaultGrace,
	}
}

// textPush is one that goes by a channel that takes a text.
func textPush(ch Channel) Campaign {
	c := massPush()
	c.Channel, c.Articles, c.Text, c.Entries = ch, nil, "三月八日起，司法所现场答疑。", []string{"women/leave"}
	if ch == Notice {
		c.Text = "thing1：妇女权益宣传周\ndate2: 3月8日"
	}
	return c
}

// scheduled brings a campaign as far as Scheduled.
func (o *office) scheduled(t testing.TB, c Campaign) Campaign {
	t.Helper()
	c = o.approved(t, c)
	c, err := o.Schedule(t.Context(), publisher, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (o *office) approved(t testing.TB, c Campaign) Campaign {
	t.Helper()
	c = o.submitted(t, c)
	c, err := o.Approve(t.Context(), reviewer, c.ID, c.Hash())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (o *office) submitted(t testing.TB, c Campaign) Campaign {
	t.Helper()
	list, err := o.Create(t.Context(), editor, c)
	if err != nil {
		t.Fatal(err)
	}
	c, err = o.Submit(t.Context(), editor, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
