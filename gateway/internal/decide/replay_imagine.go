package decide

import "homeward.example/schemas/catalog"

// imagine completes the input of a question with a record that protects nothing
// and of which its requester has nothing: the most that such a question could get.
func imagine(question []byte) []byte {
	if len(question) == 0 {
		return nil
	}
	f := recordFacts{
		matched: catalog.Original, count: 1, age: child,
		locationProtected: No, publicity: No, litigation: No, captor: No, hold: No, safe: No,
		tracing: Yes, others: Yes, services: Yes, refused: No, denyDetails: No, fresh: Yes, icrc: No, own: allOwn(),
	}
	for i := range groups() {
		f.disclosed[i] = [2]Tri{No, No}
	}
	return f.input(question)
}
