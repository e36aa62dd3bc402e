package report

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
)

// defaultKind is one of the kinds of content that a workbook lists; excelize
// lists them in the order of a map, another one each time.
var defaultKind = regexp.MustCompile(`<Default [^>]*></Default>`)

const contentKinds = "[Content_Types].xml"

// repack writes a workbook again so that the same content gives the same
// bytes: its parts by name, and what excelize leaves to chance in order.
func repack(w io.Writer, book []byte) error {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return fmt.Errorf("repack: %w", err)
	}
	out := zip.NewWriter(w)
	for _, f := range sorted(in.File) {
		part, err := contentOf(f)
		if err == nil {
			err = writePart(out, f.Name, part)
		}
		if err != nil {
			return fmt.Errorf("repack %s: %w", f.Name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("repack: %w", err)
	}
	return nil
}

func sorted(files []*zip.File) []*zip.File {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b *zip.File) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return files
}

func contentOf(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	part, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if f.Name == contentKinds {
		part = inOrder(part)
	}
	return part, nil
}

// inOrder sorts the kinds of content.
func inOrder(part []byte) []byte {
	var kinds [][]byte
	for _, kind := range defaultKind.FindAll(part, -1) {
		kinds = append(kinds, bytes.Clone(kind))
	}
	slices.SortFunc(kinds, bytes.Compare)
	next := 0
	return defaultKind.ReplaceAllFunc(part, func([]byte) []byte {
		next++
		return kinds[next-1]
	})
}

func writePart(z *zip.Writer, name string, part []byte) error {
	out, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = out.Write(part)
	return err
}
