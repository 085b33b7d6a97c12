package proof

import (
	"context"
	"fmt"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// Export is a handing out of evidence, and what the policy must say of it.
type Export struct {
	asked   decide.Export
	refusal string
	reasons []string // by value, "" for one that stays in the package
}

// Exports are all ways to hand out each kind of value, and each person and
// participant who may not.
func Exports() []Export {
	var out []Export
	facts := []decide.Tri{decide.Yes, decide.No, decide.Unknown}
	for _, side := range []string{decide.SideHolder, decide.SideRequester, ""} {
		for _, exporter := range kinds() {
			for _, holder := range []string{"icrc", "government", ""} {
				for _, barred := range facts {
					for _, release := range facts {
						out = append(out, export(decide.Export{
							Exporter: decide.Party{ID: "a", Kind: exporter}, Side: side, HolderKind: holder, NoOnward: barred, Release: release,
						}, "legal_reviewer"))
					}
				}
			}
		}
	}
	for _, role := range []string{"reviewer", "legal_reviewer", "case_officer", "tracing_officer", "investigator", "prosecutor", "supervisor", "duty_officer", ""} {
		for _, p := range []decide.Party{{ID: "a", Kind: "icrc"}, {ID: "a", Kind: "icrc", Prohibited: true}, {ID: "a", Kind: "icrc", Suspended: true}} {
			out = append(out, export(decide.Export{Exporter: p, Side: decide.SideHolder, HolderKind: "icrc", Release: decide.Yes}, role))
		}
	}
	return out
}

// export says what is wanted: reviewers of a participant in good standing hand out;
// what another holder released to this participant alone goes no further, but for the
// ICRC's by its release; and what is of the ICRC, or may be, leaves by its hand or by
// its release.
func export(x decide.Export, role string) Export {
	x.Officer.Role = role
	out := Export{asked: x}
	for _, message := range []string{"query", "again", "answer", "other"} {
		for _, icrc := range []decide.Tri{decide.Yes, decide.No, decide.Unknown} {
			out.asked.Values = append(out.asked.Values, decide.ExportValue{Message: message, Path: "name.family", ICRC: icrc})
			out.reasons = append(out.reasons, exportReason(x, message, icrc))
		}
	}
	switch {
	case x.Exporter.Prohibited || x.Exporter.Suspended:
		out.refusal, out.reasons = "DENY_PROHIBITED_PARTY", nil
	case role != "reviewer" && role != "legal_reviewer":
		out.refusal, out.reasons = "SUP_ROLE", nil
	}
	return out
}

func exportReason(x decide.Export, message string, icrc decide.Tri) string {
	released := x.Release == decide.Yes
	further := false
	switch {
	case message == "query" || message == "again":
		further = true
	case message == "answer" && x.Side == decide.SideHolder:
		further = true
	case message == "answer" && x.Side == decide.SideRequester:
		further = x.NoOnward == decide.No || x.HolderKind == "icrc" && released
	}
	switch {
	case !further:
		return "SUP_NO_AGREEMENT"
	case icrc != decide.No && x.Exporter.Kind != "icrc" && !released:
		return "SUP_ORIGIN_CONTROL"
	}
	return ""
}

// Differs compares what the policy says with what is wanted, and returns "" or the difference.
func (x Export) Differs(ctx context.Context, e *decide.Engine) string {
	got, err := e.Export(ctx, x.asked)
	if err != nil {
		return err.Error()
	}
	if got.Refusal != x.refusal || !slices.Equal(got.Reasons, x.reasons) {
		return fmt.Sprintf("by %+v as %s (%q): %q %v, want %q %v", x.asked.Exporter, x.asked.Officer.Role, x.asked.Side, got.Refusal, got.Reasons, x.refusal, x.reasons)
	}
	return ""
}
