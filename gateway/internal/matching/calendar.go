package matching

// civil turns a numbered day into a date of the Gregorian calendar, and back
// (Howard Hinnant's algorithms; no allocation, since it runs for every candidate).
func civil(day int) (year, month, dayOfMonth int) {
	z := day + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dayOfMonth = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, dayOfMonth
}

func numbered(year, month, dayOfMonth int) int {
	if month <= 2 {
		year--
	}
	era := year / 400
	yoe := year - era*400
	mp := (month + 9) % 12
	doy := (153*mp+2)/5 + dayOfMonth - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

func yearOf(day int) uint32 {
	y, _, _ := civil(day)
	return uint32(y)
}

// swapped exchanges day and month, a usual slip; false if that is no other date.
func swapped(day int) (int, bool) {
	y, m, d := civil(day)
	if d > 12 || d == m {
		return 0, false
	}
	return numbered(y, d, m), true
}
