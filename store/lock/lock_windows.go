package lock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// ErrHeld means that another process has the lock.
var ErrHeld = errors.New("another process holds the lock")

// Take opens the file at path so that nobody else can, until it is closed
// or the process dies.
func Take(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	const sharingViolation = syscall.Errno(32)
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	return os.NewFile(uintptr(handle), path), nil
}
