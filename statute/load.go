package statute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// loaders is how many files are read at once; the machines this runs on have
// two cores.
const loaders = 2

// Problem names a file, relative to the folder loaded, and why it was not
// imported or what is odd about it.
type Problem struct {
	Path   string
	Reason string
}

func (p Problem) String() string { return p.Path + ": " + p.Reason }

// LoadDir reads every Markdown file (*.md) below dir. A file that cannot be
// imported is in the list of problems, in the order of paths, and does not stop
// the others; the error is for a folder that cannot be walked, a context that
// ended, or a folder without a single text.
func LoadDir(ctx context.Context, dir string) (*Corpus, []Problem, error) {
	paths, err := markdownFiles(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("load statutes: %w", err)
	}
	texts, failed, err := readAll(ctx, dir, paths)
	if err != nil {
		return nil, nil, fmt.Errorf("load statutes from %s: %w", dir, err)
	}
	var problems []Problem
	kept, byID := texts[:0], map[string]string{}
	for i, t := range texts {
		switch {
		case failed[i] != nil:
			problems = append(problems, Problem{paths[i], failed[i].Error()})
		case byID[t.ID] != "":
			problems = append(problems, Problem{paths[i], "id " + t.ID + " is also that of " + byID[t.ID]})
		default:
			byID[t.ID] = paths[i]
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return nil, problems, fmt.Errorf("load statutes: no text among %d Markdown files in %s", len(paths), dir)
	}
	return NewCorpus(kept), problems, nil
}

func markdownFiles(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".md") {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		paths = append(paths, rel)
		return err
	})
	return paths, err
}

// readAll reads the files; texts[i] or failed[i] belongs to paths[i].
func readAll(ctx context.Context, dir string, paths []string) ([]*Text, []error, error) {
	texts, failed := make([]*Text, len(paths)), make([]error, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range loaders {
		wg.Go(func() {
			for i := range next {
				texts[i], failed[i] = readFile(dir, paths[i])
			}
		})
	}
	err := feed(ctx, next, len(paths))
	wg.Wait()
	return texts, failed, err
}

func feed(ctx context.Context, next chan<- int, n int) error {
	defer close(next)
	for i := range n {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case next <- i:
		}
	}
	return ctx.Err()
}

func readFile(dir, path string) (*Text, error) {
	f, err := os.Open(filepath.Join(dir, path))
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	// One byte more than the limit, so that ParseText sees that it is too long.
	file, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	t, err := ParseText(file)
	if err != nil {
		return nil, err
	}
	t.Path = filepath.ToSlash(path)
	return t, nil
}
