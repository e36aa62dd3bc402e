package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pufa/backup"
	"pufa/staff"
	"pufa/store"
)

// backup writes everything that is not derived into one sealed file. A server
// may go on answering meanwhile.
func (p program) backup(ctx context.Context, args []string) error {
	f := p.newFlags("backup", "FILE")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("backup: want pufa backup FILE; the passphrase is asked, or read from the standard input")
	}
	if _, err := os.Lstat(f.Arg(0)); err == nil {
		return fmt.Errorf("backup: %s exists already: choose another name, an old backup is never written over", f.Arg(0))
	}
	passphrase, err := p.newPassphrase()
	if err != nil {
		return err
	}
	var lines int64
	err = p.withStore(ctx, func(st *store.Store) error {
		lines, err = writeBackup(ctx, st, f.Arg(0), passphrase, p.now())
		return err
	})
	return p.told(err, "已备份到 %s：账本 %d 行。请把文件和口令分开保管，没有口令谁也打不开。\n", f.Arg(0), lines)
}

// newPassphrase asks twice at a terminal: a slip of the finger would make the
// backup worthless.
func (p program) newPassphrase() (string, error) {
	first, err := p.password(fmt.Sprintf("备份口令（至少%d个字）: ", backup.MinPassphrase))
	if err != nil || !p.atTerminal() {
		return first, err
	}
	again, err := p.password("再输一遍: ")
	if err == nil && again != first {
		err = errors.New("the two passphrases differ: nothing was written")
	}
	return first, err
}

// writeBackup writes beside the name and moves the file there when it is whole
// and on the disk.
func writeBackup(ctx context.Context, st *store.Store, name, passphrase string, now time.Time) (lines int64, err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".pufa-backup-*") // mode 0600
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	lines, err = fillBackup(ctx, st, file, passphrase, now)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	if err = os.Link(file.Name(), name); err != nil { // unlike a rename it never replaces a file
		return 0, fmt.Errorf("backup: %w", err)
	}
	_ = os.Remove(file.Name())
	if err := st.SetBackedUp(ctx, now); err != nil {
		return lines, fmt.Errorf("the backup is whole, but when it was made could not be kept: %w", err)
	}
	step := staff.Draft{At: now, Who: staff.Terminal, Did: "make backup", Note: fmt.Sprintf("%d ledger lines", lines)}
	return lines, st.Record(ctx, step)
}

func fillBackup(ctx context.Context, st *store.Store, to io.Writer, passphrase string, now time.Time) (int64, error) {
	w, err := backup.NewWriter(to, passphrase, backup.Head{
		Made: now.UTC(), Account: st.Name(), Fingerprint: st.Fingerprint(), Program: buildVersion(),
	})
	if err != nil {
		return 0, err
	}
	lines, err := st.Backup(ctx, w.Put)
	if err != nil {
		return 0, err
	}
	return lines, w.Close()
}

// restore fills an empty store from a backup. The file is read to its end
// before anything is written.
func (p program) restore(ctx context.Context, args []string) error {
	f := p.newFlags("restore", "FILE")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("restore: want pufa restore FILE, with the server stopped and an empty store")
	}
	passphrase, err := p.password("备份口令: ")
	if err != nil {
		return err
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	st, err := openEmpty(ctx, settings, p.now, quietLog(p.stderr))
	if err != nil {
		return err
	}
	got, err := readBackup(ctx, st, f.Arg(0), passphrase)
	if err = errors.Join(err, st.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "已恢复：账本 %d 行，计数已按账本重新算出。\n", got.Lines)
	if got.Held > 0 {
		fmt.Fprintf(p.stdout, "有 %d 个推送停下等人核实：备份之后是否已经发出，程序不知道，不会自动再发。\n", got.Held)
	}
	fmt.Fprintln(p.stdout, "请运行 pufa stats verify 核对。")
	return nil
}

func readBackup(ctx context.Context, st *store.Store, name, passphrase string) (store.Restored, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return store.Restored{}, fmt.Errorf("restore: there is no file %s", name)
	}
	if err != nil {
		return store.Restored{}, fmt.Errorf("restore: %w", err)
	}
	defer file.Close()
	whole := func(backup.Record) error { return nil }
	if err := eachRecord(file, st, passphrase, whole); err != nil {
		return store.Restored{}, fmt.Errorf("restore %s: %w; nothing was changed", name, err)
	}
	return st.Restore(ctx, func(put func(backup.Record) error) error {
		return eachRecord(file, st, passphrase, put)
	})
}

// eachRecord reads the file from its start.
func eachRecord(file io.ReadSeeker, st *store.Store, passphrase string, do func(backup.Record) error) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	return backup.Read(file, passphrase, func(h backup.Head) error { return fits(h, st) }, do)
}

// fits refuses what another secret or account was kept under: every pseudonym
// would be a stranger's.
func fits(h backup.Head, st *store.Store) error {
	if h.Fingerprint == st.Fingerprint() {
		return nil
	}
	return fmt.Errorf("it was made with another PUFA_SECRET or another account (%s, fingerprint %s; ours: %s, %s): "+
		"set PUFA_SECRET and PUFA_WECHAT_APP_ID to those it was made with", h.Account, h.Fingerprint, st.Name(), st.Fingerprint())
}
