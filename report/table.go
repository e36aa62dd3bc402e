package report

import (
	"math"
	"slices"
	"strconv"

	"pufa/stats"
)

// form is how a column is written.
type form int

const (
	plain  form = iota // text
	counts             // whole numbers
	tenths             // percentages with one decimal
)

// Value is what stands in one place of a table: a number, or words where
// there is none to show.
type Value struct {
	Text   string // when IsNumber is false
	Number float64
	form   form
}

// IsNumber reports whether the value is a number.
func (v Value) IsNumber() bool { return v.form != plain }

// String is the value as it is printed.
func (v Value) String() string {
	switch v.form {
	case counts:
		return strconv.FormatInt(int64(v.Number), 10)
	case tenths:
		return percentText(v.Number)
	}
	return v.Text
}

func say(s string) Value { return Value{Text: s} }

func whole(n int64) Value { return Value{Number: float64(n), form: counts} }

// shown is a cell; what is hidden or missing has no number anywhere.
func shown(c stats.Cell) Value {
	if c.Hidden || c.Missing {
		return say(c.String())
	}
	return whole(c.Value)
}

// ValueOf is a cell for a chart that somebody else draws.
func ValueOf(c stats.Cell) Value { return shown(c) }

// nothing stands where there is nothing to say.
const nothing = "—"

// isStandIn reports whether the value are words in the place of a number.
func (v Value) isStandIn() bool {
	return !v.IsNumber() && slices.Contains([]string{nothing, "少于5", "无", "未登记", "未列出"}, v.Text)
}

// moved are the two values of a change: by how many, and by how many percent.
func moved(c stats.Change) (by, share Value) {
	by, share = say(nothing), say(nothing)
	if c.Known {
		by = whole(c.By)
	}
	if c.Known && c.Share {
		share = Value{Number: c.Percent, form: tenths}
	}
	return by, share
}

func shareOf(part, all stats.Cell) Value {
	f, ok := percent(part, all)
	if !ok {
		return say(nothing)
	}
	return Value{Number: math.Round(10*f) / 10, form: tenths}
}

// Table is a named table. Every row has a value for each column.
type Table struct {
	Name    string // short: a sheet's name
	Title   string
	Columns []string
	Widths  []float64 // relative
	Rows    [][]Value
	Chart   *Chart // of some of its columns, or nil
	Annex   bool   // too long for a page: only where tables are files
	Most    int    // rows of it that fit a printed report; 0 means all
	Printed []int  // columns of it that fit a page; nil means all
	Tall    bool   // its rows are of many lines: a page does not keep them together
}

func (t *Table) add(row ...Value) { t.Rows = append(t.Rows, row) }

// Shape is how a chart is drawn.
type Shape int

// The shapes.
const (
	Bars    Shape = iota // one bar a row, lying
	Columns              // one bar a row, standing
	Line                 // one point a row, joined
)

// Chart is one row of numbers with their names. Whoever shows it shows its
// table beside it. A value that is no number is not drawn.
type Chart struct {
	Title  string
	Unit   string
	Shape  Shape
	Labels []string
	Values []Value
	column int // of the table it is of
}

// chartOf makes the chart of a table's column, named by the first one.
func (t *Table) chartOf(title, unit string, shape Shape, column int) {
	c := &Chart{Title: title, Unit: unit, Shape: shape, column: column}
	drawn := false
	for _, row := range t.Rows {
		c.Labels = append(c.Labels, row[0].String())
		c.Values = append(c.Values, row[column])
		drawn = drawn || row[column].Number > 0
	}
	if drawn {
		t.Chart = c
	}
}

// top is the largest value of a chart.
func (c Chart) top() float64 {
	top := 0.0
	for _, v := range c.Values {
		if v.IsNumber() {
			top = max(top, v.Number)
		}
	}
	return top
}

// mostTicks is how many steps a scale has at most.
const mostTicks = 6

// step is the distance of a scale's ticks: 1, 2 or 5 times a power of ten, so
// that every tick is a whole number.
func step(top float64) float64 {
	for size := 1.0; ; size *= 10 {
		for _, n := range []float64{1, 2, 5} {
			if top <= n*size*mostTicks {
				return n * size
			}
		}
	}
}

// scale is where a scale ends, on a tick, and the distance of its ticks.
func scale(top float64) (end, each float64) {
	each = step(top)
	return max(each, math.Ceil(top/each)*each), each
}

// Block is a paragraph, a heading of the second rank or a table.
type Block struct {
	Text    string
	Heading bool
	Table   *Table
}

// Part is a chapter.
type Part struct {
	Heading string
	Blocks  []Block
}

func (p *Part) say(text string) {
	if text != "" {
		p.Blocks = append(p.Blocks, Block{Text: text})
	}
}

func (p *Part) head(text string) { p.Blocks = append(p.Blocks, Block{Text: text, Heading: true}) }

func (p *Part) table(t *Table) {
	if t != nil && len(t.Rows) > 0 {
		p.Blocks = append(p.Blocks, Block{Table: t})
	}
}

// Document is a report laid out. Every format that people read is made of it,
// so that none shows more than another.
type Document struct {
	Title   string
	Under   string // the second line of the title
	Parts   []Part
	Closing []string // who signs, and the day
}

// Tables are all tables, in order.
func (d Document) Tables() (list []*Table) {
	for _, p := range d.Parts {
		for _, b := range p.Blocks {
			if b.Table != nil {
				list = append(list, b.Table)
			}
		}
	}
	return list
}
