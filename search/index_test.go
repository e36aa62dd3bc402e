package search

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// street is a small library. The tests look at order and bounds, never at a
// score: the weights are fitted elsewhere.
func street() []Document {
	return []Document{
		{
			ID: "consumer/shop-closed", Title: "商家跑路卡里钱怎么办",
			Wordings: []string{"预付卡商家跑路了，余额怎么要回来", "健身房关门了卡里还有钱", "理发店老板人没影了"},
			Keywords: []string{"跑路", "关门", "预付卡"}, Text: "先固定证据，再投诉。",
		},
		{
			ID: "consumer/seven-day-return", Title: "网购七天无理由退货",
			Wordings: []string{"网上买的东西七天内能退吗", "网购不想要了怎么退", "七天无理由退货"},
			Keywords: []string{"七天无理由", "退货"}, Not: []string{"实体店买的衣服能七天无理由退吗"},
			Text: "收到货七天内可以退。",
		},
		{
			ID: "consumer/store-return", Title: "实体店能不能无理由退",
			Wordings: []string{"实体店买的东西没毛病，能退吗", "商场买衣服后悔了"},
			Keywords: []string{"实体店", "商场"},
		},
		{
			ID: "family/caili-unmarried", Title: "没领证，彩礼退吗",
			Wordings: []string{"没领证，彩礼能要回来吗", "订了婚又吹了彩礼退不退"},
			Keywords: []string{"彩礼", "退婚"}, Not: []string{"领证后离婚，彩礼退吗"},
		},
		{
			ID: "family/caili-married", Title: "领证后离婚，彩礼退吗",
			Wordings: []string{"结婚领证了又离婚，彩礼能退吗", "过了半年就离，彩礼怎么算"},
			Keywords: []string{"彩礼", "闪离"},
		},
		{
			ID: "labor/arbitration", Title: "劳动仲裁收费和时限",
			Wordings: []string{"劳动仲裁要钱吗，多久有结果", "去哪里申请劳动仲裁"},
			Keywords: []string{"劳动仲裁", "时效"}, Text: "一年内申请，不收费。",
		},
		{
			ID: "neighbors/leak", Title: "楼上漏水泡了我家",
			Wordings: []string{"楼上漏水把我家天花板泡了怎么办", "邻居家渗水不肯修"},
			Keywords: []string{"漏水", "渗水"},
		},
		{
			ID: "labor/unpaid-wages", Title: "老板拖欠工资怎么要",
			Wordings: []string{"老板拖欠工资怎么办", "干了两个月没发钱", "app跑单的工资没给"},
			Keywords: []string{"欠薪", "拖欠工资"},
		},
	}
}

func first(t *testing.T, ix *Index, question string) Hit {
	t.Helper()
	hits := ix.Search(question, 5).Hits
	if len(hits) == 0 {
		t.Fatalf("%q finds nothing", question)
	}
	return hits[0]
}

func TestEveryWordingFindsItsDocument(t *testing.T) {
	docs := street()
	ix := New(docs, nil)
	for _, doc := range docs {
		for _, q := range doc.Wordings {
			hit := first(t, ix, q)
			if hit.ID != doc.ID || hit.Wording != q {
				t.Errorf("%q finds %s by %q, want %s by itself", q, hit.ID, hit.Wording, doc.ID)
			}
			if e := hit.Evidence; e.Pair < 0.99 || e.Covered < 0.99 || e.Holds < 0.99 {
				t.Errorf("%q asked in its own words is only %+v like itself", q, e)
			}
			if docs[hit.Doc].ID != hit.ID {
				t.Errorf("%q: document %d is not %s", q, hit.Doc, hit.ID)
			}
		}
	}
}

func TestSearchFinds(t *testing.T) {
	ix := New(street(), nil)
	for _, c := range []struct{ name, question, want string }{
		{"in other words around the subject", "我家楼上漏水了找谁", "neighbors/leak"},
		{"with marks and emoji inside", "楼上，漏水😭！泡了…天花板", "neighbors/leak"},
		{"with fillers", "你好，我想问一下劳动仲裁要钱吗谢谢", "labor/arbitration"},
		{"with a digit for a numeral", "网购7天能退货吗", "consumer/seven-day-return"},
		{"with 两 for 2", "干了2个月没发钱", "labor/unpaid-wages"},
		{"in traditional characters", "網購不想要了怎麼退", "consumer/seven-day-return"},
		{"with wrong characters of the same sound", "老动仲才要钱吗", "labor/arbitration"},
		{"with only wrong characters", "老东众才", "labor/arbitration"},
		{"in pinyin", "laodong zhongcai", "labor/arbitration"},
		{"in pinyin without a gap", "laodongzhongcai", "labor/arbitration"},
		{"in pinyin and characters", "预付咔老板跑lu了", "consumer/shop-closed"},
		{"in a long story", "我去年在小区门口办了张卡，充了三千，用了几回，上礼拜去一看健身房关门了，卡里还有两千多，老板电话也打不通", "consumer/shop-closed"},
		{"by a foreign word in small letters", "APP跑单没给钱", "labor/unpaid-wages"},
		{"by a bare keyword", "彩礼 没领证", "family/caili-unmarried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if hit := first(t, ix, c.question); hit.ID != c.want {
				t.Errorf("%q finds %s by %q, want %s", c.question, hit.ID, hit.Wording, c.want)
			}
		})
	}
}

