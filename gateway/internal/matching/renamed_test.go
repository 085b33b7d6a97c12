package matching_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// at is a place from its parts: country, region, district, settlement.
func at(country, oblast, raion, settlement string) *homewardv1.Place {
	return &homewardv1.Place{Country: country, Oblast: oblast, Raion: raion, Settlement: settlement}
}

// born compares two children of whom nothing but the place of birth is known.
func born(t interface{ Fatalf(string, ...any) }, a, b *homewardv1.Place) matching.Feature {
	in := func(p *homewardv1.Place) matching.Profile {
		return matching.FromRecord(&homewardv1.ChildRecord{Birth: &homewardv1.Birth{BirthPlace: []*homewardv1.Assertion{{Place: p}}}})
	}
	there, back := feature(in(a), in(b)), feature(in(b), in(a))
	if there.Code != back.Code || there.Reason != back.Reason || there.ReasonUK != back.ReasonUK {
		t.Fatalf("%v and %v: %+v, the other way %+v", a, b, there, back)
	}
	return there
}

func feature(a, b matching.Profile) (none matching.Feature) {
	for _, f := range matching.Compare(a, b).Features {
		if f.Name == "birth_place" {
			return f
		}
	}
	return none
}

const (
	town     = "birth_place.settlement"
	district = "birth_place.raion"
	region   = "birth_place.oblast"
	country  = "birth_place.country"
	abroad   = "birth_place.differs"
)

