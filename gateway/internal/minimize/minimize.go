// Package minimize applies verdicts to a record: what leaves is what a verdict
// released or generalised, and nothing else. It walks the verdicts over the
// annotated leaves of the schema, so a leaf without an annotation has no way
// out. It is pure: no clock (the reference date of an age is the query's iat)
// and no I/O; random are only the salts and decoys of disclosures.
//
// Every value is a disclosure beside the content, named by its path, and
// "path#imposed" for the imposed identity where the recipient may see both:
//
//	assertion list  [{"value":"…","script":"Cyrl","language":"uk","place":{…}}]
//	                of one identity; kind and provenance only if they are released
//	                themselves. Generalised: [{"value":"О."}] or [{"place":{"country":"UA"}}]
//	place           {"country":"UA","oblast":"…"}; outside Ukraine, Russia and
//	                Belarus a generalised one is {"country":"abroad"}
//	enum            lower case: "true"; bytes: base64; a leaf that is not set: no disclosure
//	family.members  an array aligned by member, null for a member who has none
//	dates           generalised to EDTF: "2014-03", "2014", "2010/2014", "2024-01/2024-03"
//	ages            generalised to "0-4", "5-9", "10-14", "15-17", "18+"
package minimize

import (
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Released is the content of an answer that may be recorded and then sealed.
// Only this package makes one.
type Released struct {
	content     []byte
	disclosures []envelope.Disclosure
	admitted    decide.Admitted
	records     []ReleasedRecord
	status      string
}

// ReleasedRecord is what the ledger needs to know of one record that was decided.
type ReleasedRecord struct {
	// ID at the source. Record is not in the content if Set.Withheld.
	ID      string
	Version string
	Matched string
	Set     *decide.Set
	// Tellable: the authority of origin may hear of the hit from this holder.
	Tellable bool
	// Disclosures of this record, of which the ledger keeps the digests; none if withheld.
	Disclosures []envelope.Disclosure
}

// Content is one JSON object: {"status":…,"records":[…],"policy":{…},…}, to
// which package seal adds the head of the answer.
func (r Released) Content() []byte { return r.content }

// Disclosures go beside the signed content.
func (r Released) Disclosures() []envelope.Disclosure { return r.disclosures }

// Admitted is the question; the zero value for Links and for a refusal before admission.
func (r Released) Admitted() decide.Admitted { return r.admitted }

// Records lists every record that was decided, also one that is withheld and
// so answered as absent: the ledger says why.
func (r Released) Records() []ReleasedRecord { return r.records }

// Status is envelope.StatusAnswered, StatusPending or StatusRefused.
func (r Released) Status() string { return r.status }

// Release applies the verdicts. A record that policy withholds altogether is
// left out, so that the content equals that of Absent byte for byte. An error
// means that verdicts and schema do not fit together, and nothing is released.
func Release(v decide.Verdicts, k Keys, ref envelope.PolicyRef) (Released, error) {
	return release(v.Admitted(), v.Records(), k, questionOf(v.Admitted()), ref)
}

func release(a decide.Admitted, records []decide.RecordVerdicts, k Keys, q question, ref envelope.PolicyRef) (Released, error) {
	out := Released{admitted: a, status: envelope.StatusAnswered}
	body := body{Status: out.status}
	for _, r := range records {
		rec := ReleasedRecord{ID: r.Record.ID, Version: r.Record.Version, Matched: r.Matched, Set: r.Set, Tellable: r.Tellable}
		if !r.Set.Withheld {
			ds, err := apply(r, k, q)
			if err != nil {
				return Released{}, err
			}
			rec.Disclosures = ds
			body.add(ds, r.Set)
			out.disclosures = joined(out.disclosures, ds)
		}
		out.records = append(out.records, rec)
	}
	out.content = body.close(ref)
	return out, nil
}

// joined copies nothing where there is one record, as there mostly is.
func joined(all, ds []envelope.Disclosure) []envelope.Disclosure {
	if len(all) == 0 {
		return ds
	}
	return append(all, ds...)
}

// Absent answers that no record was found.
func Absent(a decide.Admitted, ref envelope.PolicyRef) Released {
	body := body{Status: envelope.StatusAnswered}
	return Released{content: body.close(ref), admitted: a, status: body.Status}
}

// Refuse tells a proven caller why the question was refused. The zero Admitted
// stands for a question that came no further than its envelope.
func Refuse(a decide.Admitted, p *problem.Error, ref envelope.PolicyRef) Released {
	doc := p.Document("")
	body := body{Status: envelope.StatusRefused, Problem: &envelope.AnswerProblem{
		Code: string(p.Code), Detail: sentence(doc.Title, doc.Detail), Remedy: doc.Remedy,
	}}
	return Released{content: body.close(ref), admitted: a, status: body.Status}
}

// Pending promises an answer until a time, because a person has to decide.
func Pending(a decide.Admitted, until time.Time, ref envelope.PolicyRef) Released {
	body := body{Status: envelope.StatusPending, PendingUntil: until.Unix()}
	return Released{content: body.close(ref), admitted: a, status: body.Status}
}

// Links answers with case links that wait for the recipient (SD-JWTs), or with none.
func Links(tokens []string, ref envelope.PolicyRef) Released {
	ds := linkDisclosures(tokens)
	body := body{Status: envelope.StatusAnswered}
	if len(ds) > 0 {
		body.Links = envelope.ElementList(ds)
	}
	return Released{content: body.close(ref), disclosures: ds, status: body.Status}
}

func sentence(title, detail string) string {
	if detail == "" {
		return title
	}
	return title + ": " + detail
}
