# METADATA
# title: Delivery
# description: >-
#   At the requester's own gateway, before an answer is handed to its officers:
#   what has arrived from one holder may not be joined with what has arrived from
#   another. The input says which columns the requester's ledger has received of
#   this child, and which are arriving; what is not known counts as received.
# custom:
#   legal_basis: CRC 16; GDPR 5(1)(c), 9
#   plain:
#     en: Before its own officers see an answer, the requester's gateway checks what they already have of this child.
#     uk: Перш ніж відповідь побачать працівники, шлюз запитувача перевіряє, що вони вже мають про цю дитину.
package homeward.deliver

import data.homeward.release

# METADATA
# title: The decision
# description: The columns of what is arriving that are withheld from the officers.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: What may not be joined with what was received before is not shown.
#     uk: Того, що не можна поєднувати з отриманим раніше, не показують.
decision := {"withhold": [column |
	some column in object.keys(input.arriving)
	not column in shown
]}

# METADATA
# title: Columns that are shown
# description: Those that tell neither name nor face, always.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Fields that tell neither the name nor the face can always be shown.
#     uk: Поля, що не видають ані імені, ані обличчя, показують завжди.
shown contains column if some column in {
	"id_min",
	"documents",
	"family",
	"separation",
	"current",
	"protection",
	"origin_only",
	"kind",
}

# METADATA
# title: Never 6, a name without a photo, across holders
# description: No photo was received from anybody. Evidence counts as a name, since a listing has one.
# custom:
#   legal_basis: CRC 16; GDPR 9
#   code: SUP_LINKAGE
#   plain:
#     en: A name is shown only if no photo of the child was received from anybody before.
#     uk: Ім'я показують, лише якщо фото дитини раніше ні від кого не надходило.
shown contains column if {
	some column in {"names_birth", "evidence"}
	release.photo_and_name
}

shown contains column if {
	some column in {"names_birth", "evidence"}
	received_nothing("photo")
}

# METADATA
# title: Never 6, a photo without a name, across holders
# description: No name was received from anybody, and none is arriving with it.
# custom:
#   legal_basis: CRC 16; GDPR 9
#   code: SUP_LINKAGE
#   plain:
#     en: A photo is shown only if no name of the child was received from anybody and none comes with it.
#     uk: Фото показують, лише якщо ім'я дитини ні від кого не надходило й не надходить разом із ним.
shown contains "photo" if release.photo_and_name

shown contains "photo" if {
	every column in {"names_birth", "evidence"} {
		received_nothing(column)
		input.arriving[column] == "no"
	}
}

# METADATA
# title: A column of which nothing was received
# description: Of neither identity; a ledger that cannot be read has received everything.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: If it cannot be shown that something was not received, it counts as received.
#     uk: Якщо не можна показати, що чогось не отримували, воно вважається отриманим.
received_nothing(column) if {
	input.received[column].original == "no"
	input.received[column].imposed == "no"
}
