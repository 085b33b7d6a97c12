package matching

import (
	"slices"
	"strings"

	"homeward.example/adapters"
)

// generic words of places say what a place is and not which.
var generic = strings.Fields("область обл oblast oblasti region край krai kray республика республіка republic район р-н raion rayon district " +
	"місто м город г city town село с смт селище посёлок поселок пгт хутор village автономна автономная autonomous ar")

// placeKey writes a part of a place as Ukrainian, Russian and Latin agree on:
// the skeletons of its words, the adjective's ending off (Харківська область,
// Харьковская область, Kharkiv region).
func placeKey(name string) string {
	var keys []string
	for _, w := range adapters.Tokens(marks.Replace(name)) {
		if slices.Contains(generic, w) {
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

// colours as Ukrainian, Russian and English listings write them.
var colours = map[string]string{
	"brown": "карі карий карие кари коричневі коричневый коричневые шатен шатенка каштанове каштановые каштановый chestnut hazel",
	"blue":  "блакитні голубые голубой сині синие блакитний", "green": "зелені зеленые зелёные зелений",
	"grey": "gray сірі серые серый сірий", "black": "чорні черные чёрные чорне чёрный брюнет брюнетка",
	"fair": "blond blonde русе русые русый світле светлые светлый светло-русый блондин блондинка light", "dark": "темне темные тёмные темний тёмный",
	"red": "руде рыжие рыжий рудий ginger",
}

func colour(s string) string {
	for _, w := range adapters.Tokens(s) {
		for c, names := range colours {
			if w == c || slices.Contains(strings.Fields(names), w) {
				return c
			}
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
