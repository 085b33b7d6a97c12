package sightings

import (
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// Problems of triage.
const (
	// CodeTransition refuses a status that does not follow on the one that stands.
	CodeTransition problem.Code = "sighting_transition"
	// CodeSources refuses to confirm on one source.
	CodeSources problem.Code = "sighting_sources"
	// CodeGrade refuses a grade that one open-web source cannot have.
	CodeGrade problem.Code = "sighting_grade"
	// CodeChild wants the record that a sighting is about.
	CodeChild problem.Code = "sighting_child"
	// CodeMerge refuses a link between sightings that would not be one.
	CodeMerge problem.Code = "sighting_merge"
)

// Statuses of a sighting at its holder (domain.md, "Sightings").
const (
	StatusReceived    = StateReceived
	StatusTriaged     = "triaged"
	StatusRejected    = "rejected"
	StatusNeedsInfo   = StateNeedsInfo
	StatusUnderReview = "under_review"
	StatusPossible    = "possible"
	StatusProbable    = "probable"
	StatusConfirmed   = "confirmed"
	StatusActioned    = "actioned"
	StatusDuplicate   = "duplicate_of"
	StatusWithdrawn   = StateWithdrawn
)

// next says which statuses may follow on which. One may always be triaged again,
// which compares it with what the records say by now.
var next = map[string]string{
	StatusReceived:    "triaged needs_info rejected duplicate_of",
	StatusNeedsInfo:   "triaged rejected duplicate_of under_review",
	StatusTriaged:     "triaged rejected needs_info under_review duplicate_of",
	StatusUnderReview: "possible rejected needs_info duplicate_of triaged",
	StatusPossible:    "probable under_review rejected duplicate_of",
	StatusProbable:    "confirmed possible under_review rejected duplicate_of",
	StatusConfirmed:   "actioned under_review",
	StatusActioned:    "under_review",
	StatusRejected:    "under_review",
	StatusDuplicate:   "under_review",
	StatusWithdrawn:   "",
}

// Statuses lists them all.
func Statuses() []string {
	return []string{
		StatusReceived, StatusTriaged, StatusRejected, StatusNeedsInfo, StatusUnderReview, StatusPossible,
		StatusProbable, StatusConfirmed, StatusActioned, StatusDuplicate, StatusWithdrawn,
	}
}

// MayFollow refuses a status that does not follow on what stands.
func MayFollow(from, to string) error {
	if slices.Contains(strings.Fields(next[from]), to) {
		return nil
	}
	allowed := strings.ReplaceAll(next[from], " ", ", ")
	if allowed == "" {
		allowed = "nothing: the sighting was withdrawn"
	}
	return problem.Mismatch(CodeTransition, "state, after "+from, allowed, to)
}

// About says whether a status is about one record, which then must be named.
func About(status string) bool {
	return slices.Contains([]string{StatusPossible, StatusProbable, StatusConfirmed, StatusActioned}, status)
}

// MayGrade bounds the grades of a sighting with so many independent sources: what
// one page of the open web says is possibly true at best (3), whoever runs it.
func MayGrade(sourceType string, sources int, credibility int32) error {
	if sourceType == "open_web" && sources < 2 && credibility > 0 && credibility < 3 {
		return problem.Mismatch(CodeGrade, "credibility", "3 to 6, for one source of the open web", "1 or 2")
	}
	return nil
}

// Organisations lists who confirmed a sighting for the child that stands, each once.
func (r Received) Organisations() []string {
	var out []string
	for _, s := range r.Steps {
		if s.Act == StatusConfirmed && (s.Child == r.Child || s.Child == "") && !slices.Contains(out, s.Organisation) {
			out = append(out, s.Organisation)
		}
		if s.Act == StatusUnderReview || s.Act == StatusRejected { // that organisation looks at it anew
			out = slices.DeleteFunc(out, func(o string) bool { return o == s.Organisation })
		}
	}
	return out
}

// Sources counts the independent sources of sightings that are merged: each with a
// capture of its own and a submitter of its own. One in quarantine is none.
func Sources(group []Received) int {
	submitters, captures := make(map[string]bool), make(map[string]bool)
	n := 0
	for _, r := range group {
		if r.Quarantined || r.Shared || r.State == StatusRejected || r.State == StatusWithdrawn || submitters[r.Submitter] || captures[r.Subject] {
			continue
		}
		submitters[r.Submitter], captures[r.Subject] = true, true
		n++
	}
	return n
}
