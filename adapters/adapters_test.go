package adapters_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	"homeward.example/adapters"
	"homeward.example/adapters/adaptertest"
	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func leaves() (mask adapters.Mask) {
	for _, f := range catalog.Fields() {
		if len(f.Steps) > 0 {
			mask = append(mask, f.Path)
		}
	}
	return mask
}

// TestPruneKeepsExactlyTheMask over any set of leaves, and Outside agrees.
func TestPruneKeepsExactlyTheMask(t *testing.T) {
	t.Parallel()
	full, all := adaptertest.Full(1), leaves()
	rapid.Check(t, func(t *rapid.T) {
		mask := adapters.Mask(rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, len(all), rapid.ID).Draw(t, "mask"))
		got, err := adapters.Prune(full, mask)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(all), func(p string) bool { return !slices.Contains(mask, p) })
		if paths := adaptertest.Paths(got); !slices.Equal(paths, want) {
			t.Fatalf("paths %v, want %v", paths, want)
		}
		cut := adapters.NewCut(mask)
		if out := cut.Outside(got); out != "" {
			t.Fatalf("%s is outside its own mask", out)
		}
		if out := cut.Outside(full); (out == "") != (len(mask) == len(all)) {
			t.Fatalf("the whole record is outside at %q", out)
		}
	})
}

func TestPruneOfAllIsACopy(t *testing.T) {
	t.Parallel()
	full := adaptertest.Full(1)
	got, err := adapters.Prune(full, leaves())
	if err != nil || !proto.Equal(got, full) {
		t.Fatalf("not equal: %v", err)
	}
	got.Physical.Photo[0] ^= 0xff
	got.Name.Family[0].Value = "x"
	if !proto.Equal(full, adaptertest.Full(1)) {
		t.Error("the copy shares memory with the child")
	}
}

// TestUnknownFields: what the schema does not know is no field that a mask could name.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*homewardv1.ChildRecord) proto.Message{
		"record":    func(c *homewardv1.ChildRecord) proto.Message { return c },
		"group":     func(c *homewardv1.ChildRecord) proto.Message { return c.Birth },
		"assertion": func(c *homewardv1.ChildRecord) proto.Message { return c.Name.Family[0] },
		"place":     func(c *homewardv1.ChildRecord) proto.Message { return c.Birth.BirthPlace[0].Place },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := adaptertest.Full(1)
			spoil(c).ProtoReflect().SetUnknown([]byte{0xfa, 0x7f, 1, 'x'}) // field 2047
			if out := adapters.NewCut(leaves()).Outside(c); out == "" {
				t.Error("Outside does not see it")
			}
			got, err := adapters.Prune(c, leaves())
			if err != nil || !proto.Equal(got, adaptertest.Full(1)) {
				t.Errorf("Prune keeps it, or loses more (%v)", err)
			}
		})
	}
}