// TestRenamed: a place is the same under the name that the other side has for it.
func TestRenamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b *homewardv1.Place
		code string
		says string // in English, after "the same"
	}{
		"Russian":            {at("UA", "Донецька", "", "Бахмут"), at("UA", "Донецкая область", "", "г. Артёмовск"), town, ": Bakhmut, also written Артемівськ, Артёмовск."},
		"without dots":       {at("UA", "Донецька", "", "Бахмут"), at("", "Донецкая", "", "АРТЕМОВСК"), town, ": Bakhmut, also written"},
		"Latin":              {at("UA", "Donetsk oblast", "", "Bakhmut"), at("", "Donetsk", "", "Artyomovsk"), town, ": Bakhmut, also written"},
		"both in the old":    {at("UA", "Донецька", "", "Артемівськ"), at("UA", "Донецька", "", "Artemovsk"), town, " is the same."},
		"both in the new":    {at("UA", "Донецька", "", "Бахмут"), at("UA", "Донецька", "", "Bakhmut"), town, " is the same."},
		"the occupier's":     {at("UA", "Донецька область", "Бахмутський район", "Бахмут"), at("RU", "Донецкая Народная Республика", "Артемовский муниципальный округ", "Артемовск"), town, ": Bakhmut"},
		"initials":           {at("UA", "Луганська", "", "Кадіївка"), at("RU", "ЛНР", "", "г. Стаханов"), town, ": Kadiivka, also written Стаханов."},
		"of two regions":     {at("UA", "Луганська", "", "Кипуче"), at("UA", "Луганская", "", "Артёмовск"), town, ": Kypuche"},
		"Toretsk":            {at("UA", "Донецька", "", "Торецьк"), at("UA", "Донецька", "", "Дзержинск"), town, ": Toretsk"},
		"two words":          {at("UA", "Луганська", "", "Хрустальний"), at("UA", "Луганская", "", "Krasnyy Luch"), town, ": Khrustalnyi"},
		"of 2021":            {at("UA", "Донецька", "", "Нью-Йорк"), at("UA", "Донецкая", "", "пгт Новгородское"), town, ": Niu-York"},
		"of 2024":            {at("UA", "Луганська", "", "Сіверськодонецьк"), at("UA", "Луганська", "", "Северодонецк"), town, ": Siverskodonetsk"},
		"no region":          {at("UA", "", "", "Дніпро"), at("UA", "", "", "Днепропетровск"), town, ": Dnipro"},
		"no region, one":     {at("", "Кіровоградська", "", "Кропивницький"), at("", "", "", "Kirovograd"), town, ": Kropyvnytskyi"},
		"the region's name":  {at("UA", "Дніпропетровська", "", "Дніпро"), at("UA", "Днепропетровская область", "", "Днепропетровск"), town, ": Dnipro"},
		"other consonants":   {at("UA", "Донецька", "", "Вугледар"), at("UA", "Донецкая", "", "Угледар"), town, ": Vuhledar"},
		"a village of it":    {at("UA", "Луганська", "", "Сорокине"), at("UA", "Луганская", "", "пгт Краснодон"), region, "is the same."},
		"the city of it":     {at("UA", "Луганська", "", "Сорокине"), at("UA", "Луганская", "", "г. Краснодон"), town, ": Sorokyne"},
		"a district":         {at("UA", "Донецька", "Покровський", ""), at("UA", "Донецкая", "Красноармейский район", ""), district, ": Pokrovskyi, also written Красноармійський"},
		"a republic":         {at("UA", "Донецька", "", ""), at("UA", "ДНР", "", ""), region, ": Donetska, also written ДНР"},
		"a hromada":          {&homewardv1.Place{Country: "UA", Oblast: "Донецька", Hromada: "Бахмутська міська територіальна громада"}, at("UA", "ДНР", "Артемовский", ""), district, ": Bakhmutskyi, also written Артемівський"},
		"Mykolaiv":           {at("UA", "Миколаївська", "", ""), at("UA", "Николаевская обл.", "", ""), region, ": Mykolaivska"},
		"Odesa":              {at("UA", "Одеська", "", ""), at("UA", "Odesa region", "", ""), region, ": Odeska"},
		"Crimea":             {at("UA", "АР Крим", "", ""), at("RU", "Республика Крым", "", ""), region, " is the same."},
		"Crimea in English":  {at("UA", "Автономна Республіка Крим", "", "Яни Капу"), at("RU", "Republic of Crimea", "", "Krasnoperekopsk"), town, ": Yany Kapu"},
		"whose oblast it is": {at("UA", "Луганська", "", "Бахмут"), at("UA", "Луганская", "", "Артёмовск"), region, "is the same."},

		"Kirovsk of two":         {at("UA", "Донецька", "", "Хрестівка"), at("UA", "Донецкая", "", "Кировск"), region, ""},
		"Kirovske of one":        {at("UA", "Донецька", "", "Хрестівка"), at("UA", "Донецкая", "", "Кировское"), town, ""},
		"an ambiguous, alone":    {at("UA", "", "", "Бахмут"), at("UA", "", "", "Артёмовск"), country, ""},
		"ambiguous with one":     {at("UA", "Донецька", "", "Торецьк"), at("UA", "", "", "Дзержинск"), country, ""},
		"of Russia":              {at("RU", "Нижегородская", "", "Дзержинск"), at("UA", "Донецька", "", "Торецьк"), abroad, ""},
		"of another region":      {at("UA", "Житомирська", "", "Дзержинськ"), at("UA", "Донецька", "", "Торецьк"), country, ""},
		"Pervomaisk of two":      {at("UA", "Миколаївська", "", "Первомайськ"), at("UA", "Луганська", "", "Сокологірськ"), country, ""},
		"Pervomaisk stays":       {at("UA", "Миколаївська", "", "Первомайськ"), at("UA", "Николаевская", "", "Первомайск"), town, " is the same."},
		"Russia's Sverdlovsk":    {at("RU", "Свердловская", "", "Свердловск"), at("UA", "Луганська", "", "Довжанськ"), abroad, ""},
		"alone in Russia":        {at("RU", "", "", "Свердловск"), at("RU", "Луганская Народная Республика", "", "Свердловск"), town, " is the same."},
		"Pokrov is not Pokrovsk": {at("UA", "Дніпропетровська", "", "Покров"), at("UA", "Дніпропетровська", "", "Покровське"), region, ""},
		"two districts":          {at("UA", "Луганська", "Свердловський", ""), at("UA", "Донецька", "Бойківський", ""), country, ""},
		"Donetsk of Rostov":      {at("RU", "Ростовская", "", "Донецк"), at("RU", "ДНР", "", "Донецк"), abroad, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := born(t, c.a, c.b)
			if got.Code != c.code || !strings.Contains(got.Reason, c.says) {
				t.Errorf("%s: %q, want %s with %q", got.Code, got.Reason, c.code, c.says)
			}
			if strings.Contains(got.Reason, "also written") != strings.Contains(got.ReasonUK, "пишуть також") {
				t.Errorf("%q but %q", got.Reason, got.ReasonUK)
			}
		})
	}
}

