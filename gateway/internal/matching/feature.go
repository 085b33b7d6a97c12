package matching

// feature is what is compared of two records; each is at one level, from "they
// differ" to "they are the same", or is not known.
type feature int

const (
	fGiven feature = iota
	fPatronymic
	fFamily
	fBirth
	fSex
	fHome
	fNow
	fSibling
	fSiblingCount
	fDocument
	fPhoto
	fEye
	fHair
	fMarks
	fFacility
	features
)

// maxLevels of one feature.
const maxLevels = 11

// Levels by name. The first is disagreement.
const (
	nameDiffers = 0

	givenClose, givenAmbiguous, givenClass, givenSame = 1, 2, 3, 4
	fatherClose, fatherClass, fatherSame              = 1, 2, 3
	familySound, familyClose, familyClass, familySame = 1, 2, 3, 4

	bornTwoYears, bornOneYear, bornSameYear, bornSameMonth = 1, 2, 3, 4
	bornAboutYear, bornFitsYears, bornFitsYear             = 5, 6, 7
	bornFitsMonth, bornSwapped, bornSame                   = 8, 9, 10

	countNone, countFar, countNear, countSame       = 0, 1, 2, 3
	countAlone, countNotAlone                       = 4, 5
	photoFar, photoAlike, photoNear, photoSame      = 0, 1, 2, 3
	siblingMissing, siblingThere                    = 0, 1
	documentDiffers, documentSame                   = 0, 1
	marksDiffer, marksSome, marksMost               = 0, 1, 2
	facilityDiffers, facilitySame                   = 0, 1
	colourDiffers, colourSame, sexDiffers, sexAgree = 0, 1, 0, 1
)

// described names a feature and its levels, as the file of weights does.
var described = [features]struct {
	name   string
	levels []string
}{
	fGiven:        {"given", []string{"differs", "close", "ambiguous", "class", "same"}},
	fPatronymic:   {"patronymic", []string{"differs", "close", "class", "same"}},
	fFamily:       {"family", []string{"differs", "sound", "close", "class", "same"}},
	fBirth:        {"birth_date", []string{"differs", "two_years", "one_year", "same_year", "same_month", "about_year", "fits_years", "fits_year", "fits_month", "swapped", "same"}},
	fSex:          {"sex", []string{"differs", "same"}},
	fHome:         {"birth_place", []string{"differs", "country", "oblast", "raion", "settlement"}},
	fNow:          {"whereabouts", []string{"differs", "country", "oblast", "raion", "settlement"}},
	fSibling:      {"sibling", []string{"missing", "there"}},
	fSiblingCount: {"sibling_count", []string{"none", "far", "near", "same", "alone", "not_alone"}},
	fDocument:     {"document", []string{"differs", "same"}},
	fPhoto:        {"photo", []string{"differs", "alike", "near", "same"}},
	fEye:          {"eye", []string{"differs", "same"}},
	fHair:         {"hair", []string{"differs", "same"}},
	fMarks:        {"marks", []string{"differ", "some", "most"}},
	fFacility:     {"facility", []string{"differs", "same"}},
}
