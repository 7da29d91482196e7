package ledgertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Report is the outcome of a comparison.
type Report struct {
	Calls      int
	Status     map[string]int // answers by status
	Reasons    map[string]int // answers by reason, "" for none
	Unanswered int            // calls without an answer
	Messages   int            // different ones
	Arrived    int            // bubbles in the rooms
	Repeated   int            // of them, beyond the first of each part
	// Messages to one receiver whose fate nobody was told for certain: those that
	// turned out to be there, wholly or in part, and those that did not.
	OpenArrived, OpenMissing int
	Wrong                    []string // what breaks a rule
}

func (r *Report) wrong(format string, args ...any) {
	r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...))
}

// String is the report on a few lines.
func (r Report) String() string {
	return fmt.Sprintf("%d calls for %d messages: %s; %d without an answer\nreasons: %s\n%d arrived, %d of them again on purpose; never told for certain: %d, of which %d arrived\n%d against the rules",
		r.Calls, r.Messages, counts(r.Status), r.Unanswered, counts(r.Reasons), r.Arrived, r.Repeated,
		r.OpenArrived+r.OpenMissing, r.OpenArrived, len(r.Wrong))
}

func counts(m map[string]int) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k != "" {
			list = append(list, fmt.Sprintf("%s %d", k, m[k]))
		}
	}
	return strings.Join(list, ", ")
}
