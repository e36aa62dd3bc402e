package bot

import (
	"testing"

	"pufa/content"
)

// shippedLibrary is the library that the program carries.
func shippedLibrary(t testing.TB) *content.Library {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}
