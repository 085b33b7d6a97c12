package decide_test

import (
	"encoding/json"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
)

// The same as `opa eval -d policies -i input.json data.homeward.release.decision`:
// the folder is loaded as opa loads it, cases and all, and has a word on what
// `homeward policy explain --show-input` prints.
func TestUnderStockOPA(t *testing.T) {
	t.Parallel()
	text := inputOf(t, `{question: {purpose: TRACE, requester: unicef, holder: origin}}`)
	var input any
	if err := json.Unmarshal(text, &input); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"data.homeward.admit.decision", "data.homeward.release.decision"} {
		rs, err := rego.New(rego.Query(query), rego.Load([]string{"../../../policies"}, nil), rego.Input(input)).Eval(t.Context())
		if err != nil || len(rs) != 1 {
			t.Fatalf("%s: %v %v", query, rs, err)
		}
		if d, ok := rs[0].Expressions[0].Value.(map[string]any); !ok || len(d) < 3 {
			t.Errorf("%s: %v", query, rs[0].Expressions[0].Value)
		}
	}
}
