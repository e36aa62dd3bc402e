package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"pufa/backup"
	"pufa/config"
	"pufa/content"
	"pufa/stats"
	"pufa/store"
)

// madeYear is a made-up year of a busy street, up to the afternoon of its last
// day, on which the pages have most to read. It is written as a backup is, so
// that the counters come from the ledger by the way that a restore takes.
type madeYear struct {
	messages  int // asked in the year; beside them stand gaps, page opens, ratings, scans and closed windows
	residents int // that ever wrote
	now       time.Time
	rand      *rand.Rand
	entries   []*content.Entry // of the library with the made-up ones, by how much they are asked
	made      []*content.Entry // those that staff wrote beside what is shipped
	library   *content.Library // what is shipped
	asked     map[string]int64 // window → messages in it
	first     time.Time
	gapsFrom  time.Time // since when words of unanswered questions are kept together
}

// A year as the figures of the project name it.
const (
	yearMessages  = 2_000_000
	yearResidents = 60_000
	yearEntries   = 400
	yearPushes    = 60
	yearSteps     = 12_000 // of the audit trail
	yearScenes    = 40
	yearTickets   = 600
	linesARecord  = 1000
)

func newYear(tb testing.TB, messages int) *madeYear {
	tb.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		tb.Fatal(err)
	}
	zone := time.FixedZone("Asia/Shanghai", 8*60*60)
	y := &madeYear{
		messages: messages, residents: min(yearResidents, messages), library: lib, asked: map[string]int64{},
		now:   time.Date(2026, 12, 31, 16, 0, 0, 0, zone),
		first: time.Date(2026, 1, 1, 0, 0, 0, 0, zone),
		rand:  rand.New(rand.NewPCG(7, 11)),
	}
	y.made = y.madeEntries(tb)
	y.entries = slices.Concat(lib.Entries(), y.made)
	y.rand.Shuffle(len(y.entries), func(i, j int) { y.entries[i], y.entries[j] = y.entries[j], y.entries[i] })
	return y
}

// fill restores the year into an empty store, and returns how many events it
// has and how long the counters took that were made from them.
func (y *madeYear) fill(ctx context.Context, st *store.Store) (events int64, rebuilt time.Duration, err error) {
	var written time.Time
	_, until, err := st.GapTexts(ctx)
	if err != nil {
		return 0, 0, err
	}
	y.gapsFrom = until.AddDate(0, 0, -30)
	r, err := st.Restore(ctx, func(put func(backup.Record) error) error {
		for _, part := range []func(func(backup.Record) error) error{y.people, y.ledger, y.windows, y.gaps, y.office} {
			if err := part(put); err != nil {
				return err
			}
		}
		written = time.Now()
		return nil
	})
	return r.Lines, time.Since(written), err
}

// yearStream writes the lines of one stream, some in each record.
type yearStream struct {
	put    func(backup.Record) error
	key    string
	last   int
	values [][]byte
}

func (s *yearStream) add(line string) error {
	s.last++
	s.values = append(s.values, []byte("0-"+strconv.Itoa(s.last)), []byte("1"), []byte("e"), []byte(line))
	if len(s.values) < 4*linesARecord {
		return nil
	}
	return s.end()
}

func (s *yearStream) end() error {
	if len(s.values) == 0 {
		return nil
	}
	values := s.values
	s.values = nil
	return s.put(backup.Record{Key: s.key, Type: "stream", Values: values})
}

// ledger writes what was counted, month by month.
func (y *madeYear) ledger(put func(backup.Record) error) error {
	days := int(y.now.Sub(y.first).Hours()/24) + 1
	for month := range 12 {
		name := stats.MonthOf(y.first.AddDate(0, month, 0))
		lines, crises := &yearStream{put: put, key: "ledger:" + name}, &yearStream{put: put, key: "crisis:" + name}
		for day := y.first.AddDate(0, month, 0); stats.MonthOf(day) == name; day = day.AddDate(0, 0, 1) {
			n := y.messages / days
			if day.YearDay() <= y.messages%days {
				n++
			}
			for _, e := range y.day(day, n) {
				to := lines
				if e.InCrisis() {
					to = crises
				}
				if err := to.add(e.Line()); err != nil {
					return err
				}
			}
		}
		if err := cmp.Or(lines.end(), crises.end()); err != nil {
			return err
		}
	}
	return nil
}

