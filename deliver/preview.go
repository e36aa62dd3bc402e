package deliver

import (
	"context"
	"errors"
	"fmt"

	"pufa/campaign"
	"pufa/wechat"
)

// Previewer is what of the WeChat client is used for a test send.
type Previewer interface {
	AddDraft(ctx context.Context, articles []wechat.DraftArticle) (mediaID string, err error)
	DeleteDraft(ctx context.Context, mediaID string) error
	PreviewMassByName(ctx context.Context, name string, m wechat.MassContent) error
}

// Preview shows a campaign to one follower, by WeChat name: articles as they
// will look, everything else as a text. It takes nothing of the quota of mass
// messages, and leaves no draft behind.
func Preview(ctx context.Context, p Previewer, o Options, c campaign.Campaign, name string) (err error) {
	if !c.Channel.Written() {
		if err := p.PreviewMassByName(ctx, name, wechat.MassText(c.Text)); err != nil {
			return previewError(c, err)
		}
		return nil
	}
	draft, err := p.AddDraft(ctx, o.articles(c))
	if err != nil {
		return previewError(c, err)
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), campaign.CallLimit)
		defer cancel()
		err = errors.Join(err, p.DeleteDraft(last, draft))
	}()
	if err := p.PreviewMassByName(ctx, name, wechat.MassNews(draft)); err != nil {
		return previewError(c, err)
	}
	return nil
}

func previewError(c campaign.Campaign, err error) error {
	return fmt.Errorf("%s (preview campaign %s: %w)", reasonOf(err), c.ID, err)
}
