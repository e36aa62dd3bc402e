package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Hash sums up everything that an approval is for: what is sent, by which
// channel, to whom, on which entries it stands, and when. Two campaigns with
// the same hash are the same push.
func (c Campaign) Hash() string {
	text, err := json.Marshal(struct {
		Channel  Channel
		Audience Audience
		Articles []Article
		Text     string
		Entries  []string
		Due      int64 // seconds: the zone in which a time was read back is no edit
		Until    int64
		Grace    time.Duration
		NightOK  bool
	}{c.Channel, c.Audience, nonNil(c.Articles), c.Text, nonNil(c.Entries), c.Due.Unix(), c.Until.Unix(), c.Grace, c.NightOK})
	if err != nil {
		panic(fmt.Sprintf("a campaign cannot be written: %v", err)) // strings and numbers always can
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// nonNil makes a list that was never set the same as one that was emptied.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
