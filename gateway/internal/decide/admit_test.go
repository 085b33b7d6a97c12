package decide_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/replay"
	"homeward.example/schemas/catalog"
)

func matched(identity string) decide.Match {
	return func(adapters.Criteria, adapters.Record) (string, bool) { return identity, true }
}

// The zero values of the chain compile; they must be good for nothing.
func TestZeroValuesAreRefused(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	var a decide.Admitted
	if a.Refusal() == "" || a.Failure() == "" || len(a.Mask()) != 0 || a.Pending() || a.TellOrigin() || a.Input() != nil {
		t.Errorf("admitted: %q, %v", a.Refusal(), a.Mask())
	}
	if _, err := a.Fetched([]adapters.Record{decidetest.Record("child-1", nil)}, matched("original")); err == nil {
		t.Error("the zero Admitted takes a record")
	}
	f, err := a.Fetched(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []decide.Fetched{f, {}} {
		if _, err := e.Decide(t.Context(), f, nil); !errors.Is(err, problem.New(decide.CodeUnadmitted, "")) {
			t.Errorf("decided: %v", err)
		}
	}
	var v decide.Verdicts
	if len(v.Records()) != 0 || v.Admitted().Refusal() == "" {
		t.Error("the zero Verdicts has something to release")
	}
}

// Facts must be those of the message that was verified.
func TestFactsOfAnotherMessage(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	f := decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin())
	fresh, query := decidetest.Fresh(t, f)
	f.Query = query
	if _, err := e.Admit(t.Context(), fresh, f); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*decide.Facts){
		"another id":        func(f *decide.Facts) { f.Query.ID = "other" },
		"another issuer":    func(f *decide.Facts) { f.Query.Issuer = "gov-pl" },
		"another requester": func(f *decide.Facts) { f.Requester.ID = "gov-pl" },
		"another holder":    func(f *decide.Facts) { f.Holder.ID = "unicef" },
	} {
		g := f
		change(&g)
		if a, err := e.Admit(t.Context(), fresh, g); !errors.Is(err, problem.New(decide.CodeUnbound, "")) || a.Refusal() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.Admit(t.Context(), replay.Fresh{}, decide.Facts{}); !errors.Is(err, problem.New(decide.CodeUnbound, "")) {
		t.Errorf("no message: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if a, err := e.Admit(ended, fresh, f); err == nil || a.Refusal() == "" {
		t.Errorf("after the end: %v", err)
	}
}

// A question of one engine is not decided by another.
func TestAnotherEngine(t *testing.T) {
	t.Parallel()
	one, other := decidetest.Engine(t), decidetest.Engine(t)
	a := decidetest.Admit(t, one, decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin()))
	f, err := a.Fetched(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Decide(t.Context(), f, nil); !errors.Is(err, problem.New(decide.CodeUnadmitted, "")) {
		t.Errorf("got %v", err)
	}
}

// What could not be released is not read: the mask is what policy opens, what
// that is made from, the facts, and what the criteria are compared with.
func TestMask(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	facts := func(leaf catalog.Field) bool {
		return leaf.Fact || leaf.Path == "birth.birth_date" || leaf.Path == "birth.age"
	}
	never := map[string][]string{
		"MATCH/partner":  {"record.record_id", "name.nickname", "physical.photo", "current.location", "separation.place", "documents.passport_no"},
		"TRACE/icrc":     {"evidence.icc_ref", "listing.url", "documents.passport_no", "protection.concerns", "current.caregiver", "record.version"},
		"TRACE/unicef":   {"evidence.icc_ref", "physical.photo", "documents.passport_no", "family.members.phone", "protection.risk_level"},
		"RETURN/origin":  {"evidence.icc_ref", "evidence.custody", "listing.url"},
		"RETURN/partner": {"evidence.icc_ref", "physical.photo", "documents.passport_no", "separation.cause", "protection.concerns"},

		"FOUND/partner":             {"record.record_id", "name.nickname", "physical.photo", "current.location", "physical.health_group"},
		"RETURN/mediator":           {"name.nickname", "documents.passport_no", "current.location", "family.guardian_status"},
		"CARE/ngo":                  {"documents.passport_no", "physical.photo", "current.location", "physical.health_group", "family.members.name"},
		"CARE/partner":              {"documents.passport_no", "physical.photo", "current.location", "physical.health_group", "family.members.name"},
		"ACCOUNTABILITY/icc":        {"documents.passport_no", "physical.photo", "current.caregiver", "tracing.matched_request_ids"},
		"ACCOUNTABILITY/prosecutor": {"documents.passport_no", "physical.photo", "current.caregiver", "tracing.matched_request_ids"},
		"AUDIT/reviewer":            {"name.nickname", "documents.passport_no", "physical.photo", "evidence.icc_ref"},
	}
	for name, f := range questions() {
		mask := decidetest.Admit(t, e, f).Mask()
		for _, leaf := range catalog.Fields() {
			if facts(leaf) && len(leaf.Steps) > 0 && !slices.Contains(mask, leaf.Path) {
				t.Errorf("%s: the fact %s is not read", name, leaf.Path)
			}
		}
		for _, path := range never[name] {
			if slices.Contains(mask, path) {
				t.Errorf("%s: %s is read", name, path)
			}
		}
		for _, path := range mask {
			if leaf, ok := catalog.ByPath(path); !ok || len(leaf.Steps) == 0 {
				t.Errorf("%s: %q is no leaf", name, path)
			}
		}
		if f.Query.Links == nil && !slices.Contains(mask, "name.family") {
			t.Errorf("%s: the name that was asked by is not read", name)
		}
	}
	mask := decidetest.Admit(t, e, questions()["RETURN/partner"]).Mask()
	for path, needs := range map[string]string{
		"current.location": "current.outside_controlled_area", "displacement.facility_name": "displacement.facility_type",
	} {
		if !slices.Contains(mask, path) || !slices.Contains(mask, needs) {
			t.Errorf("%s is read without %s", path, needs)
		}
	}
}

func TestCriteriaAreComparedWithTheirLeaves(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	f := decidetest.Question("MATCH", decidetest.Partner(), decidetest.Origin())
	f.Query.Criteria = map[string]string{
		"full": "Тестина Зразкова", "born": "2014", "sex": "female", "birth_oblast": "Київська", "document": "AB123456",
	}
	mask := decidetest.Admit(t, e, f).Mask()
	for _, path := range []string{"name.full", "name.patronymic", "birth.birth_date", "birth.sex", "birth.birth_place", "documents.imposed_passport_no"} {
		if !slices.Contains(mask, path) {
			t.Errorf("%s is not read", path)
		}
	}
}

// The link's identity is asked for, not what the requester might add.
func TestCriteriaOfALink(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	f := decidetest.Linked("RETURN", decidetest.Partner(), decidetest.Origin(), "", "original")
	f.LinkCriteria = adapters.Criteria{Family: "Зразкова", Born: "2014"}
	if a := decidetest.Admit(t, e, f); a.Criteria() != f.LinkCriteria || a.Refusal() != "" {
		t.Errorf("%+v, %q", a.Criteria(), a.Refusal())
	}
}

func TestPlanAsksWhomPolicyNames(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	lead := decide.Party{ID: "gov-de", Kind: "government"}
	other := decide.Party{ID: "gov-ca", Kind: "government"}
	holder := func(p decide.Party, lead bool, agreement decide.Tri) decide.PlanHolder {
		return decide.PlanHolder{Party: p, Lead: lead, Agreement: agreement}
	}
	in := decide.PlanInput{
		Purpose: "RETURN", Officer: decidetest.Question("", lead, lead).Query.Officer, Requester: decidetest.Partner(), Linked: true,
		Holders: []decide.PlanHolder{
			holder(decidetest.Origin(), true, decide.Yes), holder(decidetest.UNICEF(), false, decide.Yes), holder(decidetest.ICRC(), false, decide.No),
			holder(lead, true, decide.Yes), holder(other, false, decide.Yes),
		},
	}
	want := []bool{true, true, false, true, false}
	for _, linked := range []bool{true, false} {
		in.Linked, want[3] = linked, linked
		got, err := e.Plan(t.Context(), in)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%+v, %v", got, err)
		}
		for i, p := range got {
			if p.Asked != want[i] || p.Holder != in.Holders[i].ID || p.Reason == "" {
				t.Errorf("linked %v: %+v, want %v", linked, p, want[i])
			}
		}
	}
}
