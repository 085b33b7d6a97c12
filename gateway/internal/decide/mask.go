package decide

import (
	"slices"

	"homeward.example/adapters"
	"homeward.example/schemas/catalog"
)

// mask lists what may be read, in the order of the schema: the paths that the
// policy opens and what their values are made from, the facts that it decides
// by, what a hold names a child by, and what the criteria are compared with.
func mask(paths map[string]bool, by []string) adapters.Mask {
	read := make(map[string]bool)
	for p := range paths {
		read[p] = true
		for _, also := range catalog.Needs(p) {
			read[also] = true
		}
	}
	for _, p := range compared(by) {
		read[p] = true
	}
	if read[careType] { // whether it may leave is decided by the place (never 1)
		read[location] = true
	}
	// Age is a fact, and the birth dates say it.
	read["birth.birth_date"], read["birth.age"] = true, true
	// Who gave a consent decides whether it is one, and the names say whether a hold
	// is about this child (never 15), by whatever the question recognised it. Where
	// nothing opens there is nothing that either could keep.
	if len(paths) > 0 {
		for _, fact := range slices.Concat(givers(), compared([]string{"full"})) {
			read[fact] = true
		}
	}
	var m adapters.Mask
	for _, f := range catalog.Fields() {
		if (read[f.Path] || f.Fact) && len(f.Steps) > 0 {
			m = append(m, f.Path)
		}
	}
	return m
}

// compared lists what the criteria are compared with. A name is compared with
// all names, since a full name is also its parts.
func compared(by []string) []string {
	var paths []string
	for _, name := range by {
		switch name {
		case "full", "given", "patronymic", "family":
			paths = append(paths, "name.full", "name.given", "name.patronymic", "name.family")
		case "born":
			paths = append(paths, "birth.birth_date")
		case "sex":
			paths = append(paths, "birth.sex")
		case "birth_oblast":
			paths = append(paths, "birth.birth_place")
		case "document":
			paths = append(paths, "documents.national_id", "documents.birth_certificate_no", "documents.passport_no",
				"documents.imposed_passport_no", "documents.icrc_ref", "documents.unhcr_id")
		}
	}
	return paths
}

// givers are the leaves that say who gave a consent, and with what authority.
func givers() []string {
	return []string{"consent.for_services.giver", "consent.for_services.authority", "consent.disclose_to_others.giver"}
}
