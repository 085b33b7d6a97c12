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

// best returns the rows to compare in full, in no order: those whose score is at
// least a third of the highest one, a few more if these are few, and no more than
// the bound.
func (t *tally) best(to []uint32) []uint32 {
	const steps = 256
	const most = 128 // bits; what is more is counted as that
	step := func(score float32) int { return min(steps-1, int(score*(steps/most))) }
	var counts [steps]int
	highest := 0
	for _, i := range t.order {
		s := step(t.slots[i].score)
		counts[s]++
		highest = max(highest, s)
	}
	least, sum := highest+1, 0
	for least > 0 && sum < maxCompared && (least > highest/6 || sum < minCompared) {
		least--
		sum += counts[least]
	}
	to = to[:0]
	for pass := range 2 { // what is above the last step, then of it while there is room
		for _, i := range t.order {
			s := step(t.slots[i].score)
			if (pass == 0 && s > least || pass == 1 && s == least) && len(to) < maxCompared {
				to = append(to, t.slots[i].row)
			}
		}
	}
	return to
}
