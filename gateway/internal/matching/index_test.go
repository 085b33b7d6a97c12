package matching_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/gateway/internal/matching"
	"homeward.example/gateway/internal/matching/matchbench"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func child(t testing.TB, text string) *homewardv1.ChildRecord {
	t.Helper()
	c := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal([]byte(text), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func profile(t testing.TB, text string) matching.Profile {
	t.Helper()
	return matching.FromRecord(child(t, text))
}

// crowd is an index of synthetic children, and their records by id.
func crowd(t testing.TB, n int) (*matching.Index, []*homewardv1.ChildRecord) {
	t.Helper()
	set, err := matchbench.New(matchbench.Options{Records: n, Queries: 9, Names: matchbench.Train})
	if err != nil {
		t.Fatal(err)
	}
	x := matching.NewIndex(matching.Options{})
	all := slices.Collect(set.Records())
	for _, c := range all {
		x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
	}
	return x, all
}

const tanya = `{
  "name": {
    "given": [{"value": "Тетяна", "kind": "ASSERTION_KIND_ORIGINAL"}, {"value": "Елизавета", "kind": "ASSERTION_KIND_IMPOSED"}],
    "patronymic": [{"value": "Ігорівна", "kind": "ASSERTION_KIND_ORIGINAL"}],
    "family": [{"value": "Зазуляк", "kind": "ASSERTION_KIND_ORIGINAL"}, {"value": "Смирнова", "kind": "ASSERTION_KIND_IMPOSED"}]
  },
  "birth": {
    "birth_date": [{"value": "2013-04-07", "kind": "ASSERTION_KIND_ORIGINAL"}, {"value": "2014-09-21", "kind": "ASSERTION_KIND_IMPOSED"}],
    "birth_place": [{"kind": "ASSERTION_KIND_ORIGINAL", "place": {"country": "UA", "oblast": "Херсонська область", "settlement": "Олешки"}}],
    "sex": "female"
  },
  "family": {"members": [{"relation": "brother", "name": "Зазуляк Остап"}, {"relation": "sister", "name": "Уляна"}, {"relation": "mother", "name": "Олена"}]},
  "displacement": {"facility_name": "МДЦ «Артек»", "facility_region": {"country": "RU", "oblast": "Крым"}},
  "documents": {"birth_certificate_no": "І-КГ 123456"},
  "physical": {"photo_sha256": "AB12", "perceptual_hash": "f0f0f0f0f0f0f0f0", "eye": "карі", "hair": "русе", "marks": "шрам над бровою"}
}`

// TestFinds: one child among many, by what others know of her.
func TestFinds(t *testing.T) {
	t.Parallel()
	x, _ := crowd(t, 2000)
	x.Put("tanya", profile(t, tanya))
	for name, c := range map[string]struct {
		query string
		band  matching.Band
		code  string // that must be among the reasons
	}{
		"transliterated":     {`{"name": {"full": [{"value": "Tetiana Zazuliak"}]}, "birth": {"birth_date": [{"value": "2013-04-07"}]}}`, matching.Probable, "family.class"},
		"Russian form":       {`{"name": {"given": [{"value": "Татьяна"}], "family": [{"value": "Зазуляк"}]}, "birth": {"birth_date": [{"value": "2013"}]}}`, "", "given.class"},
		"diminutive":         {`{"name": {"given": [{"value": "Таня"}], "family": [{"value": "Зазуляк"}], "patronymic": [{"value": "Игоревна"}]}, "birth": {"sex": "female"}}`, "", "patronymic.class"},
		"imposed identity":   {`{"name": {"given": [{"value": "Елизавета"}], "family": [{"value": "Смирнова"}]}, "birth": {"birth_date": [{"value": "2014-09-21"}]}}`, matching.Probable, "given.same"},
		"another first name": {`{"name": {"given": [{"value": "Карина", "kind": "ASSERTION_KIND_IMPOSED"}], "family": [{"value": "Зазуляк"}]}, "birth": {"birth_date": [{"value": "2013-04-07"}]}}`, "", "given.imposed"},
		"swapped":            {`{"name": {"given": [{"value": "Тетяна"}], "family": [{"value": "Зазуляк"}]}, "birth": {"birth_date": [{"value": "2013-07-04"}]}}`, matching.Probable, "birth_date.swapped"},
		"a listing":          {`{"name": {"given": [{"value": "Таня", "kind": "ASSERTION_KIND_IMPOSED"}]}, "birth": {"age": [{"value": "10", "asserted_at": "2023-11", "kind": "ASSERTION_KIND_IMPOSED"}]}, "family": {"members": [{"relation": "brother", "name": "Остап"}, {"relation": "sister", "name": "Ульяна"}]}}`, "", "sibling.there"},
		"document":           {`{"documents": {"birth_certificate_no": "І КГ 123456"}}`, matching.Probable, "document.same"},
		"photo":              {`{"physical": {"photo_sha256": "ab12"}}`, matching.Probable, "photo.same"},
		"nearly that photo":  {`{"name": {"given": [{"value": "Таня"}]}, "physical": {"perceptual_hash": "f0f0f0f0f0f0f0f1", "eye": "brown", "hair": "светлые"}, "displacement": {"facility_name": "Artek"}}`, "", "photo.near"},
		"misspelt":           {`{"name": {"given": [{"value": "Тетяна"}], "family": [{"value": "Зазудяк"}]}, "birth": {"birth_date": [{"value": "2013-04-07"}]}}`, "", "family.close"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := x.Search(profile(t, c.query), 10)
			i := slices.IndexFunc(got, func(c matching.Candidate) bool { return c.ID == "tanya" })
			if i < 0 || i > 0 && name != "a listing" {
				t.Fatalf("place %d of %d", i, len(got))
			}
			if c.band != "" && got[i].Band != c.band {
				t.Errorf("band %q, probability %v", got[i].Band, got[i].Probability)
			}
			explained(t, got[i], c.code)
		})
	}
}

// explained checks that the features add up and say something in both languages.
func explained(t *testing.T, c matching.Candidate, code string) {
	t.Helper()
	sum, there := 0.0, false
	for _, f := range c.Features {
		sum += f.Weight
		there = there || f.Code == code
		if f.Reason == "" || f.ReasonUK == "" || f.Name == "" {
			t.Errorf("nothing is said of %+v", f)
		}
		if strings.Contains(f.Reason+f.ReasonUK, "Зазуляк") {
			t.Errorf("a value is in %q", f.Reason)
		}
	}
	if !there {
		t.Errorf("%s is not among %+v", code, c.Features)
	}
	if d := sum - c.Weight; d > 1e-9 || d < -1e-9 {
		t.Errorf("the features add up to %v, not to %v", sum, c.Weight)
	}
}

// TestPoorStaysPoor: a lone candidate that agrees in little is not likelier for
// being the only one.
func TestPoorStaysPoor(t *testing.T) {
	t.Parallel()
	x := matching.NewIndex(matching.Options{})
	x.Put("tanya", profile(t, tanya))
	for _, q := range []string{
		`{"name": {"given": [{"value": "Тетяна"}]}, "birth": {"sex": "female", "birth_date": [{"value": "2013"}]}}`,
		`{"name": {"family": [{"value": "Зазулько"}]}, "birth": {"sex": "female", "birth_date": [{"value": "2013"}]}}`,
	} {
		for _, c := range x.Search(profile(t, q), 10) {
			if c.Band != matching.None || c.Probability > 0.05 {
				t.Errorf("%s: %q with %v", q, c.Band, c.Probability)
			}
		}
	}
	if got := x.Search(matching.Profile{}, 10); len(got) > 0 {
		t.Errorf("nothing finds %v", got)
	}
}

// TestChanges: what was replaced or removed is not found any more, and what is left is.
func TestChanges(t *testing.T) {
	t.Parallel()
	x, all := crowd(t, 1500)
	before := x.Bytes()
	for round := range 3 {
		for i, c := range all {
			if i%3 == round {
				x.Remove(c.GetRecord().GetRecordId())
			} else {
				x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
			}
		}
		x.Remove("none")
		if want := len(all) - (len(all)-round+2)/3; x.Len() != want {
			t.Fatalf("round %d: %d records, want %d", round, x.Len(), want)
		}
		for i, c := range all[:60] {
			found := slices.ContainsFunc(x.Search(matching.FromRecord(c), 5), func(g matching.Candidate) bool { return g.ID == c.GetRecord().GetRecordId() })
			if found != (i%3 != round) {
				t.Fatalf("round %d: record %d found: %v", round, i, found)
			}
		}
	}
	for _, c := range all {
		x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
	}
	if x.Bytes() > before*3/2 {
		t.Errorf("%d bytes have become %d", before, x.Bytes())
	}
}

func TestConcurrent(t *testing.T) {
	t.Parallel()
	x, all := crowd(t, 300)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i, c := range all {
				switch {
				case i%4 != g:
					x.Search(matching.FromRecord(c), 3)
				case i%8 < 4:
					x.Remove(c.GetRecord().GetRecordId())
				default:
					x.Put(c.GetRecord().GetRecordId(), matching.FromRecord(c))
				}
			}
		})
	}
	wg.Wait()
	if x.Len() == 0 || x.Len() == len(all) {
		t.Errorf("%d records", x.Len())
	}
}

