// Package sheet carries entries to a spreadsheet and back, as CSV and as XLSX:
// a row is an entry, a cell holds a text or a list with a line for each value,
// and what is written reads back as the same entries. It never decides whether
// an entry is true or whole (package content does), never evaluates a formula,
// and writes no cell that a spreadsheet program would evaluate.
package sheet

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"pufa/content"
)

// The limits of a sheet that is read or written. The cell's is that of the
// spreadsheet programs, which cut off what is longer.
const (
	maxBytes   = 16 << 20
	maxRows    = 10_000
	maxColumns = 64
	maxCell    = 32_767 // characters
)

// Row is one entry of a sheet.
type Row struct {
	Number   int            // as the spreadsheet program counts: from 1, the head included
	Entry    *content.Entry // what could be read; whole when there are no Problems
	Problems []Problem

	head *head
}

// Problem is one mistake in a sheet.
type Problem struct {
	File   string
	Row    int    // 0 when it is about the whole sheet
	Column string // letter and name, as "H 依据"; empty when it is about the whole row
	What   string
}

// Error names the place as a person finds it on the screen.
func (p Problem) Error() string {
	switch {
	case p.Row == 0:
		return p.File + ": " + p.What
	case p.Column == "":
		return fmt.Sprintf("%s: row %d: %s", p.File, p.Row, p.What)
	default:
		return fmt.Sprintf("%s: row %d, column %s: %s", p.File, p.Row, p.Column, p.What)
	}
}

// Problem makes a problem of this row, in the column of a key of the entry's
// file, as "remedy.door"; an unknown key means the whole row.
func (r Row) Problem(key, what string) Problem {
	return Problem{r.head.file, r.Number, r.head.place[key], what}
}

// cells writes an entry as the row of a sheet.
func cells(columns []column, e *content.Entry) ([]string, error) {
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.write(e)
		if n := utf8.RuneCountInString(row[i]); n > maxCell {
			return nil, fmt.Errorf("%s: the cell %s would have %d characters, at most %d", e.ID, c.name, n, maxCell)
		}
	}
	return row, nil
}

// head is what the first row says: which column stands where.
type head struct {
	file    string
	columns []*column         // by position; nil where the head is empty
	place   map[string]string // key → "H 依据"
}

// readRows understands a table: the first row that is not empty is the head,
// each other one an entry. Mistakes of a row are in the row; the error is about
// a sheet of which nothing can be used.
func readRows(file string, table [][]string) ([]Row, error) {
	at := 0
	for at < len(table) && isEmpty(table[at]) {
		at++
	}
	if at == len(table) {
		return nil, Problem{File: file, What: "the sheet is empty: it has no row of column names"}
	}
	h, err := readHead(file, at+1, table[at])
	if err != nil {
		return nil, err
	}
	var rows []Row
	for i := at + 1; i < len(table); i++ {
		if !isEmpty(table[i]) {
			rows = append(rows, h.row(i+1, table[i]))
		}
	}
	markTwins(rows)
	return rows, nil
}

func isEmpty(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func readHead(file string, number int, row []string) (*head, error) {
	if len(row) > maxColumns {
		return nil, Problem{File: file, Row: number, What: fmt.Sprintf("%d columns, at most %d", len(row), maxColumns)}
	}
	h := &head{file: file, columns: make([]*column, len(row)), place: map[string]string{}}
	known := map[string]*column{}
	all := columns()
	for i := range all {
		known[all[i].name] = &all[i]
	}
	var problems []error
	bad := func(i int, name, what string) {
		problems = append(problems, Problem{file, number, letter(i) + " " + name, what})
	}
	for i, cell := range row {
		name := strings.TrimSpace(cell)
		c := known[name]
		switch {
		case name == "":
		case c == nil:
			bad(i, brief(name), "no column has this name")
		case h.place[c.key] != "":
			bad(i, name, "the column stands twice")
		default:
			h.columns[i], h.place[c.key] = c, letter(i)+" "+name
		}
	}
	for _, c := range all {
		if h.place[c.key] == "" {
			problems = append(problems, Problem{File: file, Row: number, What: fmt.Sprintf("the column %s is missing", c.name)})
		}
	}
	return h, errors.Join(problems...)
}

// letter names the column at a position counted from 0: A, B, … AA.
func letter(position int) string {
	name, err := excelize.ColumnNumberToName(position + 1)
	if err != nil {
		return "?" // past the last column that a spreadsheet has
	}
	return name
}

// row reads one row.
func (h *head) row(number int, row []string) Row {
	r := Row{Number: number, Entry: &content.Entry{}, head: h}
	if len(row) < len(h.columns) {
		r.bad("", fmt.Sprintf("%d cells, the head has %d: is a comma or a quote missing?", len(row), len(h.columns)))
		return r
	}
	for i, cell := range row {
		switch {
		case i >= len(h.columns) || h.columns[i] == nil:
			if strings.TrimSpace(cell) != "" {
				r.Problems = append(r.Problems, Problem{h.file, number, letter(i), "a cell outside the columns that have names"})
			}
		case utf8.RuneCountInString(cell) > maxCell:
			r.bad(h.columns[i].key, fmt.Sprintf("the cell has more than %d characters", maxCell))
		default:
			if err := h.columns[i].read(r.Entry, cell); err != nil {
				r.bad(h.columns[i].key, err.Error())
			}
		}
	}
	if !content.ValidID(r.Entry.ID) {
		r.bad("id", fmt.Sprintf("id %s is not topic/slug", brief(r.Entry.ID)))
	}
	return r
}

func (r *Row) bad(key, what string) { r.Problems = append(r.Problems, r.Problem(key, what)) }

// markTwins finds ids that stand in two rows: each of the two may be the one
// that is meant.
func markTwins(rows []Row) {
	first := map[string]int{}
	for i := range rows {
		id := rows[i].Entry.ID
		if id == "" {
			continue
		}
		if other, twin := first[id]; twin {
			rows[i].bad("id", fmt.Sprintf("id %q stands in row %d already", id, rows[other].Number))
			continue
		}
		first[id] = i
	}
}

// KeyAt names the key to which a line of an entry's file belongs, counted from
// 1: "citations", "remedy.door", and "short" or "lines" in the body.
func KeyAt(file []byte, line int) string {
	key, fences := "", 0
	for i, text := range strings.Split(string(file), "\n") {
		name, _, isKey := strings.Cut(text, ":")
		switch {
		case text == "---" && fences < 2:
			fences++
			if fences == 2 {
				key = "short"
			}
		case fences == 2 && (strings.HasPrefix(text, "! ") || strings.HasPrefix(text, "- ")):
			key = "lines"
		case fences < 2 && isKey && isPlainKey(name):
			key = name
		case strings.HasPrefix(key, "remedy") && isKey && isPlainKey(strings.TrimPrefix(name, "  ")):
			key = "remedy." + strings.TrimPrefix(name, "  ")
		}
		if i+1 == line {
			break
		}
	}
	return key
}

func isPlainKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}
