package stats

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEveryMistakeOfAnActivityIsSaidBesideItsField(t *testing.T) {
	now := time.Date(2026, 3, 8, 10, 0, 0, 0, zone)
	good := Activity{Kind: "法治讲座", On: "2026-03-07", Place: "东门社区", Quantity: 1}
	for _, c := range []struct {
		name string
		of   func(*Activity)
		want []string
	}{
		{"nothing is wrong", func(*Activity) {}, nil},
		{"a kind that is none", func(a *Activity) { a.Kind = "聚餐" }, []string{"kind"}},
		{"a day that is none", func(a *Activity) { a.On = "三月八日" }, []string{"on"}},
		{"a day to come", func(a *Activity) { a.On = "2026-03-09" }, []string{"on"}},
		{"several at once", func(a *Activity) { a.Place, a.Quantity, a.Items = " ", 0, 5 }, []string{"material", "place", "quantity"}},
		{"a telephone number", func(a *Activity) { a.Ref = "13800000000" }, []string{"ref"}},
		{"too long a place", func(a *Activity) { a.Place = strings.Repeat("长", maxShort+1) }, []string{"place"}},
		{"an estimate of nobody", func(a *Activity) { a.Estimated = true }, []string{"people"}},
		{"a month's counts with a place", func(a *Activity) { a.Kind, a.On = Mediation, "2026-03" }, []string{"kind"}},
		{"a month that is none", func(a *Activity) { *a = Activity{Kind: LegalAid, On: "2026-03-01"} }, []string{"on"}},
		{"fewer than nobody", func(a *Activity) { a.People = -1 }, []string{"people"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := good
			c.of(&a)
			_, err := (&Register{}).Enter("王编辑", now, a)
			found := FieldErrors(err)
			var got []string
			for _, field := range []string{"kind", "on", "place", "theme", "quantity", "people", "material", "items", "ref", "accepted"} {
				if say, ok := found[field]; ok {
					got = append(got, field)
					if !strings.HasSuffix(say, "。") {
						t.Errorf("%s: %q is no sentence", field, say)
					}
				}
			}
			if len(found) != len(got) {
				t.Errorf("found more than fields of the form: %v", found)
			}
			if diff := cmp.Diff(c.want, slices.Sorted(slices.Values(got))); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	if got := FieldErrors(errors.New("another")); len(got) != 0 {
		t.Errorf("of another error: %v", got)
	}
}