// day is what was counted on one: n messages, and what comes with them.
func (y *madeYear) day(day time.Time, n int) (list []stats.Event) {
	from := len(list)
	for i := range n {
		at := day.Add(time.Duration(7+i*16/max(n, 1)) * time.Hour)
		if at.After(y.now) {
			at = y.now.Truncate(time.Hour)
		}
		list = append(list, y.message(at)...)
	}
	for _, e := range list[from:] {
		for _, w := range e.Windows() {
			y.asked[w.Name]++
		}
	}
	for range n / 40 {
		list = append(list, stats.Event{At: day, Kind: stats.Scan, Scene: sceneID(y.rand.IntN(yearScenes)), Source: "page"})
	}
	if n > 0 {
		list = append(list, stats.Event{At: day, Kind: stats.Subscribe}, stats.Event{At: day, Kind: stats.Unsubscribe})
	}
	return append(list, y.closed(day)...)
}

// message is one message with what is counted beside it.
func (y *madeYear) message(at time.Time) []stats.Event {
	e := y.entry()
	source := [...]string{"text", "text", "text", "text", "text", "text", "voice", "menu", "scan", "text"}[y.rand.IntN(10)]
	m := stats.Event{At: at, Kind: stats.Message, Source: source}
	about := m
	about.Entry, about.Topic, about.Themes, about.Sensitive = e.ID, e.Topic(), e.Themes, e.Sensitive
	switch p := y.rand.IntN(1000); {
	case p < 620:
		about.Outcome, about.Model = "answered", p < 20
		list := []stats.Event{about}
		if p < 60 {
			opened := about
			opened.Kind, opened.Outcome, opened.Model, opened.Source = stats.PageOpen, "", false, "page"
			if p < 20 {
				opened.Source = stats.Via(pushID(at.YearDay() * yearPushes / 366))
			}
			list = append(list, opened)
		}
		if p >= 600 {
			rated := about
			rated.Kind, rated.Outcome = [...]stats.Kind{stats.Helpful, stats.Unhelpful}[p%2], ""
			list = append(list, rated)
		}
		return list
	case p < 760:
		m.Outcome = "menu"
	case p < 890:
		m.Outcome = "referred"
		return []stats.Event{m, y.gap(m, e)}
	case p < 950:
		m.Outcome = "command"
	case p < 990:
		m.Outcome = "none"
	case p < 999:
		m.Outcome = "limited"
	default:
		return []stats.Event{stats.Crisis(at)}
	}
	return []stats.Event{m}
}

// gap is how a message went unanswered: mostly near an entry, but not near
// enough.
func (y *madeYear) gap(m stats.Event, e *content.Entry) stats.Event {
	g := stats.Event{At: m.At, Kind: stats.Gap, Source: m.Source, Length: [...]string{"medium", "medium", "short", "long"}[y.rand.IntN(4)]}
	shapes := [...]string{"unsure", "unsure", "unsure", "unsure", "unsure", "none_fits", "none_fits", "ask_back", "no_candidate", "no_candidate", "articles", "outside", "citation", "unapproved"}
	switch g.Outcome = shapes[y.rand.IntN(len(shapes))]; g.Outcome {
	case "no_candidate", "articles", "outside", "citation": // nothing is near
	default:
		g.Entry, g.Topic = e.ID, e.Topic()
	}
	return g
}

// entry is one that is asked, a few much more than most.
func (y *madeYear) entry() *content.Entry {
	f := y.rand.Float64()
	return y.entries[int(f*f*f*float64(len(y.entries)))]
}

// closed are the windows that ended with a day.
func (y *madeYear) closed(day time.Time) (list []stats.Event) {
	next := day.AddDate(0, 0, 1)
	if next.After(y.now) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(y.asked)) {
		if n := y.asked[name]; n > 0 && (name == "day|"+stats.DayOf(day) || next.Day() == 1) {
			list = append(list, stats.Closing(stats.Window{Name: name, Ends: next}, max(1, n/2)))
			delete(y.asked, name)
		}
	}
	return list
}

// windows writes those that are open: the day's, and of each topic and theme
// of the running month.
func (y *madeYear) windows(put func(backup.Record) error) error {
	tomorrow, nextMonth := y.first.AddDate(0, 0, y.now.YearDay()), y.first.AddDate(0, 12, 0)
	live := backup.Record{Key: "windows", Type: "hash"}
	for _, name := range slices.Sorted(maps.Keys(y.asked)) {
		ends := nextMonth
		if name == "day|"+stats.DayOf(y.now) {
			ends = tomorrow
		}
		live.Values = append(live.Values, []byte(name), []byte(strconv.FormatInt(ends.Unix(), 10)+" "+hex.EncodeToString(y.random(16))))
		if err := y.set(put, "w:"+name, int(max(1, y.asked[name]/2))); err != nil {
			return err
		}
	}
	for back := range 2 {
		if err := y.set(put, "counted:"+stats.DayOf(y.now.AddDate(0, 0, -back)), y.messages/365); err != nil {
			return err
		}
	}
	return put(live)
}

