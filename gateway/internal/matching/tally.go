package matching

// tally adds up scores by row: an open-addressed table that is used again.
type tally struct {
	slots []scored
	turn  uint32
	n     int
	order []uint32 // slots in use
}

type scored struct {
	row, turn uint32
	score     float32
}

// tallySlots is room for the rows that one search reads, at most half full.
const tallySlots = 1 << 17

func (t *tally) reset() {
	if t.slots == nil {
		t.slots = make([]scored, tallySlots)
	}
	t.n, t.order = 0, t.order[:0]
	if t.turn++; t.turn == 0 {
		clear(t.slots)
		t.turn = 1
	}
}

func (t *tally) add(row uint32, score float32) {
	for i := row * 2654435761 >> 15; ; i++ {
		e := &t.slots[i%tallySlots]
		if e.turn != t.turn {
			if t.n*2 >= tallySlots {
				return
			}
			*e = scored{row, t.turn, score}
			t.order = append(t.order, i%tallySlots)
			t.n++
			return
		}
		if e.row == row {
			e.score += score
			return
		}
	}
}

// best returns the rows to compare in full: those that share most with the question,
// down to a sixth of what the first does, more if these are few, and no more than the bound.
// Rows that share as much are all taken or all left, so that it does not
// depend on the order in which records came; only the first may be more than the bound.
func (t *tally) best(to []uint32) []uint32 {
	const steps = 1024
	const most = 128 // bits; what is more is counted as that
	step := func(score float32) int { return min(steps-1, int(score*(steps/most))) }
	var counts [steps]int
	highest := 0
	for _, i := range t.order {
		s := step(t.slots[i].score)
		counts[s]++
		highest = max(highest, s)
	}
	least, sum := highest, counts[highest]
	for least > 0 && sum+counts[least-1] <= maxCompared && (least > highest/6 || sum < minCompared) {
		least--
		sum += counts[least]
	}
	to = to[:0]
	for _, i := range t.order {
		if step(t.slots[i].score) >= least {
			to = append(to, t.slots[i].row)
		}
	}
	return to
}
