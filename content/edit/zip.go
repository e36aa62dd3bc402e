package edit

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"pufa/content"
	"pufa/content/sheet"
)

// The limits of a zip of Markdown, which can unpack to more than the memory
// holds.
const (
	maxZipParts = 2000
	maxZipFile  = 256 << 10 // bytes; content refuses more than 64 KiB of what is read
	maxZipAll   = 16 << 20
)

// AddZip takes every TOPIC/SLUG.md of a zip, whatever folder they stand in;
// name is that of the zip. Other Markdown is a mistake, other files are not
// looked at. An error, a Mistake, means that nothing of it can be used.
func (i *Intake) AddZip(name string, data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Mistake{File: name, What: fmt.Sprintf("it is no zip file: %v", err)}
	}
	if len(archive.File) > maxZipParts {
		return Mistake{File: name, What: fmt.Sprintf("it has %d parts, at most %d", len(archive.File), maxZipParts)}
	}
	left := int64(maxZipAll)
	seen := map[string]bool{}
	for _, part := range archive.File {
		file := entryIn(part.Name)
		if file == "" {
			continue
		}
		place := name + " " + part.Name
		switch {
		case !content.ValidID(strings.TrimSuffix(file, ".md")):
			i.Mistakes = append(i.Mistakes, Mistake{File: place, What: "an entry stands at TOPIC/SLUG.md, in small letters, digits and -"})
			continue
		case seen[file]:
			i.Mistakes = append(i.Mistakes, Mistake{File: place, What: "it stands twice"})
			continue
		}
		seen[file] = true
		text, err := unpacked(part, min(left, maxZipFile))
		if err != nil {
			return Mistake{File: place, What: err.Error()}
		}
		left -= int64(len(text))
		i.Add(file, place, text)
	}
	return nil
}

// entryIn is where an entry of a zip stands in a library; empty for what is
// none.
func entryIn(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	base := path.Base(name)
	if path.Ext(base) != ".md" || strings.HasPrefix(base, ".") || strings.HasPrefix(name, "__MACOSX/") || strings.EqualFold(base, "README.md") {
		return ""
	}
	return path.Base(path.Dir(name)) + "/" + base
}

var errZipLong = errors.New("it unpacks to more than may be read")

// unpacked reads at most most bytes of a part, whatever size it declares.
func unpacked(part *zip.File, most int64) ([]byte, error) {
	if part.UncompressedSize64 > uint64(max(most, 0)) {
		return nil, errZipLong
	}
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, errZipLong
	}
	text, err := sheet.Text(data)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), nil
}

// WriteZip writes entries as a zip of TOPIC/SLUG.md, which AddZip reads.
func WriteZip(w io.Writer, entries []*content.Entry) error {
	out := zip.NewWriter(w)
	for _, e := range entries {
		text, err := content.FormatEntry(e)
		if err != nil {
			return fmt.Errorf("write zip: %w", err)
		}
		part, err := out.Create(e.ID + ".md")
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			return fmt.Errorf("write zip: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write zip: %w", err)
	}
	return nil
}
