package statute

// Rules is what a register of laws knows beyond the texts.
type Rules struct {
	Repeals    []Repeal
	Amendments []Amendment
}

// Repeal ends every edition of the law that took effect before On. By names
// the article that says so.
type Repeal struct {
	Title string // full title of the law that ended
	On    Day
	By    string
}

// Amendment changed some articles of a law from On; the text at hand may not
// have them yet.
type Amendment struct {
	Law      string // full title of the law that was changed
	Title    string // the amending decision
	On       Day
	Articles []string
}

// foldedRules are rules by the folded title of the law they change or end.
type foldedRules struct {
	repeals    map[string][]Repeal
	amendments map[string][]Amendment
}

func (r Rules) folded() foldedRules {
	f := foldedRules{map[string][]Repeal{}, map[string][]Amendment{}}
	for _, rp := range r.Repeals {
		key := foldTitle(rp.Title)
		f.repeals[key] = append(f.repeals[key], rp)
	}
	for _, a := range r.Amendments {
		key := foldTitle(a.Law)
		f.amendments[key] = append(f.amendments[key], a)
	}
	return f
}

// dateOf finds the amendment in the register that the text's own header names
// as its last one.
func (r foldedRules) dateOf(t *Text) Day {
	if !t.needsDecision() {
		return ""
	}
	for _, a := range r.amendments[foldTitle(t.Title)] {
		if foldTitle(a.Title) == foldTitle(t.amendedBy.title) && a.On >= t.amendedBy.on {
			return a.On
		}
	}
	return ""
}

// repeal returns the rule that ended the text by day. A text that takes effect
// on the day of the repeal is the successor, often of the same title.
func (r foldedRules) repeal(t *Text, day Day) (Repeal, bool) {
	for _, rp := range r.repeals[foldTitle(t.Title)] {
		if rp.On <= day && t.Effective < rp.On {
			return rp, true
		}
	}
	return Repeal{}, false
}
