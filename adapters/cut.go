package adapters

import (
	"errors"
	"slices"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Cut is a mask made ready. It is immutable.
type Cut struct{ mask homewardv1.ChildRecordMask }

// NewCut makes a mask ready for use on many records.
func NewCut(mask Mask) *Cut {
	c := new(Cut)
	for _, path := range mask {
		f, _ := catalog.ByPath(path)
		steps := make([]protowire.Number, len(f.Steps))
		for i, fd := range f.Steps {
			steps[i] = fd.Number()
		}
		c.mask.Admit(steps...)
	}
	return c
}

var errWire = errors.New("bytes that are no record")

// Decode reads a ChildRecord in wire format and skips what is outside the mask
// before it is decoded, so that neither memory nor time is spent on it: an adapter in
// memory decodes for each answer. It reads as proto.Unmarshal does, but leaves out what
// the schema does not know and messages of which nothing is left. The record shares no
// memory with the bytes.
func (c *Cut) Decode(wire string) (*homewardv1.ChildRecord, error) {
	child, ok := homewardv1.ReadChildRecord(&c.mask, wire)
	if !ok {
		return nil, errWire
	}
	return child, nil
}

// Outside names the first thing found in the child that the mask does not
// admit; "" if there is none.
func (c *Cut) Outside(child *homewardv1.ChildRecord) string { return child.Outside(&c.mask) }

// Prune returns a copy of the child with nothing outside the mask. Fields that
// the schema does not know are dropped. The copy shares no memory with the child.
func Prune(child *homewardv1.ChildRecord, mask Mask) (*homewardv1.ChildRecord, error) {
	wire, err := proto.Marshal(child)
	if err != nil {
		return nil, err
	}
	return NewCut(mask).Decode(string(wire))
}

// maxCuts bounds the cache: callers choose fields, so they could make masks without end.
const maxCuts = 256

// Cuts remembers the cuts of the masks that were used. The zero value is ready.
type Cuts struct {
	mu   sync.RWMutex
	by   map[uint64][]known
	size int
}

type known struct {
	mask Mask
	cut  *Cut
}

// Of returns the cut of a mask.
func (c *Cuts) Of(mask Mask) *Cut {
	key := keyOf(mask)
	c.mu.RLock()
	cut := find(c.by[key], mask)
	c.mu.RUnlock()
	if cut != nil {
		return cut
	}
	cut = NewCut(mask)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil || c.size >= maxCuts {
		c.by, c.size = make(map[uint64][]known), 0
	}
	c.by[key] = append(c.by[key], known{slices.Clone(mask), cut})
	c.size++
	return cut
}

// keyOf is cheap and says little: masks of one key are compared, which is cheap as
// well, since the paths of most masks are the catalog's own strings.
func keyOf(mask Mask) uint64 {
	key := uint64(len(mask))
	for _, path := range mask {
		key = key*31 + uint64(len(path))
	}
	return key
}

func find(among []known, mask Mask) *Cut {
	for _, k := range among {
		if slices.Equal(k.mask, mask) {
			return k.cut
		}
	}
	return nil
}
