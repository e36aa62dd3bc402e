package llm

import (
	"context"
	"errors"
	"time"

	"pufa/bot"
)

// Checked is how one call went that somebody made to see whether the service
// works.
type Checked struct {
	End    bot.End // Chosen: it works
	Status int     // of a service that Refused
	Took   time.Duration
}

// What a check asks: words of ours, none of a resident.
const checkQuestion = "网上买的衣服不喜欢，能退吗"

func checkOptions() []bot.Option {
	return []bot.Option{
		{ID: "check/return", Title: "网购退货", Gist: "网上买的东西，七天内多数能退。"},
		{ID: "check/wages", Title: "拖欠工资", Gist: "单位不按时发工资，可以投诉。"},
	}
}

// CheckChat asks the chat model one fixed question, also while the service is
// left alone: one that works again is asked from then on.
func (c *Client) CheckChat(ctx context.Context, p bot.Purse) Checked {
	start := time.Now()
	_, err := c.chooseAs(ctx, p, checkHelper, checkQuestion, checkOptions())
	return checked(ctx, start, err)
}

// CheckEmbedding embeds the same question.
func (c *Client) CheckEmbedding(ctx context.Context, p bot.Purse) Checked {
	start := time.Now()
	_, err := c.embed(ctx, p, true, []string{checkQuestion})
	return checked(ctx, start, err)
}

func checked(ctx context.Context, start time.Time, err error) Checked {
	var status statusError
	errors.As(err, &status)
	return Checked{endOf(ctx, err), int(status), time.Since(start)}
}

// endOf is how a call ended that returned err.
func endOf(ctx context.Context, err error) bot.End {
	var status statusError
	switch {
	case err == nil:
		return bot.Chosen
	case errors.Is(err, errNoChoice):
		return bot.Invalid
	case errors.Is(err, errResting):
		return bot.Resting
	case errors.Is(err, errBusy):
		return bot.Busy
	case errors.Is(err, errUnpaid):
		return bot.Unpaid
	case errors.As(err, &status):
		return bot.Refused
	case ctx.Err() != nil:
		return bot.Late
	}
	return bot.Failed
}