// A reason tells the names of the table and nothing that a record says; where the two
// also call the place alike it tells none.
func TestRenamedReasons(t *testing.T) {
	t.Parallel()
	was := born(t, at("UA", "Донецька", "", "Бахмут"), at("UA", "Донецька", "", "  м.  АРТЕМІВСЬК (бывш. \"Артемовск\")"))
	if strings.Contains(was.Reason, "бывш") {
		t.Error(was.Reason)
	}
	got := born(t, at("UA", "Донецька", "", "м. БАХМУТ"), at("UA", "Донецька", "", "Артемовск"))
	if want := "Населений пункт народження або проживання той самий: Бахмут, пишуть також Артемівськ, Артёмовск."; got.ReasonUK != want {
		t.Errorf("%q, want %q", got.ReasonUK, want)
	}
	both := matching.FromRecord(&homewardv1.ChildRecord{Birth: &homewardv1.Birth{BirthPlace: []*homewardv1.Assertion{
		{Place: at("UA", "Донецька", "", "Артемівськ")}, {Place: at("UA", "Донецька", "", "Бахмут")},
	}}})
	one := matching.FromRecord(&homewardv1.ChildRecord{Birth: &homewardv1.Birth{BirthPlace: []*homewardv1.Assertion{{Place: at("UA", "Донецька", "", "Бахмут")}}}})
	for _, f := range []matching.Feature{feature(both, one), feature(one, both)} {
		if f.Code != town || strings.Contains(f.Reason, "also") {
			t.Errorf("%s: %q", f.Code, f.Reason)
		}
	}
}

// TestPlaceTable: no name means two places of one region; what needs no region is the
// name of nothing else; every row is of a region that the table or its users know.
func TestPlaceTable(t *testing.T) {
	t.Parallel()
	type where struct{ what, oblast, name string }
	kind := map[string]string{"claimed": "region", "region": "region", "district": "district", "city": "place", "settlement": "place"}
	seen, places := make(map[where]string), make(map[string]string)
	for _, r := range matching.RenamedPlaces() {
		what := kind[r.What]
		if what == "" || what == "region" != (r.Oblast == "-") || what != "region" && !strings.HasSuffix(r.Oblast, "ька") && r.Oblast != "Крим" {
			t.Errorf("%+v", r)
		}
		for _, name := range append([]string{r.Today}, r.Others...) {
			sounds, _ := matching.Sounds(name)
			if other, ok := seen[where{what, r.Oblast, sounds}]; ok && other != r.Today {
				t.Errorf("%s, %s: %s and %s", name, r.Oblast, other, r.Today)
			}
			seen[where{what, r.Oblast, sounds}] = r.Today
			if what == "place" {
				places[sounds] += "|" + r.Oblast
			}
		}
	}
	for _, r := range matching.RenamedPlaces() {
		for _, name := range r.Alone {
			if sounds, _ := matching.Sounds(name); kind[r.What] == "place" && strings.Count(places[sounds], "|") != strings.Count(places[sounds], "|"+r.Oblast) {
				t.Errorf("%s is in several regions: %s", name, places[sounds])
			}
		}
	}
}

// No region of Russia is taken for one that it claims.
func TestClaimed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Донецька область", "Донецкая Народная Республика", "ДНР", "LPR", "Запорожская область", "Херсонская", "Республика Крым", "Севастополь", "Crimea"} {
		if !matching.IsClaimed(name) {
			t.Error(name)
		}
	}
	for _, name := range strings.Split("Адыгея|Алтай|Башкортостан|Бурятия|Дагестан|Ингушетия|Кабардино-Балкария|Калмыкия|Карачаево-Черкесия|Карелия|Коми|Марий Эл|Мордовия|Саха (Якутия)|"+
		"Северная Осетия|Татарстан|Тыва|Удмуртия|Хакасия|Чечня|Чувашия|Алтайский край|Забайкальский край|Камчатский край|Краснодарский край|Красноярский край|Пермский край|Приморский край|"+
		"Ставропольский край|Хабаровский край|Амурская|Архангельская|Астраханская|Белгородская|Брянская|Владимирская|Волгоградская|Вологодская|Воронежская|Ивановская|Иркутская|Калининградская|"+
		"Калужская|Кемеровская|Кировская|Костромская|Курганская|Курская|Ленинградская|Липецкая|Магаданская|Московская|Мурманская|Нижегородская|Новгородская|Новосибирская|Омская|Оренбургская|"+
		"Орловская|Пензенская|Псковская|Ростовская|Рязанская|Самарская|Саратовская|Сахалинская|Свердловская|Смоленская|Тамбовская|Тверская|Томская|Тульская|Тюменская|Ульяновская|Челябинская|"+
		"Ярославская|Москва|Санкт-Петербург|Еврейская автономная|Ненецкий автономный|Ханты-Мансийский|Чукотский|Ямало-Ненецкий|Харківська|Дніпропетровська|Минская|", "|") {
		if matching.IsClaimed(name) {
			t.Errorf("%s is claimed", name)
		}
	}
}

