package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"

	"pufa/bot"
)

// Why there is no choice. None holds a word of what was sent or came back.
var (
	errResting  = errors.New("the model is left alone for a while")
	errBusy     = errors.New("too many calls to the model are under way")
	errTooLong  = errors.New("the reply is too long")
	errCutShort = errors.New("the reply ended before it was finished")
	errNoChoice = errors.New("the reply is no choice among what was offered")
	errUnpaid   = errors.New("nobody paid")
)

// statusError is a refusal by the service.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("the service answered with status %d", int(e))
}

// form is how a reply in JSON is asked for. Services know less than OpenAI does:
// whoever refuses a schema is asked for a JSON object, then for plain text.
type form struct{ known atomic.Int32 }

const (
	bySchema int32 = iota
	byObject
	byWords
)

// request is one thing to ask a chat model.
type request struct {
	helper    string
	system    string
	user      string
	schema    json.RawMessage
	maxTokens int
	forced    bool // also while the service is left alone
}

// ask returns what the model said, whole and finished, or why there is nothing.
func (c *Client) ask(ctx context.Context, p bot.Purse, r request) (said string, err error) {
	estimate := tokensOf(r.system) + tokensOf(r.user) + r.maxTokens
	err = c.call(ctx, p, what{r.helper, estimate, r.forced}, func(ctx context.Context) (cost, error) {
		var paid cost
		for {
			format := c.form.known.Load()
			said, paid, err = c.stream(ctx, r, format)
			if !refusesForm(err) || format == byWords {
				return paid, err
			}
			c.form.known.CompareAndSwap(format, format+1)
		}
	})
	return said, err
}

// refusesForm reports whether the service may not know response_format as it
// was asked: 400 and 422 are what the known ones answer.
func refusesForm(err error) bool {
	var status statusError
	return errors.As(err, &status) && (status == http.StatusBadRequest || status == http.StatusUnprocessableEntity)
}

// tokensOf estimates from above: Chinese takes less than a token a character
// with the tokenizers of the known models.
func tokensOf(text string) int { return utf8.RuneCountInString(text) + 8 }

// cost is what a call took of the tokens; known is false where the service did
// not say.
type cost struct {
	prompt, completion int
	known              bool
}

// what a call is for, what it costs at most, and whether it is made also while
// the service is left alone.
type what struct {
	helper   string
	estimate int
	forced   bool
}

// call makes one paid call, if the service may be asked now, and takes in how
// it went.
func (c *Client) call(ctx context.Context, p bot.Purse, w what, do func(context.Context) (cost, error)) error {
	helper, estimate := w.helper, w.estimate
	if !w.forced && !c.breaker.allow() {
		c.figures.ended(helper, bot.Resting)
		return errResting
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	default:
		c.figures.ended(helper, bot.Busy)
		return errBusy
	}
	if err := p.Take(ctx, estimate); err != nil {
		c.figures.ended(helper, bot.Unpaid)
		return fmt.Errorf("pay for %s: %w: %w", helper, errUnpaid, err)
	}
	noted, n := withNote(ctx)
	start := time.Now()
	paid, err := do(noted)
	c.figures.called(helper, time.Since(start), paid.prompt, paid.completion)
	// Whoever waits may have gone; what was spent is spent.
	p.Settle(context.WithoutCancel(ctx), estimate, spent(paid, err, estimate))
	c.judge(ctx, helper, err, n)
	return err
}

// spent is what is charged: what the service says, nothing where it refused,
// else all that was set aside, because it may have worked all the same.
func spent(paid cost, err error, estimate int) int {
	var status statusError
	switch {
	case paid.known:
		return paid.prompt + paid.completion
	case errors.As(err, &status):
		return 0
	}
	return estimate
}

// judge tells the breaker and the figures how a call went.
func (c *Client) judge(ctx context.Context, helper string, err error, n *note) {
	var status statusError
	switch {
	case err == nil:
		c.breaker.worked()
	case errors.Is(ctx.Err(), context.Canceled):
		c.figures.ended(helper, bot.Late) // the caller went away: nothing was learnt
	case errors.As(err, &status):
		c.breaker.failed(restAfter(int(status), n.retryAfter))
		c.figures.ended(helper, bot.Refused)
	case ctx.Err() != nil:
		c.breaker.failed(0)
		c.figures.ended(helper, bot.Late)
	default:
		c.breaker.failed(0)
		c.figures.ended(helper, bot.Failed)
	}
}

// restAfter is how long a service is left alone that answered with a status.
func restAfter(status int, asked time.Duration) time.Duration {
	switch {
	case asked > 0:
		return asked
	case status == http.StatusTooManyRequests:
		return breakFor
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden, status == http.StatusNotFound:
		return brokenFor
	}
	return 0
}

// stream asks once. A reply counts only when the service says that it is
// finished.
func (c *Client) stream(ctx context.Context, r request, format int32) (string, cost, error) {
	s, err := c.api.CreateChatCompletionStream(ctx, c.chat(r, format))
	if err != nil {
		return "", cost{}, plain(ctx, err)
	}
	defer s.Close()
	var said strings.Builder
	var paid cost
	finished := false
	for {
		part, err := s.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", paid, plain(ctx, err)
		}
		if part.Usage != nil {
			paid = cost{part.Usage.PromptTokens, part.Usage.CompletionTokens, true}
		}
		for _, choice := range part.Choices {
			said.WriteString(choice.Delta.Content)
			finished = finished || choice.FinishReason == openai.FinishReasonStop
		}
	}
	if !finished {
		return "", paid, errCutShort
	}
	return said.String(), paid, nil
}

func (c *Client) chat(r request, format int32) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{
		Model: c.cfg.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: r.system},
			{Role: openai.ChatMessageRoleUser, Content: r.user},
		},
		StreamOptions: &openai.StreamOptions{IncludeUsage: true},
	}
	if reasons(c.cfg.Model) {
		req.MaxCompletionTokens = r.maxTokens
	} else {
		//lint:ignore SA1019 services other than OpenAI know no other name for it
		req.MaxTokens = r.maxTokens
		req.Temperature = math.SmallestNonzeroFloat32 // 0 is left out
	}
	switch format {
	case bySchema:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: r.helper, Schema: r.schema, Strict: true},
		}
	case byObject:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return req
}

// reasons reports whether OpenAI's own reasoning models are meant, which refuse
// max_tokens and a temperature.
func reasons(model string) bool {
	for _, prefix := range []string{"o1", "o3", "o4", "gpt-5"} {
		if strings.HasPrefix(model, prefix) {
			return true
		}
	}
	return false
}

// plain takes everything out of an error that came from outside.
func plain(ctx context.Context, err error) error {
	var api *openai.APIError
	var req *openai.RequestError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("ask the model: %w", ctx.Err())
	case errors.As(err, &api) && api.HTTPStatusCode > 0:
		return statusError(api.HTTPStatusCode)
	case errors.As(err, &req) && req.HTTPStatusCode > 0:
		return statusError(req.HTTPStatusCode)
	case errors.Is(err, errTooLong):
		return errTooLong
	case errors.As(err, &api):
		return errors.New("the service broke off with an error")
	}
	return errors.New("the service could not be reached or understood")
}