// TestPersisted: what is read again answers the same, and goes on changing.
func TestPersisted(t *testing.T) {
	t.Parallel()
	x, all := crowd(t, 500)
	x.Put("tanya", profile(t, tanya))
	x.Remove(all[7].GetRecord().GetRecordId())
	x.SetNote("cursor 17")
	var file bytes.Buffer
	if n, err := x.WriteTo(&file); err != nil || n != int64(file.Len()) {
		t.Fatalf("%d of %d bytes: %v", n, file.Len(), err)
	}
	again, err := matching.ReadIndex(bytes.NewReader(file.Bytes()), matching.Options{})
	if err != nil || again.Len() != x.Len() || again.Note() != "cursor 17" {
		t.Fatalf("%v", err)
	}
	for _, c := range append(all[:40:40], child(t, tanya)) {
		want, got := x.Search(matching.FromRecord(c), 5), again.Search(matching.FromRecord(c), 5)
		if len(got) == 0 || got[0].ID != want[0].ID || len(got) != len(want) || got[0].Weight-want[0].Weight > 1e-9 {
			t.Fatalf("%+v, before %+v", got[0], want[0])
		}
	}
	again.Remove("tanya")
	if got := again.Search(profile(t, tanya), 1); len(got) > 0 && got[0].ID == "tanya" {
		t.Error("it was removed")
	}
}

