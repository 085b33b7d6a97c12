package demo

import "slices"

// check names what the show must have shown and did not.
func (r *Report) check() []string {
	var failed []string
	want := func(held bool, what string) {
		if !held {
			failed = append(failed, what)
		}
	}
	status := map[string]string{}
	verdicts := map[string]bool{}
	for _, a := range r.Answers {
		status[a.Holder] = a.Status
		for _, record := range a.Records {
			for _, f := range record.Fields {
				verdicts[f.Verdict] = true
			}
		}
	}
	for holder, s := range map[string]string{
		Origin: "answered", "unicef": "answered", "icrc": "answered",
		Down: "unreachable", Slow: "timed_out", NoLead: "not_asked",
	} {
		want(status[holder] == s, holder+": status "+status[holder]+", not "+s)
	}
	for _, v := range []string{"released", "generalised", "withheld"} {
		want(verdicts[v], "no field was "+v)
	}
	want(slices.ContainsFunc(r.Unlinked.Answers, func(a Answer) bool { return a.Holder == Origin && a.Status == "answered" }),
		"the unlinked question was not answered by "+Origin)
	want(!slices.ContainsFunc(r.Unlinked.Answers, func(a Answer) bool { return len(a.Records) > 0 }),
		"the unlinked question was answered with a record")
	want(r.Unlinked.SameAsUnknown, "the unlinked answer differs from that for a child nobody knows")
	want(r.Unlinked.Reason == "DENY_NO_CASE_REF", "the ledger's reason for the unlinked answer is "+r.Unlinked.Reason)
	want(r.Tampered.Refused, "the tampered message was not refused")
	want(r.Replayed.Refused, "the replayed message was not refused")
	want(r.Ledger.Recorded && r.Ledger.Verified, "the ledger's leaf is not the one in the signed answer")
	want(r.Sighting.RightChild, "the sighting's first candidate is another child")
	want(r.Sighting.ToldNothing, "the submitter of the sighting learnt something")
	slices.Sort(failed)
	return failed
}