func TestSoundSpeaksForATypo(t *testing.T) {
	hit := first(t, New(street(), nil), "老动仲才")
	if e := hit.Evidence; e.Sound <= e.Pair {
		t.Errorf("sound %v, pair %v: a typo by sound is heard, not read", e.Sound, e.Pair)
	}
}

func TestALookalikeLoses(t *testing.T) {
	docs, plain := street(), street()
	for i := range plain {
		plain[i].Not = nil
	}
	with, without := New(docs, nil), New(plain, nil)
	for _, c := range []struct{ question, not, want string }{
		{"实体店买的衣服能七天无理由退吗", "consumer/seven-day-return", ""},
		{"领证后离婚，彩礼退吗", "family/caili-unmarried", "family/caili-married"},
	} {
		before, after := scores(without.Search(c.question, 9))[c.not], scores(with.Search(c.question, 9))[c.not]
		if after >= before {
			t.Errorf("%q: %s scores %v with its look-alike and %v without", c.question, c.not, after, before)
		}
		if hit := first(t, with, c.question); c.want != "" && hit.ID != c.want {
			t.Errorf("%q finds %s, want %s", c.question, hit.ID, c.want)
		}
		for _, h := range with.Search(c.question, 9).Hits {
			if h.ID == c.not && h.Evidence.Elsewhere <= 0 {
				t.Errorf("%q: nothing speaks against %s", c.question, c.not)
			}
			if len(docs[h.Doc].Not) == 0 && h.Evidence.Elsewhere != 0 {
				t.Errorf("%q: %v speaks against %s, which has no such look-alike", c.question, h.Evidence.Elsewhere, h.ID)
			}
		}
	}
}

func TestALookalikeAloneFindsNothing(t *testing.T) {
	ix := New([]Document{{ID: "a", Wordings: []string{"押金"}, Not: []string{"定金"}}, {ID: "b", Wordings: []string{"漏水"}}}, nil)
	for _, h := range ix.Search("定钱", 9).Hits {
		t.Errorf("found %s: only what it is not shares a character", h.ID)
	}
}

