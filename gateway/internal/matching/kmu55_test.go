package matching_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A name in Ukrainian is found by its transliteration of 2010 (KMU-55), and the
// other way round. The vectors were made by hand from the table of the decree.
func TestTransliterated(t *testing.T) {
	t.Parallel()
	for ukrainian, latin := range map[string]string{
		"Єва": "Yeva", "Гаєва": "Haieva", "Їжак": "Yizhak", "Мусіїв": "Musiiv", "Йова": "Yova", "Майя": "Maiia",
		"Юрко": "Yurko", "Любов": "Liubov", "Яна": "Yana", "Ілля": "Illia", "Згара": "Zghara", "Розгін": "Rozghin",
		"Ґава": "Gava", "Гава": "Hava", "Хома": "Khoma", "Цимбал": "Tsymbal", "Чиж": "Chyzh", "Шишка": "Shyshka",
		"Щука": "Shchuka", "Мар'яна": "Mariana", "Лук’ян": "Lukian", "Кость": "Kost", "Єва-Юлія": "Yeva-Yuliia",
	} {
		transliterated(t, ukrainian, latin)
	}
}

// TestOfficialExamples runs where the official examples are: they are not part
// of the project.
func TestOfficialExamples(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../../../shared/data/names/kmu55.tsv")
	if errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") == "true" {
			t.Fatal("the official examples are missing")
		}
		t.Log("the official examples are not here; TestTransliterated has our own")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(table)), "\n")[1:]
	if len(rows) < 70 {
		t.Fatalf("%d examples", len(rows))
	}
	for _, row := range rows {
		ukrainian, latin, ok := strings.Cut(strings.TrimSpace(row), "\t")
		if !ok {
			t.Fatalf("row %q", row)
		}
		transliterated(t, ukrainian, latin)
	}
}

func transliterated(t *testing.T, ukrainian, latin string) {
	t.Helper()
	for asked, held := range map[string]string{latin: ukrainian, ukrainian: latin, latin + " ": ukrainian} {
		r := adapters.Record{Child: &homewardv1.ChildRecord{
			Name: &homewardv1.Name{Family: []*homewardv1.Assertion{{
				Value: held, Kind: homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL,
			}}},
			Birth: &homewardv1.Birth{Sex: "female"},
		}}
		if _, ok := matching.Identity(adapters.Criteria{Family: asked, Sex: "female"}, r); !ok {
			t.Errorf("%s does not find %s", asked, held)
		}
		if _, ok := matching.Identity(adapters.Criteria{Family: asked + "a", Sex: "female"}, r); ok {
			t.Errorf("%sa finds %s", asked, held)
		}
	}
}
