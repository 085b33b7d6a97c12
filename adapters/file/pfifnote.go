package file

import (
	"time"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// pfifStatus is what a note's status means here. Dead closes nothing, so it stays a belief.
var pfifStatus = map[string]string{
	"information_sought": "sought", "believed_missing": "missing", "believed_alive": "believed_alive",
	"is_note_author": "in_contact", "believed_dead": "believed_dead",
}

// notes lets the newest note with a status, and the newest with a place, speak.
// Notes that are wrong are reported; the person loads without them.
func (s *sink) notes(child *homewardv1.ChildRecord, p *pfifItem) {
	var status, place string
	var statusAt, placeAt time.Time
	for _, n := range p.notes {
		at, field, what := s.checkNote(n, p)
		if what != "" {
			s.bad(n.at(), field, what)
			continue
		}
		st := pfifStatus[n.of("status")]
		if st == "" && n.of("author_made_contact", "found") == "true" {
			st = "in_contact"
		}
		if st != "" && !at.Before(statusAt) {
			status, statusAt = st, at
		}
		if v := n.of("last_known_location"); v != "" && !at.Before(placeAt) {
			place, placeAt = v, at
		}
		if linked := n.of("linked_person_record_id"); linked != "" {
			tracing(child).MatchedRequestIds = append(tracing(child).MatchedRequestIds, linked)
		}
	}
	if status != "" {
		tracing(child).Status = status
	}
	if place != "" {
		// Free text: it stands in the narrowest part, so that nothing is left of it when it is generalised.
		child.Current = &homewardv1.Current{Location: &homewardv1.Place{Point: place}}
	}
}

func tracing(child *homewardv1.ChildRecord) *homewardv1.Tracing {
	if child.Tracing == nil {
		child.Tracing = new(homewardv1.Tracing)
	}
	return child.Tracing
}

func (s *sink) checkNote(n, p *pfifItem) (at time.Time, field, what string) {
	if n.bad != nil {
		return at, n.bad.Field, n.bad.What
	}
	if id := n.of("person_record_id"); id != "" && id != p.of("person_record_id") {
		return at, "person_record_id", "is another than that of the person around the note"
	}
	when := n.of("source_date", "entry_date")
	if !isTime(when) {
		return at, "source_date", "is no date of the form YYYY-MM-DDThh:mm:ssZ"
	}
	if status := n.of("status"); status != "" && pfifStatus[status] == "" {
		return at, "status", "is none that PFIF has"
	}
	at, _ = time.Parse(time.RFC3339, when)
	return at, "", ""
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil || s == ""
}

func day(s string) string {
	if len(s) >= len(time.DateOnly) {
		return s[:len(time.DateOnly)]
	}
	return ""
}