func TestDecodeRefusesBrokenBytes(t *testing.T) {
	t.Parallel()
	wire, err := proto.Marshal(adaptertest.Full(1))
	if err != nil {
		t.Fatal(err)
	}
	cut := adapters.NewCut(leaves())
	for name, b := range map[string][]byte{"cut off": wire[:len(wire)-1], "no tag": {0xff}, "group": {0x0b}, "length": {0x0a, 0xff, 0x01}} {
		if _, err := cut.Decode(string(b)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzDecode: whatever the bytes, what is read is within the mask; they are read
// if protobuf's own decoder reads them, and as the same.
func FuzzDecode(f *testing.F) {
	wire, _ := proto.Marshal(adaptertest.Full(1))
	f.Add(wire)
	f.Add([]byte{0x0a, 0x02, 0x0a, 0x00})
	f.Add([]byte("\x12\x04\x0a\x02\x0a\x00\x12\x08\x0a\x02\x0a\x00\x0a\x02\x10\x01"))                 // names in two pieces, a number for a text
	f.Add([]byte("\x0b\x08\x01\x0c\x1a\x02\x10\x01"))                                                 // a group, which is skipped
	f.Add([]byte("\x12\x05\x0a\x03\x0a\x01\xd0"))                                                     // half a letter
	f.Add([]byte("\x12\x0a\x12\x08\x20\xff\xff\xff\xff\xff\xff\x01"))                                 // a kind of more than 32 bits
	f.Add([]byte("\x12\x12\x0a\x10\x52\x06\x0a\x04\xd0\xa3\xd0\xba\x52\x06\x12\x04\xd0\xa3\xd0\xba")) // a place in two pieces
	mask := leaves()[:20]
	cut, all := adapters.NewCut(mask), adapters.NewCut(leaves())
	f.Fuzz(func(t *testing.T, wire []byte) {
		if c, err := cut.Decode(string(wire)); err == nil && cut.Outside(c) != "" {
			t.Errorf("%s came through", cut.Outside(c))
		}
		want := new(homewardv1.ChildRecord)
		bad := proto.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(wire, want)
		c, err := all.Decode(string(wire))
		if (err == nil) != (bad == nil) {
			t.Fatalf("%v, protobuf: %v", err, bad)
		}
		if err != nil {
			return
		}
		// Messages without content are kept by protobuf, and say nothing.
		dropEmpty(c.ProtoReflect())
		dropEmpty(want.ProtoReflect())
		if !proto.Equal(c, want) {
			t.Errorf("%v\nprotobuf: %v", c, want)
		}
	})
}

// dropEmpty drops messages without content, and says whether m is one.
func dropEmpty(m protoreflect.Message) bool {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Message() == nil:
		case fd.IsList():
			kept := m.NewField(fd).List()
			for i := range v.List().Len() {
				if one := v.List().Get(i); !dropEmpty(one.Message()) {
					kept.Append(one)
				}
			}
			m.Set(fd, protoreflect.ValueOfList(kept))
		case dropEmpty(v.Message()):
			m.Clear(fd)
		}
		return true
	})
	empty := true
	m.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool { empty = false; return false })
	return empty
}

// TestDecodeOfMany: what is allocated together is each its own, and lists do not
// grow into one another.
func TestDecodeOfMany(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		full := adaptertest.Full(1)
		for i, list := range []*[]*homewardv1.Assertion{&full.Name.Full, &full.Name.Given, &full.Name.Family, &full.Birth.BirthPlace} {
			for j := range rapid.IntRange(0, 12).Draw(t, "more") {
				*list = append(*list, &homewardv1.Assertion{Value: strings.Repeat("ї", i*j), Place: &homewardv1.Place{Country: "UA", Point: strings.Repeat("x", j*100)}})
			}
		}
		full.Physical.Marks = strings.Repeat("Ґ", rapid.IntRange(0, 1000).Draw(t, "marks"))
		got, err := adapters.Prune(full, leaves())
		if err != nil || !proto.Equal(got, full) {
			t.Fatalf("not equal: %v", err)
		}
		given := len(got.Name.Given)
		got.Name.Full = append(got.Name.Full, &homewardv1.Assertion{})
		got.Name.Given = append(got.Name.Given, &homewardv1.Assertion{})
		got.Name.Full, got.Name.Given = got.Name.Full[:len(full.Name.Full)], got.Name.Given[:given]
		if !proto.Equal(got, full) {
			t.Fatal("a list grew into another")
		}
	})
}

