package envelope

import "homeward.example/gateway/internal/problem"

// faults collects what is wrong. A verifier stops at the first group that has
// any and tells the first; Diagnose goes on and tells all. Both run the same checks.
type faults []*problem.Error

func (f *faults) add(p *problem.Error) { *f = append(*f, p) }

// check adds a fault unless ok.
func (f *faults) check(ok bool, code problem.Code, where, expected, found string) bool {
	if !ok {
		f.add(problem.Mismatch(code, where, expected, found))
	}
	return ok
}

// took adds an error of a step that has but one.
func (f *faults) took(err error) bool {
	if err != nil {
		f.add(problem.Of(err))
	}
	return err == nil
}

// err returns the first fault, nil if there is none.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f[0]
}

// shown returns a header or a name as it may be repeated in an error: short and
// of harmless characters, or not at all. No value of a child's passes through here.
func shown(s string) string {
	if s == "" {
		return "nothing"
	}
	if len(s) > 64 {
		return "a long value"
	}
	for i := range len(s) {
		c := s[i]
		if sextet[c] == 0xff && c != '.' && c != ':' && c != '@' && c != '+' && c != '/' {
			return "another value"
		}
	}
	return s
}
