package masked

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"
)

// Lists of one memory are what they would be of their own, in whatever order they grow.
func TestLists(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l Lists[int]
		var got, want [3][]int
		for i := range rapid.IntRange(0, 100).Draw(t, "values") {
			at := rapid.IntRange(0, 2).Draw(t, "list")
			got[at], want[at] = l.Append(got[at], i), append(want[at], i)
			_ = append(got[at], -1) // of a caller, who shall write into no other
		}
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
}

// FuzzNext: a message is taken apart as protowire does it, up to where it is broken:
// a number that is too large is one to proto.Unmarshal alone.
func FuzzNext(f *testing.F) {
	f.Add("\x0a\x01x\x10\xff\x01\x1d1234\x21\x31\x32\x33\x34\x35\x36\x37\x38\x2b\x2c\x82\x01\x00")
	f.Add("\x02\x00")
	f.Add("\xea\x9e\xfc\xfc(\x01x")
	f.Add("\x0a\x02x")
	f.Fuzz(func(t *testing.T, s string) {
		r := NewReader(len(s))
		for rest := []byte(s); ; {
			num, typ, size := protowire.ConsumeField(rest)
			var got Field
			got, s = r.Next(s)
			if len(rest) == 0 || size < 0 || num > protowire.MaxValidNumber {
				if got.Tag != 0 || r.Broken != (len(rest) > 0) {
					t.Fatalf("%+v, broken %v; %d bytes were left", got, r.Broken, len(rest))
				}
				return
			}
			if got.Tag != protowire.EncodeTag(num, typ) {
				t.Fatalf("%+v, want %d, %d", got, num, typ)
			}
			_, _, tag := protowire.ConsumeTag(rest)
			number, _ := protowire.ConsumeVarint(rest[tag:])
			body, _ := protowire.ConsumeBytes(rest[tag:])
			if typ == protowire.VarintType && got.Number != number || typ == protowire.BytesType && got.Body != string(body) {
				t.Fatalf("%+v, want %d, %q", got, number, body)
			}
			if rest = rest[size:]; s != string(rest) {
				t.Fatalf("%q is left, want %q", s, rest)
			}
		}
	})
}

func TestTextIsUTF8(t *testing.T) {
	t.Parallel()
	for s, broken := range map[string]bool{"": false, "abc": false, "Їжак": false, "a\xd0": true, "\x80": true, "a\xed\xa0\x80": true} {
		r := NewReader(len(s))
		if r.Text(s); r.Broken != broken {
			t.Errorf("%q: broken is %v", s, r.Broken)
		}
	}
}