// TestCutsDoNotMixMasks: names that are joined alike are different masks.
func TestCutsDoNotMixMasks(t *testing.T) {
	t.Parallel()
	var cuts adapters.Cuts
	full := adaptertest.Full(1)
	if cuts.Of(adapters.Mask{"birth.sex", "name.full"}).Outside(full) == "" {
		t.Fatal("the mask admits all")
	}
	wire, _ := proto.Marshal(full)
	for _, mask := range []adapters.Mask{{"birth.sex\x00name.full"}, {"birth.sexname.full"}, {"birth.sex", "name.ful", "l"}} {
		c, err := cuts.Of(mask).Decode(string(wire))
		if got := adaptertest.Paths(c); err != nil || slices.Contains(got, "name.full") {
			t.Errorf("mask %q admits %v", mask, got)
		}
	}
	for _, other := range []string{"birth.xxx", "tracing.x"} { // as long as the one that is admitted
		if out := cuts.Of(adapters.Mask{other, "name.full"}).Outside(&homewardv1.ChildRecord{Birth: &homewardv1.Birth{Sex: "male"}}); out != "birth" {
			t.Errorf("%s admits what another does", other)
		}
	}
	for i := range 1000 { // more than are kept
		cuts.Of(adapters.Mask{"birth.sex", strings.Repeat("x", i)})
	}
	if c, _ := cuts.Of(adapters.Mask{"birth.sex"}).Decode(string(wire)); !slices.Equal(adaptertest.Paths(c), []string{"birth.sex"}) {
		t.Errorf("got %v", adaptertest.Paths(c))
	}
}

// rogue is an adapter that does what a test tells it.
type rogue struct {
	ids     []string
	record  adapters.Record
	changes []adapters.Change
	next    string
	err     error
	call    func()
	closed  bool
}

func (r *rogue) do() error {
	if r.call != nil {
		r.call()
	}
	return r.err
}

func (r *rogue) Search(context.Context, adapters.Criteria, int) ([]string, error) {
	return r.ids, r.do()
}

func (r *rogue) Get(context.Context, string, adapters.Mask) (adapters.Record, error) {
	return r.record, r.do()
}

func (r *rogue) Changes(context.Context, string) ([]adapters.Change, string, error) {
	return r.changes, r.next, r.do()
}

func (r *rogue) Close() error { r.closed = true; return nil }

var two = adapters.Criteria{Family: "Шевченко", Born: "2014"}

