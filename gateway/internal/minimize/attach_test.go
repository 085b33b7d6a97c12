package minimize

import (
	"encoding/json"
	"testing"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// What is attached is part of the content that is recorded, and is read back; to
// a promise or a refusal nothing is attached.
func TestWith(t *testing.T) {
	t.Parallel()
	ref := envelope.PolicyRef{Bundle: "sha256:00", Version: "1"}
	a := Attachment{Advice: &envelope.Advice{Contact: "duty desk", Text: map[string]string{"en": "Keep the child safe."}}, Links: []string{"a.b.c~"}}
	plain := Absent(decide.Admitted{}, ref)
	before := string(plain.Content())
	got := plain.With(a)
	var content struct {
		Status string
		Advice envelope.Advice
		Links  []envelope.Element
	}
	if err := json.Unmarshal(got.Content(), &content); err != nil {
		t.Fatal(err)
	}
	if content.Status != "answered" || content.Advice.Contact != "duty desk" || len(content.Links) != 4 || len(got.Disclosures()) != 1 {
		t.Errorf("%s with %d disclosures", got.Content(), len(got.Disclosures()))
	}
	if string(plain.Content()) != before {
		t.Error("what was attached to has changed")
	}
	for name, r := range map[string]Released{
		"refused": Refuse(decide.Admitted{}, problem.New(problem.CodeNotFound, ""), ref), "nothing": {},
	} {
		if with := r.With(a); string(with.Content()) != string(r.Content()) || len(with.Disclosures()) != 0 {
			t.Errorf("%s: %s", name, with.Content())
		}
	}
	if with := plain.With(Attachment{}); string(with.Content()) != before {
		t.Error("nothing was attached, and it shows")
	}
}