// TestRenamedNeverMerges: whatever two places are called, they are the same both ways or
// neither; never where their regions differ; by the table only where they are of one row;
// and what is written alike is one as it was without the table.
func TestRenamedNeverMerges(t *testing.T) {
	t.Parallel()
	type named struct{ today, oblast, name string }
	var all []named
	for _, r := range matching.RenamedPlaces() {
		if r.What == "city" || r.What == "settlement" {
			for _, name := range append([]string{r.Today}, r.Others...) {
				all = append(all, named{r.Today, r.Oblast, name})
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b")
		inA, inB := rapid.SampledFrom([]string{"", a.oblast, b.oblast}).Draw(t, "in"), rapid.SampledFrom([]string{"", b.oblast}).Draw(t, "in")
		got := born(t, at("UA", inA, "", a.name), at("UA", inB, "", b.name)).Code
		if got == town && inA != "" && inB != "" && inA != inB {
			t.Fatalf("%s, %s and %s, %s are one", a.name, inA, b.name, inB)
		}
		_, keyA := matching.Sounds(a.name)
		_, keyB := matching.Sounds(b.name)
		_, todayB := matching.Sounds(b.today)
		_, todayA := matching.Sounds(a.today)
		if got == town && a.today != b.today && keyA != keyB && keyA != todayB && keyB != todayA && todayA != todayB {
			t.Fatalf("%s, %s and %s, %s are one by the table", a.name, inA, b.name, inB)
		}
		if keyA == keyB && (inA == "" || inB == "" || inA == inB) && got != town {
			t.Fatalf("%s, %s and %s, %s are written alike: %s", a.name, inA, b.name, inB, got)
		}
		if a.today == b.today && a.oblast == b.oblast && inA == a.oblast && inB == b.oblast && got != town {
			t.Fatalf("%s and %s, %s: %s", a.name, b.name, inA, got)
		}
	})
}

// reseal puts the right digest at the end of a file of an index.
func reseal(b []byte) []byte {
	b = bytes.Clone(b[:len(b)-sha256.Size])
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// TestOlderIndex: an index whose places were read by other tables is not read.
func TestOlderIndex(t *testing.T) {
	t.Parallel()
	x := matching.NewIndex(matching.Options{})
	child := func(settlement string) matching.Profile {
		return matching.FromRecord(&homewardv1.ChildRecord{
			Name:  &homewardv1.Name{Family: []*homewardv1.Assertion{{Value: "Синтетична"}}},
			Birth: &homewardv1.Birth{BirthPlace: []*homewardv1.Assertion{{Place: at("UA", "Донецька", "", settlement)}}},
		})
	}
	x.Put("synthetic", child("Артемівськ"))
	var file bytes.Buffer
	if _, err := x.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(file.Bytes(), []byte("\n"))
	if !bytes.HasPrefix(head, []byte("homeward index 2 ")) {
		t.Fatalf("%q", head)
	}
	older := bytes.Replace(bytes.Clone(file.Bytes()), head, []byte("homeward index 1"), 1)
	other := bytes.Clone(file.Bytes())
	other[len(head)-1] ^= 1 // of the digest of the tables
	for name, b := range map[string][]byte{"of version 1": older, "by other tables": other} {
		if y, err := matching.ReadIndex(bytes.NewReader(reseal(b)), matching.Options{}); !errors.Is(err, matching.ErrIndex) || y != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	y, err := matching.ReadIndex(bytes.NewReader(reseal(file.Bytes())), matching.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := y.Search(child("Бахмут"), 1)
	if len(got) != 1 || !slices.ContainsFunc(got[0].Features, func(f matching.Feature) bool {
		return strings.Contains(f.Reason, ": Bakhmut, also written Артемівськ")
	}) {
		t.Errorf("%+v", got)
	}
}

func BenchmarkPlaceKey(b *testing.B) {
	all := []string{"Донецька область", "м. Бахмут", "Артёмовск", "Kharkivska oblast", "Кривий Ріг", "Покровський район"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		matching.ReadPlace("dn", all[i%len(all)])
	}
}
