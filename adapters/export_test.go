package adapters

// Buffer takes one that was used for decoding.
func Buffer() []byte { return *buffers.Get().(*[]byte) }
