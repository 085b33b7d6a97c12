package verify

import (
	"encoding/json"
	"testing"
)

// Values are shown as people write them, and what is not known as it stands.
func TestText(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"Приклад"`: "Приклад",
		`2014`:      "2014",
		`true`:      "true",
		`{"country":"UA","oblast":"Донецька"}`:                "Донецька, UA",
		`[{"country":"UA"},{"country":"RU"}]`:                 "UA; RU",
		`[{"value":"Іван","script":"Cyrl"},{"value":"Ivan"}]`: "Іван; Ivan",
		`[{"place":{"country":"UA","raion":"Б"},"kind":"x"}]`: "Б, UA",
		`{"value":"м. Приклад","place":{"country":"UA"}}`:     "м. Приклад",
		`{"country":"UA","other":"x"}`:                        `{"country":"UA","other":"x"}`,
		`{"country":1}`:                                       `{"country":1}`,
		`{"kind":"document","number":"АА 1"}`:                 `{"kind":"document","number":"АА 1"}`,
		`[]`:                                                  "",
		`{}`:                                                  "{}",
	} {
		if got := text(json.RawMessage(raw)); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}
