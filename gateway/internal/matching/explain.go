package matching

import (
	"fmt"
	"math"
)

// text says one level in words.
type text struct{ en, uk string }

// reasons by code: the feature and its level. The words tell what agrees and
// never the value (of a place that is called otherwise, renamed.tell adds its names).
var reasons = map[string]text{
	"given.differs":           {"The first name is another one.", "Ім’я інше."},
	"given.close":             {"The first name differs by a letter or two: it may be misspelt.", "Ім’я відрізняється однією-двома літерами: можлива помилка."},
	"given.ambiguous":         {"The first name is a short form that may mean the same name.", "Ім’я є скороченою формою, яка може означати те саме ім’я."},
	"given.class":             {"The first name is another form of the same name (language, short form or script).", "Ім’я є іншою формою того самого імені (мова, зменшувальна форма або письмо)."},
	"given.same":              {"The first name is the same.", "Ім’я те саме."},
	"patronymic.differs":      {"The patronymic is another one.", "По батькові інше."},
	"patronymic.close":        {"The patronymic differs by a letter or two.", "По батькові відрізняється однією-двома літерами."},
	"patronymic.class":        {"The patronymic is of the same father’s name, written otherwise.", "По батькові утворене від того самого імені, записане інакше."},
	"patronymic.same":         {"The patronymic is the same.", "По батькові те саме."},
	"family.differs":          {"The family name is another one.", "Прізвище інше."},
	"family.sound":            {"The family name has the same consonants.", "У прізвищі ті самі приголосні."},
	"family.close":            {"The family name differs by a letter or two: it may be misspelt.", "Прізвище відрізняється однією-двома літерами: можлива помилка."},
	"family.class":            {"The family name is the same in another spelling, gender or script.", "Прізвище те саме в іншому написанні, роді або письмі."},
	"family.same":             {"The family name is the same.", "Прізвище те саме."},
	"birth_date.differs":      {"The birth date is more than two years away.", "Дата народження відрізняється більш ніж на два роки."},
	"birth_date.two_years":    {"The birth date is within two years.", "Дата народження відрізняється не більш ніж на два роки."},
	"birth_date.one_year":     {"The birth date is within a year.", "Дата народження відрізняється не більш ніж на рік."},
	"birth_date.same_year":    {"The year of birth is the same.", "Рік народження той самий."},
	"birth_date.same_month":   {"The year and month of birth are the same.", "Рік і місяць народження ті самі."},
	"birth_date.about_year":   {"The age, or what is known of the birth date, is a year away at most.", "Вік або відома частина дати народження відрізняється не більш ніж на рік."},
	"birth_date.fits_years":   {"What is known of the birth date fits within some years.", "Відома частина дати народження збігається в межах кількох років."},
	"birth_date.fits_year":    {"The age, or the year of birth, fits.", "Вік або рік народження збігається."},
	"birth_date.fits_month":   {"What is known of the birth date fits to the month.", "Відома частина дати народження збігається до місяця."},
	"birth_date.swapped":      {"The birth date is the same with day and month exchanged.", "Дата народження та сама, якщо поміняти день і місяць."},
	"birth_date.same":         {"The birth date is the same.", "Дата народження та сама."},
	"sex.differs":             {"The sex differs.", "Стать різна."},
	"sex.same":                {"The sex is the same.", "Стать та сама."},
	"birth_place.differs":     {"The place of birth or home is in another country.", "Місце народження або проживання в іншій країні."},
	"birth_place.country":     {"The place of birth or home is elsewhere in the same country.", "Місце народження або проживання в іншій частині тієї самої країни."},
	"birth_place.oblast":      {"The region of birth or home is the same.", "Область народження або проживання та сама."},
	"birth_place.raion":       {"The district of birth or home is the same.", "Район народження або проживання той самий."},
	"birth_place.settlement":  {"The town or village of birth or home is the same.", "Населений пункт народження або проживання той самий."},
	"whereabouts.differs":     {"The child was said to be in another country.", "Дитину бачили в іншій країні."},
	"whereabouts.country":     {"The child was said to be elsewhere in the same country.", "Дитину бачили в іншій частині тієї самої країни."},
	"whereabouts.oblast":      {"The child was said to be in the same region.", "Дитину бачили в тому самому регіоні."},
	"whereabouts.raion":       {"The child was said to be in the same district.", "Дитину бачили в тому самому районі."},
	"whereabouts.settlement":  {"The child was said to be in the same town or village.", "Дитину бачили в тому самому населеному пункті."},
	"sibling.missing":         {"None of the siblings’ names agrees.", "Жодне з імен братів і сестер не збігається."},
	"sibling.there":           {"Siblings of these names are listed together.", "Брати або сестри з такими іменами вказані разом."},
	"sibling_count.none":      {"Siblings are listed, and the record has none.", "Указано братів або сестер, а в записі їх немає."},
	"sibling_count.far":       {"The number of siblings differs.", "Кількість братів і сестер різна."},
	"sibling_count.near":      {"The number of siblings differs by one.", "Кількість братів і сестер відрізняється на одного."},
	"sibling_count.same":      {"The number of siblings is the same.", "Кількість братів і сестер та сама."},
	"sibling_count.alone":     {"The child is listed alone, and the record has no siblings.", "Дитина вказана без братів і сестер, і в записі їх немає."},
	"sibling_count.not_alone": {"The child is listed alone, and the record has siblings.", "Дитина вказана без братів і сестер, а в записі вони є."},
	"document.differs":        {"A document of the same kind has another number.", "Документ того самого виду має інший номер."},
	"document.same":           {"The number of a document is the same.", "Номер документа той самий."},
	"photo.differs":           {"The photos are different pictures, which says little.", "Фотографії різні, що мало про що говорить."},
	"photo.alike":             {"The photos are somewhat alike.", "Фотографії дещо схожі."},
	"photo.near":              {"The photos are almost the same picture.", "Фотографії майже однакові."},
	"photo.same":              {"The photo is the same file.", "Фотографія — той самий файл."},
	"eye.differs":             {"The colour of the eyes differs.", "Колір очей різний."},
	"eye.same":                {"The colour of the eyes is the same.", "Колір очей той самий."},
	"hair.differs":            {"The colour of the hair differs.", "Колір волосся різний."},
	"hair.same":               {"The colour of the hair is the same.", "Колір волосся той самий."},
	"marks.differ":            {"The marks that are described are others.", "Описані прикмети інші."},
	"marks.some":              {"Some of the marks that are described agree.", "Деякі описані прикмети збігаються."},
	"marks.most":              {"Most of the marks that are described agree.", "Більшість описаних прикмет збігається."},
	"facility.differs":        {"The facility is another one.", "Заклад інший."},
	"facility.same":           {"The facility is the same.", "Заклад той самий."},
	"given.imposed":           {"The first name differs from one that was imposed, which says nothing.", "Ім’я відрізняється від нав’язаного, що ні про що не говорить."},
	"patronymic.imposed":      {"The patronymic differs from one that was imposed, which says nothing.", "По батькові відрізняється від нав’язаного, що ні про що не говорить."},
	"family.imposed":          {"The family name differs from one that was imposed, which says nothing.", "Прізвище відрізняється від нав’язаного, що ні про що не говорить."},
	"birth_date.imposed":      {"The birth date differs from one that was imposed, which says nothing.", "Дата народження відрізняється від нав’язаної, що ні про що не говорить."},
	"birth_place.imposed":     {"The place of birth differs from one that was imposed, which says nothing.", "Місце народження відрізняється від нав’язаного, що ні про що не говорить."},
	"whereabouts.imposed":     {"The place differs from one that was imposed, which says nothing.", "Місце відрізняється від нав’язаного, що ні про що не говорить."},
}

// told puts the evidence of a feature into words.
func told(f feature, e evidence) Feature {
	d := described[f]
	level := min(e.level, len(d.levels)-1)
	code := d.name + "." + d.levels[level]
	if e.soft {
		code = d.name + ".imposed"
	}
	t := reasons[code]
	return Feature{Name: d.name, Code: code, Weight: e.weight, Reason: t.en, ReasonUK: t.uk}
}

func toldPrior(bits float64) Feature {
	n := math.Round(math.Exp2(-bits))
	return Feature{
		Name: "prior", Code: "prior", Weight: bits,
		Reason:   fmt.Sprintf("Before anything is compared: one child of %.0f.", n),
		ReasonUK: fmt.Sprintf("До порівняння: одна дитина з %.0f.", n),
	}
}
