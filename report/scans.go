package report

import (
	"fmt"

	"pufa/stats"
)

// scene is a scene by its id; of one that is not known only the id.
func (r Report) scene(id string) stats.Scene {
	for _, s := range r.Scenes {
		if s.ID == id {
			return s
		}
	}
	return stats.Scene{ID: id, Place: nothing}
}

// sceneLabel is a scene as staff read it: its place and its id.
func (r Report) sceneLabel(id string) string {
	if s := r.scene(id); s.Place != nothing {
		return s.Place + "（" + id + "）"
	}
	return id
}

// scansSentence says how often posters were scanned, and where most.
func (r Report) scansSentence() string {
	all := r.cell("scans", "", "")
	if all.Value == 0 {
		return ""
	}
	cells := r.cells("scans", "scene")
	s := "海报上的码共被扫" + r.numOf(all, "scans")
	if first := ranked(cells); len(first) > 0 {
		if c := cells[first[0]]; !c.Hidden && c.Value > 0 {
			s += fmt.Sprintf("，最多的是%s（%s次）", r.scene(first[0]).Place, c)
		}
	}
	return s + "。扫码次数不是人数，也不等于看到海报的人数。"
}

// scansTable lists the scenes that hung in the period.
func (r Report) scansTable() *Table {
	cells := r.cells("scans", "scene")
	t := r.table("海报扫码", "各处海报扫码"+rule("scans"), "张贴地点", "场景码", "专题", "活动", "扫码（次）")
	for i := range t.Columns {
		if i != 2 && i != 3 { // a page is not wide enough for all
			t.Printed = append(t.Printed, i)
		}
	}
	for _, id := range ranked(cells) {
		s := r.scene(id)
		theme, event := nothing, nothing
		if s.Theme != "" {
			theme = r.thing("theme", s.Theme)
		}
		if s.Event != "" {
			event = s.Event
		}
		row := []Value{say(s.Place), say(id), say(theme), say(event), shown(cells[id])}
		t.add(append(row, r.compare("scans", "scene", id, cells[id])...)...)
	}
	return t
}
