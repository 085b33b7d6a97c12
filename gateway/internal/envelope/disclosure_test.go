package envelope

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The examples of RFC 9901 section 4.2: what another wrote, white space
// included, is digested as it came.
func TestRFC9901Examples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ json, encoded, digest, name, value string }{
		{`["lklxF5jMYlGTPUovMNIvCA", "FR"]`, "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs", "", `"FR"`},
		{`["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]`, "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0", "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0", "family_name", `"Möbius"`},
	} {
		if got := Base64([]byte(c.json)); got != c.encoded {
			t.Errorf("encoded %s", got)
		}
		d, err := parseDisclosure(c.encoded, "disclosure")
		if err != nil || d.Digest() != c.digest || d.Name != c.name || string(d.Value) != c.value || d.String() != c.encoded {
			t.Errorf("%s: %+v %v", c.json, d, err)
		}
	}
	// Its section 4.2.3 shows a salt of 64 bits in an example of digesting; ours are of 128 at least.
	const weak = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
	if digest(weak) != "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY" {
		t.Error("another digest than the RFC's")
	}
	if _, err := parseDisclosure(weak, "disclosure"); code(t, err) != CodeDisclosure {
		t.Error("a weak salt was accepted")
	}
}

// The lists say no more than a size class: not how many, not which first.
func TestDecoys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 70).Draw(t, "n")
		ds := make([]Disclosure, n)
		for i := range ds {
			ds[i] = NewDisclosure("", json.RawMessage(strconv.Itoa(i)))
		}
		digests := DigestList(ds)
		if len(digests) != classOf(n, 8) || !slices.IsSorted(digests) {
			t.Fatalf("%d values, %d digests", n, len(digests))
		}
		var written []string
		text := AppendDigestList(nil, ds)
		if json.Unmarshal(text, &written) != nil || len(written) != len(digests) || !slices.IsSorted(written) || len(text) != DigestListSize(n) {
			t.Fatalf("%d values: %s", n, text)
		}
		for _, d := range ds {
			if !slices.Contains(digests, d.Digest()) || !slices.Contains(written, d.Digest()) {
				t.Fatal("a digest is missing")
			}
		}
		elements := ElementList(ds)
		next := 0
		for _, e := range elements {
			if next < n && e.Digest == ds[next].Digest() {
				next++
			}
			if canonical64(e.Digest, "") != nil || len(e.Digest) != 43 {
				t.Fatal("a decoy that shows")
			}
		}
		if next != n || len(elements) != classOf(n, 4) {
			t.Fatalf("%d of %d elements in order, %d in all", next, n, len(elements))
		}
	})
}

// What is made in one piece is what is made one by one, also where memory moves, where
// a name needs an escape, and where a value that was begun is given up.
func TestDisclosing(t *testing.T) {
	t.Parallel()
	made := NewDisclosing(1, 1)
	values := map[string]string{"": `1`, "name.family": `[{"value":"Тестенко"}]`, "a\"b": `"x"`, "photo": `"` + strings.Repeat("A", 5000) + `"`}
	for name, value := range values {
		_ = append(made.Name("given.up"), strings.Repeat("9", 300)...)
		made.Add(append(made.Name(name), value...))
	}
	salts := make(map[string]bool)
	ds := made.Disclosures()
	for _, d := range ds {
		plain := must(decode64(d.String(), ""))
		var parts []json.RawMessage
		if err := json.Unmarshal(plain, &parts); err != nil || string(parts[len(parts)-1]) != values[d.Name] || string(d.Value) != values[d.Name] {
			t.Errorf("%s: %s is %s, %v", d.Name, d.Value, plain, err)
		}
		if d.Digest() != digest(d.String()) {
			t.Errorf("%s: another digest", d.Name)
		}
		salts[string(parts[0])] = len(parts[0]) == 24
		_ = append(d.Value, "written over"...)
	}
	if len(ds) != len(values) || len(salts) != len(values) || salts[`"0000000000000000000000"`] {
		t.Errorf("%d disclosures, %d salts", len(ds), len(salts))
	}
	for _, d := range ds {
		if string(d.Value) != values[d.Name] {
			t.Errorf("%s was written over", d.Name)
		}
	}
}

func classOf(n, least int) int {
	for least < n {
		least *= 2
	}
	return least
}

