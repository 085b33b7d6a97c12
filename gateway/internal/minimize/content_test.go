package minimize

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

type registry map[string]envelope.PublicKey

func (r registry) PublicKey(kid string) (envelope.PublicKey, bool) { k, ok := r[kid]; return k, ok }

// received signs a content as package seal does and reads it as a recipient.
func received(t *testing.T, content []byte, ds []envelope.Disclosure) envelope.Answer {
	t.Helper()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	key, err := envelope.GenerateKey("k1", "EdDSA")
	if err != nil {
		t.Fatal(err)
	}
	digest := envelope.Base64(make([]byte, 32))
	head, err := json.Marshal(map[string]any{
		"iss": "gov-ua", "aud": "gov-pl", "jti": envelope.NewID(), "iat": now.Unix(), "exp": now.Unix() + 60,
		"irt": envelope.NewID(), "qh": digest, "decision": "d-1", "leaf": digest,
	})
	if err != nil {
		t.Fatal(err)
	}
	payload := append(append(head[:len(head)-1], ','), content[1:]...)
	token, err := envelope.Sign(payload, ds, envelope.TypeAnswer, key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeAnswer, Audience: "gov-pl", Issuer: "gov-ua", Uses: []envelope.Use{envelope.UseSign},
		Keys: registry{"k1": key.Public("gov-ua", envelope.UseSign)}, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := v.Answer()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestContentIsAnAnswer(t *testing.T) {
	t.Parallel()
	s := set("name.given", "name.given#imposed", "birth.birth_date=year", "family.members.phone")
	s.Both, s.Obligations = true, []string{"no_onward_transfer", "delete_by=2027-02-20"}
	s.Answer = []byte(`[{"path":"name.given","identity":"original","verdict":"released","basis":"6(1)(e)"},{"path":"physical.photo","verdict":"withheld"}]`)
	first, err := apply(record(child(t, sample), catalog.Original, s), testKeys, asked())
	if err != nil {
		t.Fatal(err)
	}
	second, err := apply(record(child(t, sample), catalog.Original, s), testKeys, asked())
	if err != nil {
		t.Fatal(err)
	}
	b := body{Status: envelope.StatusAnswered}
	b.add(first, s)
	b.add(second, s)
	content := b.close(testRef)
	if !strings.Contains(string(content), `"fields":`+string(s.Answer)+`,"obligations"`) {
		t.Errorf("the policy's list is not copied as it is: %s", content)
	}
	a := received(t, content, append(first, second...))
	if a.Status != envelope.StatusAnswered || a.Policy != testRef || a.Schema != envelope.Schema || len(a.Records) != 2 {
		t.Fatalf("%+v", a)
	}
	for _, r := range a.Records {
		want := map[string]string{
			"name.given":           `[{"value":"Олександр","script":"Cyrl","language":"uk"},{"value":"Oleksandr","script":"Latn"}]`,
			"name.given#imposed":   `[{"value":"Александр","script":"Cyrl","language":"ru"},{"value":"Aleksandr"}]`,
			"birth.birth_date":     `[{"value":"2014"}]`,
			"family.members.phone": `["+380000000001",null]`,
		}
		got := make(map[string]string)
		for name, value := range r.Values {
			got[name] = string(value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(s.Obligations, r.Obligations); diff != "" {
			t.Error(diff)
		}
		if len(r.Fields) != 2 || r.Fields[0].Basis != "6(1)(e)" {
			t.Errorf("%+v", r.Fields)
		}
	}
}

func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	none := decide.Admitted{}
	absent := Absent(none, testRef)
	if want := `{"status":"answered","records":[],"policy":{"bundle":"sha256:test","version":"1"},"schema":"homeward/1","_sd_alg":"sha-256"}`; string(absent.Content()) != want {
		t.Errorf("absent: %s", absent.Content())
	}
	if a := received(t, absent.Content(), absent.Disclosures()); a.Status != envelope.StatusAnswered || len(a.Records) != 0 || absent.Status() != a.Status {
		t.Errorf("absent: %+v", a)
	}

	until := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	pending := Pending(none, until, testRef)
	if a := received(t, pending.Content(), nil); a.Status != envelope.StatusPending || a.PendingUntil != until.Unix() || pending.Status() != a.Status {
		t.Errorf("pending: %+v", a)
	}

	p := problem.Mismatch("wrong_audience", "claim aud", "gov-ua", "gov-pl")
	p.Remedy, p.Cause = `ask "gov-ua"`, problem.New("stays_in_the_house", "")
	refused := Refuse(none, p, testRef)
	a := received(t, refused.Content(), nil)
	if a.Status != envelope.StatusRefused || refused.Status() != a.Status || a.Problem == nil || a.Problem.Code != "wrong_audience" || a.Problem.Remedy != p.Remedy {
		t.Fatalf("refused: %+v", a)
	}
	if !strings.Contains(a.Problem.Detail, "gov-ua") || strings.Contains(string(refused.Content()), "stays_in_the_house") {
		t.Errorf("refused: %s", refused.Content())
	}

	links := Links([]string{"link~one~", "link~two~"}, testRef)
	if a := received(t, links.Content(), links.Disclosures()); !cmp.Equal(a.Links, []string{"link~one~", "link~two~"}) || strings.Contains(string(links.Content()), "one") {
		t.Errorf("links: %s", links.Content())
	}
	if diff := cmp.Diff(string(absent.Content()), string(Links(nil, testRef).Content())); diff != "" {
		t.Error(diff)
	}
}

// An answer without records is the same bytes whether nothing was found or everything is withheld.
func TestWithheldEqualsAbsent(t *testing.T) {
	t.Parallel()
	r := record(child(t, sample), catalog.Original, &decide.Set{Withheld: true})
	withheld, err := release(decide.Admitted{}, []decide.RecordVerdicts{r, r}, testKeys, asked(), testRef)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(Absent(decide.Admitted{}, testRef).Content()), string(withheld.Content())); diff != "" {
		t.Error(diff)
	}
	if len(withheld.Disclosures()) != 0 || len(withheld.Records()) != 2 || withheld.Records()[0].Disclosures != nil || withheld.Records()[0].ID != "UA-1" {
		t.Errorf("the ledger is not told: %+v", withheld.Records())
	}
}

// The ledger gets the digest of each value that left, and the content has it.
func TestDigests(t *testing.T) {
	t.Parallel()
	r := record(child(t, sample), catalog.Original, set("name.given", "birth.sex"))
	got, err := release(decide.Admitted{}, []decide.RecordVerdicts{r}, testKeys, asked(), testRef)
	if err != nil {
		t.Fatal(err)
	}
	recorded := got.Records()[0].Disclosures
	if len(recorded) != 2 || len(got.Disclosures()) != 2 {
		t.Fatalf("%v", recorded)
	}
	for i, d := range got.Disclosures() {
		if recorded[i].Digest() != d.Digest() || !strings.Contains(string(got.Content()), d.Digest()) {
			t.Errorf("digest of %s", d.Name)
		}
	}
	var content struct {
		Records []struct {
			SD []string `json:"_sd"`
		}
	}
	if err := json.Unmarshal(got.Content(), &content); err != nil || len(content.Records[0].SD) != 8 {
		t.Errorf("%d digests with decoys: %v", len(content.Records[0].SD), err)
	}
}

func TestPseudonyms(t *testing.T) {
	t.Parallel()
	base := asked()
	name := func(change func(q *question, k *Keys, r *decide.RecordVerdicts)) string {
		q, k := base, testKeys
		r := record(child(t, sample), catalog.Original, set("record.record_id=pseudonym"))
		change(&q, &k, &r)
		ds, err := apply(r, k, q)
		if err != nil || len(ds) != 1 {
			t.Fatalf("%d disclosures: %v", len(ds), err)
		}
		return string(ds[0].Value)
	}
	same := name(func(*question, *Keys, *decide.RecordVerdicts) {})
	if len(same) != 24 || strings.Contains(same, "UA-1") {
		t.Errorf("pseudonym %s", same)
	}
	for what, c := range map[string]struct {
		differs bool
		change  func(q *question, k *Keys, r *decide.RecordVerdicts)
	}{
		"another query":           {false, func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.jti = "jti-2" }},
		"another purpose":         {false, func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.purpose = "TRACE" }},
		"another recipient":       {true, func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.recipient = "gov-lt" }},
		"another record":          {true, func(_ *question, _ *Keys, r *decide.RecordVerdicts) { r.Record.ID = "UA-2" }},
		"another key":             {true, func(_ *question, k *Keys, _ *decide.RecordVerdicts) { k.Pseudonym = make([]byte, 32) }},
		"another identity":        {true, func(_ *question, _ *Keys, r *decide.RecordVerdicts) { r.Matched = catalog.Imposed }},
		"part moved to the other": {true, func(q *question, _ *Keys, r *decide.RecordVerdicts) { q.recipient, r.Record.ID = "gov-plU", "A-1" }},
		"MATCH":                   {true, func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.purpose = "MATCH" }},
		"FOUND":                   {true, func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.purpose = "FOUND" }},
	} {
		if got := name(c.change); (got != same) != c.differs {
			t.Errorf("%s: %s and %s", what, same, got)
		}
	}
	match := func(jti string) string {
		return name(func(q *question, _ *Keys, _ *decide.RecordVerdicts) { q.purpose, q.jti = "MATCH", jti })
	}
	if once, again := match("a"), match("a"); once != again || once == match("b") {
		t.Error("MATCH: fresh with each query, and no oftener")
	}
	both := func(matched string) string {
		return name(func(_ *question, _ *Keys, r *decide.RecordVerdicts) { r.Set.Both, r.Matched = true, matched })
	}
	if both(catalog.Original) != both(catalog.Imposed) {
		t.Error("who may see both identities has one pseudonym")
	}
}
