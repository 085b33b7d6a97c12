package matchbench

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// keyboards row by row: a finger that slips hits the key beside.
var keyboards = []string{"йцукенгшщзхї", "фівапролджє", "ячсмитьбю", "йцукенгшщзхъ", "фывапролджэ", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// typo makes one error of typing in a word of three letters or more.
func typo(r *random, word string) string {
	letters := []rune(word)
	if len(letters) < 3 {
		return word
	}
	i := 1 + r.intn(len(letters)-1)
	switch r.pick(35, 25, 20, 20) {
	case 0:
		letters[i] = beside(r, letters[i])
	case 1:
		letters = slices.Delete(letters, i, i+1)
	case 2:
		letters = slices.Insert(letters, i, letters[i])
	case 3:
		j := max(1, i-1)
		letters[i], letters[j] = letters[j], letters[i]
	}
	return string(letters)
}

func beside(r *random, letter rune) rune {
	for _, row := range keyboards {
		keys := []rune(row)
		if i := slices.Index(keys, unicode.ToLower(letter)); i >= 0 {
			if i == 0 || i < len(keys)-1 && r.chance(50) {
				return keys[i+1]
			}
			return keys[i-1]
		}
	}
	return letter
}

// typos makes one error, or two, in the names, and sometimes one in the date.
func (c *claim) typos(r *random) {
	for range 1 + r.pick(60, 40) {
		switch r.pick(50, 30, 20) {
		case 0:
			c.family = typo(r, c.family)
		case 1:
			c.given = typo(r, c.given)
		case 2:
			c.patronymic = typo(r, c.patronymic)
		}
	}
	if len(c.born) == len("2014-03-09") && r.chance(15) {
		day, _ := strconv.Atoi(c.born[8:]) // the generator wrote it
		c.born = c.born[:8] + pad(1+(day+r.pick(1, 1, 1)*10)%28)
	}
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// careless spells a Latin name by ear.
func careless(r *random, name string) string {
	pairs := [][2]string{{"kh", "h"}, {"iu", "yu"}, {"ia", "ya"}, {"ii", "y"}, {"y", "i"}, {"ts", "c"}, {"zh", "j"}, {"v", "w"}, {"k", "c"}, {"ss", "s"}, {"h", "g"}, {"ie", "e"}}
	p := one(r, pairs)
	return strings.Replace(name, p[0], p[1], 1)
}
