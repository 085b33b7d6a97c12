package envelope

import (
	"bytes"
	"testing"
)

// TestBuffersAreGivenBackClean: nothing of a message is in memory that the next one gets.
func TestBuffersAreGivenBackClean(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(b *buffer){
		"written": func(b *buffer) { b.b = append(b.b, "Тестенко"...) },
		"decoded": func(b *buffer) { _, _ = b.decode64(Base64([]byte("Тестенко")), "text") },
		"refused": func(b *buffer) { _, _ = b.decode64(Base64([]byte("Тестенко"))+"\n", "text") },
		"sealed, to no key": func(b *buffer) {
			b.b = append(b.b, "Тестенко"...)
			_, _ = b.seal(TypeQuery, PublicKey{})
		},
	} {
		b := &buffer{make([]byte, 0, 256)}
		use(b)
		memory := b.b[:cap(b.b)]
		b.give()
		if len(bytes.Trim(memory, "\x00")) > 0 {
			t.Errorf("%s: left behind", name)
		}
		if len(takeBuffer().b) != 0 {
			t.Errorf("%s: a buffer that is not empty", name)
		}
	}
}
