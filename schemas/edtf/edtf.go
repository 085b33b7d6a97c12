// Package edtf reads the partial dates of a case file: the Extended Date/Time
// Format of ISO 8601-2:2019, level 0 (2014, 2014-03, 2014-03-09, a date with a
// time, an interval) and of level 1 what case files use: unspecified digits
// (201X, 2014-XX, 2014-03-XX) and a qualifier at the end (2014?, 2014~, 2014%).
// A date is read as the days it may mean, so that comparing is containment and
// saying less is a cut.
package edtf

import (
	"strconv"
	"strings"
	"time"
)

// Date is a span of days, both ends included. The zero value is no date.
type Date struct {
	// First and Last day, each as the number YYYYMMDD: 20140309.
	First, Last int
	// Qualifier is "", "?" (uncertain), "~" (approximate) or "%" (both).
	Qualifier string
}

// maxLen is the longest text that can be a date: an interval of two dates with
// time, zone and qualifier.
const maxLen = 2*len("2014-03-09T10:00:00+02:00?") + len("/")

// Parse reads a date. The result is false for anything else, open intervals
// and seasons among it: what cannot be placed in the calendar is no date here.
func Parse(s string) (Date, bool) {
	if len(s) > maxLen {
		return Date{}, false
	}
	from, to, interval := strings.Cut(s, "/")
	first, ok := single(from)
	if !ok || !interval {
		return first, ok
	}
	last, ok := single(to)
	if !ok || last.First < first.First || last.Last < first.Last {
		return Date{}, false
	}
	d := Date{First: first.First, Last: last.Last, Qualifier: first.Qualifier}
	if last.Qualifier != "" {
		d.Qualifier = last.Qualifier
	}
	return d, true
}

func single(s string) (Date, bool) {
	d := Date{}
	if n := len(s); n > 0 && strings.IndexByte("?~%", s[n-1]) >= 0 {
		s, d.Qualifier = s[:n-1], s[n-1:]
	}
	if day, clock, ok := strings.Cut(s, "T"); ok {
		if len(day) != len(time.DateOnly) || !isClock(clock) || strings.Contains(day, "X") {
			return Date{}, false
		}
		s = day
	}
	var ok bool
	if d.First, d.Last, ok = span(s); !ok {
		return Date{}, false
	}
	return d, true
}

// isClock accepts what may follow the T of a date with a time. The zone is
// checked and then ignored: the day is the one that was written.
func isClock(s string) bool {
	for _, layout := range []string{"15:04:05", "15:04:05Z07:00"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// span returns the first and last day of YYYY, YYYY-MM or YYYY-MM-DD, where
// the last digits may be X.
func span(s string) (first, last int, ok bool) {
	if len(s) != 4 && len(s) != 7 && len(s) != 10 {
		return 0, 0, false
	}
	y1, y2, ok := digits(s[:4])
	if !ok || y1 == 0 {
		return 0, 0, false
	}
	m1, m2, d1, d2 := 1, 12, 1, 31
	if len(s) >= 7 {
		if m1, m2, ok = part(s[4:7], y1 == y2, 1, 12); !ok {
			return 0, 0, false
		}
	}
	if len(s) == 10 {
		if d1, d2, ok = part(s[7:10], m1 == m2, 1, daysIn(y1, m1)); !ok {
			return 0, 0, false
		}
	}
	return y1*10000 + m1*100 + d1, y2*10000 + m2*100 + min(d2, daysIn(y2, m2)), true
}

// part reads "-NN" or "-XX". A number after an unspecified wider part is
// refused: it is level 2, and no span of days.
func part(s string, widerKnown bool, low, high int) (from, to int, ok bool) {
	if s[0] != '-' {
		return 0, 0, false
	}
	if s[1:] == "XX" {
		return low, high, true
	}
	from, to, ok = digits(s[1:])
	return from, to, ok && widerKnown && from == to && from >= low && to <= high
}

// digits reads digits of which the last may be X: "201X" is 2010 to 2019.
// Of a year at most two may be unspecified.
func digits(s string) (low, high int, ok bool) {
	known := 0
	for i := range len(s) {
		low, high = low*10, high*10
		switch c := s[i]; {
		case c >= '0' && c <= '9' && known == i:
			low, high, known = low+int(c-'0'), high+int(c-'0'), known+1
		case c == 'X':
			high += 9
		default:
			return 0, 0, false
		}
	}
	return low, high, known >= 2
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Contains says whether every day that other may mean is one that d may mean.
func (d Date) Contains(other Date) bool {
	return d != Date{} && other != Date{} && d.First <= other.First && other.Last <= d.Last
}

// Within says whether the date spans no more than so many calendar years.
func (d Date) Within(years int) bool { return d.Last/10000-d.First/10000 < years }

// Month cuts a date to its month, or to its year if the month is not known;
// false if the year is not known either. The result is EDTF.
func (d Date) Month() (string, bool) {
	if d == (Date{}) || d.First/100 != d.Last/100 {
		return d.Year()
	}
	return pad(d.First/10000, 4) + "-" + pad(d.First/100%100, 2) + d.Qualifier, true
}

// Year cuts a date to its year; false if it spans more than one.
func (d Date) Year() (string, bool) {
	if d == (Date{}) || !d.Within(1) {
		return "", false
	}
	return pad(d.First/10000, 4) + d.Qualifier, true
}

// Quarter cuts a date to the interval of its quarter ("2024-01/2024-03"), or to
// its year if the quarter is not known.
func (d Date) Quarter() (string, bool) {
	q := (d.First/100%100 - 1) / 3
	if d == (Date{}) || !d.Within(1) || (d.Last/100%100-1)/3 != q {
		return d.Year()
	}
	year := pad(d.First/10000, 4)
	return year + "-" + pad(q*3+1, 2) + "/" + year + "-" + pad(q*3+3, 2), true
}

// Band cuts a date to five years that begin with a year divisible by five
// ("2010/2014"); false if it spans two bands.
func (d Date) Band() (string, bool) {
	from := d.First / 10000 / 5 * 5
	if d == (Date{}) || d.Last/10000/5*5 != from {
		return "", false
	}
	return pad(from, 4) + "/" + pad(from+4, 4), true
}

// Age returns the full years from the date to a day: the fewest that the date
// allows, since doubt means child. It is false for a date that lies after that day.
func (d Date) Age(on time.Time) (int, bool) {
	y, m, day := on.UTC().Date()
	today := y*10000 + int(m)*100 + day
	if d == (Date{}) || d.First > today {
		return 0, false
	}
	return max(0, (today-d.Last)/10000), true
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}
