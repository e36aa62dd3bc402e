package bot

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

//go:embed crisisweights.txt
var crisisWeights string

const (
	// unknownCard goes out for danger of which nothing more is known: it names
	// 110, 120 and 119.
	unknownCard = "help"
	// selfCard goes out when the scale finds that the writer means to die.
	selfCard = "suicide-thought"
	// weightUnit is what 1 in the file of weights stands for.
	weightUnit = 0.01
	// fewTerms keeps a message of one or two characters from being judged by them.
	fewTerms = 10
	// calmWeight is what a word of the calming lists counts against danger.
	calmWeight = 1
	// firstHan is the first character that the scale weighs. Letters and digits
	// are left to the rules: too few messages in danger hold any.
	firstHan = 0x3400
)

// calming names the lists of the table beside whose words the scale must be
// surer: who asks about law, tells of the past or retells is mostly safe.
var calming = [...]string{"suppose", "story", "past", "ask", "legal", "mild"}

// sums are what a scale adds up: is the writer or somebody near in danger
// now, and does the writer mean to die.
type sums struct{ danger, self float64 }

// scale finds danger told in words that no rule foresaw, by the weights of
// single characters and pairs of them. TestFitCrisisScale learns the weights
// from testdata/crisis.jsonl, crisis-blind.jsonl and the wordings of the library and writes them
// to crisisweights.txt. Rules are asked first: they know the card.
type scale struct {
	bias    sums
	weights map[uint64]sums
}

// parseScale reads a file of weights: lines of one or two characters and two
// numbers, the biases after a *, remarks after a #.
func parseScale(text string) (*scale, error) {
	s := &scale{weights: map[uint64]sums{}}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		term, v, err := parseWeight(line)
		if err != nil {
			return nil, fmt.Errorf("read crisis weights: line %q: %w", line, err)
		}
		if term == "*" {
			s.bias = v
		} else {
			s.weights[termKey([]rune(term))] = v
		}
	}
	return s, nil
}

func parseWeight(line string) (term string, v sums, err error) {
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return "", v, fmt.Errorf("%d fields, want 3", len(fields))
	}
	danger, err := strconv.Atoi(fields[1])
	if err != nil {
		return "", v, fmt.Errorf("read the weight of danger: %w", err)
	}
	self, err := strconv.Atoi(fields[2])
	if err != nil {
		return "", v, fmt.Errorf("read the weight of one's own death: %w", err)
	}
	return fields[0], sums{weightUnit * float64(danger), weightUnit * float64(self)}, nil
}

// termKey packs up to three characters into one number.
func termKey(term []rune) uint64 {
	key := uint64(0)
	for _, r := range term {
		key = key<<21 | uint64(r)
	}
	return key
}

// eachTerm calls f with the key of every single Chinese character and every
// pair of them.
func eachTerm(text []rune, f func(key uint64)) {
	for i, r := range text {
		if r < firstHan {
			continue
		}
		f(uint64(r))
		if i+1 < len(text) && text[i+1] >= firstHan {
			f(termKey(text[i : i+2]))
		}
	}
}

// weigh returns the sums of a folded message, evened out for its length: above
// 0 means yes.
func (s *scale) weigh(text []rune) sums {
	var sum sums
	terms := 0
	eachTerm(text, func(key uint64) {
		w := s.weights[key]
		sum.danger += w.danger
		sum.self += w.self
		terms++
	})
	even := evened(terms)
	return sums{s.bias.danger + sum.danger*even, s.bias.self + sum.self*even}
}

// evened is what a sum of so many weights counts.
func evened(terms int) float64 { return 1 / math.Sqrt(float64(terms+fewTerms)) }

// card returns the card that the scale gives a folded message, none in doubt;
// calm: it holds a word of the calming lists.
func (s *scale) card(text []rune, calm bool) string {
	v := s.weigh(text)
	if calm {
		v.danger -= calmWeight
	}
	switch {
	case v.danger <= 0:
		return ""
	case v.self > 0:
		return selfCard
	default:
		return unknownCard
	}
}