// gaps writes words of unanswered questions, as many as three hundred.
func (y *madeYear) gaps(put func(backup.Record) error) error {
	r := backup.Record{Key: "gaps:" + stats.DayOf(y.gapsFrom), Type: "hash"}
	for i := range 300 {
		shape := stats.Shapes()[i%len(stats.Shapes())].ID
		r.Values = append(r.Values, fmt.Appendf(nil, "第%d种没有答上来的问法该找谁", i), fmt.Appendf(nil, "%d|%s|%s", 3+i%40, shape, y.entries[i].ID))
	}
	return put(r)
}

// set writes a set of n hashes of 8 bytes.
func (y *madeYear) set(put func(backup.Record) error, key string, n int) error {
	for ; n > 0; n -= linesARecord {
		r := backup.Record{Key: key, Type: "set"}
		for range min(n, linesARecord) {
			r.Values = append(r.Values, y.random(8))
		}
		if err := put(r); err != nil {
			return err
		}
	}
	return nil
}

// people writes who ever wrote, and the third of them that follows.
func (y *madeYear) people(put func(backup.Record) error) error {
	for from := 1; from <= y.residents; from += linesARecord {
		known := backup.Record{Key: "residents", Type: "hash"}
		for n := from; n < from+linesARecord && n <= y.residents; n++ {
			known.Values = append(known.Values, y.random(16), []byte(strconv.Itoa(n)))
		}
		if err := put(known); err != nil {
			return err
		}
	}
	for n := 1; n <= y.residents; n += 256 {
		row := backup.Record{Key: "follower:" + strconv.Itoa(n/256), Type: "hash"}
		for i := n; i < n+256 && i <= y.residents; i += 3 {
			row.Values = append(row.Values, []byte(strconv.Itoa(i)), []byte("o"+hex.EncodeToString(y.random(14))[:27]))
		}
		if err := put(row); err != nil {
			return err
		}
	}
	texts := map[string][]byte{
		"since": []byte(stats.DayOf(y.first)), "next": []byte(strconv.Itoa(y.residents)),
		"followers": y.random(y.residents/8 + 1), "optout": make([]byte, y.residents/8+1),
	}
	for month := range 12 {
		texts["bits:"+stats.MonthOf(y.first.AddDate(0, month, 0))] = y.random(y.residents/8 + 1)
	}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if err := put(backup.Record{Key: key, Type: "string", Values: [][]byte{texts[key]}}); err != nil {
			return err
		}
	}
	return nil
}

func (y *madeYear) random(bytes int) []byte {
	b := make([]byte, bytes+8)
	for i := 0; i < bytes; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], y.rand.Uint64())
	}
	return b[:bytes]
}

func pushID(n int) string  { return fmt.Sprintf("push-%02d", n) }
func sceneID(n int) string { return fmt.Sprintf("gate-%02d", n) }

// settings are those of a server over the Redis at addr; without one over the
// trial store.
func (y *madeYear) settings(tb testing.TB, addr string) config.Settings {
	tb.Helper()
	v := variables{
		"PUFA_ADDR": "127.0.0.1:0", "PUFA_DATA_DIR": tb.TempDir(), "PUFA_SECRET": testSecret, "PUFA_GAP_TEXTS": "on", "PUFA_PUBLIC_URL": "http://pufa.example",
		"PUFA_WECHAT_APP_ID": testAppID, "PUFA_WECHAT_APP_SECRET": testAppSecret, "PUFA_WECHAT_TOKEN": testToken,
		"PUFA_WECHAT_AES_KEY": testAESKey, "PUFA_WECHAT_ORIGINAL_ID": testOriginal, "PUFA_WECHAT_VERIFIED": "on",
		"PUFA_WECHAT_API_BASE": "http://127.0.0.1:1", // nothing is asked of the platform
	}
	if addr != "" {
		v["PUFA_REDIS_URL"] = "redis://" + addr
	}
	s, err := program{getenv: v.get, now: y.clock}.settings()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (y *madeYear) clock() time.Time { return y.now }
