package proof

import (
	"context"
	"fmt"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// Sighting is a message about a sighting, from one kind of participant to another,
// and what the policy must say of it.
type Sighting struct {
	sent decide.Report
	want decide.Reported
}

// Sightings are all events between all kinds; and each event where it goes, with
// one thing that forbids it.
func Sightings() []Sighting {
	var out []Sighting
	for _, event := range []string{"submitted", "withdrawn", "needs_info", "shared", "reviewed", "closing", "closed", "query", ""} {
		for _, from := range append(kinds(), "") {
			for _, to := range append(kinds(), "") {
				for _, origin := range [][2]bool{{false, false}, {true, false}, {false, true}} {
					out = append(out, sighting(decide.Report{
						Event: event, Requester: decide.Party{ID: "a", Kind: from, AuthorityOfOrigin: origin[0]},
						Holder: decide.Party{ID: "b", Kind: to, AuthorityOfOrigin: origin[1]}, Agreement: decide.Yes,
					}))
				}
			}
		}
		for _, forbid := range []func(*decide.Report){
			func(r *decide.Report) { r.Agreement = decide.No },
			func(r *decide.Report) { r.Agreement = decide.Unknown },
			func(r *decide.Report) { r.Requester.Prohibited = true },
			func(r *decide.Report) { r.Requester.Suspended = true },
			func(r *decide.Report) { r.Holder.Prohibited = true },
			func(r *decide.Report) { r.Holder.Suspended, r.Agreement = true, decide.No },
		} {
			r := decide.Report{
				Event: event, Requester: decide.Party{ID: "a", Kind: "unicef"}, Holder: decide.Party{ID: "b", Kind: "government"}, Agreement: decide.Yes,
			}
			forbid(&r)
			out = append(out, sighting(r))
		}
	}
	return out
}

func kinds() []string {
	return []string{"government", "unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"}
}

// sighting says what is wanted: only those who may know where a child is are shown
// anything, NGOs may report and be asked, and nobody else takes part (never 1, 3). What
// ended it the authority of origin is told, and it alone says so.
func sighting(r decide.Report) Sighting {
	knows := func(p decide.Party) bool { return slices.Contains([]string{"government", "unicef", "icrc"}, p.Kind) }
	from, to := knows(r.Requester), knows(r.Holder)
	goes := from && to
	seen := []string{
		"source_type", "url", "archive_url", "content_sha256", "photo_sha256", "media", "captured_at", "observed_at", "place", "child_description",
		"claimed_identity", "siblings",
	}
	members := []string{}
	switch r.Event {
	case "submitted":
		goes = goes || r.Requester.Kind == "ngo" && to
		members = slices.Concat(seen, []string{"submitter_risk", "consent", "reliability", "credibility", "custody", "follows"})
	case "withdrawn":
		goes = goes || r.Requester.Kind == "ngo" && to
	case "needs_info":
		goes = goes || r.Holder.Kind == "ngo" && from
		members = []string{"question"}
	case "shared":
		members = slices.Concat(seen, []string{"why"})
	case "reviewed":
		members = []string{"review"}
	case "closing":
		goes = goes && r.Holder.AuthorityOfOrigin
		members = slices.Concat(seen, []string{"closing"})
	case "closed":
		goes = goes && r.Requester.AuthorityOfOrigin
		members = []string{"closing"}
	default:
		goes = false
	}
	refusal := ""
	switch barred := func(p decide.Party) bool { return p.Prohibited || p.Suspended }; {
	case barred(r.Requester) || barred(r.Holder):
		refusal = "DENY_PROHIBITED_PARTY"
	case r.Agreement != decide.Yes:
		refusal = "SUP_NO_AGREEMENT"
	case !goes:
		refusal = "SUP_ROLE"
	}
	if refusal != "" {
		members = []string{}
	}
	return Sighting{r, decide.Reported{Refusal: refusal, Members: members}}
}

// Differs compares what the policy says with what is wanted, and returns "" or the difference.
func (s Sighting) Differs(ctx context.Context, e *decide.Engine) string {
	got, err := e.Report(ctx, s.sent)
	if err != nil {
		return err.Error()
	}
	if got.Refusal != s.want.Refusal || !slices.Equal(got.Members, s.want.Members) {
		return fmt.Sprintf("%q from %q to %q: %+v, want %+v", s.sent.Event, s.sent.Requester.Kind, s.sent.Holder.Kind, got, s.want)
	}
	return ""
}