func TestPresent(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	message := p.query(t, func(*Query) {})
	full := must(Verify(message, expect(TypeQuery, p.keys)))
	for name, keep := range map[string]func(Disclosure) bool{
		"none": func(Disclosure) bool { return false }, "family": func(d Disclosure) bool { return d.Name == "family" }, "links": func(d Disclosure) bool { return d.Name == "" },
	} {
		fewer := must(Present(message, keep))
		v, err := Verify(fewer, expect(TypeQuery, p.keys))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if v.Hash() != full.Hash() {
			t.Errorf("%s: another message", name)
		}
		q := must(v.Query())
		if q.Purpose != "RETURN" || (q.Criteria["family"] != "") != (name == "family") || (len(q.Links) == 2) != (name == "links") || q.Criteria["born"] != "" {
			t.Errorf("%s: %+v", name, q)
		}
	}
	for _, broken := range []string{"", "a.b.c", "a.b.c~x", "a.b.c~!~", "a.b.c~" + Base64([]byte(`["AAAAAAAAAAAAAAAAAAAAAA"]`)) + "~"} {
		if _, err := Present(broken, func(Disclosure) bool { return true }); err == nil {
			t.Errorf("%q was presented", broken)
		}
	}
}

// Elements that are disclosed keep their order, whatever stands between them.
func TestLinksKeepTheirOrder(t *testing.T) {
	t.Parallel()
	p := newParty(t, AlgEdDSA)
	for n := range 9 {
		var links []string
		for i := range n {
			links = append(links, "link"+strconv.Itoa(i))
		}
		q := must(must(Verify(p.query(t, func(q *Query) { q.Links = links }), expect(TypeQuery, p.keys))).Query())
		if !slices.Equal(q.Links, links) {
			t.Errorf("%v became %v", links, q.Links)
		}
	}
}

func TestBuildersRefuse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "_sd", "...", "_sd_alg", "ім'я", "a\"b", "a\nb"} {
		q := sampleQuery()
		q.Criteria = map[string]string{name: "x"}
		if _, _, err := QueryPayload(q); code(t, err) != CodeCannotSign {
			t.Errorf("name %q: %v", name, err)
		}
	}
	a := sampleAnswer()
	a.Records[0].Values = map[string]json.RawMessage{"name.family": json.RawMessage("{")}
	if _, _, err := AnswerPayload(a); code(t, err) != CodeCannotSign {
		t.Error("a value that is no JSON was taken")
	}
}

// A payload that we sign shows no value of a child's.
func TestNothingInTheOpen(t *testing.T) {
	t.Parallel()
	query, _, _ := QueryPayload(sampleQuery())
	answer, _, _ := AnswerPayload(sampleAnswer())
	link, _, _ := CaseLinkPayload(CaseLink{Claims: claims(), Child: map[string]string{"family": "Шевченко-Тестова"}, Leads: []string{"unicef"}})
	notice, _, _ := NoticePayload(Notice{Claims: claims(), Criteria: map[string]string{"family": "Шевченко-Тестова"}})
	for _, payload := range [][]byte{query, answer, link, notice} {
		for _, value := range []string{"Шевченко", "Олександра", "2014", "Тестенко", "link~one", "unicef"} {
			if strings.Contains(string(payload), value) {
				t.Errorf("%s stands in %s", value, payload)
			}
		}
		if !json.Valid(payload) {
			t.Error("no JSON")
		}
	}
}

// FuzzDisclosures: a disclosure that is accepted is [salt, name, value] or
// [salt, value] to encoding/json too, and names nothing that is reserved.
func FuzzDisclosures(f *testing.F) {
	f.Add(`["AAAAAAAAAAAAAAAAAAAAAA","family","x"]`)
	f.Add(`["AAAAAAAAAAAAAAAAAAAAAA",{"_sd":[]}]`)
	f.Add(`[ "AAAAAAAAAAAAAAAAAAAAAA" , "a" , [1,{"b":null}] ]`)
	f.Fuzz(func(t *testing.T, text string) {
		encoded := base64.RawURLEncoding.EncodeToString([]byte(text))
		d, err := parseDisclosure(encoded, "disclosure 1")
		if err != nil {
			code(t, err)
			return
		}
		var parts []any
		if err := json.Unmarshal([]byte(text), &parts); err != nil || len(parts) != 2 && len(parts) != 3 {
			t.Fatalf("accepted %q: %v", text, err)
		}
		if len(parts) == 3 && (parts[1] != d.Name || reserved(d.Name)) || len(parts[0].(string)) < 22 || holdsReserved(parts[len(parts)-1]) {
			t.Fatalf("accepted %q", text)
		}
	})
}

func reserved(name string) bool { return name == "_sd" || name == "..." || name == "_sd_alg" }

func holdsReserved(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if reserved(name) || holdsReserved(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, holdsReserved)
	}
	return false
}
