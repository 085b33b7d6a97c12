package minimize

import (
	"os"
	"testing"

	"homeward.example/gateway/internal/decide"
	"homeward.example/schemas/catalog"
)

// BenchmarkRelease is a record of all fields, everything of both identities
// released: 126 disclosures. Three fifths of its cost are the salts, digests and
// encodings of package envelope.
func BenchmarkRelease(b *testing.B) {
	raw, err := os.ReadFile("../../../schemas/vectors/record/accept-every-leaf.json")
	if err != nil {
		b.Fatal(err)
	}
	records := []decide.RecordVerdicts{record(child(b, string(raw)), catalog.Original, everything())}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := release(decide.Admitted{}, records, testKeys, asked(), testRef); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReleaseGeneralised takes the last generalisation of each leaf that has one, for one identity.
func BenchmarkReleaseGeneralised(b *testing.B) {
	s := set()
	for i := range s.Verdicts {
		if f, _ := catalog.ByPath(s.Verdicts[i].Path); len(f.Generalise) > 0 {
			s.Verdicts[i].Verdict, s.Verdicts[i].To = "generalised", f.Generalise[len(f.Generalise)-1]
		}
	}
	records := []decide.RecordVerdicts{record(child(b, sample), catalog.Original, s)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := release(decide.Admitted{}, records, testKeys, asked(), testRef); err != nil {
			b.Fatal(err)
		}
	}
}