func TestEqualDocumentsSortByID(t *testing.T) {
	var docs []Document
	for _, id := range []string{"z", "c", "a", "m", "b"} {
		docs = append(docs, Document{ID: id, Wordings: []string{"押金不退怎么办"}})
	}
	got := ids(New(docs, nil).Search("押金不退", 9).Hits)
	if want := []string{"a", "b", "c", "m", "z"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestSearchWithoutAQuestion(t *testing.T) {
	ix := New(street(), nil)
	for _, question := range []string{"", " ", "？？？", "😭", "请问，谢谢", "\x00\xff"} {
		if r := ix.Search(question, 5); len(r.Hits) != 0 || r.Seen != 0 || r.Letters != 0 {
			t.Errorf("Search(%q) = %+v, want nothing", question, r)
		}
	}
}

func TestSearchForTheUnknown(t *testing.T) {
	ix := New(street(), nil)
	r := ix.Search("饕餮魑魅", 5)
	if len(r.Hits) != 0 || r.Seen != 0 || r.Letters != 4 {
		t.Errorf("found %+v, want no hit and 4 letters", r)
	}
	if known, half := ix.Search("劳动仲裁", 5).Seen, ix.Search("劳动仲裁饕餮魑魅", 5).Seen; known != 1 || half <= 0 || half >= 1 {
		t.Errorf("seen %v of a known question and %v of a half known one", known, half)
	}
}

func TestEmptyIndex(t *testing.T) {
	for _, ix := range []*Index{New(nil, nil), New([]Document{{ID: "a"}}, nil), New([]Document{{ID: "a", Wordings: []string{"", "？"}}}, nil)} {
		if r := ix.Search("押金不退", 5); len(r.Hits) != 0 || r.Letters != 4 {
			t.Errorf("an index without words finds %+v", r)
		}
	}
}

func TestSearchReturnsAtMostK(t *testing.T) {
	ix := New(street(), nil)
	all := ids(ix.Search("彩礼能退吗", 99).Hits)
	if len(all) < 3 {
		t.Fatalf("only %v found", all)
	}
	for k := range len(all) + 2 {
		if got := ids(ix.Search("彩礼能退吗", k).Hits); !slices.Equal(got, all[:min(k, len(all))]) {
			t.Errorf("the first %d are %v, want the beginning of %v", k, got, all)
		}
	}
}

func TestHitsComeBestFirstAndOnce(t *testing.T) {
	ix := New(street(), nil)
	for _, question := range questions() {
		seen := map[string]bool{}
		last := float32(1e9)
		for _, h := range ix.Search(question, 99).Hits {
			if seen[h.ID] || h.Score > last {
				t.Errorf("%q: %s again or after a worse one", question, h.ID)
			}
			seen[h.ID], last = true, h.Score
		}
	}
}

func TestEvidenceKeepsItsBounds(t *testing.T) {
	ix := New(street(), streetWords)
	for _, question := range questions() {
		r := ix.Search(question, 99)
		shares := map[string]float32{"seen": r.Seen}
		for _, h := range r.Hits {
			e := h.Evidence
			shares["pair"], shares["single"], shares["sound"] = e.Pair, e.Single, e.Sound
			shares["covered"], shares["holds"], shares["known"] = e.Covered, e.Holds, e.Known
			for name, share := range shares {
				if !(share >= 0 && share <= 1) {
					t.Errorf("%q on %s: %s is %v", question, h.ID, name, share)
				}
			}
			if !(e.Second >= 0 && e.Elsewhere >= 0 && e.Shared >= 0) {
				t.Errorf("%q on %s: %+v is below 0", question, h.ID, e)
			}
		}
	}
}

// questions are the wordings, their halves, and pairs of them put together.
func questions() []string {
	var list []string
	docs := street()
	for i, doc := range docs {
		for _, q := range doc.Wordings {
			runes := []rune(q)
			list = append(list, q, string(runes[:len(runes)/2]), string(runes[len(runes)/2:]),
				q+"，"+docs[(i+1)%len(docs)].Wordings[0])
		}
	}
	return append(list, "", "退", "app", "laodong", strings.Repeat("退", 500))
}

func TestResultsAreStable(t *testing.T) {
	one, other := New(street(), streetWords), New(street(), streetWords)
	for _, question := range questions() {
		want := one.Search(question, 9)
		for range 3 {
			if again := one.Search(question, 9); !reflect.DeepEqual(again, want) {
				t.Errorf("%q finds %v, then %v", question, ids(want.Hits), ids(again.Hits))
			}
		}
		if built := other.Search(question, 9); !reflect.DeepEqual(built, want) {
			t.Errorf("%q finds %v in one index and %v in another of the same documents", question, ids(want.Hits), ids(built.Hits))
		}
	}
}

func TestOrderOfDocumentsDoesNotMatter(t *testing.T) {
	docs := street()
	one := New(street(), nil)
	slices.Reverse(docs)
	other := New(docs, nil)
	for _, doc := range docs {
		for _, q := range doc.Wordings {
			if a, b := one.Search(q, 1).Hits[0].ID, other.Search(q, 1).Hits[0].ID; a != b {
				t.Errorf("%q finds %s, or %s when documents come the other way round", q, a, b)
			}
		}
	}
}

// TestManySearchAtOnce is for the race detector: searches share the index and
// take their working memory from one pool.
func TestManySearchAtOnce(t *testing.T) {
	ix := New(street(), streetWords)
	list := questions()
	want := make([]Result, len(list))
	for i, question := range list {
		want[i] = ix.Search(question, 5)
	}
	problems := make(chan string, 8)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range list {
				i = (i + 7*g) % len(list)
				if got := ix.Search(list[i], 5); !reflect.DeepEqual(got, want[i]) {
					problems <- fmt.Sprintf("%q finds %v, alone it finds %v", list[i], ids(got.Hits), ids(want[i].Hits))
					return
				}
			}
		})
	}
	wg.Wait()
	close(problems)
	for p := range problems {
		t.Error(p)
	}
}

func TestSearchTakesAVeryLongQuestion(t *testing.T) {
	question := strings.Repeat("我跟你讲老板跑了laodong😭", 5_000) + "楼上漏水"
	if r := New(street(), streetWords).Search(question, 5); len(r.Hits) == 0 {
		t.Error("a long story finds nothing")
	}
}

// FuzzSearch looks for panics and for hits out of order.
func FuzzSearch(f *testing.F) {
	ix := New(street(), streetWords)
	for _, seed := range questions()[:12] {
		f.Add(seed)
	}
	f.Add("app退\xff１２ 3 两 laodong仲裁")
	f.Fuzz(func(t *testing.T, question string) {
		r := ix.Search(question, 9)
		for i, h := range r.Hits {
			if i > 0 && h.Score > r.Hits[i-1].Score || h.Score != h.Score {
				t.Errorf("%q: %s out of order with %v", question, h.ID, h.Score)
			}
		}
		if r.Letters == 0 && len(r.Hits) > 0 {
			t.Errorf("%q has no letters and finds %v", question, ids(r.Hits))
		}
	})
}
