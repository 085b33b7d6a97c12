package decide

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What is read is what encoding/json and OPA read together, from any bytes.
func FuzzParseInput(f *testing.F) {
	s := samples()[0]
	f.Add(s.record.input(questionInput(s.facts, []string{"family", "born"}, false)))
	for _, seed := range []string{
		`{"a":[1,-2.5e3,true,false,null,{}],"b":{"c":[]}}`, ` [ "x" , "\u0444\udc80\n" , "слово" ] `, `{"a":1,"a":2}`, `"\\"`, `"\""`,
		`1`, `nul`, `{"a"`, `[1,]`, "\"\xff\"", `{"purpose":"yes","yes":"purpose"}`, `{"":""}`, "", `12345678901234567890`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		got, ok := parseInput(input)
		var doc any
		if err := json.Unmarshal(input, &doc); (err == nil) != ok {
			t.Fatalf("read %v, encoding/json says %v", ok, err)
		}
		if !ok {
			return
		}
		want, err := ast.ValueFromReader(bytes.NewReader(input))
		if err != nil {
			t.Fatal(err)
		}
		if got.Compare(want) != 0 {
			t.Fatalf("%q: %v, want %v", input, got, want)
		}
	})
}
