package envelope

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestScanAccepts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, ` {"a" : [1, -2, 0, 1.5, 9007199254740991, -9007199254740991, true, false, null, ""] }` + "\n",
		`{"a":"Олександра \u0027\ud83d\ude00\n"}`, `{"a":{"b":1},"c":{"b":2}}`, `{"K":1,"k2":2}`,
		`{"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`, `{"_":1,"@":2,"` + "`" + `":3}`,
	} {
		if _, err := scan(text, kindObject, "text"); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `[]`, `1`, `"a"`, `null`, `{`, `}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":1 "b":2}`, `{"a":1}}`, `{"a":1}{`, `{a:1}`, `{'a':1}`,
		`{"a":1,"a":2}`, `{"a":1,"A":2}`, `{"alg":1,"aLg":2}`, `{"x":{"a":1,"A":2}}`, `{"a":[{"b":1,"B":2}]}`, `{"\u0061":1}`, `{"а":1}`, `{"a` + "\n" + `":1}`,
		`{"a":"\x"}`, `{"a":"\u00"}`, `{"a":"\u00zz"}`, `{"a":"\u0000"}`, `{"a":"\ud800"}`, `{"a":"\ud800\u0041"}`, `{"a":"\udc00"}`, `{"a":"` + "\x1f" + `"}`, `{"a":"`, `{"a":"\`, `{"a`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "\ufeff{}", "{}\x00", "{}\u00a0",
		`{"a":01}`, `{"a":-0}`, `{"a":+1}`, `{"a":.5}`, `{"a":1.}`, `{"a":1e3}`, `{"a":1E3}`, `{"a":1.5e3}`, `{"a":9007199254740992}`, `{"a":-9007199254740992}`, `{"a":1` + strings.Repeat("0", 400) + `}`,
		`{"a":1.1234567890123456}`, `{"a":0x1}`, `{"a":NaN}`, `{"a":Infinity}`, `{"a":-}`, `{"a":tru}`, `{"a":True}`, `{"a":nul}`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[}`, `{"a":1]`, `{"a"=1}`, `{/**/"a":1}`,
		`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, `{"a":` + strings.Repeat("[", 1<<16),
		`{"a":[` + strings.Repeat("1,", maxNodes) + `1]}`,
	} {
		if _, err := scan(text, kindObject, "text"); code(t, err) != CodeMalformed {
			t.Errorf("%.60q: %v", text, err)
		}
	}
	if _, err := scan(`{"a":"`+strings.Repeat("x", MaxMessage)+`"}`, kindObject, "text"); code(t, err) != CodeTooLarge {
		t.Error(err)
	}
}

// FuzzCanonical: what the scanner accepts, encoding/json reads as the same
// values, and no name stands twice in any case.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5,true,null,"x\u0041\ud83d\ude00"],"b":{"c":{}}}`, `{"alg":"EdDSA","kid":"k","typ":"t"}`, `{"a":1,"A":2}`, `{"a":"\ud800"}`, `[["s","n",{"v":9007199254740991}]]`, `{"a":01}`, "{\"a\":\"\xff\"}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, root := range []kind{kindObject, kindArray} {
			d, err := scan(text, root, "text")
			if err != nil {
				continue
			}
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.UseNumber()
			var want any
			if err := decoder.Decode(&want); err != nil {
				t.Fatalf("accepted what encoding/json refuses: %v", err)
			}
			same(t, d, 0, want)
		}
	})
}

// same compares a node with what encoding/json made of it.
func same(t *testing.T, d doc, i int32, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		names := make(map[string]bool)
		for c := range d.children(i) {
			names[strings.ToLower(d.name(c))] = true
			same(t, d, c, w[d.name(c)])
		}
		if d.kind(i) != kindObject || len(names) != len(w) {
			t.Fatal("another object")
		}
	case []any:
		n := 0
		for c := range d.children(i) {
			if n < len(w) {
				same(t, d, c, w[n])
			}
			n++
		}
		if d.kind(i) != kindArray || n != len(w) {
			t.Fatal("another array")
		}
	case string:
		if s, ok := d.text(i); !ok || s != w {
			t.Fatalf("%q is not %q", s, w)
		}
	case json.Number:
		if d.kind(i) != kindNumber || d.raw(i) != w.String() {
			t.Fatal("another number")
		}
	case bool:
		if d.kind(i) != kindBool {
			t.Fatal("not a boolean")
		}
	case nil:
		if d.kind(i) != kindNull {
			t.Fatal("not null")
		}
	}
}
