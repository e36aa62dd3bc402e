package content

import "fmt"

// Forbids names every statement in a text that nobody may make, each with why
// and what to say instead, in Chinese; none for a text that may be shown.
func (l *Library) Forbids(text string) (list []string) {
	for _, row := range l.banned {
		if hit := row.find(text); hit != "" {
			list = append(list, fmt.Sprintf("「%s」不能说：%s；应写：%s", hit, row.Why, row.Instead))
		}
	}
	return list
}
