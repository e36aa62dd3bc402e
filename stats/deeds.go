package stats

import "cmp"

// deed is one figure of what the office itself did. It is never hidden.
type deed struct {
	Cell
	by map[string]map[string]Cell
}

// deeds are the figures of the register of activities, by the id of the rule.
func (in Input) deeds() map[string]deed {
	d := deedSums{
		kind: count{}, theme: count{}, month: count{}, basis: count{"counted": 0, "estimated": 0}, people: count{}, other: count{},
		material: count{}, accepted: map[string]count{Mediation: {}, LegalAid: {}}, succeeded: map[string]count{Mediation: {}, LegalAid: {}},
	}
	for _, k := range ActivityKinds() {
		switch {
		case k.Event:
			d.kind[k.Name] = 0
		case !k.Monthly:
			d.other[k.Name] = 0
		}
	}
	whole := set{}
	months, all := in.Period.whole(in.Now)
	whole.add(months)
	for _, e := range in.Activities {
		kind, _ := KindOf(e.Kind)
		switch {
		case kind.Monthly && whole[e.Month()]:
			d.accepted[e.Kind][e.Month()] += e.Accepted
			d.succeeded[e.Kind][e.Month()] += e.Succeeded
		case !kind.Monthly && in.Period.holds(e.On):
			d.add(e, kind)
		}
	}
	return d.figures(all)
}

// holds reports whether a day, written 2026-03-08, lies in the period.
func (p Period) holds(day string) bool {
	const form = "2006-01-02"
	return p.From.Format(form) <= day && day <= p.To.Format(form)
}

// deedSums are the activities of a period added up.
type deedSums struct {
	kind, theme, month, basis, people, other, material count
	confirmed                                          int64
	accepted, succeeded                                map[string]count // kind -> month -> number
}

func (d *deedSums) add(e Entered, kind ActivityKind) {
	if e.People > 0 {
		d.people[e.Kind] += e.People
		basis := "counted"
		if e.Estimated {
			basis = "estimated"
		}
		d.basis[basis] += e.People
	}
	if e.Items > 0 {
		d.material[e.Material] += e.Items
	}
	if !kind.Event {
		d.other[e.Kind] += e.Quantity
		return
	}
	d.kind[e.Kind] += e.Quantity
	d.theme[cmp.Or(e.Theme, "other")] += e.Quantity
	d.month[e.Month()] += e.Quantity
	if e.ConfirmedBy != "" {
		d.confirmed += e.Quantity
	}
}

func (d *deedSums) figures(wholeMonths bool) map[string]deed {
	sum := func(c count) Cell { return Cell{Value: total(c)} }
	monthly := func(c count) deed {
		if !wholeMonths {
			return deed{Cell{Missing: true}, nil}
		}
		return deed{sum(c), map[string]map[string]Cell{"month": plain(c)}}
	}
	return map[string]deed{
		"activities": {sum(d.kind), map[string]map[string]Cell{
			"kind": plain(d.kind), "theme": plain(d.theme), "month": plain(d.month),
		}},
		"activities_confirmed": {Cell{Value: d.confirmed}, nil},
		"activity_people":      {sum(d.basis), map[string]map[string]Cell{"basis": plain(d.basis), "kind": plain(d.people)}},
		"materials":            {sum(d.material), map[string]map[string]Cell{"material": plain(d.material)}},
		"publicity":            {Cell{Missing: true}, map[string]map[string]Cell{"kind": plain(d.other)}},
		"mediation":            monthly(d.accepted[Mediation]),
		"mediation_done":       monthly(d.succeeded[Mediation]),
		"legal_aid":            monthly(d.accepted[LegalAid]),
		"legal_aid_done":       monthly(d.succeeded[LegalAid]),
	}
}
