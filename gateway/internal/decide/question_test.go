package decide

import (
	"slices"
	"testing"
)

// What stands for more than one value is a wildcard (never 8): the policy sees
// that there is one, never the criteria.
func TestWildcards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		criteria map[string]string
		wildcard bool
	}{
		{map[string]string{"family": "Зразкова", "born": "2014"}, false},
		{map[string]string{"family": "Зразкова", "born": "2014-03-09", "sex": "female", "birth_oblast": "Київська"}, false},
		{map[string]string{"document": "AB123456", "born": "2014"}, false},
		{map[string]string{"family": "З*", "born": "2014"}, true},
		{map[string]string{"family": "Зр%", "born": "2014"}, true},
		{map[string]string{"family": "Зр_зкова", "born": "2014"}, true},
		{map[string]string{"family": "З.", "born": "2014"}, true},
		{map[string]string{"family": "Зразкова\xff", "born": "2014"}, true},
		{map[string]string{"family": "Зразкова", "born": "201X"}, true},
		{map[string]string{"family": "Зразкова", "born": "2010/2016"}, true},
		{map[string]string{"family": "Зразкова", "born": "soon"}, true},
		{map[string]string{"family": "Зразкова", "sex": "any"}, true},
		{map[string]string{"document": "AB1", "born": "2014"}, true},
		{map[string]string{"document": "AB1234?", "born": "2014"}, true},
		{map[string]string{"family": "Зразкова", "birth_oblast": "К"}, true},
	} {
		criteria, known := wireCriteria(c.criteria)
		names, wildcard := given(criteria)
		if wildcard != c.wildcard || !known || len(names) != len(c.criteria) {
			t.Errorf("%q: wildcard %v, known %v, criteria %v", c.criteria, wildcard, known, names)
		}
	}
	if _, known := wireCriteria(map[string]string{"family": "Зразкова", "eye": "blue"}); known {
		t.Error("a criterion that does not exist is known")
	}
	criteria, _ := wireCriteria(map[string]string{"family": "Зразкова", "given": "  "})
	if names, _ := given(criteria); !slices.Equal(names, []string{"family"}) {
		t.Errorf("a blank criterion is given: %v", names)
	}
}