// TestCheckedGet: what breaks the contract is refused, and nothing of it comes through.
func TestCheckedGet(t *testing.T) {
	t.Parallel()
	child := func(id string) *homewardv1.ChildRecord {
		return &homewardv1.ChildRecord{Record: &homewardv1.RecordInfo{RecordId: id}}
	}
	mask := adapters.Mask{"record.record_id", "flags.captor_risk"}
	for name, c := range map[string]struct {
		record adapters.Record
		ok     bool
	}{
		"good":              {adapters.Record{ID: "1", Version: "v", Child: child("1"), Defaulted: []string{"flags.captor_risk"}}, true},
		"good without id":   {adapters.Record{ID: "1", Version: "v", Child: child("")}, true},
		"another id":        {adapters.Record{ID: "2", Version: "v", Child: child("1")}, false},
		"another record id": {adapters.Record{ID: "1", Version: "v", Child: child("2")}, false},
		"no version":        {adapters.Record{ID: "1", Child: child("1")}, false},
		"no child":          {adapters.Record{ID: "1", Version: "v"}, false},
		"outside the mask":  {adapters.Record{ID: "1", Version: "v", Child: adaptertest.Full(1)}, false},
		"defaulted name":    {adapters.Record{ID: "1", Version: "v", Child: child("1"), Defaulted: []string{"name.family"}}, false},
		"defaulted nothing": {adapters.Record{ID: "1", Version: "v", Child: child("1"), Defaulted: []string{"x"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := adapters.Checked(&rogue{record: c.record}).Get(t.Context(), "1", mask)
			switch {
			case c.ok && err != nil:
				t.Errorf("refused: %v", err)
			case !c.ok && !errors.Is(err, adapters.ErrContract):
				t.Errorf("got %v, want ErrContract", err)
			case !c.ok && r.Child != nil:
				t.Error("something came through")
			}
		})
	}
}

func TestCheckedSearch(t *testing.T) {
	t.Parallel()
	a := adapters.Checked(&rogue{ids: []string{"1", "", "2", "1", "3", "4"}})
	if ids, err := a.Search(t.Context(), two, 3); err != nil || !slices.Equal(ids, []string{"1", "2", "3"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if ids, err := a.Search(t.Context(), two, 0); err != nil || len(ids) > 0 {
		t.Errorf("limit 0: %v, %v", ids, err)
	}
	for name, c := range map[string]adapters.Criteria{
		"nothing": {}, "one name": {Family: "Шевченко"}, "a full name": {Full: "Шевченко Олександр"}, "a name and spaces": {Family: "Шевченко", Given: " \u200b"},
		"a year": {Born: "2014"},
	} {
		if _, err := a.Search(t.Context(), c, 3); !errors.Is(err, adapters.ErrCriteria) {
			t.Errorf("%s: %v, want ErrCriteria", name, err)
		}
	}
	if _, err := a.Search(t.Context(), adapters.Criteria{Document: "AA 1"}, 3); err != nil {
		t.Errorf("a document: %v", err)
	}
}

func TestCheckedChanges(t *testing.T) {
	t.Parallel()
	good := adapters.Change{ID: "1", At: time.Unix(1, 0)}
	for name, c := range map[string]struct {
		r  rogue
		ok bool
	}{
		"good":    {rogue{changes: []adapters.Change{good}, next: "2"}, true},
		"no next": {rogue{changes: []adapters.Change{good}}, false},
		"no id":   {rogue{changes: []adapters.Change{{At: good.At}}, next: "2"}, false},
		"no time": {rogue{changes: []adapters.Change{{ID: "1"}}, next: "2"}, false},
	} {
		changes, _, err := adapters.Checked(&c.r).Changes(t.Context(), "")
		if c.ok && (err != nil || len(changes) != 1) || !c.ok && (!errors.Is(err, adapters.ErrContract) || changes != nil) {
			t.Errorf("%s: %v, %v", name, changes, err)
		}
	}
}

// TestCheckedErrors: an error that the contract does not name means that the source is unavailable.
func TestCheckedErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, want error }{
		{adapters.ErrNotFound, adapters.ErrNotFound}, {errors.New("disk"), adapters.ErrUnavailable},
		{adapters.ErrUnavailable, adapters.ErrUnavailable}, {adapters.ErrCursor, adapters.ErrCursor},
	} {
		_, err := adapters.Checked(&rogue{err: c.from}).Get(t.Context(), "1", nil)
		if !errors.Is(err, c.want) || !errors.Is(err, c.from) {
			t.Errorf("%v became %v", c.from, err)
		}
	}
}

// TestCheckedPanic: the text of a panic may hold a child's data and goes nowhere.
func TestCheckedPanic(t *testing.T) {
	t.Parallel()
	a := adapters.Checked(&rogue{call: func() { panic("Шевченко") }})
	_, search := a.Search(t.Context(), two, 1)
	_, get := a.Get(t.Context(), "1", nil)
	_, _, changes := a.Changes(t.Context(), "")
	for _, err := range []error{search, get, changes} {
		if !errors.Is(err, adapters.ErrUnavailable) || strings.Contains(err.Error(), "Шевченко") {
			t.Errorf("got %v", err)
		}
	}
}

// TestCheckedContext: what comes after the deadline is refused.
func TestCheckedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	a := adapters.Checked(&rogue{ids: []string{"1"}, next: "2", call: cancel})
	if ids, err := a.Search(ctx, two, 1); !errors.Is(err, context.Canceled) || ids != nil {
		t.Errorf("a late result: %v, %v", ids, err)
	}
	called := false
	b := adapters.Checked(&rogue{call: func() { called = true }})
	if _, err := b.Get(ctx, "1", nil); !errors.Is(err, context.Canceled) || called {
		t.Errorf("a late call: %v, called %v", err, called)
	}
}

