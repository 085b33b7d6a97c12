package follow_test

import (
	"log/slog"
	"strconv"
	"testing"

	"homeward.example/gateway/internal/follow"
)

// BenchmarkStart is what a start costs per 20,000 records: made anew from a source in
// memory, and read from the file.
func BenchmarkStart(b *testing.B) {
	s := children()
	names := []string{"Микола", "Олена", "Дмитро", "Тетяна", "Тарас"}
	for i := range 20_000 {
		s.put("synthetic-"+strconv.Itoa(i), names[i%len(names)])
	}
	k := kept(b)
	k.Log = slog.New(slog.DiscardHandler)
	for name, keep := range map[string]bool{"anew": false, "read": true} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				x := follow.New(s)
				if keep {
					x.Keep(k)
				}
				if err := x.Refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
