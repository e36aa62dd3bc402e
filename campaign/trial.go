package campaign

import (
	"context"
	"fmt"
)

// Check says what stands in the way of a campaign as it was written so far,
// with all others around it. It need not be kept, and nothing is kept of it. A
// Grace or Until of 0 is taken as Create takes it.
func (d *Desk) Check(ctx context.Context, who Actor, c Campaign) ([]Problem, error) {
	if err := who.needs(Write, Review, Release, Look); err != nil {
		return nil, fmt.Errorf("check campaign: %w", err)
	}
	return d.check(ctx, d.draft(who, c))
}
