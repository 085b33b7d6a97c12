package decide_test

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func TestFetchedRefusesWhatTheMaskDoesNotAdmit(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	a := decidetest.Admit(t, e, questions()["RETURN/partner"])
	for name, c := range map[string]struct {
		change func(*adapters.Record)
		want   problem.Code
	}{
		"as it should be": {func(*adapters.Record) {}, ""},
		"a photo":         {func(r *adapters.Record) { r.Child.Physical = &homewardv1.Physical{Photo: []byte{1}} }, decide.CodeAdapterOverreach},
		"a part of a member": {func(r *adapters.Record) {
			r.Child.Family = &homewardv1.Family{Members: []*homewardv1.FamilyMember{{}, {Phone: "1"}}}
		}, decide.CodeAdapterOverreach},
		"an unknown field": {func(r *adapters.Record) { r.Child.ProtoReflect().SetUnknown([]byte{0xf8, 0x07, 1}) }, decide.CodeAdapterOverreach},
		"no child":         {func(r *adapters.Record) { r.Child = nil }, decide.CodeAdapterOverreach},
		"no version":       {func(r *adapters.Record) { r.Version = "" }, decide.CodeRecordVersion},
		"no id":            {func(r *adapters.Record) { r.ID = "" }, decide.CodeRecordVersion},
		"a name, as it should": {func(r *adapters.Record) {
			r.Child.Name = &homewardv1.Name{Family: []*homewardv1.Assertion{{Value: "x", Source: "y"}}}
		}, ""},
	} {
		r := decidetest.Record("child-1", nil)
		c.change(&r)
		f, err := a.Fetched([]adapters.Record{r}, nil)
		if c.want == "" && (err != nil || len(f.Records()) != 1) || c.want != "" && (!errors.Is(err, problem.New(c.want, "")) || len(f.Records()) != 0) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFetchedKeepsWhatMatches(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	byCriteria := decidetest.Admit(t, e, questions()["TRACE/icrc"])
	linked := decidetest.Admit(t, e, questions()["RETURN/partner"])
	noIdentity := questions()["RETURN/partner"]
	noIdentity.LinkIdentity = "both"
	for name, c := range map[string]struct {
		a     decide.Admitted
		match decide.Match
		want  int
	}{
		"a match":                        {byCriteria, matched("imposed"), 2},
		"no match":                       {byCriteria, func(adapters.Criteria, adapters.Record) (string, bool) { return "original", false }, 0},
		"a mixture":                      {byCriteria, matched("both"), 0},
		"nothing to match by":            {byCriteria, nil, 0},
		"the link's record":              {linked, nil, 1},
		"the link's record, and no more": {linked, matched("original"), 1},
		"a link without an identity":     {decidetest.Admit(t, e, noIdentity), matched("original"), 0},
	} {
		f, err := c.a.Fetched([]adapters.Record{decidetest.Record("child-1", nil), decidetest.Record("child-2", nil)}, c.match)
		if err != nil || len(f.Records()) != c.want {
			t.Errorf("%s: %d records, %v", name, len(f.Records()), err)
		}
	}
}

// Never 8. Where something could be released, the requester is told to ask more
// narrowly; where nothing could, a number would say that there are some.
func TestMoreThanFiveRecords(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	var many []adapters.Record
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		r := decidetest.Record(id, nil)
		r.Child.Birth = nil
		many = append(many, r)
	}
	trace := decidetest.Admit(t, e, questions()["TRACE/icrc"])
	decided := func(records []adapters.Record) (visible int, err error) {
		f, err := trace.Fetched(records, matched("original"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := e.Decide(t.Context(), f, nothingYet(f))
		for _, r := range v.Records() {
			if !r.Set.Withheld {
				visible++
			}
		}
		return visible, err
	}
	if n, err := decided(many[:decide.MaxRecords]); err != nil || n != decide.MaxRecords {
		t.Errorf("five: %d, %v", n, err)
	}
	if n, err := decided(many); !errors.Is(err, problem.New(decide.CodeTooMany, "")) || n != 0 {
		t.Errorf("six: %d, %v", n, err)
	}
	// A child on hold beside five others does not show by its number, and six on
	// hold are as absent as one.
	hold := func(records []adapters.Record) []adapters.Record {
		var out []adapters.Record
		for _, r := range records {
			r.Child = proto.CloneOf(r.Child)
			r.Child.Flags.HoldByOrigin = homewardv1.Tristate_TRISTATE_TRUE
			out = append(out, r)
		}
		return out
	}
	if n, err := decided(append(hold(many[:1]), many[1:]...)); err != nil || n != decide.MaxRecords {
		t.Errorf("five and one on hold: %d, %v", n, err)
	}
	if n, err := decided(hold(many)); err != nil || n != 0 {
		t.Errorf("six on hold: %d, %v", n, err)
	}
	match := decidetest.Admit(t, e, questions()["MATCH/partner"])
	f, err := match.Fetched(many, matched("original"))
	if err != nil || len(f.Records()) != 0 || f.Admitted().Reason() != "DENY_BULK" {
		t.Errorf("six of MATCH: %d records, %q, %v", len(f.Records()), f.Admitted().Reason(), err)
	}
	if match.Reason() != "" {
		t.Error("the admission itself changed")
	}
}

// nothingYet says that the requester received nothing of any record.
func nothingYet(f decide.Fetched) map[string]decide.Disclosed {
	out := make(map[string]decide.Disclosed)
	for _, r := range f.Records() {
		out[r.ID] = decide.Disclosed{}
	}
	return out
}
