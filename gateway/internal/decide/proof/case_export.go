package proof

import (
	"fmt"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// CaseExport says how a handing out of evidence differs from a good one: a legal
// reviewer hands out a decision of its own gateway, of which nothing is of the ICRC.
type CaseExport struct {
	By      string // who hands out, by name
	Officer string
	Barred  string // "prohibited" or "suspended" by the registry
	// Holder whose answer it is, by name; the exporter itself if empty.
	Holder string
	// Side of the exporter in the decision, if not that which By and Holder say: "neither".
	Side string
	// Onward: the holder let its answer go further (yes unless it says otherwise).
	Onward Fact
	// Release by the ICRC, for this evidence to this exporter.
	Release Fact
	// ICRC says of a message (query, again, answer) whether something of its record is of the ICRC.
	ICRC map[string]Fact `yaml:"icrc"`
}

// exportMessages are the messages of an exchange: the question, what was asked once
// more, the answer. A case has one value of each.
func exportMessages() []string { return []string{"query", "again", "answer"} }

func (c *Case) export() (decide.Export, error) {
	e := c.Export
	x := decide.Export{Side: decide.SideHolder, NoOnward: not(orFact(e.Onward, Yes)), Release: tri(orFact(e.Release, No))}
	x.Officer.Role = or(e.Officer, "legal_reviewer")
	by, err := caseParty(e.By)
	if err != nil {
		return x, err
	}
	holder, err := caseParty(or(e.Holder, e.By))
	if err != nil {
		return x, err
	}
	x.Exporter = decide.Party{ID: by.ID, Kind: by.Kind, AuthorityOfOrigin: by.Origin == true, Prohibited: e.Barred == "prohibited", Suspended: e.Barred == "suspended"}
	x.HolderKind = holder.Kind
	switch {
	case e.Side == "neither":
		x.Side = ""
	case e.Side != "":
		return x, fmt.Errorf("no side %q", e.Side)
	case holder.ID != by.ID:
		x.Side = decide.SideRequester
	}
	if e.Barred != "" && !x.Exporter.Prohibited && !x.Exporter.Suspended {
		return x, fmt.Errorf("barred is prohibited or suspended, not %q", e.Barred)
	}
	for message := range e.ICRC {
		if !slices.Contains(exportMessages(), message) {
			return x, fmt.Errorf("no message %q", message)
		}
	}
	for _, m := range exportMessages() {
		x.Values = append(x.Values, decide.ExportValue{Message: m, Path: m, ICRC: tri(orFact(e.ICRC[m], No))})
	}
	return x, nil
}

// exportDiffers lists how the word on an export is not what is wanted: of each message
// released or withheld (rest says it of those that are not named), with the reason in
// ledger.
func (c *Case) exportDiffers(got decide.Exported) []Difference {
	if got.Failure != "" {
		return []Difference{{"decision", "as the case says", got.Failure}}
	}
	if got.Refusal != c.Want.Refused {
		return []Difference{{"refused", orNot(c.Want.Refused), orNot(got.Refusal)}}
	}
	var out []Difference
	for i, reason := range got.Reasons {
		message, found := exportMessages()[i], "released"
		if reason != "" {
			found = "withheld"
		}
		wanted := or(c.Want.Verdicts[message], c.Want.Rest)
		if want, exact := c.Want.Ledger[message]; exact {
			wanted, found = wanted+fmt.Sprint(" ", want), found+fmt.Sprint(" ", []string{reason})
		}
		if wanted != found {
			out = append(out, Difference{message, wanted, found})
		}
	}
	return out
}

func tri(f Fact) decide.Tri {
	switch f {
	case Yes:
		return decide.Yes
	case No:
		return decide.No
	}
	return decide.Unknown
}

// not is what is known of the contrary.
func not(f Fact) decide.Tri {
	switch f {
	case Yes:
		return decide.No
	case No:
		return decide.Yes
	}
	return decide.Unknown
}
