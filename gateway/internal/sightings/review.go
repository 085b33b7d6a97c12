package sightings

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

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

// ReviewOf reads what people of another organisation say of a sighting. Who signed
// it is its organisation, whatever it says itself, and it names no record of ours.
func ReviewOf(raw json.RawMessage, from string, now time.Time) (Step, error) {
	var s Step
	if json.Unmarshal(raw, &s) != nil || !slices.Contains(Statuses(), s.Act) || s.At.IsZero() ||
		max(len(s.Note), len(s.Officer.ID), len(s.Officer.Role)) > maxText {
		return Step{}, problem.New(CodeSighting, "review")
	}
	for where, text := range map[string]string{"review.note": s.Note, "review.officer": s.Officer.ID + " " + s.Officer.Role} {
		if err := legible(text, where); err != nil {
			return Step{}, err
		}
	}
	return Step{At: now, Sent: s.At, Organisation: from, Officer: s.Officer, Act: s.Act, Note: s.Note}, nil
}

// maxText bounds a text that comes beside a report, in bytes.
const maxText = 8000

// Text reads such a text, as legible as a report must be; "" if there is none.
func Text(raw json.RawMessage, where string) (string, error) {
	var s string
	if len(raw) > 0 && json.Unmarshal(raw, &s) != nil || len(s) > maxText {
		return "", problem.New(CodeSighting, where)
	}
	return s, legible(s, where)
}

// Add puts a review where its organisation made it: one that was sent again, or was
// overtaken, takes back nothing that was said later. added is false if it was there.
func (r *Received) Add(review Step) (added bool) {
	at := len(r.Steps)
	for i, s := range r.Steps {
		if s.Organisation != review.Organisation {
			continue
		}
		if s.Act == review.Act && s.Sent.Equal(review.Sent) {
			return false
		}
		if s.Sent.After(review.Sent) {
			at = min(at, i)
		}
	}
	r.Steps = slices.Insert(r.Steps, at, review)
	return true
}

// Organisations lists who confirmed a sighting for the child that stands, each once.
// What was confirmed before that child was named was not confirmed of it.
func (r Received) Organisations() []string {
	var out []string
	child := ""
	for _, s := range r.Steps {
		if About(s.Act) && s.Child != "" && s.Child != child {
			child, out = s.Child, nil
		}
		if s.Act == StatusConfirmed && (s.Child == r.Child || s.Child == "") && !slices.Contains(out, s.Organisation) {
			out = append(out, s.Organisation)
		}
		if s.Act == StatusUnderReview || s.Act == StatusRejected { // that organisation looks at it anew
			out = slices.DeleteFunc(out, func(o string) bool { return o == s.Organisation })
		}
	}
	return out
}

// Sources counts the independent sources of sightings that are merged: each of an
// organisation of its own, and of a page, photo and capture that no other has. One in
// quarantine is none.
func Sources(group []Received) int {
	submitters, seen := make(map[string]bool), make(map[string]bool)
	n := 0
	for _, r := range group {
		if r.Quarantined || r.Shared || r.State == StatusRejected || r.State == StatusWithdrawn {
			continue
		}
		own := r.origins()
		if !submitters[r.From()] && !slices.ContainsFunc(own, func(o string) bool { return seen[o] }) {
			submitters[r.From()] = true
			n++
		}
		for _, o := range own {
			seen[o] = true
		}
	}
	return n
}

// origins are what two reports of one source have in common. Two screenshots of one
// page differ in their hashes, and a photo is copied from page to page.
func (r Received) origins() []string {
	out := []string{"capture " + r.Subject}
	s, err := r.Sighting()
	if err != nil {
		return out
	}
	for _, o := range []struct{ kind, value string }{
		{"photo ", s.GetPhotoSha256()}, {"page ", page(s.GetUrl())}, {"page ", page(s.GetArchiveUrl())},
	} {
		if o.value != "" {
			out = append(out, o.kind+o.value)
		}
	}
	return out
}

// page is an address without what makes no other page of it.
func page(address string) string {
	address, _, _ = strings.Cut(address, "#")
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, path, _ := strings.Cut(strings.TrimSuffix(address, "/"), "/")
	return strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(host), "www.")+"/"+path, "/")
}
