package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Pack is a theme push made ready: pieces for the days of a week, in our own
// words, each standing on entries.
type Pack struct {
	ID         string   `yaml:"id"` // [a-z0-9-], at most 24 bytes
	Name       string   `yaml:"name"`
	Theme      string   `yaml:"theme"`
	Observance string   `yaml:"observance"` // the day it is for
	Covers     []string `yaml:"covers"`     // other observances that need no draft beside it
	When       string   `yaml:"when"`       // its days, as 3月2日至3月8日
	Why        string   `yaml:"why"`        // for staff: why these days
	Pushes     []Push   `yaml:"pushes"`     // what a service account sends, with 4 mass messages a month
	Pieces     []Piece  `yaml:"pieces"`
	After      After    `yaml:"after"`
	File       string   `yaml:"-"`

	when When
}

// Date is the days of the pack; always a FixedDate.
func (p Pack) Date() When { return p.when }

// Piece is what a pack says on one of its days.
type Piece struct {
	Day      int      `yaml:"day"` // 1 is the pack's first day
	Title    string   `yaml:"title"`
	Digest   string   `yaml:"digest"`
	Body     string   `yaml:"body"` // paragraphs of plain text, one a line
	Entries  []string `yaml:"entries"`
	Poster   string   `yaml:"poster"`    // one line for a poster
	Card     string   `yaml:"card"`      // shown in the chat on its day; costs no quota
	FollowUp string   `yaml:"follow_up"` // a question to ask next: a wording of an entry
}

// Push is one mass message of several pieces.
type Push struct {
	Day    int   `yaml:"day"`    // on which it goes out
	Pieces []int `yaml:"pieces"` // their days
}

// After is the card of some days later.
type After struct {
	Days    int      `yaml:"days"` // after the pack's last day
	Card    string   `yaml:"card"`
	Entries []string `yaml:"entries"`
}

// Packs returns the packs, by id.
func (l *Library) Packs() []Pack { return l.packs }

// Pack returns the pack with that id.
func (l *Library) Pack(id string) (Pack, bool) {
	for _, p := range l.packs {
		if p.ID == id {
			return p, true
		}
	}
	return Pack{}, false
}

