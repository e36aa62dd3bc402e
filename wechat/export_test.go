package wechat

// What tests from outside need of the fixtures.
type (
	SharedTokens   = sharedTokens
	CountingLedger = countingLedger
)

// TestNow is the time of the fixtures.
var TestNow = testNow
