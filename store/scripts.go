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
	//go:embed scripts/activity.lua
	activitySource string
	//go:embed scripts/scene.lua
	sceneSource string
	//go:embed scripts/token.lua
	tokenSource string
	//go:embed scripts/allowance.lua
	allowanceSource string
	//go:embed scripts/followernumber.lua
	followerNumberSource string
	//go:embed scripts/followerput.lua
	followerPutSource string
	//go:embed scripts/followerdrop.lua
	followerDropSource string
	//go:embed scripts/sendplan.lua
	sendPlanSource string
	//go:embed scripts/sendtake.lua
	sendTakeSource string
	//go:embed scripts/sendstep.lua
	sendStepSource string
	//go:embed scripts/sendback.lua
	sendBackSource string
	//go:embed scripts/sendskip.lua
	sendSkipSource string
	//go:embed scripts/sendsettle.lua
	sendSettleSource string
	//go:embed scripts/campaign.lua
	campaignSource string
	//go:embed scripts/campaign_claim.lua
	campaignClaimSource string
	//go:embed scripts/campaign_hold.lua
	campaignHoldSource string
	//go:embed scripts/campaign_preview.lua
	campaignPreviewSource string
	//go:embed scripts/tokens.lua
	tokensSource string
	//go:embed scripts/follow.lua
	followSource string
	//go:embed scripts/modeluse.lua
	modelUseSource string
	//go:embed scripts/edit.lua
	editSource string
	//go:embed scripts/door.lua
	doorSource string
	//go:embed scripts/street.lua
	streetSource string
	//go:embed scripts/apitoken.lua
	apiTokenSource string
	//go:embed scripts/apicall.lua
	apiCallSource string
	//go:embed scripts/retire.lua
	retireSource string

	//go:embed scripts/ticket.lua
	ticketSource string
	//go:embed scripts/ticketopen.lua
	ticketOpenSource string
	//go:embed scripts/ticketcall.lua
	ticketCallSource string

	//go:embed scripts/testcode.lua
	testCodeSource string
	//go:embed scripts/testbind.lua
	testBindSource string
	//go:embed scripts/testdrop.lua
	testDropSource string

	testCodeScript = redis.NewScript(testCodeSource)
	testBindScript = redis.NewScript(testBindSource)
	testDropScript = redis.NewScript(testDropSource)

	claimScript          = redis.NewScript(claimSource)
	commitScript         = redis.NewScript(countSource + commitSource)
	windowScript         = redis.NewScript(windowSource)
	closeScript          = redis.NewScript(closeSource)
	pageScript           = redis.NewScript(countSource + pageSource)
	replayScript         = redis.NewScript(countSource + replaySource)
	residentScript       = redis.NewScript(residentSource)
	staffScript          = redis.NewScript(staffSource)
	activityScript       = redis.NewScript(activitySource)
	sceneScript          = redis.NewScript(sceneSource)
	tokenScript          = redis.NewScript(tokenSource)
	allowanceScript      = redis.NewScript(allowanceSource)
	followerNumberScript = redis.NewScript(followerNumberSource)
	followerPutScript    = redis.NewScript(followerPutSource)
	followerDropScript   = redis.NewScript(followerDropSource)
	sendPlanScript       = redis.NewScript(sendPlanSource)
	sendTakeScript       = redis.NewScript(sendTakeSource)
	sendStepScript       = redis.NewScript(sendStepSource)
	sendBackScript       = redis.NewScript(sendBackSource)
	sendSkipScript       = redis.NewScript(sendSkipSource)
	sendSettleScript     = redis.NewScript(sendSettleSource)

	campaignScript        = redis.NewScript(campaignSource)
	campaignClaimScript   = redis.NewScript(campaignClaimSource)
	campaignHoldScript    = redis.NewScript(campaignHoldSource)
	campaignPreviewScript = redis.NewScript(campaignPreviewSource)

	tokensScript = redis.NewScript(tokensSource)
	followScript = redis.NewScript(followSource)

	modelUseScript = redis.NewScript(modelUseSource)

	editScript = redis.NewScript(editSource)

	doorScript   = redis.NewScript(doorSource)
	streetScript = redis.NewScript(streetSource)

	apiTokenScript = redis.NewScript(apiTokenSource)
	apiCallScript  = redis.NewScript(apiCallSource)

	retireScript = redis.NewScript(retireSource)

	ticketScript     = redis.NewScript(ticketSource)
	ticketOpenScript = redis.NewScript(ticketOpenSource)
	ticketCallScript = redis.NewScript(ticketCallSource)
)
