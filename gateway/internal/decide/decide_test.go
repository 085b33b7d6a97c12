package decide_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func setOf(t *testing.T, e *decide.Engine, question, identity string) *decide.Set {
	t.Helper()
	a := decidetest.Admit(t, e, questions()[question])
	return decidetest.Verdicts(t, e, a, identity, decidetest.Record("child-1", nil)).Records()[0].Set
}

// Verdicts are on every leaf of the schema, in its order.
func TestVerdictsAreInTheOrderOfTheCatalogue(t *testing.T) {
	t.Parallel()
	set := setOf(t, decidetest.Engine(t), "TRACE/icrc", "original")
	i := 0
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			if v := set.Verdicts[i]; v.Path != f.Path || v.Identity != identity {
				t.Fatalf("%d: %s of %s, want %s of %s", i, v.Path, v.Identity, f.Path, identity)
			}
			i++
		}
	}
	if i != len(set.Verdicts) {
		t.Errorf("%d verdicts, want %d", len(set.Verdicts), i)
	}
}

// What the recipient sees has no reasons, which leak flags, and of a recipient
// bound to one identity no other.
func TestAnswerShowsNoReasonsAndOneIdentity(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	for _, c := range []struct {
		question, identity string
		both               bool
		in, out            []string
	}{
		{"TRACE/unicef", "original", false, []string{"name.family", "documents.national_id", "record.record_id"}, []string{"documents.imposed_passport_no", "listing.url"}},
		{"RETURN/partner", "original", false, []string{"name.family"}, []string{"listing.url"}},
		{"TRACE/unicef", "imposed", false, []string{"name.family", "listing.url", "record.record_id", "birth.sex"}, []string{"documents.national_id", "separation.place"}},
		{"TRACE/icrc", "original", true, []string{"name.family", "listing.url", "documents.national_id"}, nil},
	} {
		set := setOf(t, e, c.question, c.identity)
		var fields []envelope.AnswerField
		d := json.NewDecoder(bytes.NewReader(set.Answer))
		d.DisallowUnknownFields()
		if err := d.Decode(&fields); err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]int)
		for _, f := range fields {
			seen[f.Path]++
			if (f.Identity != "") != c.both || (f.Basis != "") != (f.Verdict != "withheld") {
				t.Errorf("%s: %+v", c.question, f)
			}
			if !c.both && seen[f.Path] > 1 {
				t.Errorf("%s by %s: %s twice", c.question, c.identity, f.Path)
			}
		}
		for _, path := range c.in {
			if seen[path] == 0 {
				t.Errorf("%s by %s: %s is missing", c.question, c.identity, path)
			}
		}
		for _, path := range c.out {
			if seen[path] != 0 {
				t.Errorf("%s by %s: %s is shown", c.question, c.identity, path)
			}
		}
		for _, code := range []string{"OK_", "GEN_", "SUP_", "DENY_", "BG_"} {
			if bytes.Contains(set.Answer, []byte(code)) {
				t.Errorf("%s: the answer holds reasons", c.question)
			}
		}
	}
}

