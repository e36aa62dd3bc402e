package deliver

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/wechat"
)

// directory is a platform's list of followers.
type directory struct {
	pages [][]string
	total int64
	fails error // after the last page
}

func (d directory) Followers(context.Context, string) iter.Seq2[wechat.FollowerPage, error] {
	return func(yield func(wechat.FollowerPage, error) bool) {
		for _, page := range d.pages {
			if !yield(wechat.FollowerPage{Total: d.total, OpenIDs: page}, nil) {
				return
			}
		}
		if d.fails != nil {
			yield(wechat.FollowerPage{}, d.fails)
		}
	}
}

// register is our list in memory: number 1 is o1.
type register struct {
	numbers map[string]int64
	follows map[int64]bool
	held    string
	fails   error
}

func (r *register) StartSync(_ context.Context, token string) error {
	if r.held != "" && r.held != token {
		return errors.New("held")
	}
	r.held = token
	return nil
}

func (r *register) EndSync(context.Context, string) error {
	r.held = ""
	return nil
}

func (r *register) FollowerBits(context.Context) (bits []byte, err error) {
	for n := range r.follows {
		bits = mark(bits, []int64{n})
	}
	return bits, nil
}

func (r *register) PutFollowers(_ context.Context, openIDs []string) (numbers []int64, err error) {
	for _, who := range openIDs {
		if r.numbers[who] == 0 {
			r.numbers[who] = int64(len(r.numbers) + 1)
		}
		r.follows[r.numbers[who]] = true
		numbers = append(numbers, r.numbers[who])
	}
	return numbers, r.fails
}

func (r *register) SweepFollowers(_ context.Context, before, seen []byte) (dropped int64, err error) {
	for n := range int64(len(before)) * 8 {
		if before[n/8]&(0x80>>(n%8)) != 0 && (n/8 >= int64(len(seen)) || seen[n/8]&(0x80>>(n%8)) == 0) {
			delete(r.follows, n)
			dropped++
		}
	}
	return dropped, nil
}

func TestSync(t *testing.T) {
	some := func(from, to int) (page []string) {
		for i := from; i <= to; i++ {
			page = append(page, fmt.Sprint("o", i))
		}
		return page
	}
	for _, c := range []struct {
		name    string
		from    directory
		into    error
		want    Synced
		fails   bool
		follows int
	}{
		{"new ones are added, who left is dropped", directory{pages: [][]string{some(1, 10), some(12, 31)}, total: 30}, nil, Synced{30, 1, true}, false, 30},
		{"a list cut short drops nobody", directory{pages: [][]string{some(1, 10)}, total: 30}, nil, Synced{10, 0, false}, false, 20},
		{"an empty list drops nobody", directory{}, nil, Synced{}, false, 20},
		{"a page that fails drops nobody", directory{pages: [][]string{some(1, 10)}, total: 10, fails: errors.New("busy")}, nil, Synced{10, 0, false}, true, 20},
		{"a store that fails ends it", directory{pages: [][]string{some(1, 30)}, total: 30}, errAway, Synced{}, true, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &register{numbers: map[string]int64{}, follows: map[int64]bool{}}
			if _, err := r.PutFollowers(t.Context(), some(1, 20)); err != nil {
				t.Fatal(err)
			}
			r.fails = c.into
			got, err := Sync(t.Context(), c.from, r)
			if (err != nil) != c.fails {
				t.Errorf("Sync = %v", err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Sync (-want +got):\n%s", diff)
			}
			if len(r.follows) != c.follows || r.held != "" {
				t.Errorf("%d follow, want %d; held by %q", len(r.follows), c.follows, r.held)
			}
		})
	}
}

func TestSyncTwice(t *testing.T) {
	r := &register{numbers: map[string]int64{}, follows: map[int64]bool{}, held: "another"}
	if _, err := Sync(t.Context(), directory{}, r); err == nil || r.held != "another" {
		t.Errorf("Sync = %v while another one reads, held by %q", err, r.held)
	}
}
