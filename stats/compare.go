package stats

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Annals are Records that know when counting began.
type Annals interface {
	Records
	// Since returns the first day on which anything could be counted, 20260308.
	Since(ctx context.Context) (string, error)
}

// Earlier is a period that another one is compared with. Figures is nil where
// nothing was counted yet in part of it.
type Earlier struct {
	Period  Period
	Figures []Figure
}

// Compared are the figures of a period beside those of the period before and
// of the same one a year before. The three do not overlap, save that the last
// two may be the same; each hides what it hides when it stands alone, so that
// beside each other they tell no more than apart.
type Compared struct {
	Period     Period
	Now        time.Time
	Since      time.Time // the first day counted
	Figures    []Figure
	Activities []Entered // of the period
	Scenes     []Scene   // all that were ever made
	Gaps       Gaps
	Pushes     []Pushed // campaigns that began in the period, by time; nil before AddPushes
	Before     Earlier  // 环比
	YearBefore *Earlier // 同比; nil where there is no such period
}

// GatherCompared reads a period and what it is compared with.
func GatherCompared(ctx context.Context, r Annals, p Period, now time.Time, entries map[string][]string) (Compared, error) {
	c := Compared{Period: p, Now: now, Before: Earlier{Period: p.Before()}}
	since, err := r.Since(ctx)
	if err != nil {
		return c, fmt.Errorf("gather figures: first day: %w", err)
	}
	if c.Since, err = time.ParseInLocation(dayForm, since, zone); err != nil {
		return c, fmt.Errorf("gather figures: the first day is %q", since)
	}
	in, err := Gather(ctx, r, p, now, entries)
	if err != nil {
		return c, err
	}
	c.Figures, c.Gaps, c.Scenes = Figures(in), GapsOf(in), in.Scenes
	for _, a := range in.Activities {
		if kind, _ := KindOf(a.Kind); !kind.Monthly && p.holds(a.On) {
			c.Activities = append(c.Activities, a)
		}
	}
	return c, c.look(ctx, r, entries)
}

// look reads the earlier periods.
func (c *Compared) look(ctx context.Context, r Annals, entries map[string][]string) error {
	read := func(p Period) ([]Figure, error) {
		if p.From.Before(c.Since) {
			return nil, nil // a year in which half was counted is no measure
		}
		in, err := Gather(ctx, r, p, c.Now, entries)
		return Figures(in), err
	}
	var err error
	if c.Before.Figures, err = read(c.Before.Period); err != nil {
		return err
	}
	last, ok := c.Period.YearBefore()
	switch {
	case !ok:
	case last.From.Equal(c.Before.Period.From) && last.To.Equal(c.Before.Period.To):
		c.YearBefore = &Earlier{last, c.Before.Figures}
	default:
		figures, err := read(last)
		if err != nil {
			return err
		}
		c.YearBefore = &Earlier{last, figures}
	}
	return nil
}

// Open reports whether something may still be counted in the period: then a
// change against a period that is over says nothing.
func (c Compared) Open() bool { return c.Period.Open(c.Now) }

// CellOf returns a cell of the earlier period: the figure's own when by is
// empty. What is not there is missing.
func (e Earlier) CellOf(id, by, part string) Cell { return CellOf(e.Figures, id, by, part) }

// CellOf finds a cell among figures: the figure's own when by is empty. What
// is not there is missing.
func CellOf(figures []Figure, id, by, part string) Cell {
	for _, f := range figures {
		if f.ID != id {
			continue
		}
		if by == "" {
			return f.Cell
		}
		if c, ok := f.By[by][part]; ok {
			return c
		}
	}
	return Cell{Missing: true}
}

// Change is how far a cell lies from an earlier one. Nothing is known of it
// unless both are shown.
type Change struct {
	Known   bool
	By      int64
	Percent float64 // rounded to a tenth; of the earlier one
	Share   bool    // Percent is there: the earlier one was not 0
}

// Since returns the change from an earlier cell to c.
func (c Cell) Since(then Cell) Change {
	if c.Hidden || c.Missing || then.Hidden || then.Missing {
		return Change{}
	}
	d := Change{Known: true, By: c.Value - then.Value}
	if then.Value != 0 {
		d.Percent, d.Share = math.Round(1000*float64(d.By)/float64(then.Value))/10, true
	}
	return d
}
