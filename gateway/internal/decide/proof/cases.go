package proof

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"homeward.example/gateway/internal/decide"
)

// Case is a decision by example: a question and a record in, verdicts and the
// ledger's exact reasons out. policies/README.md describes the format.
type Case struct {
	Name     string
	Never    []int // numbers of the domain's nevers that it is about
	Question CaseQuestion
	Record   CaseRecord
	Export   *CaseExport // in place of a question and a record: evidence is handed out
	Want     Want
}

// CaseQuestion says how a question differs from a good one of its purpose.
type CaseQuestion struct {
	Purpose, Requester, Holder, Officer string
	Prohibited, Suspended               string // "requester" or "holder"
	Agreement, Link, Push, Attested     Fact
	Mandate                             Fact
	LinkTo                              string            `yaml:"link_to"` // "record" or "identity"
	GoAhead                             []string          `yaml:"go_ahead"`
	Approval                            map[string]string // by column: "yes" or "waiting"
	ICRCRelease                         Fact              `yaml:"icrc_release"`
	Need                                string
	Known                               Known
	By                                  []string // names of the criteria
	Wildcard, Criteria, Record          Fact
	Fields                              []string
	FieldsKnown                         Fact `yaml:"fields_known"`
	Lead                                Fact
	GoAheadNames                        Fact `yaml:"go_ahead_names"`
	AgreementNames                      Fact `yaml:"agreement_names"`
}

// CaseRecord says how a record differs from a child whose facts protect nothing.
type CaseRecord struct {
	Matched, Age string
	Count        int
	Flags        map[string]Fact
	Consent      map[string]Fact
	AtSite       Fact     `yaml:"at_site"` // yes unless it says otherwise
	ICRC         []string `yaml:"icrc"`    // leaves that the ICRC is a source of; "all", or all of "original" or "imposed"
	Disclosed    []string // column/identity that the requester received before; "unreadable"
}

// Want is the wanted word. Verdicts and Ledger are by leaf ("name.family"), by leaf
// and identity ("name.family#imposed"), or by column ("photo", "evidence#imposed").
type Want struct {
	Refused, Reason string
	Asked           *bool  // whether the holder is asked at all
	Why             string // of Asked
	Pending         bool
	TellOrigin      bool `yaml:"tell_origin"`
	NotifyAlways    bool `yaml:"notify_always"`
	Both, Absent    bool
	Verdicts        map[string]string
	Rest            string // the verdict on every leaf that Verdicts does not name
	Ledger          map[string][]string
	Basis           string // of whatever is released
	Duties          []string
}

// Cases reads every *.yaml file of a folder, in the order of names. The one key of
// a file is its name, so that the folder loads as data of `opa test`.
func Cases(tree fs.FS) ([]Case, error) {
	files, err := fs.Glob(tree, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, file := range files {
		source, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, err
		}
		cases, err := Parse(file, source)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

// Parse reads one file of cases.
func Parse(file string, source []byte) ([]Case, error) {
	var doc map[string][]Case
	d := yaml.NewDecoder(bytes.NewReader(source))
	d.KnownFields(true)
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	stem := strings.TrimSuffix(path.Base(file), ".yaml")
	if len(doc) != 1 || len(doc[stem]) == 0 {
		return nil, fmt.Errorf("%s: want the one key %q", file, stem)
	}
	for i := range doc[stem] {
		doc[stem][i].Name = stem + ": " + doc[stem][i].Name
	}
	return doc[stem], nil
}

// Said is a policy's word on a case, as far as the case asks for it.
type Said struct {
	word     decide.Word
	asked    decide.Planned
	exported decide.Exported
}

// Decide asks a policy for its word on a case, of which input is the Input.
func (c *Case) Decide(ctx context.Context, e *decide.Engine, input []byte) Said {
	if c.Export != nil {
		return Said{exported: e.ReplayExport(ctx, input)}
	}
	return Said{word: e.Replay(ctx, input), asked: e.ReplayPlan(ctx, input)}
}

// Differs compares the policy's word with what the case wants, and returns the first difference or "".
func (c *Case) Differs(said Said) string {
	if c.Export != nil {
		for _, d := range c.exportDiffers(said.exported) {
			return fmt.Sprintf("%s: %s, want %s", d.Field, d.Found, d.Wanted)
		}
		return ""
	}
	w, got, asked := c.Want, said.word, said.asked
	closed := w.Refused != "" || w.Reason != ""
	switch {
	case got.Failure != "" || got.Set.Failure != "":
		return "no decision: " + got.Failure + got.Set.Failure
	case w.Asked != nil:
		if *w.Asked != asked.Asked || w.Why != asked.Reason {
			return fmt.Sprintf("asked %v (%s)", asked.Asked, asked.Reason)
		}
		return ""
	case got.Refusal != w.Refused || got.Reason != w.Reason:
		return fmt.Sprintf("refused %q, reason %q", got.Refusal, got.Reason)
	case got.Pending != w.Pending || got.TellOrigin != w.TellOrigin || got.NotifyAlways != w.NotifyAlways:
		return fmt.Sprintf("pending %v, tell origin %v, notify always %v", got.Pending, got.TellOrigin, got.NotifyAlways)
	case closed && len(got.Paths) > 0:
		return fmt.Sprintf("%d leaves are read", len(got.Paths))
	case got.Set.Withheld != (w.Absent || closed):
		return fmt.Sprintf("absent: %v", got.Set.Withheld)
	case w.Refused != "":
		return ""
	case !closed && got.Set.Both != w.Both:
		return fmt.Sprintf("both identities: %v", got.Set.Both)
	case w.Duties != nil && !slices.Equal(got.Set.Obligations, w.Duties):
		return fmt.Sprintf("duties %q", got.Set.Obligations)
	}
	for _, v := range got.Set.Verdicts {
		if d := w.differs(v); d != "" {
			return fmt.Sprintf("%s of %s: %s", v.Path, v.Identity, d)
		}
	}
	return ""
}

// differs looks at one verdict.
func (w *Want) differs(v decide.Verdict) string {
	l := leafOf(v.Path)
	want, ok := named(w.Verdicts, l, v.Identity)
	if want == "generalised" {
		want = general(l)
	}
	if !ok {
		want = w.Rest
	}
	reasons, exact := named(w.Ledger, l, v.Identity)
	switch {
	case want != "" && word(v) != want:
		return fmt.Sprintf("%s, want %s %q", word(v), want, v.Reasons)
	case exact && !slices.Equal(v.Reasons, reasons):
		return fmt.Sprintf("reasons %q, want %q", v.Reasons, reasons)
	case w.Basis != "" && v.Verdict != "withheld" && v.Basis != w.Basis:
		return fmt.Sprintf("basis %q", v.Basis)
	}
	return ""
}

// named finds what is said of a leaf and identity: by its path before its column.
// What names no identity is of the original one.
func named[T any](m map[string]T, l leaf, identity string) (T, bool) {
	mark := ""
	if identity == imposed {
		mark = "#" + imposed
	}
	if v, ok := m[l.path+mark]; ok {
		return v, true
	}
	v, ok := m[l.column+mark]
	return v, ok
}
