package console

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTextGoesOutCompressed(t *testing.T) {
	long := strings.Repeat("居民问过的话。", 300)
	for _, c := range []struct {
		name, accept, kind string
		status             int
		body               string
		zipped             bool
	}{
		{"a page, to a browser", "gzip, deflate, br", "text/html; charset=utf-8", 200, long, true},
		{"a table", "br;q=1.0, GZIP;q=0.8", "text/csv; charset=utf-8", 200, long, true},
		{"a page that says what went wrong", "gzip", "text/html; charset=utf-8", 422, long, true},
		{"to whoever takes nothing", "", "text/html", 200, long, false},
		{"to whoever takes something else", "br, x-gzip", "text/html", 200, long, false},
		{"to whoever refuses it", "gzip;q=0.0, *", "text/html", 200, long, false},
		{"a document is compressed already", "gzip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 200, long, false},
		{"a redirect has no body", "gzip", "", 303, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.kind != "" {
					w.Header().Set("Content-Type", c.kind)
				}
				if c.status != 200 {
					w.WriteHeader(c.status)
				}
				_, _ = io.WriteString(w, c.body[:len(c.body)/2])
				_, _ = io.WriteString(w, c.body[len(c.body)/2:])
			}))
			for range 2 { // the second takes the writer of the first
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("Accept-Encoding", c.accept)
				got := httptest.NewRecorder()
				h.ServeHTTP(got, r)
				if zipped := got.Header().Get("Content-Encoding") == "gzip"; zipped != c.zipped || zipped != (got.Header().Get("Vary") == "Accept-Encoding") {
					t.Fatalf("compressed: %v, want %v: %v", zipped, c.zipped, got.Header())
				}
				if body := unzipped(t, got); body != c.body || got.Code != c.status {
					t.Errorf("%d, %d bytes, want %d, %d", got.Code, len(body), c.status, len(c.body))
				}
			}
		})
	}
}

func unzipped(t *testing.T, got *httptest.ResponseRecorder) string {
	t.Helper()
	from := io.Reader(got.Body)
	if got.Header().Get("Content-Encoding") == "gzip" {
		if got.Body.Len() > 1000 {
			t.Errorf("%d bytes are not compressed", got.Body.Len())
		}
		var err error
		if from, err = gzip.NewReader(got.Body); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A page that panics on the way must not look whole.
func TestWhatIsCutOffDoesNotLookWhole(t *testing.T) {
	server := httptest.NewServer(compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("read whole: %q", body)
	}
}
