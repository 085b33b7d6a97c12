package envelope

import "strconv"

// text reads a string and says whether it holds escapes.
func (s *scanner) text() (escaped, ok bool) {
	for s.at++; s.plain() < len(s.src); {
		switch c := s.src[s.at]; {
		case c == '"':
			s.at++
			return escaped, true
		case c == '\\':
			if !s.escape() {
				return true, false
			}
			escaped = true
		default:
			return escaped, s.fail("a control character in a string")
		}
	}
	return escaped, s.fail("a string without end")
}

// plain goes on to the next character that means something in a string. It counts
// in a variable of its own: strings are most of a message.
func (s *scanner) plain() int {
	src, at := s.src, s.at
	for at < len(src) && src[at] >= ' ' && src[at] != '"' && src[at] != '\\' {
		at++
	}
	s.at = at
	return at
}

// escape reads one escape, or the two of a surrogate pair. NUL and lone
// surrogates are refused: databases and languages disagree about them.
func (s *scanner) escape() bool {
	if s.at+1 >= len(s.src) {
		return s.fail("an escape without end")
	}
	switch s.src[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return true
	case 'u':
	default:
		return s.fail("an unknown escape")
	}
	u, ok := s.hex()
	switch {
	case !ok || u == 0 || u >= 0xdc00 && u <= 0xdfff:
		return s.fail("an escape that is no character")
	case u < 0xd800 || u > 0xdbff:
		return true
	}
	if low, ok := s.hex(); !ok || low < 0xdc00 || low > 0xdfff {
		return s.fail("half a surrogate pair")
	}
	return true
}

// hex reads \uXXXX.
func (s *scanner) hex() (rune, bool) {
	if s.at+6 > len(s.src) || s.src[s.at] != '\\' || s.src[s.at+1] != 'u' {
		return 0, false
	}
	var u rune
	for _, c := range []byte(s.src[s.at+2 : s.at+6]) {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			u = u<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	s.at += 6
	return u, true
}

// number reads an integer or a decimal fraction whose integer part is below
// 2^53 in magnitude. No exponent, no leading zero, no minus zero: there is one
// way to write a number.
func (s *scanner) number() bool {
	begin := s.at
	negative := s.at < len(s.src) && s.src[s.at] == '-'
	if negative {
		s.at++
	}
	digits := s.digits()
	if digits == "" {
		s.at = begin
		return s.fail("no JSON value")
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n >= maxInteger {
		return s.fail("a number of 2^53 or more")
	}
	if len(digits) > 1 && digits[0] == '0' {
		return s.fail("a number with a leading zero")
	}
	fraction := s.at < len(s.src) && s.src[s.at] == '.'
	if fraction {
		s.at++
		if f := s.digits(); f == "" || len(f) > 15 {
			return s.fail("a fraction of no digits or more than 15")
		}
	}
	if negative && n == 0 && !fraction {
		return s.fail("minus zero")
	}
	if s.at < len(s.src) && s.src[s.at]|0x20 == 'e' {
		return s.fail("a number with an exponent")
	}
	return true
}

func (s *scanner) digits() string {
	begin := s.at
	for s.at < len(s.src) && s.src[s.at] >= '0' && s.src[s.at] <= '9' {
		s.at++
	}
	return s.src[begin:s.at]
}
