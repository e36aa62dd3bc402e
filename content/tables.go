package content

import "strings"

// Topic is one branch of the tree under which entries stand.
type Topic struct {
	Slug      string `yaml:"slug"`
	Name      string `yaml:"name"`      // at most 8 characters, a menu line
	Weight    int    `yaml:"weight"`    // share of 100 that the library gives it
	Sensitive bool   `yaml:"sensitive"` // residents are never counted by it
	About     string `yaml:"about"`     // one line: what can be asked
}

// Hotline is a telephone number whose purpose was verified.
type Hotline struct {
	Number string `yaml:"number"`
	Name   string `yaml:"name"`
	Urgent bool   `yaml:"urgent"`
}

// Phrase maps what neighbours say (街坊话) to the words of the law (法言).
type Phrase struct {
	Say   []string `yaml:"say"`
	Means string   `yaml:"means"`
}

// Repeal says that a law ended another one.
type Repeal struct {
	Law string `yaml:"law"` // full title
	On  string `yaml:"on"`
	By  string `yaml:"by"` // the article that says so
}

// Amendment is a decision that changed articles of a law.
type Amendment struct {
	Title    string   `yaml:"title"`
	On       string   `yaml:"on"`
	Articles []string `yaml:"articles"`
}

// Law is a row of the register: what may be cited and in which edition.
type Law struct {
	Law         string      `yaml:"law"` // the short name used everywhere
	Title       string      `yaml:"title"`
	Aliases     []string    `yaml:"aliases"`
	Edition     string      `yaml:"edition"`      // the day the edition in force took effect
	Articles    int         `yaml:"articles"`     // the highest article number; 0 when not known
	Inserted    []string    `yaml:"inserted"`     // articles between others, as "287-2"
	Text        string      `yaml:"text"`         // "none": no official text at hand
	TextEdition string      `yaml:"text_edition"` // when the text at hand is of another edition
	Changed     []string    `yaml:"changed"`      // articles the text at hand does not have as they are now
	Next        string      `yaml:"next"`         // the day a known newer edition takes effect
	Repeals     []Repeal    `yaml:"repeals"`
	AmendedBy   []Amendment `yaml:"amended_by"`
	Deprecated  []string    `yaml:"deprecated"` // old names that this law replaced

	endsOn string // the day another law of the register repeals it
}

// HasText reports whether the citations of the law can be checked against an
// official text.
func (l Law) HasText() bool { return l.Text != "none" }

// Forbidden is a statement that no entry may make.
type Forbidden struct {
	Pattern string   `yaml:"pattern"` // RE2
	Except  []string `yaml:"except"`  // words around a match that make it harmless
	Why     string   `yaml:"why"`
	Instead string   `yaml:"instead"`
}

// CrisisCard is what is said in danger: the hotline within the first 30
// characters.
type CrisisCard struct {
	ID       string   `yaml:"id"`
	Hotlines []string `yaml:"hotlines"`
	Text     string   `yaml:"text"`
}

// CrisisRule says which messages get a card: each group of All has a word in
// the message and no word of Unless lifts it. Rules are tried in order. The
// first group is the danger itself: Near and Reach are counted from there. A
// word of Unless counts anywhere after the danger (questions come last) and
// at most Reach characters before it (in a long story the danger comes last).
type CrisisRule struct {
	Card   string     `yaml:"card"`
	All    [][]string `yaml:"all"`
	Unless []string   `yaml:"unless"`
	Near   int        `yaml:"near"`  // characters between the danger and a word of each other group; 0: any
	Reach  int        `yaml:"reach"` // 0: that of the table
	Short  int        `yaml:"short"` // characters of the longest message the rule is for; 0: any
	Why    string     `yaml:"why"`
}

// CrisisTable is crisis.yaml: named word lists, cards, and rules in order of
// urgency. A word that begins with $ stands for the list of that name, a ~
// inside a word for up to 6 characters.
type CrisisTable struct {
	Same     map[string]string   `yaml:"same"`     // a character (or few) → what it is read as: 俺 → 我
	Sounds   map[string]string   `yaml:"sounds"`   // a character → its letters, typed in place of it
	Harmless []string            `yaml:"harmless"` // hides the words of rules that stand inside it
	Reach    int                 `yaml:"reach"`    // of rules that give none
	Words    map[string][]string `yaml:"words"`
	Cards    []CrisisCard        `yaml:"cards"`
	Rules    []CrisisRule        `yaml:"rules"`
}

// tables is every YAML file of the library.
type tables struct {
	topics    []Topic
	hotlines  []Hotline
	phrases   []Phrase
	laws      []Law
	forbidden []Forbidden
	crisis    CrisisTable

	observances []Observance
	packs       []Pack
}

// Resolve replaces each $name by the list of that name.
func (t CrisisTable) Resolve(words []string) []string {
	var out []string
	for _, w := range words {
		if name, isList := strings.CutPrefix(w, "$"); isList {
			out = append(out, t.Words[name]...)
		} else {
			out = append(out, w)
		}
	}
	return out
}