// Uses are the entries that the pack stands on, each once, by id.
func (p Pack) Uses() []string {
	ids := slices.Clone(p.After.Entries)
	for _, piece := range p.Pieces {
		ids = append(ids, piece.Entries...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// The limits of a pack, in characters, bytes and counts. Title, digest and
// pieces of a push are those of the platform.
const (
	maxPieceTitle = 64
	maxDigest     = 54
	minPieceBody  = 80
	maxPieceBody  = 1200
	maxPoster     = 20
	maxFollowUp   = 40
	maxCardBytes  = 450 // 150 characters: an answer stands above it in one message
	maxPerPush    = 8
	maxPushes     = 4 // a month, of a service account
	maxAfterDays  = 30
)

// readPacks reads the days of the packs into them.
func readPacks(list []Pack) (problems []error) {
	for i := range list {
		when, err := ParseWhen(list[i].When)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", list[i].File, err))
		}
		list[i].when = when
	}
	return problems
}

func (l *Library) checkPacks(asked map[string]string) (problems []error) {
	seen := map[string]bool{}
	for _, p := range l.packs {
		c := packCheck{lib: l, pack: p, asked: asked, rows: l.banned}
		if seen[p.ID] {
			c.bad("id %q stands twice", p.ID)
		}
		seen[p.ID] = true
		c.frame()
		c.pushes()
		for _, piece := range p.Pieces {
			c.piece(piece)
		}
		c.after()
		problems = append(problems, c.problems...)
	}
	return problems
}

// packCheck gathers what is wrong with a pack.
type packCheck struct {
	lib      *Library
	pack     Pack
	asked    map[string]string // wording → entry
	rows     []forbidden
	problems []error
}

func (c *packCheck) bad(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf(c.pack.File+": "+format, args...))
}

func (c *packCheck) frame() {
	p := c.pack
	if !slugForm.MatchString(p.ID) || len(p.ID) > maxObservanceID || p.File != "packs/"+p.ID+".yaml" {
		c.bad("id %q is not that of its file, too long or not of a-z, 0-9 and -; at most %d", p.ID, maxObservanceID)
	}
	if p.Name == "" || p.Why == "" {
		c.bad("a pack needs a name and why it lies on its days")
	}
	if !slices.Contains(themes, p.Theme) {
		c.bad("theme %q is none of %v", p.Theme, themes)
	}
	for _, id := range append([]string{p.Observance}, p.Covers...) {
		if _, ok := c.lib.Observance(id); !ok {
			c.bad("observance %q is not in observances.yaml", id)
		}
	}
	if p.when.Kind != FixedDate {
		c.bad("when %q is not days of every year, as 3月2日至3月8日", p.When)
	}
	if len(p.Pieces) == 0 {
		c.bad("a pack needs pieces")
	}
	for i, piece := range p.Pieces {
		if last := p.when.days(); piece.Day < 1 || piece.Day > last || i > 0 && piece.Day <= p.Pieces[i-1].Day {
			c.bad("piece %d is for day %d: days rise from 1 to at most %d", i+1, piece.Day, last)
		}
	}
}

// pushes checks that every piece goes out once, on its day or another.
func (c *packCheck) pushes() {
	if n := len(c.pack.Pushes); n == 0 || n > maxPushes {
		c.bad("%d pushes, want 1 to %d", n, maxPushes)
	}
	times := map[int]int{}
	last := 0
	for _, push := range c.pack.Pushes {
		if push.Day <= last || push.Day > c.pack.when.days() || len(push.Pieces) == 0 || len(push.Pieces) > maxPerPush {
			c.bad("a push on day %d with %d pieces: days rise within the pack, a push has 1 to %d pieces", push.Day, len(push.Pieces), maxPerPush)
		}
		last = push.Day
		for _, day := range push.Pieces {
			times[day]++
		}
	}
	for _, piece := range c.pack.Pieces {
		if times[piece.Day] != 1 {
			c.bad("the piece of day %d is in %d pushes, want 1", piece.Day, times[piece.Day])
		}
		delete(times, piece.Day)
	}
	for day := range times {
		c.bad("a push holds the piece of day %d, which does not exist", day)
	}
}

func (c *packCheck) piece(p Piece) {
	at := fmt.Sprintf("day %d", p.Day)
	c.runes(at, "title", p.Title, 1, maxPieceTitle)
	c.runes(at, "digest", p.Digest, 1, maxDigest)
	c.runes(at, "body", p.Body, minPieceBody, maxPieceBody)
	c.runes(at, "poster", p.Poster, 1, maxPoster)
	c.card(at, p.Card)
	c.runes(at, "follow_up", p.FollowUp, 2, maxFollowUp)
	if c.asked[p.FollowUp] == "" {
		c.bad("%s: follow_up %q is no wording of an entry, so it would not be answered", at, p.FollowUp)
	}
	c.words(at, strings.Join([]string{p.Title, p.Digest, p.Body, p.Poster, p.Card}, "\n"), p.Entries)
}

func (c *packCheck) after() {
	if a := c.pack.After; a.Days < 1 || a.Days > maxAfterDays {
		c.bad("after: %d days, want 1 to %d", a.Days, maxAfterDays)
	}
	c.card("after", c.pack.After.Card)
	c.words("after", c.pack.After.Card, c.pack.After.Entries)
}

func (c *packCheck) runes(at, name, text string, low, high int) {
	if n := utf8.RuneCountInString(text); n < low || n > high {
		c.bad("%s: %s has %d characters, want %d to %d", at, name, n, low, high)
	}
}

func (c *packCheck) card(at, text string) {
	if n := len(text); n == 0 || n > maxCardBytes {
		c.bad("%s: card has %d bytes, want 1 to %d", at, n, maxCardBytes)
	}
}

var (
	figureForm = regexp.MustCompile(`[0-9０-９]+`)
	dateForm   = regexp.MustCompile(`([0-9]{1,2})(?:月|·)([0-9]{1,2})(?:日|\b)`)
)

// words checks what residents read: nothing forbidden, no link, and no figure
// that is neither a verified hotline nor in one of the entries. So no period,
// amount or age can drift from the entry, and no telephone number can be made
// up.
func (c *packCheck) words(at, text string, entries []string) {
	for _, row := range c.rows {
		if hit := row.find(text); hit != "" {
			c.bad("%s: says %q: %s; instead: %s", at, hit, row.Why, row.Instead)
		}
	}
	if hit := linkForm.FindString(text); hit != "" {
		c.bad("%s: holds a link or a tag: %q", at, hit)
	}
	if len(entries) == 0 {
		c.bad("%s: stands on no entry", at)
	}
	known := map[string]bool{}
	for _, id := range entries {
		e, ok := c.lib.byID[id]
		if !ok {
			c.bad("%s: entry %q does not exist", at, id)
			continue
		}
		for _, figure := range figureForm.FindAllString(e.readable(), -1) {
			known[figure] = true
		}
	}
	for _, figure := range figureForm.FindAllString(c.withoutDates(text), -1) {
		if _, hotline := c.lib.hotlineOf[figure]; !hotline && !known[figure] {
			c.bad("%s: %s is no verified hotline and stands in none of its entries", at, figure)
		}
	}
}

// withoutDates takes out the days of the pack, written as 3月8日 or 3·15.
func (c *packCheck) withoutDates(text string) string {
	return dateForm.ReplaceAllStringFunc(text, func(date string) string {
		m := dateForm.FindStringSubmatch(date)
		at, w := count(m[1])*100+count(m[2]), c.pack.when
		if at >= w.Month*100+w.Day && at <= w.ToMonth*100+w.ToDay {
			return ""
		}
		return date
	})
}

// readable is all that an entry lets residents read.
func (e *Entry) readable() string {
	parts := []string{e.Title, e.Question(), e.Short, e.Remedy.Door, e.Remedy.Bring, e.Remedy.Deadline, e.Remedy.Cost, e.Remedy.Where}
	for _, line := range e.Lines {
		parts = append(parts, line.Text)
	}
	for _, c := range e.Citations {
		parts = append(parts, c.Gist)
	}
	return strings.Join(parts, "\n")
}
