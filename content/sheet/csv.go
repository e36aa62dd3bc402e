package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pufa/content"
)

// byteOrderMark tells Excel that a CSV is UTF-8; without it Chinese is garbled.
const byteOrderMark = "\ufeff"

// WriteCSV writes entries as CSV: UTF-8 with a byte order mark, every cell in
// quotes, lines that end as on Windows.
func WriteCSV(w io.Writer, entries []*content.Entry) error {
	all := columns()
	head := make([]string, len(all))
	for i, c := range all {
		head[i] = c.name
	}
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	writeRecord(&out, head)
	for _, e := range entries {
		row, err := cells(all, e)
		if err != nil {
			return fmt.Errorf("write csv: %w", err)
		}
		writeRecord(&out, row)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// writeRecord puts every cell in quotes, not only those that need it: in a
// program that splits at semicolons, 甲;=1+1 must not become two cells.
func writeRecord(out *bytes.Buffer, row []string) {
	for i, cell := range row {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(`"` + strings.ReplaceAll(disarm(cell), `"`, `""`) + `"`)
	}
	out.WriteString("\r\n")
}

// triggers begin a cell that spreadsheet programs evaluate, in both widths.
const triggers = "=+-@\t\r\n＝＋－＠"

// disarm puts a ' before a cell that would be evaluated, and before one that
// looks as if that had been done, so that arm knows what to take away.
func disarm(cell string) string {
	if isArmed(cell) {
		return "'" + cell
	}
	return cell
}

// arm undoes disarm.
func arm(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isArmed(rest) {
		return rest
	}
	return cell
}

func isArmed(cell string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'"))
	return strings.ContainsRune(triggers, first)
}

// ReadCSV reads the entries of a CSV, in UTF-8 or, as Excel saves it in
// Chinese Windows, in GB18030. file is its name for messages.
func ReadCSV(file string, in io.Reader) ([]Row, error) {
	data, err := readLimited(file, in)
	if err != nil {
		return nil, err
	}
	if data, err = Text(data); err != nil {
		return nil, Problem{File: file, What: err.Error()}
	}
	table, err := readTable(file, data)
	if err != nil {
		return nil, err
	}
	return readRows(file, table)
}

// readLimited reads a whole file that is no longer than a sheet may be.
func readLimited(file string, in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(data) > maxBytes {
		return nil, Problem{File: file, What: fmt.Sprintf("more than %d MiB", maxBytes>>20)}
	}
	return data, nil
}

// Text turns the bytes of a file into UTF-8 without a byte order mark: bytes
// that are no UTF-8 are read as GB18030, what Chinese Windows writes.
func Text(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return nil, errors.New("the text is UTF-16: save it as UTF-8")
	}
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, errors.New("the text is neither UTF-8 nor GB18030: save it as UTF-8")
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the file holds zero bytes: it is no text")
	}
	return bytes.TrimPrefix(data, []byte(byteOrderMark)), nil
}

// readTable splits a CSV into cells. A broken quote ends it, because all that
// comes after would be read in the wrong cells.
func readTable(file string, data []byte) (table [][]string, err error) {
	records := csv.NewReader(bytes.NewReader(data))
	records.FieldsPerRecord = -1
	next, read := 1, int64(0) // the line on which the next record begins, unless empty lines come first; bytes so far
	for {
		first := next
		row, err := records.Read()
		if err == io.EOF {
			return table, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			what := fmt.Sprintf("a quote is missing or one too many: the row begins on line %d of the file, the quote is on line %d", broken.StartLine, broken.Line)
			return nil, Problem{File: file, Row: len(table) + 1 + broken.StartLine - next, What: what}
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		line, _ := records.FieldPos(0)
		if len(table)+line-next >= maxRows {
			return nil, Problem{File: file, What: fmt.Sprintf("more than %d rows", maxRows)}
		}
		for ; next < line; next++ {
			table = append(table, nil) // the reader leaves out empty lines, a spreadsheet program counts them
		}
		for i := range row {
			row[i] = arm(row[i])
		}
		table = append(table, row)
		next, read = first+bytes.Count(data[read:records.InputOffset()], []byte("\n")), records.InputOffset()
	}
}
