package statute

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// Reading is what was found in files and folders.
type Reading struct {
	Files    int       // looked at: Markdown and Word files
	Texts    []*Text   // one an id, in the order of paths
	Problems []Problem // files that were not imported, in the order of paths
	Twins    []Problem // files with the id and the words of another one
	Clashes  []Problem // files with the id of another one and other words, which are named
}

// LoadDir reads every Markdown and Word file (*.md, *.docx) below dir. A file
// that cannot be imported is in the list of problems, in the order of paths,
// and does not stop the others; the error is for a folder that cannot be
// walked, a context that ended, or a folder without a single text.
func LoadDir(ctx context.Context, dir string) (*Corpus, []Problem, error) {
	r, err := Read(ctx, []string{dir}, nil)
	if err != nil {
		return nil, nil, err
	}
	problems := slices.Concat(r.Problems, r.Twins, r.Clashes)
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	if len(r.Texts) == 0 {
		return nil, problems, fmt.Errorf("load statutes: no text among %d files in %s", r.Files, dir)
	}
	return NewCorpus(r.Texts), problems, nil
}

// Read reads files and whole folders. Of two files with the same id the one
// that knows its effective date is kept, then the one that knows its status,
// else the first. A file that cannot be
// imported is listed and does not stop the others; the error is for a path
// that does not exist and a context that ended. progress, which may be nil, is
// called after each file, one call at a time.
func Read(ctx context.Context, paths []string, progress func(done, of int)) (*Reading, error) {
	var files []lawFile
	for _, path := range paths {
		found, err := lawFiles(path, len(paths) > 1)
		if err != nil {
			return nil, fmt.Errorf("load statutes: %w", err)
		}
		files = append(files, found...)
	}
	texts, failed, err := readAll(ctx, files, progress)
	if err != nil {
		return nil, fmt.Errorf("load statutes from %s: %w", strings.Join(paths, ", "), err)
	}
	r := &Reading{Files: len(files)}
	at := map[string]int{}
	for i, t := range texts {
		if failed[i] != nil {
			r.Problems = append(r.Problems, Problem{files[i].name, failed[i].Error()})
			continue
		}
		if k, twice := at[t.ID]; twice {
			r.twin(k, t)
			continue
		}
		at[t.ID] = len(r.Texts)
		r.Texts = append(r.Texts, t)
	}
	return r, nil
}

// twin settles which of two texts with the same id is kept: the one that knows
// more of its dates and status, else the first.
func (r *Reading) twin(k int, t *Text) {
	kept, other := r.Texts[k], t
	if other.knows() > kept.knows() {
		kept, other = other, kept
		r.Texts[k] = kept
	}
	reason := "id " + t.ID + " is also that of " + kept.Path
	if words := wordDifference(other, kept); words != "" {
		r.Clashes = append(r.Clashes, Problem{other.Path, reason + ", and the words differ: " + words})
		return
	}
	r.Twins = append(r.Twins, Problem{other.Path, reason})
}

// knows ranks what a file says beyond the words.
func (t *Text) knows() int {
	return 2*one(t.Effective != "") + one(t.Status != "" && t.Status != Unknown)
}

// wordDifference names what differs between two texts, empty when only width
// and white space do.
func wordDifference(a, b *Text) string {
	if sameWords(a, b) {
		return ""
	}
	var parts []string
	for _, c := range Compare(b, a) {
		parts = append(parts, c.Number())
	}
	if len(parts) == 0 {
		return "outside the articles"
	}
	if n := len(parts); n > maxNamed {
		parts = append(parts[:maxNamed], fmt.Sprintf("and %d more", n-maxNamed))
	}
	return "articles " + strings.Join(parts, ", ")
}

// maxNamed is how many articles a message names.
const maxNamed = 10

// lawFile is a file to read, and what it is called in messages.
type lawFile struct{ path, name string }

// otherDocuments are kinds of files that a clerk may take for ones that can be
// read; they are named. Other files are passed over.
var otherDocuments = map[string]string{
	".doc": "a Word file of the old kind: save it as .docx", ".wps": "a WPS file: save it as .docx",
	".rtf": "an RTF file: save it as .docx", ".odt": "an OpenDocument file: save it as .docx",
	".pdf": "a PDF file: download the Word file instead", ".ofd": "an OFD file: download the Word file instead",
	".html": "a web page: download the Word file instead", ".htm": "a web page: download the Word file instead",
	".zip": "an archive: unpack it and import the folder", ".rar": "an archive: unpack it and import the folder",
	".7z": "an archive: unpack it and import the folder",
}

// lawFiles lists what path, a file or folder, has to read; named tells to put
// the folder's own name before those of its files.
func lawFiles(path string, named bool) ([]lawFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []lawFile{{path, filepath.Base(path)}}, nil
	}
	var files []lawFile
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !wanted(d.Name()) {
			return nil
		}
		name, err := filepath.Rel(path, file)
		if named {
			name = filepath.Join(filepath.Base(path), name)
		}
		files = append(files, lawFile{file, filepath.ToSlash(name)})
		return err
	})
	return files, err
}

// wanted reports whether a file of a folder is read, or named as one that
// cannot be. Word leaves ~$ files beside those that are open.
func wanted(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
		return false
	}
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".md" || ext == ".docx" || otherDocuments[ext] != ""
}

// readAll reads the files; texts[i] or failed[i] belongs to files[i].
func readAll(ctx context.Context, files []lawFile, progress func(done, of int)) ([]*Text, []error, error) {
	texts, failed := make([]*Text, len(files)), make([]error, len(files))
	next, done := make(chan int), make(chan struct{})
	var wg sync.WaitGroup
	for range loaders {
		wg.Go(func() {
			for i := range next {
				texts[i], failed[i] = files[i].read()
				done <- struct{}{}
			}
		})
	}
	var reporter sync.WaitGroup
	reporter.Go(func() {
		n := 0
		for range done {
			if n++; progress != nil {
				progress(n, len(files))
			}
		}
	})
	err := feed(ctx, next, len(files))
	wg.Wait()
	close(done)
	reporter.Wait()
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

func (f lawFile) read() (*Text, error) {
	ext := strings.ToLower(filepath.Ext(f.path))
	if why := otherDocuments[ext]; why != "" {
		return nil, errors.New(why)
	}
	limit, parse := MaxFileBytes, func(file []byte) (*Text, error) { return ParseText(file) }
	switch ext {
	case ".md":
	case ".docx":
		limit, parse = MaxDocxBytes, func(file []byte) (*Text, error) { return ParseWord(f.name, file) }
	default:
		return nil, fmt.Errorf("%q is neither .md nor .docx", ext)
	}
	file, err := readFile(f.path, limit)
	if err != nil {
		return nil, err
	}
	t, err := parse(file)
	if err != nil {
		return nil, err
	}
	t.Path = f.name
	return t, nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	if info.Size() > int64(limit) {
		return nil, fmt.Errorf("file has %d bytes, at most %d are read", info.Size(), limit)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	// One byte more than the limit: the parsers see a file that has grown.
	file, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return file, nil
}
