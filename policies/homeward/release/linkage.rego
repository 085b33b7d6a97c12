package homeward.release

import data.homeward.matrix

# METADATA
# title: Never 6, who may have photo and name
# description: RETURN to the authority of origin, TRACE to the ICRC, or a go-ahead for the photo.
# custom:
#   legal_basis: CRC 16; GDPR 9
#   code: SUP_LINKAGE
#   plain:
#     en: Photo and name go together only to the authority of origin, to the ICRC for tracing, or with a go-ahead.
#     uk: Фото разом з іменем отримують лише орган походження, МКЧХ для розшуку або той, хто має на це дозвіл.
photo_and_name if {
	input.purpose == "RETURN"
	matrix.recipient == "authority_of_origin"
}

photo_and_name if {
	input.purpose == "TRACE"
	matrix.recipient == "icrc"
}

photo_and_name if input.go_ahead.photo == "yes"

# METADATA
# title: Never 6, a photo without a name, over time
# description: >-
#   The requester got no name of this child before, from anybody, its question
#   contains none, and its row never gives one: a photo today and the name
#   tomorrow is both.
# custom:
#   legal_basis: CRC 16; GDPR 9
#   code: SUP_LINKAGE
#   plain:
#     en: Whoever already has the child's name does not get the photo too, however much time lies between.
#     uk: Хто вже має ім'я дитини, той не отримує ще й фото, скільки б часу не минуло.
holds contains "photo_alone" if photo_and_name

holds contains "photo_alone" if {
	matrix.row.cells.names_birth == "never"
	input.known.name == "no"
	undisclosed("names_birth")
	undisclosed("evidence")
}

# METADATA
# title: Never 6, a name without a photo, over time
# description: The requester got no photo of this child before, from this holder or, as far as its own ledger shows, from another.
# custom:
#   legal_basis: CRC 16; GDPR 9
#   code: SUP_LINKAGE
#   plain:
#     en: Whoever already has the child's photo does not get the name too, whoever gave the photo.
#     uk: Хто вже має фото дитини, той не отримує ще й імені, хто б те фото не видав.
holds contains "name_alone" if photo_and_name

holds contains "name_alone" if {
	input.known.photo == "no"
	undisclosed("photo")
}

# METADATA
# title: A column of which the requester got nothing yet
# description: Of neither identity; a ledger that cannot be read has given everything.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: If it cannot be shown that something was not given, it counts as given.
#     uk: Якщо не можна показати, що чогось не видавали, воно вважається виданим.
undisclosed(group) if {
	input.disclosed[group].original == "no"
	input.disclosed[group].imposed == "no"
}
