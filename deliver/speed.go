package deliver

import (
	"sync"
	"time"

	"pufa/campaign"
)

// speedOver is how far back the speed of a campaign looks.
const speedOver = 10

// speed tells how many recipients a second are done, from the last seconds.
type speed struct {
	mu   sync.Mutex
	seen []sighting // oldest first
}

type sighting struct {
	at   time.Time
	done int64
}

// of takes in how far a campaign is and returns recipients a second.
func (s *speed) of(p campaign.Progress, now time.Time) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := int64(0)
	for fate, n := range p {
		if fate != campaign.Unsent && fate != campaign.Begun {
			done += n
		}
	}
	if n := len(s.seen); n > 0 && now.Before(s.seen[n-1].at) {
		s.seen = nil // the clock was put back
	}
	s.seen = append(s.seen, sighting{now, done})
	if len(s.seen) > speedOver+1 {
		s.seen = s.seen[1:]
	}
	first := s.seen[0]
	if took := now.Sub(first.at); took > 0 {
		return float64(done-first.done) / took.Seconds()
	}
	return 0
}
