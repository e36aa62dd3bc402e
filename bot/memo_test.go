package bot

import (
	"fmt"
	"sync"
	"testing"

	"pufa/search"
)

func TestMemoAsksOnce(t *testing.T) {
	m, asked := newMemo(), 0
	find := func(q string) search.Result {
		asked++
		return search.Result{Letters: len(q)}
	}
	for range 3 {
		for _, q := range []string{"退货", "彩礼退吗"} {
			if r := m.find(q, find); r.Letters != len(q) {
				t.Errorf("find(%q) has %d letters, want %d", q, r.Letters, len(q))
			}
		}
	}
	if asked != 2 {
		t.Errorf("searched %d times for two questions", asked)
	}
}

func TestMemoIsBoundedAndKeepsWhatIsAskedAgain(t *testing.T) {
	m, asked := newMemo(), map[string]int{}
	find := func(q string) search.Result {
		asked[q]++
		return search.Result{}
	}
	for i := range 5 * maxMemo {
		m.find(fmt.Sprint("问题", i), find)
		m.find("每天都问的", find)
	}
	if n := len(m.young) + len(m.old); n > maxMemo {
		t.Errorf("%d results are kept, want at most %d", n, maxMemo)
	}
	if asked["每天都问的"] != 1 {
		t.Errorf("what is asked all the time was searched %d times", asked["每天都问的"])
	}
}

func TestMemoIsSafeForMany(t *testing.T) {
	e := smallEngine(t)
	want := talk(e, "七天无理由退货").Text
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				talk(e, fmt.Sprint("退货", i))
				if got := talk(e, "七天无理由退货").Text; got != want {
					t.Errorf("the reply changed:\n%s", got)
				}
			}
		})
	}
	wg.Wait()
}
