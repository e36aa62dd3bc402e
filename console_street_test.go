package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"pufa/config"
	"pufa/store"
	"pufa/web"
)

// What staff wrote in the console heads reports and posters made at the
// terminal, too; until then the settings do.
func TestTheStreetFromTheConsoleComesFirst(t *testing.T) {
	p := program{noAccount(t).get, time.Now, strings.NewReader(""), io.Discard, io.Discard, shipped(t)}
	set := config.Street{Name: "设置街道", Phone: "0"}
	err := p.withStore(t.Context(), func(st *store.Store) error {
		if got, err := toldStreet(t.Context(), st, set); err != nil || got != set {
			t.Errorf("before: %+v, %v, want the settings", got, err)
		}
		told := web.Street{Name: "后台街道", Office: "后台司法所"}
		if err := (streets{st, time.Now}).PutStreet(t.Context(), "王管", told, 0); err != nil {
			return err
		}
		if got, err := toldStreet(t.Context(), st, set); err != nil || got != config.Street(told) {
			t.Errorf("afterwards: %+v, %v, want what was written", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
