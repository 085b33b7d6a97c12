package matching

import (
	"slices"
	"strings"
	"sync"

	"homeward.example/adapters"
)

// generic words of places say what a place is and not which; true for those of a village.
var generic = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for w := range strings.FieldsSeq("область обл oblast oblasti region край krai kray республика республіка republic of район р-н raion rayon district " +
		"місто м город г город city town автономна автономная autonomous ar ар округ okrug муниципальный городской громада hromada територіальна міська сільська селищна") {
		out[w] = false
	}
	for w := range strings.FieldsSeq("село с смт селище посёлок поселок пгт хутор village") {
		out[w] = true
	}
	return out
})

// spelling is a part of a place as it is written, read once.
type spelling struct {
	key       string // as Ukrainian, Russian and Latin agree on: the skeletons of its words
	sounds    string // their forms, by which the table of places knows them
	isVillage bool   // it says so
}

// spell reads a part of a place. What is wider than a settlement is called by an
// adjective, whose ending is off (Харківська область, Харьковская область, Kharkiv region).
func spell(level int, name string) (s spelling) {
	if name == "" || len(name) > maxNameBytes {
		return s
	}
	var room [2][48]byte // for most names
	key, sounds := room[0][:0], room[1][:0]
	for _, w := range adapters.Tokens(marks.Replace(name)) {
		if isVillage, ok := generic()[w]; ok {
			s.isVillage = s.isVillage || isVillage
			continue
		}
		if len(sounds) > 0 {
			key, sounds = append(key, '-'), append(sounds, '-')
		}
		f := form(w)
		k := skeleton(f)
		if level != placeSettlement {
			if cut, ok := strings.CutSuffix(k, "sk"); ok && len(cut) > 1 {
				k = cut
			}
			f = strings.TrimSuffix(strings.TrimRight(f, "aeiou"), "sk")
		}
		key, sounds = append(key, k...), append(sounds, f...)
	}
	s.key, s.sounds = string(key), string(sounds)
	return s
}

// colours as Ukrainian, Russian and English listings write them, by word.
var colours = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	for colour, names := range map[string]string{
		"brown": "карі карий карие кари коричневі коричневый коричневые шатен шатенка каштанове каштановые каштановый chestnut hazel",
		"blue":  "блакитні голубые голубой сині синие блакитний", "green": "зелені зеленые зелёные зелений",
		"grey": "gray сірі серые серый сірий", "black": "чорні черные чёрные чорне чёрный брюнет брюнетка",
		"fair": "blond blonde русе русые русый світле светлые светлый светло-русый блондин блондинка light",
		"dark": "темне темные тёмные темний тёмный", "red": "руде рыжие рыжий рудий ginger",
	} {
		for name := range strings.FieldsSeq(colour + " " + names) {
			out[name] = colour
		}
	}
	return out
})

func colour(s string) string {
	if s == "" || len(s) > maxNameBytes {
		return ""
	}
	for _, w := range adapters.Tokens(s) {
		if c, ok := colours()[w]; ok {
			return c
		}
	}
	return ""
}

// colourNames in the order of their numbers, which start at 1.
var colourNames = [...]string{"brown", "blue", "green", "grey", "black", "fair", "dark", "red"}

func colourNumber(name string) byte { return byte(slices.Index(colourNames[:], name) + 1) }

// documentKind numbers what a document's number is of, in three bits.
func documentKind(kind string) uint64 {
	return uint64(slices.Index([]string{"national_id", "birth_certificate", "passport", "icrc", "unhcr"}, kind) + 1)
}
