package decide

import (
	"cmp"
	"encoding/json"
	"slices"
)

// line is what a ledger stores of verdicts: each different word of the policy
// once, with the paths it was said of. Path by path it would be five times as long.
type line struct {
	Verdict  string   `json:"verdict"`
	To       string   `json:"to,omitempty"`
	Reasons  []string `json:"reasons"`
	Basis    string   `json:"basis,omitempty"`
	Identity string   `json:"identity"`
	Paths    []string `json:"paths"`
}

// says is true if the line is of this verdict, whatever its path.
func (l *line) says(v *Verdict) bool {
	return l.Identity == v.Identity && l.Verdict == v.Verdict && l.To == v.To && l.Basis == v.Basis && slices.Equal(l.Reasons, v.Reasons)
}

func ledgerLines(verdicts []Verdict) []line {
	var lines []line
	for i := range verdicts {
		v := &verdicts[i]
		at := slices.IndexFunc(lines, func(l line) bool { return l.says(v) })
		if at < 0 {
			at = len(lines)
			lines = append(lines, line{v.Verdict, v.To, v.Reasons, v.Basis, v.Identity, nil})
		}
		lines[at].Paths = append(lines[at].Paths, v.Path)
	}
	return lines
}

// ReadLedger returns the verdicts that Set.Ledger holds, in the catalogue's order.
// What the catalogue does not know comes last.
func ReadLedger(stored []byte) ([]Verdict, error) {
	var lines []line
	if err := json.Unmarshal(stored, &lines); err != nil {
		return nil, err
	}
	var out []Verdict
	for _, l := range lines {
		for _, path := range l.Paths {
			out = append(out, Verdict{path, l.Identity, l.Verdict, l.To, l.Reasons, l.Basis})
		}
	}
	place := func(v Verdict) int {
		if i, ok := slots()[slot{v.Path, v.Identity}]; ok {
			return i
		}
		return len(slots())
	}
	slices.SortStableFunc(out, func(a, b Verdict) int { return cmp.Compare(place(a), place(b)) })
	return out, nil
}
