package handlers

import (
	"strings"
	"testing"
	"time"

	"pufa/content"
)

// Every entry that ships has a page, with its own words and all its sources.
// Whether it stands is content's test.
func TestEveryShippedEntryHasAPage(t *testing.T) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	var checked time.Time
	r := newRig(t, func(c *Config) { c.Library, c.Now = lib, func() time.Time { return checked } })
	for _, e := range lib.Entries() {
		checked, err = time.ParseInLocation(time.DateOnly, e.CheckedOn, shanghai)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		if lib.Standing(e, checked) != content.Current {
			continue
		}
		w := r.get("/a/" + e.ID)
		body := w.Body.String()
		if w.Code != 200 || strings.Contains(body, "暂时不提供答案") {
			t.Errorf("/a/%s: status %d", e.ID, w.Code)
		}
		if n := strings.Count(body, "<cite>"); n != len(e.Citations) || strings.Contains(body, "<cite>《》") {
			t.Errorf("/a/%s shows %d of %d sources", e.ID, n, len(e.Citations))
		}
		for _, number := range e.Remedy.Hotlines {
			if !strings.Contains(body, `href="tel:`+number+`"`) {
				t.Errorf("/a/%s does not dial %s", e.ID, number)
			}
		}
	}
}
