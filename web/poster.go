package web

import (
	"bytes"
	"fmt"
	"html/template"
)

// PosterPage is a poster alone on a page, to be printed on one sheet.
type PosterPage struct {
	Scene string
	Size  string // a4, a3, screen: which style it has
	Title string // the size as staff read it
	Back  string
	SVG   template.HTML
}

func (p *Pages) readPoster() error {
	set, err := template.New("poster").Funcs(p.funcs()).ParseFS(files, "templates/poster.html")
	if err != nil {
		return fmt.Errorf("parse page poster: %w", err)
	}
	p.sets["poster"] = set
	return nil
}

// Poster renders the page of a poster that is printed. It has no frame and no
// style within: the console's policy forbids it.
func (p *Pages) Poster(page PosterPage) ([]byte, error) {
	var b bytes.Buffer
	if err := p.sets["poster"].ExecuteTemplate(&b, "poster", page); err != nil {
		return nil, fmt.Errorf("render page poster: %w", err)
	}
	return b.Bytes(), nil
}
