package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"pufa/stats"
)

// mark makes spreadsheet programs read the file as UTF-8.
const mark = "\ufeff"

// CSV writes every figure and every part of one, one a line, beside the
// earlier periods. No cell of words is one that a spreadsheet program would
// evaluate. The same report gives the same bytes.
func CSV(w io.Writer, r Report) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	columns, _ := r.compareColumns()
	if err := out.Write(append([]string{"口径", "名称", "分项", "项", "单位", "数值"}, columns...)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for _, f := range r.Figures {
		if err := out.Write(r.csvRow(f, "", "")); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		for _, by := range slices.Sorted(maps.Keys(f.By)) {
			for _, part := range slices.Sorted(maps.Keys(f.By[by])) {
				if err := out.Write(r.csvRow(f, by, part)); err != nil {
					return fmt.Errorf("write report: %w", err)
				}
			}
		}
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write report: %w", out.Error())
	}
	return nil
}

// TableCSV writes one table of a report as it is shown, with the mark and the
// guards of CSV.
func TableCSV(w io.Writer, t *Table) error {
	rows := [][]string{append([]string(nil), t.Columns...)}
	for _, row := range t.Rows {
		texts := make([]string, len(row))
		for i, v := range row {
			if texts[i] = v.String(); !v.IsNumber() {
				texts[i] = Guard(texts[i])
			}
		}
		rows = append(rows, texts)
	}
	return Rows(w, rows)
}

// Rows writes rows as CSV for spreadsheet programs: UTF-8 with its mark, lines
// that end as theirs do. It changes no cell: see Guard.
func Rows(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (r Report) csvRow(f stats.Figure, by, part string) []string {
	cell, label, unitOf := f.Cell, "", unit(f.ID)
	if by != "" {
		cell, label = f.By[by][part], r.label(by, part)
	}
	if kind, ok := stats.KindOf(part); ok && f.ID == "publicity" {
		unitOf = kind.Unit
	}
	row := []string{f.Rule, nameOf(f.ID), cmp.Or(splitNames()[by], by), Guard(label), unitOf, shown(cell).String()}
	for _, v := range r.compare(f.ID, by, part, cell) {
		row = append(row, v.String())
	}
	return row
}

func splitNames() map[string]string {
	return map[string]string{
		"shape": "原因", "topic": "主题", "theme": "专题", "entry": "条目", "hour": "时段", "outcome": "答复方式", "source": "来源", "day": "日",
		"month": "月", "open_month": "月（本月未结）", "quarter": "季度", "open_quarter": "季度（本季未结）", "kind": "种类",
		"basis": "依据", "material": "资料", "scene": "场景码", "campaign": "推送",
	}
}

// formulas are the signs with which a cell begins that spreadsheet programs
// evaluate, the wide ones of a Chinese keyboard with them.
const formulas = "=+-@＝＋－＠\t\r\n|%"

// Guard makes words of what a spreadsheet program would evaluate.
func Guard(s string) string {
	trimmed := strings.TrimLeft(s, " \u3000")
	if trimmed != "" && strings.ContainsRune(formulas, []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}