func TestCheckedPassesOn(t *testing.T) {
	t.Parallel()
	r := &rogue{}
	a := adapters.Checked(r)
	if got := a.(adapters.Reporter).Report(); got.Source != "" {
		t.Errorf("a report of an adapter that has none: %+v", got)
	}
	if err := a.Close(); err != nil || !r.closed {
		t.Errorf("not closed: %v", err)
	}
	open := func(context.Context, adapters.Settings) (adapters.Adapter, error) { return r, nil }
	if report, err := adapters.Check(t.Context(), open, adapters.Settings{}); err != nil || report.Source != "" {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Шевченко \t Олександр ": "шевченко олександр", "ДЕМ'ЯНЧУК": "демянчук", "Дем’янчук": "демянчук", "Демʼянчук": "демянчук",
		"Ї": "ї", "І\u0308": "ї", "и\u0306": "й", "Нечуй—Левицький": "нечуй-левицький", "Ма\u0301рія": "марія",
		"Ше\u200bвче\u00adнко": "шевченко", "Straße": "strasse", "": "", " \u200b": "", "\xff": "\ufffd",
	} {
		if got := adapters.Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLatin: KMU-55, by examples of our own and, where they are, the official ones.
func TestLatin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Шевченко": "shevchenko", "Зґурський": "zgurskyi", "Згорани": "zghorany", "Єнакієве": "yenakiieve", "Їжакевич": "yizhakevych",
		"Щербак": "shcherbak", "Юрій": "yurii", "Яна": "yana", "Знам'янка": "znamianka", "Йосипівка": "yosypivka", "Нечуй-Яворський": "nechui-yavorskyi",
		"Алёна Эдуардовна": "alena eduardovna", "Объездов": "obezdov", "Ševčenko": "sevcenko", "": "",
	} {
		if got := adapters.Latin(in); got != want {
			t.Errorf("Latin(%q) = %q, want %q", in, got, want)
		}
	}
	text, err := os.ReadFile("../../shared/data/names/kmu55.tsv")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("the official examples are missing: %v", err)
	}
	if err != nil {
		t.Logf("the official examples are not here, so they were not tried: %v", err)
		return
	}
	for line := range strings.Lines(string(text)) {
		uk, latin, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if uk == "ukrainian" {
			continue
		}
		if got := adapters.Latin(uk); got != strings.ToLower(latin) {
			t.Errorf("Latin(%q) = %q, want %q", uk, got, strings.ToLower(latin))
		}
	}
}

