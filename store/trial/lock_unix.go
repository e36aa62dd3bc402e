//go:build unix

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

// takeLock locks the file at path until it is closed or the process dies.
func takeLock(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock trial store: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, fmt.Errorf("lock trial store: %w", err)
}