// TestDamaged: a file that was cut, changed anywhere or made by hand is refused.
func TestDamaged(t *testing.T) {
	t.Parallel()
	x, _ := crowd(t, 50)
	var file bytes.Buffer
	if _, err := x.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	try := func(what string, b []byte) {
		if y, err := matching.ReadIndex(bytes.NewReader(b), matching.Options{}); !errors.Is(err, matching.ErrIndex) || y != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := 0; i < len(whole); i += 97 {
		try(fmt.Sprint("cut at ", i), whole[:i])
		changed := bytes.Clone(whole)
		changed[i] ^= 0x40
		try(fmt.Sprint("changed at ", i), changed)
	}
	try("more", append(bytes.Clone(whole), 0))
	try("empty", nil)
}

// FuzzReadIndex: whatever the bytes, with a right checksum or not, nothing breaks.
func FuzzReadIndex(f *testing.F) {
	x, _ := crowd(f, 50)
	x.Put("tanya", profile(f, tanya))
	var file bytes.Buffer
	if _, err := x.WriteTo(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes(), uint32(0), byte(0))
	f.Add(file.Bytes(), uint32(9000), byte(255))
	f.Fuzz(func(t *testing.T, b []byte, at uint32, v byte) {
		if len(b) > sha256.Size {
			b = bytes.Clone(b[:len(b)-sha256.Size])
			b[int(at)%len(b)] ^= v
			sum := sha256.Sum256(b)
			b = append(b, sum[:]...)
		}
		y, err := matching.ReadIndex(bytes.NewReader(b), matching.Options{})
		if err != nil {
			return
		}
		y.Search(profile(t, tanya), 3)
		y.Put("tanya", profile(t, tanya))
		y.Remove("tanya")
	})
}

// TestLookAlikes: a name that mixes alphabets is refused at intake, and matches nothing.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	for path, text := range map[string]string{
		"name.given": `{"name": {"given": [{"value": "Oлег"}]}}`, "name.full": `{"name": {"full": [{"value": "Petro Іваnov"}]}}`,
		"family.members.name": `{"family": {"members": [{"name": "Aнна"}]}}`, "listing.listed_name": `{"listing": {"listed_name": "Сашa"}}`,
	} {
		var p *problem.Error
		if err := matching.Check(child(t, text)); !errors.As(err, &p) || p.Code != matching.CodeLookAlike || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := matching.Check(child(t, tanya)); err != nil {
		t.Error(err)
	}
	x := matching.NewIndex(matching.Options{})
	x.Put("mixed", profile(t, `{"name": {"given": [{"value": "Oлег"}], "family": [{"value": "Кpук"}]}}`))
	if got := x.Search(profile(t, `{"name": {"given": [{"value": "Oлег"}], "family": [{"value": "Кpук"}]}}`), 5); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// A number that many records have says little, whoever has it.
func TestMadeUpNumbers(t *testing.T) {
	t.Parallel()
	x, all := crowd(t, 400)
	for i := range 40 {
		x.Put(fmt.Sprint("p", i), profile(t, `{"documents": {"passport_no": "00 00 000000"}}`))
	}
	x.Put("tanya", profile(t, tanya))
	weigh := func(text string) float64 {
		for _, f := range x.Search(profile(t, text), 1)[0].Features {
			if f.Name == "document" {
				return f.Weight
			}
		}
		return 0
	}
	near := func(hash string) (bits float64) {
		for _, f := range x.Search(profile(t, `{"name": {"given": [{"value": "Тетяна"}]}, "physical": {"perceptual_hash": "`+hash+`"}}`), 1)[0].Features {
			if f.Code == "photo.near" {
				bits = f.Weight
			}
		}
		return bits
	}
	for i := range 40 {
		x.Put(fmt.Sprint("no photo ", i), profile(t, `{"physical": {"perceptual_hash": "00000000ffffffff"}}`))
	}
	if none, real := near("00000000fffffffe"), near("f0f0f0f0f0f0f0f1"); none > 5 || none == 0 || real < 6 {
		t.Errorf("a picture that stands for none weighs %v, a photo %v", none, real)
	}
	if made, real := weigh(`{"documents": {"passport_no": "00 00 000000"}}`), weigh(`{"documents": {"birth_certificate_no": "І-КГ 123456"}}`); made > 5 || real < 20 {
		t.Errorf("a made-up number weighs %v, one of %d records %v", made, len(all), real)
	}
}
