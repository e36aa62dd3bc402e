package trial

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// errHeld means that another process has the lock.
var errHeld = errors.New("another process holds the trial store")

// takeLock opens the file at path so that nobody else can, until it is closed
// or the process dies.
func takeLock(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("lock trial store: %w", err)
	}
	const sharingViolation = syscall.Errno(32)
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errHeld
	}
	if err != nil {
		return nil, fmt.Errorf("lock trial store: %w", err)
	}
	return os.NewFile(uintptr(handle), path), nil
}
