package decide_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const casesDir = "../../../policies/cases"

// policyCase is one decision: a question and a record in, verdicts and the
// ledger's reasons out. policies/README.md describes the format.
type policyCase struct {
	Name     string
	Never    []int // numbers of domain.md that the case is about
	Question struct {
		Purpose                   string
		Requester, Holder         string
		Officer                   string
		Prohibited, Suspended     string // "requester" or "holder"
		Agreement, Link, Approval string
		GoAhead                   string `yaml:"go_ahead"`
		LinkTo                    string `yaml:"link_to"` // "record" or "identity"
		Criteria                  map[string]string
		Fields                    []string
	}
	Record struct {
		Matched  string
		Count    int
		Flags    map[string]string
		Deny     string `yaml:"deny_details"`
		Born     string
		Consent  map[string]string // of the subject, to disclosure: given, date, review_date
		System   string
		Source   string // of the family name
		Disclose []string
	}
	Want struct {
		Refused    string
		Reason     string
		TellOrigin bool `yaml:"tell_origin"`
		Both       bool
		Absent     bool
		Verdicts   map[string]string
		Ledger     map[string][]string
		Duties     []string
	}
}

func readCases(t *testing.T) []policyCase {
	t.Helper()
	var out []policyCase
	files, err := filepath.Glob(casesDir + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", casesDir, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// One key a file, its name, so that `opa test` can load the folder as data.
		var doc map[string][]policyCase
		d := yaml.NewDecoder(bytes.NewReader(source))
		d.KnownFields(true)
		if err := d.Decode(&doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		stem := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if len(doc) != 1 || doc[stem] == nil {
			t.Fatalf("%s: want the one key %q", file, stem)
		}
		for _, c := range doc[stem] {
			c.Name = stem + "/" + c.Name
			out = append(out, c)
		}
	}
	return out
}

func TestPolicyCases(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.run(t, e)
		})
	}
}

func (c *policyCase) run(t *testing.T, e *decide.Engine) {
	a := decidetest.Admit(t, e, c.facts(t))
	if a.Refusal() != c.Want.Refused || a.Reason() != c.Want.Reason || a.TellOrigin() != c.Want.TellOrigin || a.Failure() != "" {
		t.Fatalf("refused %q, reason %q, tell origin %v, failure %q", a.Refusal(), a.Reason(), a.TellOrigin(), a.Failure())
	}
	if (a.Refusal() != "" || a.Reason() != "") != (len(a.Mask()) == 0) {
		t.Fatalf("mask %v", a.Mask())
	}
	if len(a.Mask()) == 0 {
		return
	}
	set := c.decide(t, e, a)
	if set.Both != c.Want.Both || set.Withheld != c.Want.Absent || set.Failure != "" {
		t.Errorf("both %v, withheld %v, failure %q", set.Both, set.Withheld, set.Failure)
	}
	if c.Want.Duties != nil && !slices.Equal(set.Obligations, c.Want.Duties) {
		t.Errorf("obligations %v", set.Obligations)
	}
	for leaf, want := range c.Want.Verdicts {
		for _, v := range verdictsOn(t, set, leaf) {
			if got := strings.TrimSuffix(v.Verdict+" "+v.To, " "); got != want {
				t.Errorf("%s of %s: %s, want %s (%v)", v.Path, v.Identity, got, want, v.Reasons)
			}
		}
	}
	for leaf, want := range c.Want.Ledger {
		for _, v := range verdictsOn(t, set, leaf) {
			if !slices.Equal(v.Reasons, want) {
				t.Errorf("%s of %s: reasons %v, want %v", v.Path, v.Identity, v.Reasons, want)
			}
		}
	}
}

// verdictsOn finds those on a leaf ("name.family", "name.family#imposed") or on
// every leaf of a group, of the original identity unless it says otherwise.
func verdictsOn(t *testing.T, set *decide.Set, leaf string) []decide.Verdict {
	t.Helper()
	name, identity, marked := strings.Cut(leaf, "#")
	var out []decide.Verdict
	for _, v := range set.Verdicts {
		f, _ := catalog.ByPath(v.Path)
		only := len(f.Identities) == 1 && !marked // a leaf of the imposed identity alone
		if (v.Path == name || f.Group == name) && (v.Identity == identity || !marked && v.Identity == catalog.Original || only) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		t.Fatalf("the schema has no leaf or group %q", leaf)
	}
	return out
}

func (c *policyCase) facts(t *testing.T) decide.Facts {
	q := c.Question
	f := decidetest.Question(q.Purpose, party(t, q.Requester), party(t, q.Holder))
	if q.LinkTo != "" {
		f = decidetest.Linked(q.Purpose, party(t, q.Requester), party(t, q.Holder), "", "original")
		if q.LinkTo == "record" {
			f.LinkRecord = "child-1"
		} else {
			f.LinkCriteria = adapters.Criteria{Family: "Зразкова", Given: "Тестина", Born: "2014"}
		}
	}
	if c.Record.Matched != "" {
		f.LinkIdentity = c.Record.Matched
	}
	if q.Criteria != nil {
		f.Query.Criteria = q.Criteria
	}
	if q.Officer != "" {
		f.Query.Officer.Role = q.Officer
	}
	f.Query.Fields = q.Fields
	for name, to := range map[string]*decide.Party{"requester": &f.Requester, "holder": &f.Holder} {
		to.Prohibited, to.Suspended = q.Prohibited == name, q.Suspended == name
	}
	set(t, &f.Agreement, q.Agreement)
	set(t, &f.Link, q.Link)
	if q.GoAhead == "yes" {
		f.GoAhead = decide.Columns()
	}
	if q.Approval == "yes" {
		f.Approved = decide.Columns()
	}
	return f
}

