package envelope

import "bytes"

// Size classes of a plaintext in bytes: minClass times a power of two, up to
// MaxMessage. The length of a ciphertext tells its class and no more.
const minClass = 1024

// sizeClass returns the class of a plaintext of n bytes, its padding included.
func sizeClass(n int) int {
	class := minClass
	for class < n {
		class *= 2
	}
	return class
}

// pad appends 0x80 and zeros up to the size class (ISO/IEC 7816-4).
func pad(b []byte) []byte {
	n := len(b) + 1
	return append(append(b, 0x80), make([]byte, sizeClass(n)-n)...)
}

// unpad returns what stands before the last 0x80. Only zeros may follow it, and
// no more than the size class needs: there is one way to pad.
func unpad(b []byte) (string, bool) {
	end := len(bytes.TrimRight(b, "\x00"))
	if end == 0 || b[end-1] != 0x80 || sizeClass(end) != len(b) {
		return "", false
	}
	return string(b[:end-1]), true
}
