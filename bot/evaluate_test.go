package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadCases(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []Case
		err        string
	}{
		{
			"a line with keys that are not known, and an empty one",
			"{\"id\":\"Q1\",\"kind\":\"typo\",\"text\":\"能退吗\",\"note\":1,\"expect\":{\"outcome\":\"answered\",\"entry\":\"a/b\",\"cite_any\":[\"刑法第1条\"]}}\n\n",
			[]Case{{ID: "Q1", Kind: "typo", Text: "能退吗", Expect: Expect{Outcome: Answered, Entry: "a/b", CiteAny: []string{"刑法第1条"}}}},
			"",
		},
		{"nothing", "", nil, ""},
		{"a line that is no JSON", "{}\n", nil, "line 1: text and expect.outcome are needed"},
		{"the bad line is named", "{\"text\":\"x\",\"expect\":{\"outcome\":\"menu\"}}\nx\n", nil, "line 2"},
		{"a line without end", strings.Repeat("x", maxCaseBytes+1), nil, "token too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadCases(strings.NewReader(tt.text))
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("error = %v, want %q", err, tt.err)
			}
			if err == nil {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestEvaluateCounts(t *testing.T) {
	e := smallEngine(t)
	ask := func(id, text string, x Expect) Case { return Case{ID: id, Kind: "k", Text: text, Expect: x} }
	cases := []Case{
		ask("right by entry", "七天无理由退货", Expect{Outcome: Answered, Entry: "consumer/return"}),
		ask("right by citation, under another name", "七天无理由退货", Expect{Outcome: Answered, CiteAny: []string{"消法第25条"}}),
		ask("wrong: only a later citation fits", "买到假货退一赔三", Expect{Outcome: Answered, CiteAny: []string{"消法第25条"}}),
		ask("wrong: should have been referred", "七天无理由退货", Expect{Outcome: Referred}),
		ask("referred, as it should be", "今天天气怎么样", Expect{Outcome: Referred}),
		ask("a menu that holds no entry", "菜单", Expect{Outcome: Referred}),
		ask("a look-up's first choice", "民法典1079条", Expect{Outcome: Answered, Entry: "family/divorce"}),
		ask("a look-up's second choice", "消法25条", Expect{Outcome: Answered, Entry: "consumer/fake"}),
		ask("a caught crisis", "救命", Expect{Outcome: Crisis, HotlineFirst: []string{"110"}}),
		ask("a crisis with another number", "救命啊", Expect{Outcome: Crisis, HotlineFirst: []string{"120"}}),
		ask("a false alarm", "救命恩人要报答吗", Expect{Outcome: Answered}),
		ask("a law that does not exist", "七天无理由退货", Expect{Outcome: Answered, CiteAny: []string{"火星法第25条", "不成样子"}}),
	}
	got, err := e.Evaluate(context.Background(), cases)
	if err != nil {
		t.Fatal(err)
	}
	want := Evaluation{
		Lines: 12, Right: 2, Menu: map[string]int{"1": 1, "3": 2, "5": 2}, Wrong: 3, Referred: 1,
		Crisis: CrisisCount{Expected: 2, Caught: 1, False: 1}, Outside: OutsideCount{Lines: 3, Answered: 1},
		ByKind: map[string]*Kinds{"k": {Lines: 12, Right: 2, Menu3: 2, Wrong: 3}},
		ByTopic: map[string]*Kinds{
			"consumer": {Lines: 4, Right: 2, Menu3: 1, Wrong: 1}, "family": {Lines: 1, Menu3: 1}, NoTopic: {Lines: 7, Wrong: 2},
		},
	}
	items := got.Items
	got.P50, got.P99, got.Items, got.Confused = 0, 0, nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(items) != len(cases) || items[0] != (Item{"right by entry", Answered, "consumer/return", true, 1}) || items[7].Rank != 2 {
		t.Errorf("items = %+v", items)
	}
}

func TestEvaluateListsConfusions(t *testing.T) {
	e := smallEngine(t)
	var cases []Case
	for i, c := range []struct {
		text string
		x    Expect
	}{
		{"七天无理由退货", Expect{Outcome: Answered, Entry: "consumer/return"}},
		{"七天无理由退货", Expect{Outcome: Answered, Entry: "consumer/fake"}},
		{"消法25条", Expect{Outcome: Answered, Entry: "consumer/fake"}},
		{"七天无理由退货", Expect{Outcome: Answered, Entry: "consumer/fake"}},
		{"今天天气怎么样", Expect{Outcome: Answered, CiteAny: []string{"民法典第1079条"}}},
		{"七天无理由退货", Expect{Outcome: Referred}},
		{"救命恩人要报答吗", Expect{Outcome: Referred}},
	} {
		cases = append(cases, Case{ID: strconv.Itoa(i), Text: c.text, Expect: c.x})
	}
	got, err := e.Evaluate(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	want := []Confusion{
		{"consumer/fake", "买到假货退一赔三", "consumer/return", "网购七天退货", true, 2, []string{"1", "3"}},
		{"referred", "", "consumer/return", "网购七天退货", true, 1, []string{"5"}},
		{"referred", "", "crisis", "", false, 1, []string{"6"}},
		{"民法典第1079条", "婚姻家庭", "referred", "", false, 1, []string{"4"}},
	}
	if diff := cmp.Diff(want, got.Confused); diff != "" {
		t.Errorf("Confused (-want +got):\n%s", diff)
	}
}

func TestEvaluateStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := smallEngine(t).Evaluate(ctx, []Case{{Text: "x", Expect: Expect{Outcome: Menu}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want canceled", err)
	}
}

func TestQuantile(t *testing.T) {
	took := []time.Duration{4 * time.Millisecond, time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.99: 4, 1: 4} {
		if got := quantile(took, q); got != want {
			t.Errorf("quantile %v = %v ms, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing = %v", got)
	}
}
