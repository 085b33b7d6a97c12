package exchange

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/sightings"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// defaultPage is how many reports or sightings a page has, if nobody says.
const defaultPage = 100

// matterPage lists one page of matters, the newest first, and the token of the next one;
// "" at the end. What comes meanwhile is newer, and on no page that follows.
func (x *Exchange) matterPage(ctx context.Context, q ledger.MatterQuery, token string, limit int32) (rows []ledger.Matter, next string, err error) {
	if limit < 0 || limit > maxListed {
		return nil, "", problem.Mismatch(problem.CodeInvalidRequest, "limit", "1 to "+strconv.Itoa(maxListed), "another number")
	}
	n := int(limit)
	if n == 0 {
		n = defaultPage
	}
	q.Newest, q.Limit = true, n+1
	if q.Past, err = pastOf(token); err != nil {
		return nil, "", err
	}
	if rows, err = x.Store.Matters(ctx, q); err != nil || len(rows) <= n {
		return rows, "", err
	}
	last := rows[n-1]
	return rows[:n], strconv.FormatInt(last.At.UnixMicro(), 10) + "." + last.ID, nil
}

// pastOf reads the token of a page.
func pastOf(token string) (ledger.MatterMark, error) {
	if token == "" {
		return ledger.MatterMark{}, nil
	}
	at, id, ok := strings.Cut(token, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || !idWord.MatchString(id) {
		return ledger.MatterMark{}, problem.New(ledger.CodePage, "page")
	}
	return ledger.MatterMark{At: time.UnixMicro(micros), ID: id}, nil
}

// utcIf is a time that may not have come.
func utcIf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return utc(t)
}

// ListSightings lists what came here, the newest first.
func (x *Exchange) ListSightings(ctx context.Context, req *homewardv1.ListSightingsRequest) (*homewardv1.ListSightingsResponse, error) {
	if s := req.GetState(); s != "" && !slices.Contains(sightings.Statuses(), s) {
		return nil, problem.Mismatch(problem.CodeInvalidRequest, "state", strings.Join(sightings.Statuses(), ", "), "another word")
	}
	rows, next, err := x.matterPage(ctx, ledger.MatterQuery{Kind: ledger.MatterSighting, State: req.GetState()}, req.GetPage(), req.GetLimit())
	if err != nil {
		return nil, err
	}
	resp := &homewardv1.ListSightingsResponse{Next: next}
	for _, m := range rows {
		r, err := sightings.ReceivedOf(x.box, m)
		if err != nil {
			return nil, err
		}
		one, err := triagedShown(r)
		if err != nil {
			return nil, err
		}
		resp.Sightings = append(resp.Sightings, one)
	}
	return resp, nil
}

// TriagedSighting shows one with its candidates, and with all that has the same capture.
func (x *Exchange) TriagedSighting(ctx context.Context, id string) (*homewardv1.TriagedSighting, error) {
	r, err := x.receivedSighting(ctx, id)
	if err != nil {
		return nil, err
	}
	out, err := triagedShown(r)
	if err != nil {
		return nil, err
	}
	group, err := x.group(ctx, r)
	if err != nil {
		return nil, err
	}
	out.Sources = int32(sightings.Sources(group))
	same, err := x.Store.Matters(ctx, ledger.MatterQuery{Kind: ledger.MatterSighting, Subject: r.Subject})
	for _, m := range same {
		if m.ID != r.ID {
			out.SameSource = append(out.SameSource, m.ID)
		}
	}
	return out, err
}

func triagedShown(r sightings.Received) (*homewardv1.TriagedSighting, error) {
	if r.State == sightings.StatusWithdrawn { // nobody sees what a litigation hold may still keep
		r.Values, r.Candidates = nil, nil
	}
	report, err := r.Sighting()
	if err != nil {
		return nil, err
	}
	out := &homewardv1.TriagedSighting{
		Id: r.ID, State: r.State, Submitter: r.Submitter, ReceivedAt: utc(r.At), Reference: r.Receipt.Reference, Sighting: report,
		Reliability: r.Reliability, Credibility: r.Credibility, Child: r.Child, MergedInto: or(r.MergedInto, r.DuplicateOf), Merged: r.Merged,
		SharedWith: r.SharedWith, Quarantined: r.Quarantined, Feedback: r.Receipt.Feedback,
		Outcome: r.Outcome, ErasedAt: utcIf(r.Erased), Asked: r.Asked,
	}
	if c := r.Closing; c != nil {
		out.Closing = &homewardv1.SightingClosing{
			Outcome: c.Outcome, Organisation: c.Organisation, Officer: officerShown(c.Officer), At: utc(c.At), Sources: int32(c.Sources),
		}
	}
	if r.Shared {
		out.Submitter, out.SharedBy = "", r.Submitter
	}
	for _, c := range r.Candidates {
		shown := &homewardv1.SightingCandidate{RecordId: c.Record, Band: c.Band, Probability: c.Probability, Weight: c.Weight}
		for _, f := range c.Features {
			shown.Features = append(shown.Features, &homewardv1.MatchFeature{Name: f.Name, Weight: f.Weight, Reason: f.Reason})
		}
		out.Candidates = append(out.Candidates, shown)
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, &homewardv1.SightingStep{
			At: utc(s.At), Organisation: s.Organisation, Officer: officerShown(s.Officer), Act: s.Act, Note: s.Note,
		})
	}
	return out, nil
}
