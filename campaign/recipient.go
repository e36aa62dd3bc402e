package campaign

// Fate is what became of one recipient of a campaign that makes a call for
// each follower. It is one byte in the store.
type Fate byte

// The fates. A recipient goes from Unsent to Begun before the call is made and
// is never begun twice; whoever is Begun when the worker died is Doubtful.
const (
	Unsent     Fate = '0'
	Begun      Fate = '1' // the call may have been made
	Accepted   Fate = '2' // the platform took it
	Unfollowed Fate = '3' // no follower any more
	Refused    Fate = '4' // the resident or the account refuses messages, or consent is gone
	Outside    Fate = '5' // outside the 48 hours, or the count of messages is used up
	FailedFate Fate = '6' // the platform said no for another reason
	Doubtful   Fate = '7' // nobody knows; never sent again
	Skipped    Fate = '8' // opted out or cancelled before the call
)

// Recipient is one place in a campaign's list.
type Recipient struct {
	Position int64 // from 0
	Resident int64 // the resident number
}

// Batch is some recipients that one worker holds for a while.
type Batch struct {
	Campaign string
	Number   int64  // from 0
	Token    string // who holds it; a write with another token changes nothing
	List     []Recipient
	Fates    []Fate // as they stood when the batch was taken, one for each of List
}

// Progress is how far a campaign has come, by fate.
type Progress map[Fate]int64
