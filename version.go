package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version prints what was built: the module's version or commit, and with
// which Go.
func (p program) version(_ context.Context, args []string) error {
	f := p.newFlags("version", "")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	_, err := fmt.Fprintf(p.stdout, "pufa %s %s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// buildVersion is the tag or commit that the toolchain stamped.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}
