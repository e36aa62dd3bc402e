package console

import (
	"testing"
	"time"

	"pufa/campaign"
)

// The largest pages of campaigns, with 60 of them and the shipped library. How
// long they take is logged and held to nothing: the machine may be busy, and
// what the store takes is not in it.
func TestCampaignPagesAreSmall(t *testing.T) {
	const largest = 100 << 10 // bytes, not compressed
	p := newPushDesk(t, verifiedService)
	sixtyCampaigns(t, p)
	p.as(t, "吴所长")
	for _, path := range []string{"?year=2027", "/month?month=2027-03", "/new", "/c00", "/c00/edit", "/pack?id=womens-week&year=2027"} {
		resp, body := p.get(t, campaignsPath+path)
		if resp.StatusCode != 200 || len(body) > largest {
			t.Errorf("%s: %s, %d bytes, want at most %d", path, resp.Status, len(body), largest)
		}
		var slowest time.Duration
		for range 9 {
			start := time.Now()
			p.get(t, campaignsPath+path)
			slowest = max(slowest, time.Since(start))
		}
		t.Logf("%s: %d bytes, at most %v of 9 times", path, len(body), slowest.Round(time.Millisecond))
	}
}

func sixtyCampaigns(t *testing.T, p *pushDesk) {
	for i := range 60 {
		c := aMass()
		c.ID, c.Status = "c"+digits(int64(i/10))+digits(int64(i%10)), campaign.Draft
		c.Due = c.Due.AddDate(0, 0, i)
		c.Until = c.Due.Add(time.Hour)
		if _, err := p.book.Put(t.Context(), c, campaign.Deed{}); err != nil {
			t.Fatal(err)
		}
	}
}
