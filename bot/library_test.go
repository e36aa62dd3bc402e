package bot

import (
	"sync"
	"testing"

	"pufa/content"
)

// shippedBefore is made once for all tests of this package: none of them may
// change what it holds.
var shippedBefore = sync.OnceValues(func() (*Engine, error) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		return nil, err
	}
	return New(lib, Options{}), nil
})

// sharedEngine is an engine over the library that the program carries.
func sharedEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := shippedBefore()
	if err != nil {
		t.Fatalf("load the library: %v", err)
	}
	return e
}

// shippedLibrary is the library that the program carries.
func shippedLibrary(t testing.TB) *content.Library {
	t.Helper()
	return sharedEngine(t).Library()
}
