package matchbench

import (
	"math"
	"testing"
)

// The first three are Winkler's own (1990, table 2.1 and later papers).
func TestJaroWinkler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.9611}, {"dwayne", "duane", 0.84}, {"dixon", "dicksonx", 0.8133},
		{"kovalenko", "kovalenko", 1}, {"a", "b", 0}, {"", "b", 0},
	} {
		for _, got := range []float64{jaroWinkler(c.a, c.b), jaroWinkler(c.b, c.a)} {
			if math.Abs(got-c.want) > 0.0001 {
				t.Errorf("%s, %s: %.4f, want %.4f", c.a, c.b, got, c.want)
			}
		}
	}
}

// The tables write what their standards say; one example each that others write differently.
func TestTables(t *testing.T) {
	t.Parallel()
	for i, want := range []string{
		"Zghurska Yevheniia", "Shchukina Iuliia", "Zghurs", "Yershova", "Tcoi", "Gennadii", "Alexandr", "Ŝuka", "Schtschukina", "Szczur", "Chtchoukina",
	} {
		name := [...]string{
			"Згурська Євгенія", "Щукина Юлия", "Згурс", "Ершова", "Цой", "Геннадій", "Александр", "Щука", "Щукина", "Щур", "Щукина",
		}[i]
		if table := tables()[i]; table.write(name) != want {
			t.Errorf("%s: %s for %s, want %s", table.name, table.write(name), name, want)
		}
	}
	if l := newLatinise(); l.text("Їжак Ŝuka Рыжёв") != "yizhak suka ryzhev" {
		t.Error(l.text("Їжак Ŝuka Рыжёв"))
	}
}