// TestSkeleton: the usual ways to write one name have one key, other names have others.
func TestSkeleton(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Шевченко", "Shevchenko", "Schewtschenko", "Ševčenko", "Szewczenko", "ШЕВЧЕНКО"},
		{"Олександр", "Александр", "Oleksandr", "Aleksandr"},
		{"Григорій", "Григорий", "Hryhorii", "Grigoriy"},
		{"Дем'янчук", "Демьянчук", "Demianchuk", "Demyanchuk"},
		{"Юлія", "Юлия", "Yuliia", "Julija"},
		{"Хмара", "Khmara", "Hmara"},
	} {
		for _, n := range same {
			if adapters.Skeleton(n) != adapters.Skeleton(same[0]) {
				t.Errorf("%s and %s: %q and %q", same[0], n, adapters.Skeleton(same[0]), adapters.Skeleton(n))
			}
		}
	}
	keys := make(map[string]string)
	for _, n := range []string{"Шевченко", "Олександр", "Григорій", "Юлія", "Яна", "Бойко", "Ткач", "Мельник"} {
		if other, twice := keys[adapters.Skeleton(n)]; twice {
			t.Errorf("%s and %s have one key", n, other)
		}
		keys[adapters.Skeleton(n)] = n
	}
	for _, none := range []string{"", "*", "'", "\u0301"} {
		if k := adapters.Skeleton(none); k != "" {
			t.Errorf("Skeleton(%q) = %q", none, k)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("Дем'янчук-Ґ\u0301")
	f.Add("\xff\u200b ß")
	f.Fuzz(func(t *testing.T, s string) {
		n := adapters.Normalise(s)
		if adapters.Normalise(n) != n {
			t.Errorf("%q, then %q", n, adapters.Normalise(n))
		}
		for _, w := range adapters.Tokens(s) {
			if adapters.Skeleton(w) != adapters.Skeleton(strings.ToUpper(w)) && adapters.Normalise(strings.ToUpper(w)) == w {
				t.Errorf("case changes the key of %q", w)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string `yaml:"name"`
	}
	var dst struct {
		Path string           `yaml:"path"`
		List []inner          `yaml:"list"`
		Map  map[string]inner `yaml:"map"`
		Ptr  *inner           `yaml:"ptr"`
	}
	good := map[string]any{"path": "x", "list": []any{map[string]any{"name": "a"}}, "map": map[string]any{"any": map[string]any{"name": "b"}}, "ptr": map[string]any{"name": "c"}}
	if err := (adapters.Settings{Values: good}).Decode(&dst); err != nil || dst.List[0].Name != "a" || dst.Map["any"].Name != "b" || dst.Ptr.Name != "c" {
		t.Errorf("%+v, %v", dst, err)
	}
	for want, values := range map[string]map[string]any{
		"pth: unknown key (the nearest is path)":          {"pth": "x"},
		"list.0.nam: unknown key (the nearest is name)":   {"list": []any{map[string]any{"nam": "a"}}},
		"map.any.nmae: unknown key (the nearest is name)": {"map": map[string]any{"any": map[string]any{"nmae": "a"}}},
		"ptr.x: unknown key (the nearest is name)":        {"ptr": map[string]any{"x": 1}},
		"cannot unmarshal":                                {"list": "x"},
	} {
		var issue adapters.Issue
		if err := (adapters.Settings{Values: values}).Decode(&dst); !errors.As(err, &issue) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestIssueText(t *testing.T) {
	t.Parallel()
	for want, i := range map[string]adapters.Issue{
		"a.csv:2:3: birth.sex: is wrong (write it)": {File: "a.csv", Line: 2, Column: 3, Field: "birth.sex", What: "is wrong", Remedy: "write it"},
		"a.csv: is empty":     {File: "a.csv", Column: 3, What: "is empty"},
		"path: is missing":    {Field: "path", What: "is missing"},
		"a.csv:7: is too big": {File: "a.csv", Line: 7, What: "is too big"},
	} {
		if got := i.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestOutsideTakesWhatAdaptersMake: a list with nothing in a place, no record.
func TestOutsideTakesWhatAdaptersMake(t *testing.T) {
	t.Parallel()
	cut := adapters.NewCut(adapters.Mask{"name.full"})
	for name, c := range map[string]*homewardv1.ChildRecord{
		"no record": nil, "nothing": {}, "an empty list": {Name: &homewardv1.Name{Full: []*homewardv1.Assertion{nil}, Given: []*homewardv1.Assertion{}}},
	} {
		if out := cut.Outside(c); out != "" {
			t.Errorf("%s: %s", name, out)
		}
	}
	if out := cut.Outside(&homewardv1.ChildRecord{Birth: &homewardv1.Birth{}}); out != "birth" {
		t.Errorf("a message that is not admitted, although empty: %q", out)
	}
}

func BenchmarkOutside(b *testing.B) {
	full, cut := adaptertest.Full(1), adapters.NewCut(leaves())
	b.ReportAllocs()
	for b.Loop() {
		if out := cut.Outside(full); out != "" {
			b.Fatal(out)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	bytes, _ := proto.Marshal(adaptertest.Full(1))
	cut, wire := adapters.NewCut(leaves()), string(bytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cut.Decode(wire); err != nil {
			b.Fatal(err)
		}
	}
}
