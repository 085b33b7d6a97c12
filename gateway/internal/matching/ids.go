package matching

import (
	"bytes"
	"hash/maphash"
)

// ids are the records' ids, one after the other, and a table from an id to its row.
type ids struct {
	seed  maphash.Seed
	text  []byte
	at    []uint64 // of a row: where its id begins <<16 | its length; freeRow for one that is free
	slots []uint32 // row+1; 0 is free, gone was taken
	used  int
	free  []uint32
}

const (
	gone       = 1<<32 - 1
	freeRow    = 1<<64 - 1
	maxIDBytes = 1<<16 - 1
)

func (d *ids) of(row uint32) string {
	at := d.at[row]
	from := at >> 16
	return string(d.text[from : from+at&0xffff])
}

// before says whether one row's id comes before another's.
func (d *ids) before(a, b uint32) bool {
	i, j := d.at[a], d.at[b]
	return bytes.Compare(d.text[i>>16:i>>16+i&0xffff], d.text[j>>16:j>>16+j&0xffff]) < 0
}

func (d *ids) row(id string) (uint32, bool) {
	if len(d.slots) == 0 {
		return 0, false
	}
	id = id[:min(len(id), maxIDBytes)]
	mask := uint64(len(d.slots) - 1)
	for i := maphash.String(d.seed, id) & mask; d.slots[i] != 0; i = (i + 1) & mask {
		if s := d.slots[i]; s != gone && d.is(s-1, id) {
			return s - 1, true
		}
	}
	return 0, false
}

func (d *ids) is(row uint32, id string) bool {
	at := d.at[row]
	from := at >> 16
	return int(at&0xffff) == len(id) && string(d.text[from:from+at&0xffff]) == id
}

// add gives an id, which is not there, a row. Ids are told apart by their first maxIDBytes.
func (d *ids) add(id string) uint32 {
	id = id[:min(len(id), maxIDBytes)]
	if (d.used+1)*4 > len(d.slots)*3 {
		d.grow()
	}
	row := uint32(len(d.at))
	if n := len(d.free); n > 0 {
		row, d.free = d.free[n-1], d.free[:n-1]
	} else {
		d.at = append(d.at, 0)
	}
	d.at[row] = uint64(len(d.text))<<16 | uint64(len(id))
	d.text = append(d.text, id...)
	d.put(row)
	return row
}

func (d *ids) put(row uint32) {
	mask := uint64(len(d.slots) - 1)
	at := d.at[row]
	i := maphash.Bytes(d.seed, d.text[at>>16:at>>16+at&0xffff]) & mask
	for d.slots[i] != 0 {
		i = (i + 1) & mask
	}
	d.slots[i] = row + 1
	d.used++
}

// grow makes a new table, of twice the size unless most ids of it are gone, and
// keeps the texts of those alone that are not.
func (d *ids) grow() {
	size, live := len(d.slots), len(d.at)-len(d.free)
	if live*5 >= size*2 {
		size = max(64, 2*size)
	}
	old := d.slots
	d.slots, d.used = make([]uint32, size), 0
	text := make([]byte, 0, len(d.text))
	for _, s := range old {
		if s == 0 || s == gone {
			continue
		}
		at := d.at[s-1]
		d.at[s-1] = uint64(len(text))<<16 | at&0xffff
		text = append(text, d.text[at>>16:at>>16+at&0xffff]...)
	}
	d.text = text
	for _, s := range old {
		if s != 0 && s != gone {
			d.put(s - 1)
		}
	}
}

func (d *ids) remove(row uint32) {
	mask := uint64(len(d.slots) - 1)
	at := d.at[row]
	for i := maphash.Bytes(d.seed, d.text[at>>16:at>>16+at&0xffff]) & mask; ; i = (i + 1) & mask {
		if d.slots[i] == row+1 {
			d.slots[i] = gone
			break
		}
	}
	d.at[row] = freeRow
	d.free = append(d.free, row)
}

func (d *ids) bytes() int { return cap(d.text) + 8*cap(d.at) + 4*cap(d.slots) + 4*cap(d.free) }
