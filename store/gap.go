package store

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/stats"
)

// Words of unanswered questions are kept, where staff switched that on, in
// stretches of 30 days. Until minAsked residents have asked in one wording only
// a set of hashes is there, under a key that is thrown away with the stretch.
const (
	gapDays    = 30
	maxGapSets = 20_000 // in a stretch; the newest are dropped
	minAsked   = 3
	gapPrefix  = "gap|" // begins the names of the stretches among the windows
)

// GapText is the masked words of a question that went without an answer; the
// zero value is none. They must hold no name, number or address.
type GapText struct {
	Text  string
	Shape string
	Near  string // the nearest entry, may be empty
}

// about is what is kept beside the text, after how many asked.
func (g GapText) about() string {
	return "|" + strings.ReplaceAll(g.Shape, "|", "_") + "|" + strings.ReplaceAll(g.Near, "|", "_")
}

// gapWindow is the stretch of 30 days in which now lies.
func gapWindow(now time.Time) stats.Window {
	t := now.In(zone)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	since := int((day.Unix() + 8*60*60) / (24 * 60 * 60))
	start := day.AddDate(0, 0, -(since % gapDays))
	return stats.Window{Name: gapPrefix + stats.DayOf(start), Ends: start.AddDate(0, 0, gapDays)}
}

// startOf is the first day of a stretch.
func startOf(w stats.Window) string { return strings.TrimPrefix(w.Name, gapPrefix) }

// gapCall adds the words of an unanswered question. They go with the commit
// alone: the spool has no place for them.
func (s *Store) gapCall(ctx context.Context, out *call, c Claim, r Result) error {
	if r.Gap.Text == "" || c.Resident == 0 || c.pseudonym == nil || len(r.Events) == 0 || r.sensitive() {
		return nil
	}
	now := s.now()
	w := gapWindow(now)
	keys, err := s.windowKeys(ctx, []stats.Window{w})
	if err != nil {
		return err
	}
	name, member := gapNames(keys[0], r.Gap.Text, c.Resident)
	out.key(s.keys.gap(name), s.keys.gapSets(startOf(w)), s.keys.gaps(startOf(w)))
	out.arg(maxGapSets, minAsked, w.Ends.Sub(now).Milliseconds(), member, r.Gap.Text, r.Gap.about())
	return nil
}

// sensitive reports whether residents must not be joined with the matter.
func (r Result) sensitive() bool {
	return slices.ContainsFunc(r.Events, func(e stats.Event) bool { return e.Sensitive })
}

// gapNames are the 16 bytes that name a text's set and the 8 that stand for a
// resident in it: others in every set, so that sets cannot be compared.
func gapNames(key []byte, text string, resident int64) (name, member []byte) {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("text\x00" + text))
	name = mac.Sum(nil)[:16]
	return name, stranger(key, binary.BigEndian.AppendUint64(slices.Clone(name), uint64(resident)))
}

// KeptGap is a text that at least 3 residents asked.
type KeptGap struct {
	GapText
	Residents int64
}

// GapTexts returns the texts that are kept now, those that most asked first,
// and when all of them are deleted.
func (s *Store) GapTexts(ctx context.Context) (list []KeptGap, until time.Time, err error) {
	w := gapWindow(s.now())
	err = s.do(ctx, "read gaps", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.gaps(startOf(w))).Result()
		if err != nil {
			return err
		}
		for text, value := range all {
			f := strings.Split(value, "|")
			n, err := strconv.ParseInt(f[0], 10, 64)
			if err != nil || len(f) != 3 {
				return mistakef("a kept gap cannot be read")
			}
			list = append(list, KeptGap{GapText{text, f[1], f[2]}, n})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b KeptGap) int {
		return cmp.Or(cmp.Compare(b.Residents, a.Residents), cmp.Compare(a.Text, b.Text))
	})
	return list, w.Ends, err
}