func TestLedgerHasEveryVerdictWithItsReasons(t *testing.T) {
	t.Parallel()
	set := setOf(t, decidetest.Engine(t), "TRACE/unicef", "imposed")
	verdicts, err := decide.ReadLedger(set.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(set.Verdicts, verdicts); diff != "" {
		t.Fatal(diff)
	}
	known := []string{
		"OK_FULL", "GEN_YEAR", "GEN_BAND", "GEN_OBLAST", "GEN_COUNTRY", "GEN_INITIALS", "GEN_EXISTS", "SUP_PURPOSE", "SUP_ROLE",
		"SUP_CONSENT_ABSENT", "SUP_DENY_DETAILS", "SUP_LOCATION_FLAG", "SUP_CAPTOR_RISK", "SUP_PUBLICITY", "SUP_NO_AGREEMENT",
		"SUP_ORIGIN_CONTROL", "SUP_LINKAGE", "SUP_KANON", "SUP_ADULT", "SUP_NOT_REQUESTED", "SUP_ASSERTION_KIND", "SUP_LOCAL", "SUP_HOLD",
		"DENY_RATE", "DENY_NO_CASE_REF", "DENY_PROHIBITED_PARTY", "DENY_BULK", "BG_PENDING",
	}
	for _, v := range verdicts {
		for _, r := range v.Reasons {
			if !slices.Contains(known, r) {
				t.Errorf("%s: no such reason %q", v.Path, r)
			}
		}
	}
}

func TestGroupsAreWhatIsDisclosed(t *testing.T) {
	t.Parallel()
	set := setOf(t, decidetest.Engine(t), "RETURN/partner", "original")
	want := []string{"current/original", "family/original", "id_min/original", "names_birth/original", "separation/original"}
	if !slices.Equal(set.Groups, want) {
		t.Errorf("%v", set.Groups)
	}
	if got := decide.Union([]string{"b/x", "a/x"}, []string{"b/x", "c/x"}); !slices.Equal(got, []string{"a/x", "b/x", "c/x"}) {
		t.Errorf("union %v", got)
	}
}

// The policy sees no value of a record and no criterion's.
func TestInputHoldsNoChildData(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	f := decidetest.Question("RETURN", decidetest.Origin(), decidetest.UNICEF())
	f.Query.Officer.ID, f.Query.Case = "CANARY-officer", "CANARY-case"
	f.Query.Criteria = map[string]string{"family": "CANARY", "born": "1999-09-09", "document": "CANARY1"}
	a := decidetest.Admit(t, e, f)
	v := decidetest.Verdicts(t, e, a, "original", decidetest.Record("CANARY-id", func(c *homewardv1.ChildRecord) {
		c.Name = &homewardv1.Name{Family: []*homewardv1.Assertion{{Value: "CANARY", Source: "CANARY", AssertedAt: "CANARY"}}}
		c.Record.OriginSystem, c.Consent.ChildViews, c.Consent.Sharing = "CANARY", "CANARY", []string{"CANARY"}
		c.Birth.BirthDate[0].Value = "1999-09-09"
	}))
	set := v.Records()[0].Set
	for name, b := range map[string][]byte{"question": a.Input(), "record": set.Input, "answer": set.Answer, "ledger": set.Ledger} {
		if bytes.Contains(b, []byte("CANARY")) || bytes.Contains(b, []byte("1999")) {
			t.Errorf("%s: %s", name, b)
		}
	}
	if !json.Valid(set.Input) || !bytes.HasPrefix(set.Input, a.Input()[:len(a.Input())-1]) {
		t.Errorf("input %s", set.Input)
	}
}

// A hit is the same as a miss, but for what the decision was made on.
func TestCache(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	a := decidetest.Admit(t, e, questions()["TRACE/icrc"])
	decided := func(version int64, groups ...string) *decide.Set {
		r := decidetest.Record("child-1", func(c *homewardv1.ChildRecord) {
			c.Consent.DenyDetails = &homewardv1.ConsentItem{Given: homewardv1.Tristate_TRISTATE_FALSE}
		})
		f, err := a.Fetched([]adapters.Record{r}, matched("original"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Decide(t.Context(), f, map[string]decide.Disclosed{"child-1": {Version: version, Groups: groups}})
		if err != nil {
			t.Fatal(err)
		}
		return v.Records()[0].Set
	}
	one, two, other := decided(1), decided(2), decided(3, "photo/original")
	if &one.Answer[0] != &two.Answer[0] || one.Disclosed.Version != 1 || two.Disclosed.Version != 2 {
		t.Error("the second is no hit, or lost what it was decided on")
	}
	if &one.Answer[0] == &other.Answer[0] {
		t.Error("another input is a hit")
	}
	e.Forget()
	if again := decided(1); !bytes.Equal(again.Answer, one.Answer) || !bytes.Equal(again.Ledger, one.Ledger) || !bytes.Equal(again.Input, one.Input) {
		t.Error("decided anew, the bytes differ")
	}
}

// A record about which the caller says nothing counts as disclosed altogether.
func TestDisclosedMustBeTold(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	a := decidetest.Admit(t, e, questions()["TRACE/unicef"])
	r := decidetest.Record("child-1", nil)
	for name, c := range map[string]struct {
		disclosed map[string]decide.Disclosed
		want      string
	}{
		"told":    {map[string]decide.Disclosed{"child-1": {}}, "released"},
		"nothing": {nil, "withheld"},
		"another": {map[string]decide.Disclosed{"child-2": {}}, "withheld"},
	} {
		cut, err := adapters.Prune(r.Child, a.Mask())
		if err != nil {
			t.Fatal(err)
		}
		f, err := a.Fetched([]adapters.Record{{ID: "child-1", Version: "1", Child: cut}}, matched("original"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Decide(t.Context(), f, c.disclosed)
		if err != nil {
			t.Fatal(err)
		}
		for _, on := range v.Records()[0].Set.Verdicts {
			if on.Path == "name.family" && on.Identity == "original" && on.Verdict != c.want {
				t.Errorf("%s: %s", name, on.Verdict)
			}
		}
	}
}

func TestDecideInParallel(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	var wg sync.WaitGroup
	for range 4 {
		for name := range questions() {
			wg.Go(func() {
				set := setOf(t, e, name, "original")
				closed := slices.Contains([]string{"MATCH/partner", "FOUND/partner", "CARE/ngo", "CARE/partner"}, name)
				if set.Failure != "" || set.Withheld != closed {
					t.Errorf("%s: %q, withheld %v", name, set.Failure, set.Withheld)
				}
			})
		}
	}
	wg.Wait()
}

func TestDecideEndsWithItsContext(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	a := decidetest.Admit(t, e, questions()["TRACE/icrc"])
	f, err := a.Fetched([]adapters.Record{decidetest.Record("child-1", nil)}, matched("original"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := e.Decide(ctx, f, nil); err == nil || len(v.Records()) != 0 {
		t.Errorf("%v, %v", v.Records(), err)
	}
}
