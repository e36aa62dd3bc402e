package main

import (
	"context"
	"maps"

	"pufa/staff"
)

// TestAccount reports whether a person is a test account of staff, as the store
// said a second ago. It answers from memory.
func (b *board) TestAccount(openid string) bool {
	tests := b.seen.Load().tests
	if len(tests) == 0 {
		return false
	}
	_, ok := tests[b.store.TesterMark(openid)]
	return ok
}

// BindTest makes a person a test account by a code; from then on TestAccount
// knows them here, and within a second everywhere.
func (b *board) BindTest(ctx context.Context, code, openid string) error {
	mark, t, err := b.store.BindTester(ctx, code, openid)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	known := maps.Clone(b.tests)
	if known == nil {
		known = map[string]staff.Tester{}
	}
	known[mark] = t
	b.tests = known
	b.seen.Store(b.look(b.now()))
	return nil
}
