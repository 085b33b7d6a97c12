package envelope

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// Size classes: lists of digests have that many entries or twice, four times, … as many.
const (
	listClass    = 8
	elementClass = 4
)

// DigestList is the content of "_sd" for these disclosures: their digests and
// decoys up to the next size class (8, 16, 32, …), sorted, so that neither the
// number nor the order of the values shows (RFC 9901 sections 4.2.5, 9.7).
func DigestList(ds []Disclosure) []string {
	b := takeBuffer()
	defer b.give()
	var room [64]ranked
	ranks := b.rank(room[:0], ds, listClass)
	out := make([]string, len(ranks))
	for i, r := range ranks {
		out[i] = string(b.digest(r))
	}
	return out
}

// AppendDigestList writes the same as a JSON array.
func AppendDigestList(dst []byte, ds []Disclosure) []byte {
	b := takeBuffer()
	defer b.give()
	var room [64]ranked
	dst = append(dst, '[')
	for i, r := range b.rank(room[:0], ds, listClass) { // base64url: no escapes
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), b.digest(r)...), '"')
	}
	return append(dst, ']')
}

// DigestListSize is how many bytes AppendDigestList writes for n disclosures.
func DigestListSize(n int) int { return len(`[]`) + sizeOf(n, listClass)*(digestSize+len(`"",`)) - 1 }

// ElementList is DigestList for an array of disclosable elements; its classes are
// 4, 8, 16, …. The elements keep their order, decoys stand between them: where
// the sorted list has a digest of an element, the next element's is put.
func ElementList(ds []Disclosure) []Element {
	b := takeBuffer()
	defer b.give()
	var room [64]ranked
	ranks := b.rank(room[:0], ds, elementClass)
	out := make([]Element, len(ranks))
	next := 0
	for i, r := range ranks {
		if int(r.at) < len(ds) {
			out[i].Digest = ds[next].digest
			next++
		} else {
			out[i].Digest = string(b.digest(r))
		}
	}
	return out
}

// Element stands in an array for an element that is disclosed beside it.
type Element struct {
	Digest string `json:"..."`
}

// ranked is a digest by its place in a buffer and, for sorting, by how it begins.
type ranked struct {
	head uint64
	at   int32
}

// rank writes the digests of disclosures, and behind them the decoys that fill their
// size class, into an empty buffer, and sorts them.
func (b *buffer) rank(out []ranked, ds []Disclosure, class int) []ranked {
	class = sizeOf(len(ds), class)
	decoys := sha256.Size * (class - len(ds))
	b.b = slices.Grow(b.b, class*digestSize+decoys)
	for i := range ds {
		b.b = append(b.b, ds[i].digest...)
	}
	random := b.b[class*digestSize : class*digestSize+decoys]
	rand.Read(random)
	for ; len(random) > 0; random = random[sha256.Size:] {
		b.b = base64.RawURLEncoding.AppendEncode(b.b, random[:sha256.Size])
	}
	b.b = b.b[:class*digestSize+decoys] // that nothing of the decoys is left behind
	for i := range class {
		out = append(out, ranked{binary.BigEndian.Uint64(b.b[i*digestSize:]), int32(i)})
	}
	slices.SortFunc(out, func(x, y ranked) int {
		if x.head != y.head {
			return cmp.Compare(x.head, y.head)
		}
		return bytes.Compare(b.digest(x), b.digest(y))
	})
	return out
}

func (b *buffer) digest(r ranked) []byte { return b.b[int(r.at)*digestSize:][:digestSize] }

// sizeOf is the size class of n.
func sizeOf(n, class int) int {
	for class < n {
		class *= 2
	}
	return class
}
