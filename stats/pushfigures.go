package stats

import "math"

// PushDone is what the office and the platform did about a campaign, as the
// campaign's own row has it.
type PushDone struct{ Planned, Reached, Failed, Filtered, InDoubt int64 }

// Figures are K29 to K38 in the order of PushRules, of one campaign. What the office did is
// never hidden. The change is in whole percent.
func (f PushFigures) Figures(done PushDone) []Figure {
	lift := Cell{Missing: true}
	if f.Lift.Known && f.Lift.Share {
		lift = Cell{Value: int64(math.Round(f.Lift.Percent))}
	}
	cells := []Cell{
		{Value: done.Planned},
		{Value: done.Reached},
		{Value: done.Failed},
		{Value: done.Filtered},
		{Value: done.InDoubt},
		f.Opened, f.Shown, f.Asked, f.Residents, lift,
	}
	list := make([]Figure, len(cells))
	for i, r := range PushRules()[:len(cells)] {
		list[i] = Figure{ID: r.ID, Rule: r.Number, Cell: cells[i]}
	}
	return list
}

// Days are the first and the last day of the campaign's window.
func (p Push) Days() Period { return p.days() }
