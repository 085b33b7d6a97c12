package follow

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
)

// errSealed says that a file is not sealed with this key, or not whole.
var errSealed = errors.New("not sealed by this gateway, or damaged")

// The file is magic, a salt that makes the file's own key, and chunks of AES-256-GCM.
// Each nonce is the chunk's number and whether it is the last one, so that none can be
// left out, moved or cut off (the STREAM construction of Hoang, Reyhanitabar, Rogaway
// and Vizár).
const (
	sealedMagic = "homeward sealed index 1\n"
	saltSize    = 32
	chunkSize   = 1 << 16
	tagSize     = 16
)

func fileCipher(key, salt []byte) (cipher.AEAD, error) {
	own, err := hkdf.Key(sha256.New, key, salt, "homeward index file", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func chunkNonce(n uint64, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce[3:], n)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// sealer seals what is written to it; Close writes the last chunk.
type sealer struct {
	to   io.Writer
	aead cipher.AEAD
	n    uint64
	buf  []byte
}

func newSealer(to io.Writer, key []byte) (*sealer, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	aead, err := fileCipher(key, salt)
	if err != nil {
		return nil, err
	}
	_, err = to.Write(append([]byte(sealedMagic), salt...))
	return &sealer{to: to, aead: aead, buf: make([]byte, 0, chunkSize+tagSize)}, err
}

func (s *sealer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.buf) == chunkSize {
			if err := s.flush(false); err != nil {
				return 0, err
			}
		}
		part := min(len(p), chunkSize-len(s.buf))
		s.buf, p = append(s.buf, p[:part]...), p[part:]
	}
	return n, nil
}

func (s *sealer) flush(last bool) error {
	_, err := s.to.Write(s.aead.Seal(s.buf[:0], chunkNonce(s.n, last), s.buf, nil))
	s.n, s.buf = s.n+1, s.buf[:0]
	return err
}

func (s *sealer) Close() error { return s.flush(true) }

// opener reads what a sealer wrote. Whatever else it meets is errSealed; nothing is
// returned of a chunk that is not whole.
type opener struct {
	from *bufio.Reader
	aead cipher.AEAD
	n    uint64
	buf  []byte
	rest []byte
	last bool
}

func newOpener(from io.Reader, key []byte) (*opener, error) {
	head := make([]byte, len(sealedMagic)+saltSize)
	if _, err := io.ReadFull(from, head); err != nil || string(head[:len(sealedMagic)]) != sealedMagic {
		return nil, errSealed
	}
	aead, err := fileCipher(key, head[len(sealedMagic):])
	return &opener{from: bufio.NewReaderSize(from, 2*chunkSize), aead: aead, buf: make([]byte, chunkSize+tagSize)}, err
}

func (o *opener) Read(p []byte) (int, error) {
	for len(o.rest) == 0 {
		if o.last {
			return 0, io.EOF
		}
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

func (o *opener) next() error {
	n, err := io.ReadFull(o.from, o.buf)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errSealed // also a file that ends where a chunk should begin
	}
	_, err = o.from.Peek(1)
	o.last = errors.Is(err, io.EOF)
	if o.rest, err = o.aead.Open(o.buf[:0], chunkNonce(o.n, o.last), o.buf[:n], nil); err != nil {
		return errSealed
	}
	o.n++
	return nil
}
