package trust

import (
	"strings"
	"testing"
)

// All others trust the links of the authority of origin, so there is one at most,
// and it is a government that holds records.
func TestOneAuthorityOfOrigin(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *Registry){
		"two": func(r *Registry) {
			r.Participants[0].AuthorityOfOrigin, r.Participants[1].AuthorityOfOrigin = true, true
		},
		"no government": func(r *Registry) { r.Participants[0].Kind = "ngo" },
		"no holder":     func(r *Registry) { r.Participants[0].Holder = false },
		"prohibited":    func(r *Registry) { r.Participants[0].Prohibited = true },
	} {
		r := registry()
		for i := range r.Participants {
			p := &r.Participants[i]
			p.AuthorityOfOrigin, p.Kind, p.Holder = i == 0, "government", true
		}
		if err := Validate(r); err != nil {
			t.Fatalf("the registry before the change: %v", err)
		}
		if change(&r); Validate(r) == nil || !strings.Contains(Validate(r).Error(), "authority_of_origin") {
			t.Errorf("%s: %v", name, Validate(r))
		}
	}
}
