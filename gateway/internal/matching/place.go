package matching

import (
	"slices"
	"strings"
	"sync"

	"homeward.example/adapters"
)

// generic words of places say what a place is and not which.
var generic = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for w := range strings.FieldsSeq("область обл oblast oblasti region край krai kray республика республіка republic район р-н raion rayon district " +
		"місто м город г город city town село с смт селище посёлок поселок пгт хутор village автономна автономная autonomous ar") {
		out[w] = true
	}
	return out
})

// placeKey writes a part of a place as Ukrainian, Russian and Latin agree on:
// the skeletons of its words, the adjective's ending off (Харківська область,
// Харьковская область, Kharkiv region).
func placeKey(name string) string {
	if name == "" || len(name) > maxNameBytes {
		return ""
	}
	var keys []string
	for _, w := range adapters.Tokens(marks.Replace(name)) {
		if generic()[w] {
			continue
		}
		k := skeleton(form(w))
		if cut, ok := strings.CutSuffix(k, "sk"); ok && len(cut) > 1 {
			k = cut
		}
		keys = append(keys, k)
	}
	return strings.Join(keys, "-")
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
