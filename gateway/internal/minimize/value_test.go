package minimize

import (
	"encoding/json"
	"strings"
	"testing"
)

// checkString reads a JSON string with the standard library.
func checkString(t *testing.T, in string, out []byte) {
	t.Helper()
	var got string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%q is no JSON string: %q: %v", in, out, err)
	}
	if want := strings.ToValidUTF8(in, "\uFFFD"); got != want {
		t.Fatalf("%q came back as %q", want, got)
	}
}

func FuzzString(f *testing.F) {
	for _, s := range []string{"", "\"\\\n\x00\x7f", "Київ", "\xff\xfe", "\u2028", "<script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkString(t, s, appendString(nil, s))
	})
}
