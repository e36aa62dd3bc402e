package content

import (
	"strings"
	"testing"
)

func TestForbids(t *testing.T) {
	lib, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"a law that ended is named with what took its place", "依照婚姻法第十条，可以主张。", "民法典"},
		{"an announcement states nothing", "周五上午九点，司法所现场答疑。", ""},
		{"a correction may pass", "《婚姻法》已废止，现在看民法典。", ""},
	} {
		got := strings.Join(lib.Forbids(c.text), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: Forbids = %q, want %q in it", c.name, got, c.want)
		}
	}
}
