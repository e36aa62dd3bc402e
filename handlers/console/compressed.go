package console

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// compressed lets what is text go out compressed where the browser takes it: a
// page of figures shrinks to a seventh, and an office shares one line. That the
// length then tells of the content is no matter here: no page holds a secret of
// the console's own beside words that another site can put into its address.
func compressed(next http.Handler) http.Handler {
	writers := &sync.Pool{New: func() any {
		zip, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		if err != nil {
			panic("compress pages: " + err.Error()) // the level is one that gzip has
		}
		return zip
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !takesGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		zw := &zipWriter{ResponseWriter: w, writers: writers}
		next.ServeHTTP(zw, r)
		zw.close() // not after a panic: what is cut off must not look whole
	})
}

// takesGzip reports whether the browser says so.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !ok || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// zipWriter compresses a body whose head says that it is text.
type zipWriter struct {
	http.ResponseWriter
	writers *sync.Pool
	zip     *gzip.Writer // nil: it goes out as it is
	begun   bool
}

func (w *zipWriter) WriteHeader(status int) {
	if h := w.Header(); !w.begun && status >= http.StatusOK && h.Get("Content-Encoding") == "" && isText(h.Get("Content-Type")) {
		h.Add("Vary", "Accept-Encoding")
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		w.zip = w.writers.Get().(*gzip.Writer)
		w.zip.Reset(w.ResponseWriter)
	}
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

// isText reports whether a body of the kind is worth it: documents and
// workbooks are compressed already.
func isText(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "image/svg+xml"
}

func (w *zipWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.zip == nil {
		return w.ResponseWriter.Write(b)
	}
	return w.zip.Write(b)
}

// close ends the body. That the browser is gone is nobody's concern.
func (w *zipWriter) close() {
	if w.zip != nil {
		_ = w.zip.Close()
		w.writers.Put(w.zip)
		w.zip = nil
	}
}
