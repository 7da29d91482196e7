package tools

import (
	"context"
	"time"
)

// humanBudget is how long one call may wait for people altogether: clients give
// up at about 60 s.
const humanBudget = 45 * time.Second

// spent is how long the call has waited here so far, in all its rounds.
func (c *client) spent() time.Duration {
	spent := time.Since(c.began)
	if c.given != nil {
		spent += c.given.Spent
	}
	return spent
}

// within bounds what is left of the call: one budget, whatever the rounds.
func (c *client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, max(c.h.budget-c.spent(), 0))
}
