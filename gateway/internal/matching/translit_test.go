package matching_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"homeward.example/gateway/internal/matching"
)

// TestTables: examples of our own, made by hand from each standard: what a table
// does at the start of a word, after a vowel, with signs, and with its own pairs.
func TestTables(t *testing.T) {
	t.Parallel()
	for table, examples := range map[string]map[string]string{
		matching.KMU55: {
			"Згурський": "Zghurskyi", "Єнакієве": "Yenakiieve", "Їжакевич": "Yizhakevych", "Йосипівка": "Yosypivka", "Ґалаґан": "Galagan",
			"Щербухи": "Shcherbukhy", "Юрій": "Yurii", "Яготин": "Yahotyn", "Знам'янка": "Znamianka", "Біла Церква": "Bila Tserkva", "ЩУР": "SHCHUR",
		},
		matching.ICAOuk: {"Згурський": "Zhurskyi", "Юлія": "Yuliia", "Гнат": "Hnat", "Цюпа": "Tsiupa", "Лук’ян": "Lukian"},
		matching.ICAOru: {
			"Юлия": "Iuliia", "Объездов": "Obieezdov", "Цыганов": "Tsyganov", "Щукин": "Shchukin", "Эдуард": "Eduard", "Пётр": "Petr", "Никитична": "Nikitichna", "Дарья": "Daria",
		},
		matching.GOST52535: {"Цыганов": "Tcyganov", "Объездов": "Obezdov", "Юлия": "Iuliia", "Хохлова": "Khokhlova"},
		matching.BGNuk:     {"Згурський": "Z·hurs’kyy", "Юлія": "Yuliya", "Єва": "Yeva", "Лук'ян": "Luk”yan", "Їжак": "Yizhak"},
		matching.BGNru: {
			"Елена": "Yelena", "Андреев": "Andreyev", "Васильев": "Vasil’yev", "Объездов": "Ob”yezdov", "Алексей": "Aleksey", "Пётр": "Pëtr", "Ёлкин": "Yëlkin",
			"Батсов": "Bat·sov",
		},
		matching.ISO9: {
			"Шевченко": "Ševčenko", "Щука": "Ŝuka", "Юлія": "Ûlìâ", "Їжак": "Ïžak", "Євген": "Êvgen", "Элла": "Èlla", "Хома": "Homa", "Ґава": "G̀ava", "Львов": "Lʹvov",
		},
	} {
		for name, want := range examples {
			if got, ok := matching.Transliterate(name, table); !ok || got != want {
				t.Errorf("%s: %s is %q, want %q", table, name, got, want)
			}
		}
	}
	if _, ok := matching.Transliterate("Яна", "none"); ok {
		t.Error("a table that does not exist")
	}
}

// TestOfficialTable runs where the official examples of KMU-55 are: they are not
// part of the project.
func TestOfficialTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../shared/data/names/kmu55.tsv")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Log("the official examples are not here; TestTables has our own")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		uk, latin, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if uk == "ukrainian" {
			continue
		}
		n++
		if got, _ := matching.Transliterate(uk, matching.KMU55); got != latin {
			t.Errorf("%s is %q, want %q", uk, got, latin)
		}
	}
	if n < 70 {
		t.Errorf("only %d examples", n)
	}
}

// TestFormsAgree: whichever table wrote a name, its form is the one of the name itself.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"uk": {
			"Шевченко", "Згурський", "Щербак", "Єнакієвець", "Їжакевич", "Йосипенко", "Ґалаґан", "Лук'яненко", "Наталія", "Юлія", "Олександр",
			"Михайло", "Євген", "Мар'яна", "Цимбалюк", "Хоменко", "Чижевська", "Жаботинський", "Кость", "Любов", "Соломія", "Яна", "Матвій",
		},
		"ru": {
			"Александр", "Николай", "Дмитрий", "Юлия", "Наталья", "Пётр", "Цветкова", "Щукин", "Хохлов", "Объездов", "Жуков", "Чехов", "Эдуард",
			"Алексеевна", "Васильев", "Мария", "Ярослав", "Кириченко", "Татьяна", "Любовь", "Евгений",
		},
	}
	for _, table := range matching.Tables() {
		for language, list := range names {
			if !strings.HasSuffix(table, language) && strings.Contains("uk ru", table[len(table)-2:]) ||
				table == matching.KMU55 && language == "ru" || table == matching.GOST52535 && language == "uk" {
				continue
			}
			for _, name := range list {
				if name == "Згурський" && table == matching.ICAOuk {
					continue // it writes ж and зг alike; KMU-55 does not
				}
				latin, _ := matching.Transliterate(name, table)
				if got, want := matching.Form(latin), matching.Form(name); got != want {
					t.Errorf("%s: %s (%s) has the form %q, want %q", table, name, latin, got, want)
				}
			}
		}
	}
}

// Further spellings that are one name, and names that are not.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Шевченко", "Schewtschenko", "Szewczenko", "Ševčenko", "Shevchenko"},
		{"Наталія", "Наталья", "Natalia", "Nataliya", "Natalja"},
		{"Цюпа", "Tsiupa", "Tcyupa", "Cjupa"},
		{"Щербак", "Shcherbak", "Szczerbak", "Schtscherbak", "Ŝerbak"},
	} {
		for _, name := range same {
			if got, want := matching.Form(name), matching.Form(same[0]); got != want {
				t.Errorf("%s: %q, want %q as %s", name, got, want, same[0])
			}
		}
	}
	seen := make(map[string]string)
	for _, name := range []string{"Марія", "Марина", "Маргарита", "Микола", "Михайло", "Максим", "Матвій", "Ганна", "Яна", "Жанна", "Іванна"} {
		if other, twice := seen[matching.Form(name)]; twice {
			t.Errorf("%s and %s have one form", name, other)
		}
		seen[matching.Form(name)] = name
	}
}

// Family names of one family share a stem, whatever gender and language.
func TestStems(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Левицький", "Левицька", "Левицкий", "Левицкая", "Levytskyi", "Levitskaia", "Lewycky"},
		{"Іванов", "Іванова", "Иванов", "Иванова", "Ivanov", "Ivanova"},
		{"Чорний", "Чорна", "Chornyi", "Chorna"},
		{"Коваленко", "Kovalenko", "КОВАЛЕНКО"},
		{"Калинин", "Калинина", "Калінін", "Kalinina"},
	} {
		for _, name := range same {
			if got, want := matching.Stem(name), matching.Stem(same[0]); got != want {
				t.Errorf("%s: %q, want %q as %s", name, got, want, same[0])
			}
		}
	}
}
