package decide

import (
	"slices"

	"homeward.example/schemas/catalog"
)

// inOrder is the place of a path and identity in the catalogue; what it does not know comes last.
func inOrder(path, identity string) int {
	if i, ok := slots()[slot{path, identity}]; ok {
		return i
	}
	return len(slots())
}

// verdictFlips compares two decisions field by field. A field on which one has no verdict was withheld.
func verdictFlips(was, becomes []Verdict, imagined bool) []Flip {
	old := make(map[slot]Verdict, len(was))
	for _, v := range was {
		old[slot{v.Path, v.Identity}] = v
	}
	var out []Flip
	for _, now := range becomes {
		at := slot{now.Path, now.Identity}
		before, ok := old[at]
		if !ok {
			before = Verdict{Path: now.Path, Identity: now.Identity, Verdict: withheld}
		}
		delete(old, at)
		if kind := flipKind(before, now, imagined); kind != "" {
			out = append(out, Flip{Kind: kind, Field: now.Path, Identity: now.Identity, Was: before.says(), Becomes: now.says()})
		}
	}
	for at, before := range old { // of leaves that the schema had
		if before.Verdict != withheld {
			out = append(out, Flip{Kind: FlipWithheld, Field: at.path, Identity: at.identity, Was: before.says(), Becomes: withheld})
		}
	}
	return out
}

// leaves says whether anything left.
func leaves(verdicts []Verdict) bool {
	return slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Verdict != withheld })
}

// dutyFlips compares what two decisions oblige to.
func dutyFlips(was, becomes []string) []Flip {
	var out []Flip
	for _, duty := range was {
		if !slices.Contains(becomes, duty) {
			out = append(out, Flip{Kind: FlipUnbound, Was: duty})
		}
	}
	for _, duty := range becomes {
		if !slices.Contains(was, duty) {
			out = append(out, Flip{Kind: FlipBound, Becomes: duty})
		}
	}
	return out
}

// says is the verdict in one text: "released", "generalised year", "withheld".
func (v Verdict) says() string {
	if v.To == "" {
		return v.Verdict
	}
	return v.Verdict + " " + v.To
}

func flipKind(was, becomes Verdict, imagined bool) string {
	old, now := was.tells(), becomes.tells()
	switch {
	case old == now && was.says() == becomes.says():
		return ""
	case imagined && now < old:
		return FlipImpossible
	case imagined:
		return FlipPossible
	case old == 0:
		return FlipReleased
	case now == 0:
		return FlipWithheld
	case now >= old: // another generalisation that cannot be compared may say more
		return FlipMore
	}
	return FlipLess
}

// tells grows with what a verdict lets out: 0 withheld, then from the last
// generalisation that the leaf lists to the first, then the value.
func (v Verdict) tells() int {
	f, _ := catalog.ByPath(v.Path)
	switch v.Verdict {
	case released:
		return len(f.Generalise) + 2
	case generalised:
		return len(f.Generalise) - slices.Index(f.Generalise, v.To) // one that is not listed counts as the most
	}
	return 0
}
