//go:build unix

// Package lock keeps two processes from working in one folder. A lock ends with
// the process that took it, however that ends; it never waits.
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

// Take locks the file at path until it is closed or the process dies.
func Take(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrHeld
	}
	return nil, fmt.Errorf("take lock: %w", err)
}
