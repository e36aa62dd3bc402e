package store

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// The scripts. Each file begins with its KEYS, ARGV and reply. None asks
// Redis for the time, so that all replies follow from what was given.
var (
	//go:embed scripts/count.lua
	countSource string
	//go:embed scripts/claim.lua
	claimSource string
	//go:embed scripts/commit.lua
	commitSource string
	//go:embed scripts/window.lua
	windowSource string
	//go:embed scripts/close.lua
	closeSource string
	//go:embed scripts/page.lua
	pageSource string
	//go:embed scripts/replay.lua
	replaySource string
	//go:embed scripts/resident.lua
	residentSource string
	//go:embed scripts/staff.lua
	staffSource string
	//go:embed scripts/campaign.lua
	campaignSource string
	//go:embed scripts/campaign_claim.lua
	campaignClaimSource string
	//go:embed scripts/campaign_hold.lua
	campaignHoldSource string
	//go:embed scripts/campaign_preview.lua
	campaignPreviewSource string

	claimScript    = redis.NewScript(claimSource)
	commitScript   = redis.NewScript(countSource + commitSource)
	windowScript   = redis.NewScript(windowSource)
	closeScript    = redis.NewScript(closeSource)
	pageScript     = redis.NewScript(countSource + pageSource)
	replayScript   = redis.NewScript(countSource + replaySource)
	residentScript = redis.NewScript(residentSource)
	staffScript    = redis.NewScript(staffSource)

	campaignScript        = redis.NewScript(campaignSource)
	campaignClaimScript   = redis.NewScript(campaignClaimSource)
	campaignHoldScript    = redis.NewScript(campaignHoldSource)
	campaignPreviewScript = redis.NewScript(campaignPreviewSource)
)
