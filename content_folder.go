package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/content/sheet"
)

// The limits of a folder of entries.
const (
	maxEntryFiles = 10_000
	maxFileBytes  = 256 << 10 // content refuses more than 64 KiB of what is read
)

// libraryFolder is the shipped library with the entries of dir laid over it;
// dir alone where it is a whole library, with tables of its own. A folder that
// is not there yet, or none, adds nothing.
func libraryFolder(dir string) (o content.Overlay, problems []error, err error) {
	o = content.Overlay{FS: content.Shipped()}
	if dir == "" {
		return o, nil, nil
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return o, nil, nil
	}
	if _, err := os.Stat(filepath.Join(dir, "topics.yaml")); err == nil {
		o = content.Overlay{FS: os.DirFS(dir), Alone: true}
	}
	o.Files, problems, err = readEntryFiles(dir)
	return o, problems, err
}

// loadFolder loads the library of libraryFolder. Somebody may be at work in
// dir: an entry with a mistake counts as not there, and note is told.
func loadFolder(dir string, note func(format string, args ...any)) (content.Overlay, *content.Library, error) {
	o, problems, err := libraryFolder(dir)
	if err != nil {
		return o, nil, err
	}
	for _, problem := range problems {
		note("%v; it counts as not there", problem)
	}
	for {
		lib, err := content.Load(o)
		if err == nil {
			return o, lib, nil
		}
		found := false
		for _, mistake := range content.Mistakes(err) {
			name := mistake.File
			if _, ok := o.Files[name]; ok {
				delete(o.Files, name)
				found = true
				name = filepath.Join(dir, filepath.FromSlash(name))
				note("%s has mistakes and counts as not there; pufa content import %s lists them", name, name)
			}
		}
		if !found {
			return o, nil, err
		}
	}
}

// readEntryFiles reads every TOPIC/SLUG.md of a folder as text. Other Markdown
// is a problem, because it may be an entry in the wrong place; README.md,
// tables and what begins with a dot are not looked at.
func readEntryFiles(dir string) (files map[string][]byte, problems []error, err error) {
	files = map[string][]byte{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || path.Ext(name) != ".md" || name == "README.md":
			return nil
		case len(files) == maxEntryFiles:
			return fmt.Errorf("more than %d entries", maxEntryFiles)
		}
		shown := filepath.Join(dir, filepath.FromSlash(name))
		if !content.ValidID(strings.TrimSuffix(name, ".md")) {
			problems = append(problems, fmt.Errorf("%s: an entry stands at TOPIC/SLUG.md, in small letters, digits and -", shown))
			return nil
		}
		text, err := readEntryFile(shown)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		files[name] = text
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", dir, err)
	}
	return files, problems, nil
}

// readEntryFile reads one file as text with the line ends of Unix.
func readEntryFile(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%s: it is no plain file of at most %d KiB", name, maxFileBytes>>10)
	}
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxFileBytes))
	if err != nil {
		return nil, err
	}
	text, err := sheet.Text(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return []byte(strings.ReplaceAll(string(text), "\r\n", "\n")), nil
}

// putFiles writes files into a folder, all or none: each is written whole
// beside its place, then all are moved there, and a move that fails undoes
// those before it. Only a crash between two moves leaves some of them, each
// whole; doing the same again finishes it.
func putFiles(dir string, files map[string][]byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write to %s: %w", dir, err)
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	stage, err := os.MkdirTemp(dir, ".pufa-*")
	if err != nil {
		return err
	}
	m := mover{root: root, stage: filepath.Base(stage)}
	defer func() { err = errors.Join(err, root.RemoveAll(m.stage)) }()
	names := slices.Sorted(maps.Keys(files))
	for i, name := range names {
		if err := m.prepare(i, files[name]); err != nil {
			return err
		}
	}
	for i, name := range names {
		if err := m.move(i, name); err != nil {
			return errors.Join(err, m.undo())
		}
	}
	return nil
}

// mover moves prepared files to their places and can take it back.
type mover struct {
	root  *os.Root
	stage string
	done  []func() error // undoes one step each
}

func (m *mover) prepared(i int) string { return path.Join(m.stage, strconv.Itoa(i)) }

func (m *mover) prepare(i int, data []byte) error {
	out, err := m.root.OpenFile(m.prepared(i), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Sync(), out.Close())
}

func (m *mover) move(i int, name string) error {
	folder := path.Dir(name)
	if err := m.root.Mkdir(folder, 0o755); err == nil {
		m.done = append(m.done, func() error { return m.root.Remove(folder) })
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	before, err := m.root.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	existed := err == nil
	if err := m.root.Rename(m.prepared(i), name); err != nil {
		return err
	}
	m.done = append(m.done, func() error {
		if existed {
			return m.root.WriteFile(name, before, 0o644)
		}
		return m.root.Remove(name)
	})
	return nil
}

func (m *mover) undo() (err error) {
	for _, step := range slices.Backward(m.done) {
		err = errors.Join(err, step())
	}
	return err
}
