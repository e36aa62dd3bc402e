package console

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestUploadsThatAreTooLarge: a file that is larger than one may be is read no
// further, and nothing of it is kept.
func TestUploadsThatAreTooLarge(t *testing.T) {
	for _, c := range []struct {
		name, who, file string
		size            int
		status          int
		says            string
	}{
		{"a little more than a file may have", "王编", "a.csv", maxFile + 1, http.StatusUnprocessableEntity, "10 MB"},
		{"more than the whole form may have", "王编", "a.csv", maxUpload + 1, http.StatusUnprocessableEntity, "10 MB"},
		{"much more", "王编", "a.xlsx", 3 * maxUpload, http.StatusUnprocessableEntity, "10 MB"},
		{"by whoever may not", "孙看", "a.csv", 100, http.StatusForbidden, sayRole},
		{"nothing", "王编", "a.csv", 0, http.StatusUnprocessableEntity, "文件"},
		{"a name with line ends and tags", "王编", "a\r\nX-Pufa: 1<script>.exe", 10, http.StatusUnprocessableEntity, "文件"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			resp, page := d.signedIn(t, c.who).uploadFile(t, c.file, bytes.Repeat([]byte("a"), c.size))
			says(t, resp, page, c.status, c.says)
			if len(r.steps) > 0 || strings.Contains(page, "<script>.exe") || resp.Header.Get("X-Pufa") != "" {
				t.Errorf("something was kept or put into the page: %v", r.steps)
			}
		})
	}
}