func set(t *testing.T, to *decide.Tri, word string) {
	t.Helper()
	switch word {
	case "":
	case "yes":
		*to = decide.Yes
	case "no":
		*to = decide.No
	case "unknown":
		*to = decide.Unknown
	default:
		t.Fatalf("%q is neither yes, no nor unknown", word)
	}
}

func party(t *testing.T, name string) decide.Party {
	t.Helper()
	switch name {
	case "origin":
		return decidetest.Origin()
	case "partner":
		return decidetest.Partner()
	case "unicef":
		return decidetest.UNICEF()
	case "icrc":
		return decidetest.ICRC()
	case "germany":
		return decide.Party{ID: "gov-de", Kind: "government"}
	case "ngo", "icc", "mediator":
		return decide.Party{ID: name + "-1", Kind: name}
	}
	t.Fatalf("no party %q", name)
	return decide.Party{}
}

// decide reads the record as an adapter would, cut to the mask.
func (c *policyCase) decide(t *testing.T, e *decide.Engine, a decide.Admitted) *decide.Set {
	n := max(c.Record.Count, 1)
	records := make([]adapters.Record, n)
	disclosed := make(map[string]decide.Disclosed)
	for i := range records {
		r := decidetest.Record(fmt.Sprintf("child-%d", i+1), c.fill(t))
		cut, err := adapters.Prune(r.Child, a.Mask())
		if err != nil {
			t.Fatal(err)
		}
		r.Child = cut
		records[i] = r
		d := decide.Disclosed{Groups: c.Record.Disclose}
		if slices.Contains(d.Groups, "unreadable") {
			d = decide.Disclosed{Unreadable: true}
		}
		disclosed[r.ID] = d
	}
	matched := c.Record.Matched
	if matched == "" {
		matched = catalog.Original
	}
	f, err := a.Fetched(records, func(adapters.Criteria, adapters.Record) (string, bool) { return matched, true })
	if err != nil {
		t.Fatal(err)
	}
	v, err := e.Decide(t.Context(), f, disclosed)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Records()) != n {
		t.Fatalf("%d records", len(v.Records()))
	}
	return v.Records()[0].Set
}

// fill changes the synthetic child, which protects nothing.
func (c *policyCase) fill(t *testing.T) func(*homewardv1.ChildRecord) {
	return func(child *homewardv1.ChildRecord) {
		for name, word := range c.Record.Flags {
			fd := child.Flags.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(name))
			if fd == nil {
				t.Fatalf("no flag %q", name)
			}
			child.Flags.ProtoReflect().Set(fd, protoreflect.ValueOfEnum(tristate(t, word).Number()))
		}
		if c.Record.Deny != "" {
			child.Consent.DenyDetails.Given = tristate(t, c.Record.Deny)
		}
		if c.Record.Born != "" {
			child.Birth.BirthDate[0].Value = c.Record.Born
		}
		if m := c.Record.Consent; m != nil {
			child.Consent.DiscloseToOthers = &homewardv1.ConsentItem{
				Given: tristate(t, m["given"]), Date: m["date"], ReviewDate: m["review_date"],
			}
		}
		if c.Record.System != "" {
			child.Record.OriginSystem = strings.TrimPrefix(c.Record.System, "none")
		}
		child.Name = &homewardv1.Name{Family: []*homewardv1.Assertion{{
			Value: "Зразкова", Source: c.Record.Source, Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL,
		}}}
	}
}

// Each never of domain.md that a policy can hold has a case; 3 is about
// sightings and 12 about statistics, which are no purposes yet.
func TestEveryNeverHasACase(t *testing.T) {
	t.Parallel()
	seen := make(map[int]bool)
	for _, c := range readCases(t) {
		for _, n := range c.Never {
			seen[n] = true
		}
	}
	for _, n := range []int{1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15} {
		if !seen[n] {
			t.Errorf("never %d has no case", n)
		}
	}
}

// Each cell of the matrix has a case that names its column or a leaf of it.
func TestEveryCellHasACase(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range readCases(t) {
		for leaf := range c.Want.Verdicts {
			name, _, _ := strings.Cut(leaf, "#")
			if f, ok := catalog.ByPath(name); ok {
				name = f.Group
			}
			seen[c.Question.Purpose+"/"+c.Question.Requester+"/"+name] = true
		}
	}
	for _, row := range []string{"MATCH/partner", "TRACE/icrc", "TRACE/unicef", "RETURN/origin", "RETURN/partner"} {
		for _, group := range catalog.Groups() {
			if !seen[row+"/"+group] {
				t.Errorf("no case for %s/%s", row, group)
			}
		}
	}
}

func tristate(t *testing.T, word string) homewardv1.Tristate {
	t.Helper()
	switch word {
	case "yes":
		return homewardv1.Tristate_TRISTATE_TRUE
	case "no":
		return homewardv1.Tristate_TRISTATE_FALSE
	case "unknown", "":
		return homewardv1.Tristate_TRISTATE_UNSPECIFIED
	}
	t.Fatalf("%q is neither yes, no nor unknown", word)
	return 0
}
