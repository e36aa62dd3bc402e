package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

const consoleDir = "templates/console"

// readConsole parses the pages of the staff console: every file of its folder
// but base.html and the parts, whose names begin with an underscore.
func (p *Pages) readConsole() error {
	list, err := fs.ReadDir(files, consoleDir)
	if err != nil {
		return fmt.Errorf("read embedded pages: %w", err)
	}
	for _, f := range list {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name == "base" || strings.HasPrefix(name, "_") {
			continue
		}
		set, err := template.New(name).Funcs(p.funcs()).
			ParseFS(files, path.Join(consoleDir, "base.html"), path.Join(consoleDir, "_*.html"), path.Join(consoleDir, f.Name()))
		if err != nil {
			return fmt.Errorf("parse console page %s: %w", name, err)
		}
		p.sets["console/"+name] = set
	}
	return nil
}

// Console renders a page of the staff console.
func (p *Pages) Console(name string, page any) ([]byte, error) {
	set, ok := p.sets["console/"+name]
	if !ok {
		return nil, fmt.Errorf("render console page %s: there is no such page", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "console", page); err != nil {
		return nil, fmt.Errorf("render console page %s: %w", name, err)
	}
	return b.Bytes(), nil
}
