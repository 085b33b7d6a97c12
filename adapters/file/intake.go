package file

import (
	"bytes"
	"context"
	"hash"
	"io"
	"unicode/utf8"

	"homeward.example/adapters"
)

// intake is what all formats read through. It bounds the file, hashes it,
// counts it, drops a UTF-8 byte order mark (spreadsheets write one; XML and
// RFC 8259 let a reader ignore it) and refuses whatever is not UTF-8.
type intake struct {
	ctx  context.Context
	r    io.Reader
	name string
	max  int64
	hash hash.Hash

	read       int64
	lines      int // line breaks read so far
	column     int // bytes read of the current line
	tail       []byte
	last       byte // the last one read
	opened     bool
	onProgress func(read int64)
}

const (
	remedyEncoding = "save the file as UTF-8"
	progressEvery  = 1 << 20
)

// Read implements io.Reader. Its errors, but for io.EOF, are Issues or the context's.
func (in *intake) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	if !in.opened {
		if err := in.open(); err != nil {
			return 0, err
		}
	}
	n, err := in.r.Read(p)
	if n > 0 {
		if err := in.accept(p[:n]); err != nil {
			return 0, err
		}
	}
	switch {
	case err == io.EOF && len(in.tail) > 0:
		return n, in.issue("the file ends inside a letter", "it is cut off: write it again")
	case err != nil && err != io.EOF:
		return n, adapters.Issue{File: in.name, What: "cannot be read"}
	}
	return n, err
}

// open looks at the first bytes, where an encoding announces itself.
func (in *intake) open() error {
	in.opened = true
	head := make([]byte, 3)
	n, err := io.ReadFull(in.r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return adapters.Issue{File: in.name, What: "cannot be read"}
	}
	head = head[:n]
	switch {
	case n == 0:
		return adapters.Issue{File: in.name, What: "is empty"}
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return adapters.Issue{File: in.name, Line: 1, Column: 1, What: "is UTF-16", Remedy: remedyEncoding}
	}
	if bytes.Equal(head, []byte("\uFEFF")) {
		in.hash.Write(head)
		in.read += int64(n)
		return nil
	}
	in.r = io.MultiReader(bytes.NewReader(head), in.r)
	return nil
}

func (in *intake) accept(p []byte) error {
	in.hash.Write(p)
	in.last = p[len(p)-1]
	before := in.read
	if in.read += int64(len(p)); in.read > in.max {
		return adapters.Issue{File: in.name, What: "is larger than max_bytes allows", Remedy: "raise max_bytes, or split the file"}
	}
	if in.onProgress != nil && before/progressEvery != in.read/progressEvery {
		in.onProgress(in.read)
	}
	return in.utf8(p)
}

// utf8 checks a chunk; a letter may straddle two.
func (in *intake) utf8(p []byte) error {
	for len(in.tail) > 0 && len(p) > 0 && !utf8.FullRune(in.tail) {
		in.tail = append(in.tail, p[0])
		p = p[1:]
	}
	if len(in.tail) > 0 {
		if !utf8.FullRune(in.tail) {
			return nil
		}
		if r, _ := utf8.DecodeRune(in.tail); r == utf8.RuneError {
			return in.issue("is not UTF-8", remedyEncoding)
		}
		in.column += len(in.tail)
		in.tail = in.tail[:0]
	}
	keep := trailing(p)
	body := p[:len(p)-keep]
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return in.invalid(body)
	}
	in.count(body)
	in.tail = append(in.tail, p[len(p)-keep:]...)
	return nil
}

// trailing is how many bytes at the end begin a letter that is not whole.
func trailing(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if b := p[len(p)-n]; utf8.RuneStart(b) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

func (in *intake) count(p []byte) {
	if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
		in.lines += bytes.Count(p, []byte{'\n'})
		in.column = len(p) - i - 1
	} else {
		in.column += len(p)
	}
}

// invalid finds the first bad byte of a chunk.
func (in *intake) invalid(p []byte) error {
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		if p[i] == 0 {
			in.count(p[:i])
			return in.issue("has a NUL byte; it may be UTF-16 without a byte order mark", remedyEncoding)
		}
		if r == utf8.RuneError && size == 1 {
			in.count(p[:i])
			break
		}
		i += size
	}
	return in.issue("is not UTF-8", remedyEncoding)
}

func (in *intake) issue(what, remedy string) error {
	return adapters.Issue{File: in.name, Line: in.lines + 1, Column: in.column + 1, What: what, Remedy: remedy}
}

// budget bounds how much may be read for one row: a quote or a tag that is
// never closed must not take the whole file into memory.
type budget struct {
	r    io.Reader
	name string
	left int
}

// maxRow is larger than any row of use: a photo of 4 MiB in base64, and text.
const maxRow = 8 << 20

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, adapters.Issue{File: b.name, What: "a record does not end within 8 MiB", Remedy: "look for an unclosed quote or tag"}
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *budget) reset() { b.left = maxRow }
