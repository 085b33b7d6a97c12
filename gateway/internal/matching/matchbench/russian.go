package matchbench

import (
	"strings"
	"unicode/utf8"
)

var ruLetters = strings.NewReplacer(
	"ськ", "ск", "цьк", "цк", "ець", "ец", "ьо", "ё", "йо", "ё", "'я", "ья", "'ю", "ью", "'є", "ье", "'ї", "ьи",
	"і", "и", "І", "И", "ї", "и", "Ї", "И", "є", "е", "Є", "Е", "ґ", "г", "Ґ", "Г", "'", "",
)

var ruLoose = strings.NewReplacer("Біл", "Бел", "Ліс", "Лес", "Дід", "Дед", "Рибак", "Рыбак", "Лис", "Лыс", "Тиш", "Тыш", "Кирил", "Кирилл", "Пилип", "Филип")

// russian spells a Ukrainian family name the way a Russian clerk does; loose is
// the clerk who translates a part of it.
func russian(uk string, loose bool) string {
	if loose {
		uk = ruLoose.Replace(uk)
	}
	ru := ruLetters.Replace(uk)
	stem, ok := strings.CutSuffix(ru, "ий")
	if last, _ := utf8.DecodeLastRuneInString(stem); ok && !strings.ContainsRune("кгхжшчщ", last) {
		ru = stem + "ый"
	}
	return ru
}

var oblasts = map[string]string{
	"Донецька": "Донецкая", "Луганська": "Луганская", "Херсонська": "Херсонская", "Запорізька": "Запорожская",
	"Харківська": "Харьковская", "Миколаївська": "Николаевская", "Київська": "Киевская", "Сумська": "Сумская",
	"Чернігівська": "Черниговская", "Дніпропетровська": "Днепропетровская", "Полтавська": "Полтавская",
	"Одеська": "Одесская", "Житомирська": "Житомирская",
}

// father's names whose patronymics follow no rule: son and daughter, Ukrainian and Russian.
var patronymics = map[string][2]string{
	"Микола": {"Миколайович", "Миколаївна"}, "Григорій": {"Григорович", "Григорівна"}, "Яків": {"Якович", "Яківна"},
	"Ілля": {"Ілліч", "Іллівна"}, "Кузьма": {"Кузьмич", "Кузьмівна"}, "Лев": {"Львович", "Львівна"}, "Павло": {"Павлович", "Павлівна"},
	"Дмитро": {"Дмитрович", "Дмитрівна"}, "Петро": {"Петрович", "Петрівна"}, "Кирило": {"Кирилович", "Кирилівна"},
	"Данило": {"Данилович", "Данилівна"}, "Михайло": {"Михайлович", "Михайлівна"}, "Марко": {"Маркович", "Марківна"},
	"Микита": {"Микитович", "Микитівна"}, "Ігор": {"Ігорович", "Ігорівна"}, "Василь": {"Васильович", "Василівна"},
	"Пётр": {"Петрович", "Петровна"}, "Павел": {"Павлович", "Павловна"}, "Яков": {"Яковлевич", "Яковлевна"},
	"Илья": {"Ильич", "Ильинична"}, "Никита": {"Никитич", "Никитична"}, "Данила": {"Данилович", "Даниловна"},
	"Дмитрий": {"Дмитриевич", "Дмитриевна"}, "Кузьма/ru": {"Кузьмич", "Кузьминична"}, "Лев/ru": {"Львович", "Львовна"},
	"Игорь": {"Игоревич", "Игоревна"}, "Михаил": {"Михайлович", "Михайловна"},
}

// patronymic is made from the father's name.
func (f *given) patronymic(girl, ru bool) string {
	name, key := f.uk, f.uk
	if ru {
		name, key = f.ru, f.ru
		if f.ru == f.uk {
			key += "/ru"
		}
	}
	both, ok := patronymics[key]
	if !ok {
		both = regular(name, ru)
	}
	if girl {
		return both[1]
	}
	return both[0]
}

func regular(name string, ru bool) [2]string {
	stem, soft := strings.CutSuffix(name, "й")
	if !soft {
		stem = strings.TrimRight(stem, "оаь")
	}
	switch {
	case soft && ru && strings.HasSuffix(stem, "и"):
		stem = strings.TrimSuffix(stem, "и") + "ь"
		return [2]string{stem + "евич", stem + "евна"}
	case soft && ru:
		return [2]string{stem + "евич", stem + "евна"}
	case ru:
		return [2]string{stem + "ович", stem + "овна"}
	case soft:
		return [2]string{stem + "йович", stem + "ївна"}
	}
	return [2]string{stem + "ович", stem + "івна"}
}
