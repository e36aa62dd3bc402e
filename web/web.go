// Package web renders the pages that residents see and serves their style and
// scripts, all of it embedded in the binary. It decides nothing: what stands on
// a page is in the page's struct. It never loads anything from elsewhere, and
// no page has a style or script inside it.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed templates/*.html templates/console/*.html templates/console/_*.html static/*
var files embed.FS

// StaticPath is where Static serves; addresses of assets begin with it.
const StaticPath = "/static/"

// Pages holds the parsed pages. Any number of goroutines may render.
type Pages struct {
	sets   map[string]*template.Template
	assets map[string]asset
	banner string // stands over every page; empty: none does
}

type asset struct {
	data []byte
	kind string
	tag  string // the start of the content's hash
}

// New parses the pages. An error is a mistake in this package.
func New() (*Pages, error) {
	p := &Pages{sets: map[string]*template.Template{}, assets: map[string]asset{}}
	if err := p.readAssets(); err != nil {
		return nil, err
	}
	for _, name := range []string{"entry", "notice", "privacy", "index", "scene", "try", "demo"} {
		set, err := template.New(name).Funcs(p.funcs()).
			ParseFS(files, "templates/base.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
		p.sets[name] = set
	}
	if err := p.readPoster(); err != nil {
		return nil, err
	}
	return p, p.readConsole()
}

// funcs are what templates may call.
func (p *Pages) funcs() template.FuncMap {
	return template.FuncMap{"asset": p.address, "banner": func() string { return p.banner }}
}

// Under returns the same pages with a banner over every one: that it is a
// demonstration, and none of it true.
func (p *Pages) Under(banner string) (*Pages, error) {
	again, err := New()
	if err == nil {
		again.banner = banner
	}
	return again, err
}

func (p *Pages) readAssets() error {
	list, err := fs.ReadDir(files, "static")
	if err != nil {
		return fmt.Errorf("read embedded assets: %w", err)
	}
	for _, f := range list {
		data, err := fs.ReadFile(files, "static/"+f.Name())
		if err != nil {
			return fmt.Errorf("read embedded assets: %w", err)
		}
		sum := sha256.Sum256(data)
		p.assets[f.Name()] = asset{data, kindOf(f.Name()), hex.EncodeToString(sum[:6])}
	}
	return nil
}

// kindOf does not ask the machine's own table, which may know less or else.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// address returns where an asset is served, with its hash, so that a browser
// may keep it until it changes. An unknown name is an error of the template.
func (p *Pages) address(name string) (string, error) {
	a, ok := p.assets[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %s", name)
	}
	return StaticPath + name + "?v=" + a.tag, nil
}

// Static serves the assets under StaticPath.
func (p *Pages) Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := p.assets[strings.TrimPrefix(r.URL.Path, StaticPath)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("ETag", `"`+a.tag+`"`)
		h.Set("Cache-Control", "no-cache")
		if r.URL.Query().Get("v") == a.tag {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeContent(w, r, "", noTime, bytes.NewReader(a.data))
	})
}

func (p *Pages) render(name string, page any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.sets[name].ExecuteTemplate(&b, "base", page); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return b.Bytes(), nil
}
