package minimize

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func TestInitials(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Олександр": "О.", "олександр": "О.", "Олександр Петрович": "О. П.", "  Марія-Анна  ": "М. А.", "Марія–Анна": "М. А.",
		"О'Коннор": "О.", "В’ячеслав": "В.", "ʼЯна": "Я.", "Й": "Й.", "и\u0306осип": "Й.", "Łucja": "Ł.", "О. П.": "О. П.", "О.П.": "О. П.",
		"": "", " - ": "", "123": "", "(Саша)": "С.", "李 明": "李. 明.",
	} {
		if got, ok := initials(in); got != want || ok != (want != "") {
			t.Errorf("initials(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestLastTwo(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"12345678-90123": "23", "КВ 123456": "56", "AB-12 34": "34", "12345": "", "": "", "1 2 - 3": "", "АБВГДЕ": "ДЕ",
	} {
		if got, ok := lastTwo(in); got != want || ok != (want != "") {
			t.Errorf("lastTwo(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestCutPlace(t *testing.T) {
	t.Parallel()
	full := &homewardv1.Place{Country: "UA", Oblast: "Сумська", Raion: "Сумський", Hromada: "h", Settlement: "s", Point: "p", Katottg: "k"}
	for _, c := range []struct {
		place       *homewardv1.Place
		level, want string
	}{
		{full, "raion", `{"country":"UA","oblast":"Сумська","raion":"Сумський"}`},
		{full, "oblast", `{"country":"UA","oblast":"Сумська"}`},
		{full, "country", `{"country":"UA"}`},
		{full, "street", ``},
		{full, "", ``},
		{&homewardv1.Place{Country: " ua "}, "country", `{"country":"UA"}`},
		{&homewardv1.Place{Country: "BY", Oblast: "Гомельская"}, "oblast", `{"country":"BY","oblast":"Гомельская"}`},
		{&homewardv1.Place{Country: "UA", Raion: "Сумський"}, "raion", `{"country":"UA"}`},
		{&homewardv1.Place{Country: "PL", Oblast: "Mazowieckie", Raion: "x"}, "raion", `{"country":"abroad"}`},
		{&homewardv1.Place{Country: "Ukraine"}, "country", ``},
		{&homewardv1.Place{Country: "УА"}, "country", ``},
		{&homewardv1.Place{Oblast: "Сумська"}, "oblast", ``},
		{nil, "country", ``},
	} {
		got, ok := cutPlace([]byte("x"), c.place, c.level)
		if string(got[1:]) != c.want || ok != (c.want != "") {
			t.Errorf("%v to %s: %s, %v, want %s", c.place, c.level, got[1:], ok, c.want)
		}
	}
}

func TestAgeBands(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0-4", "4": "0-4", "5": "5-9", "9": "5-9", "10": "10-14", "14": "10-14", "15": "15-17", "17": "15-17", "18": "18+", "45": "18+",
		"10-12": "10-14", "12 - 14": "10-14", "14-15": "", "12-10": "", "": "", "-3": "", "12y": "", "999": "", "1.5": "", "3-": "",
	} {
		if got, ok := ageBandOf(in); got != want || ok != (want != "") {
			t.Errorf("ageBandOf(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzInitials(f *testing.F) {
	for _, s := range []string{"Олександр Петрович", "Марія-Анна", "О'Коннор", "и\u0306", "\xff", "ﬁ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := initials(s)
		if ok != (got != "") || !utf8.ValidString(got) {
			t.Fatalf("initials(%q) = %q, %v", s, got, ok)
		}
		for _, word := range strings.Fields(got) {
			letters := strings.TrimSuffix(word, ".")
			if r, size := utf8.DecodeRuneInString(letters); size != len(letters) || !unicode.IsLetter(r) {
				t.Fatalf("initials(%q) = %q: %q is more than a letter", s, got, word)
			}
		}
	})
}

func FuzzPlace(f *testing.F) {
	f.Add("UA", "Сумська", "Сумський", "point")
	f.Add("PL", "Mazowieckie", "", "")
	f.Add("ua ", "\"", "\\", "\x00")
	f.Fuzz(func(t *testing.T, country, oblast, raion, point string) {
		p := &homewardv1.Place{Country: country, Oblast: oblast, Raion: raion, Settlement: point, Point: point}
		for _, level := range []string{"country", "oblast", "raion"} {
			got, ok := cutPlace(nil, p, level)
			other := &homewardv1.Place{Country: country, Oblast: oblast, Raion: raion, Hromada: "another", Katottg: "another"}
			if again, _ := cutPlace(nil, other, level); string(again) != string(got) {
				t.Fatalf("%s shows what is below it: %s, %s", level, got, again)
			}
			if !ok && len(got) > 0 {
				t.Fatalf("refused, yet wrote %s", got)
			}
		}
	})
}
