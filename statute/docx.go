package statute

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits on a Word file. The largest real one has 0.2 MB, unpacks to 1.8 MB
// and never packs more than 30 to 1.
const (
	MaxDocxBytes   = 16 << 20
	maxDocumentXML = 64 << 20
	maxZipEntries  = 2000
	maxXMLDepth    = 200
	// A document over ratioFrom bytes may not be more than maxRatio times as
	// large unpacked as packed.
	maxRatio  = 150
	ratioFrom = 1 << 20
)

// blanks are cut off the ends of a paragraph, marks of no width included.
const blanks = " \t\r\u00a0\u200b\ufeff　"

const documentPart = "word/document.xml"

// wordLines returns the paragraphs of a Word file (docx), one a line, and rows
// of tables as "| a | b |". Text that tracked changes deleted is left out. It
// refuses what is no Word file and what unpacks beyond the limits, and says
// what the file looks like instead.
func wordLines(file []byte) ([]string, error) {
	if len(file) > MaxDocxBytes {
		return nil, fmt.Errorf("file has %d bytes, at most %d are read", len(file), MaxDocxBytes)
	}
	document, err := openDocument(file)
	if err != nil {
		return nil, err
	}
	defer document.Close()
	limited := &io.LimitedReader{R: document, N: maxDocumentXML + 1}
	w := wordReader{xml: xml.NewDecoder(limited)}
	err = w.read()
	if limited.N <= 0 {
		return nil, fmt.Errorf("%s unpacks to more than %d bytes", documentPart, maxDocumentXML)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", documentPart, err)
	}
	return w.lines, nil
}

// openDocument finds the part of the archive that holds the text.
func openDocument(file []byte) (io.ReadCloser, error) {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, notZip(file, err)
	}
	if len(archive.File) > maxZipEntries {
		return nil, fmt.Errorf("archive has %d parts, at most %d are read", len(archive.File), maxZipEntries)
	}
	for _, part := range archive.File {
		if part.Name != documentPart {
			continue
		}
		if err := checkSize(part); err != nil {
			return nil, err
		}
		document, err := part.Open()
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", documentPart, err)
		}
		return document, nil
	}
	for _, part := range archive.File {
		if lower := strings.ToLower(part.Name); strings.HasSuffix(lower, ".docx") || strings.HasSuffix(lower, ".zip") {
			return nil, errors.New("an archive of files, no Word file: unpack it and import the folder")
		}
	}
	return nil, fmt.Errorf("no Word file: the archive has no %s", documentPart)
}

func checkSize(part *zip.File) error {
	if part.UncompressedSize64 > maxDocumentXML {
		return fmt.Errorf("%s unpacks to %d bytes, at most %d are read", documentPart, part.UncompressedSize64, maxDocumentXML)
	}
	if part.UncompressedSize64 > ratioFrom && part.UncompressedSize64/max(1, part.CompressedSize64) > maxRatio {
		return fmt.Errorf("%s is packed more than %d to 1: no Word processor writes that", documentPart, maxRatio)
	}
	return nil
}

// notZip says what a file that is no archive may be.
func notZip(file []byte, err error) error {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return fmt.Errorf("the Word file is cut off or broken: download it again: %w", err)
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		return errors.New("a Word file of the old kind (.doc): save it as .docx")
	case bytes.HasPrefix(file, []byte("%PDF")):
		return errors.New("a PDF file named .docx: download the Word file instead")
	case len(file) == 0:
		return errors.New("file is empty")
	}
	return fmt.Errorf("no Word file: %w", err)
}

// wordReader walks through the elements of a document.
type wordReader struct {
	xml   *xml.Decoder
	lines []string

	open  []strings.Builder // paragraphs being read: a text box stands inside one
	cells [][]string        // of the rows being read: a table stands inside one
}

// Elements whose text is not the document's: deleted or moved away, another
// form of what stands beside it, instructions to the Word processor.
var skippedElements = map[string]bool{
	"del": true, "moveFrom": true, "Fallback": true, "instrText": true, "delText": true,
	"pPr": true, "rPr": true, "sectPr": true, "tblPr": true, "tcPr": true, "trPr": true,
}

func (w *wordReader) read() error {
	depth, texts := 0, 0
	for {
		token, err := w.xml.RawToken()
		if errors.Is(err, io.EOF) {
			return w.atEnd(depth)
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return fmt.Errorf("elements stand more than %d deep", maxXMLDepth)
			}
			if skippedElements[token.Name.Local] {
				if err := w.skip(); err != nil {
					return err
				}
				depth--
				break
			}
			w.start(token.Name.Local)
			texts += one(token.Name.Local == "t")
		case xml.EndElement:
			depth--
			texts -= one(token.Name.Local == "t")
			if err := w.end(token.Name.Local); err != nil {
				return err
			}
		case xml.CharData:
			if texts > 0 {
				w.write(string(token))
			}
		}
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// atEnd tells a whole document from one that was cut off, and from none.
func (w *wordReader) atEnd(depth int) error {
	if depth != 0 || len(w.open) != 0 {
		return io.ErrUnexpectedEOF
	}
	if len(w.lines) == 0 {
		return errors.New("no text in it")
	}
	return nil
}

// skip passes over the rest of the element that has just begun.
func (w *wordReader) skip() error {
	for depth := 1; depth > 0; {
		token, err := w.xml.RawToken()
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return fmt.Errorf("elements stand more than %d deep", maxXMLDepth)
			}
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

func (w *wordReader) start(name string) {
	switch name {
	case "p":
		w.open = append(w.open, strings.Builder{})
	case "tr":
		w.cells = append(w.cells, nil)
	case "tc":
		if n := len(w.cells); n > 0 {
			w.cells[n-1] = append(w.cells[n-1], "")
		}
	case "tab":
		w.write("　")
	case "br", "cr":
		w.write("\n")
	case "noBreakHyphen":
		w.write("-")
	}
}

func (w *wordReader) write(s string) {
	if n := len(w.open); n > 0 {
		w.open[n-1].WriteString(s)
	}
}

func (w *wordReader) end(name string) error {
	switch name {
	case "p":
		return w.endParagraph()
	case "tr":
		n := len(w.cells)
		if n == 0 {
			return errors.New("a row of a table ends that did not begin")
		}
		row := w.cells[n-1]
		w.cells = w.cells[:n-1]
		return w.put("| " + strings.Join(row, " | ") + " |")
	}
	return nil
}

func (w *wordReader) endParagraph() error {
	n := len(w.open)
	if n == 0 {
		return errors.New("a paragraph ends that did not begin")
	}
	text := w.open[n-1].String()
	w.open = w.open[:n-1]
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Trim(line, blanks); line == "" {
			continue
		}
		if err := w.put(line); err != nil {
			return err
		}
	}
	return nil
}

// put adds a line to the cell being read, or to the document.
func (w *wordReader) put(line string) error {
	if len(line) > MaxLineBytes {
		return fmt.Errorf("a paragraph has %d bytes, at most %d are read", len(line), MaxLineBytes)
	}
	n := len(w.cells)
	if n == 0 || len(w.cells[n-1]) == 0 {
		w.lines = append(w.lines, line)
		return nil
	}
	row := w.cells[n-1]
	row[len(row)-1] = strings.TrimSpace(row[len(row)-1] + " " + line)
	return nil
}
