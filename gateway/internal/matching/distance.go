package matching

// alike allows one error of typing in a short word and two in one of eight letters.
func alike(a, b string) bool {
	longer := max(len(a), len(b))
	switch {
	case min(len(a), len(b)) < 3:
		return false
	case longer < 8:
		return distance(a, b, 1) <= 1
	}
	return distance(a, b, 2) <= 2
}

// distance is Damerau-Levenshtein's of adjacent letters, or limit+1 if it is more.
func distance(a, b string, limit int) int {
	const longest = 40
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) > longest || len(b) > longest {
		return limit + 1
	}
	var rows [3][longest + 1]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}
