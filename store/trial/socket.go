package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
)

// maxSocket is how long the path of a socket may be: the kernel's field has
// 104 bytes on some systems, 108 on others, with a zero at the end.
const maxSocket = 100

// socketName is the socket's name in the data folder.
const socketName = "redis.sock"

// at calls use with a path to name in dir that is short enough for a socket.
// A longer one is reached through an open folder, which Linux offers under
// /proc, or relative to where the program was started.
func at(dir, name string, use func(path string) error) error {
	path := filepath.Join(dir, name)
	if len(path) <= maxSocket {
		return use(path)
	}
	if runtime.GOOS == "linux" {
		folder, err := os.Open(dir)
		if err != nil {
			return fmt.Errorf("reach socket: %w", err)
		}
		defer folder.Close()
		return use(fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), name))
	}
	if here, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(here, path); err == nil && len(short) <= maxSocket {
			return use(short)
		}
	}
	return fmt.Errorf("the path of the socket %s has %d bytes, more than %d: choose a shorter PUFA_DATA_DIR", path, len(path), maxSocket)
}

// dialSocket connects to the process that holds the data of dir.
func dialSocket(ctx context.Context, dir string) (conn net.Conn, err error) {
	err = at(dir, socketName, func(path string) error {
		var d net.Dialer
		conn, err = d.DialContext(ctx, "unix", path)
		return err
	})
	return conn, err
}

// listenSocket offers the socket to the owner alone. It is made in a folder
// that only the owner can enter and moved to its place, over a dead one.
func listenSocket(dir string) (net.Listener, error) {
	private := filepath.Join(dir, "trial")
	var l *net.UnixListener
	err := os.Remove(filepath.Join(private, socketName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("listen on socket: %w", err)
	}
	err = at(private, socketName, func(path string) (err error) {
		l, err = net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listen on socket: %w", err)
	}
	l.SetUnlinkOnClose(false)
	place := filepath.Join(dir, socketName)
	if err := errors.Join(os.Chmod(filepath.Join(private, socketName), 0o600), os.Rename(filepath.Join(private, socketName), place)); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on socket: %w", err), l.Close())
	}
	return &listener{l, place}, nil
}

// listener takes its socket away when it is closed.
type listener struct {
	net.Listener
	path string
}

func (l *listener) Close() error {
	return errors.Join(os.Remove(l.path), l.Listener.Close())
}
