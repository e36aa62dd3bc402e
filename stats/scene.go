package stats

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Scene is where a poster's code hangs (场景码). Its id is what the code holds
// and the ledger counts; its place and what it is about are looked up when a
// report is made. It has no place for a person.
type Scene struct {
	ID    string `json:"id"`              // 1 to 32 of a-z, 0-9 and -; never given to another place
	Place string `json:"place"`           // where it hangs
	Theme string `json:"theme,omitempty"` // 3.8, 3.15, 12.4, 反诈
	Pack  string `json:"pack,omitempty"`  // the pack it is from
	Event string `json:"event,omitempty"` // the activity it was made for, in staff's words
	Line  string `json:"line"`            // what the poster says

	// Code is the address in the account's own code; empty where the code holds
	// the address of our page.
	Code      string    `json:"code,omitempty"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Withdrawn time.Time `json:"withdrawn,omitzero"` // zero while it counts
}

// What is wrong with the id of a scene, or what stands in the way.
var (
	ErrSceneTaken = errors.New("a scene of this id exists or existed: its counts would run into another's")
	ErrNoScene    = errors.New("there is no such scene")
)

var sceneForm = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// maxPosterLine is how many characters a poster says at most.
const maxPosterLine = 40

// ValidScene reports whether id has the form of a scene's.
func ValidScene(id string) bool { return sceneForm.MatchString(id) }

// Check reports everything that is wrong with a scene.
func (s Scene) Check() error {
	var errs []error
	if !ValidScene(s.ID) {
		errs = append(errs, fault("id", "编号用1至32个小写字母、数字或者横线，例如 east-gate。", "id %q is not 1 to 32 of a-z, 0-9 and -", s.ID))
	}
	if strings.TrimSpace(s.Place) == "" {
		errs = append(errs, fault("place", "请填写张贴的地点。", "the place is missing"))
	}
	if strings.TrimSpace(s.Line) == "" {
		errs = append(errs, fault("line", "请填写海报上的一句话。", "the poster says nothing"))
	}
	errs = append(errs, text("place", s.Place, maxShort), text("event", s.Event, maxShort), text("line", s.Line, maxPosterLine))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("scene: %w", err)
	}
	return nil
}

// hung reports whether a scene counted on some day of p.
func (s Scene) hung(p Period) bool {
	return DayOf(s.At) <= DayOf(p.To) && (s.Withdrawn.IsZero() || DayOf(s.Withdrawn) >= DayOf(p.From))
}

// scanField begins the field in which a day's scans of a scene are counted.
const scanField = "scan|"

// scans adds up the scans of a period by scene, and by day; scenes that hung and
// that nobody scanned have none.
func (in Input) scans() (c count, monthly byMonth) {
	c, monthly = count{}, byMonth{}
	for _, s := range in.Scenes {
		if s.hung(in.Period) {
			c[s.ID] = 0
		}
	}
	for _, day := range in.Period.Days() {
		for field, n := range in.Days[day] {
			if scene, ok := strings.CutPrefix(field, scanField); ok {
				c[scene] += n
				monthly.add(day[:6], scene, n)
			}
		}
	}
	return c, monthly
}

// scansFigure is K39. By scene it hides what is small, and what would give it
// away: of all scans and of those of the account's own codes a reader knows the
// sum (the latter from K01 and K13, nearly).
func (in Input) scansFigure() deed {
	c, monthly := in.scans()
	var own, others []string
	for scene := range c {
		if slices.ContainsFunc(in.Scenes, func(s Scene) bool { return s.ID == scene && s.Code != "" }) {
			own = append(own, scene)
		} else {
			others = append(others, scene)
		}
	}
	byScene := sealed(nested(monthly, slices.Collect(maps.Keys(c)), func(c count, forced set) (set, bool) {
		return protectGroups(c, forced, own, others)
	}), in.Period)
	return deed{Cell{Value: total(c)}, map[string]map[string]Cell{"scene": byScene}}
}

// ScansOf is the figure of scans alone, as Figures has it.
func ScansOf(in Input) Figure {
	d := in.scansFigure()
	f := Figure{ID: "scans", Cell: d.Cell, By: map[string]map[string]Cell{}}
	for _, r := range Rules() {
		if r.ID == f.ID {
			f.Rule = r.Number
		}
	}
	if cells := d.by["scene"]; cells != nil {
		f.By["scene"] = cells
	}
	return f
}

// protectGroups is protect where the sums of groups are known too, beside what
// is forced.
func protectGroups(c count, forced set, groups ...[]string) (hide set, ok bool) {
	var all []string
	for name := range c {
		all = append(all, name)
	}
	hide, groups = small(c), append(groups, all)
	hide.add(slices.Collect(maps.Keys(forced)))
	for changed := true; changed; {
		changed = false
		for _, group := range groups {
			slices.Sort(group)
			if !lonely(c, group, hide) {
				continue
			}
			more := smallest(c, group, hide)
			if len(more) == 0 {
				return nil, false
			}
			hide.add(more)
			changed = true
		}
	}
	return hide, true
}
