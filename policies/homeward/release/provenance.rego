package homeward.release

import data.homeward.matrix

# METADATA
# title: The ICRC released it
# description: >-
#   The ICRC's own signed answer is a release, and so is one that it signed for
#   this child and recipient. Neither is for the ICC (never 4), whoever holds the
#   data.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24; Rules of Procedure and Evidence of the ICC 73(4)
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: What comes from the ICRC leaves only if the ICRC itself releases it, and never to the ICC.
#     uk: Те, що походить від МКЧХ, видають, лише якщо його дозволив видати сам МКЧХ, і ніколи не видають МКС.
released_by_icrc if {
	matrix.recipient in not_the_icc
	input.holder.kind == "icrc"
}

released_by_icrc if {
	matrix.recipient in not_the_icc
	input.icrc_release == "yes"
}

# METADATA
# title: Recipients to whom the ICRC may release
# description: All but the ICC.
# custom:
#   legal_basis: Rules of Procedure and Evidence of the ICC 73(4)
#   plain:
#     en: The ICRC may release to everybody but the ICC.
#     uk: МКЧХ може дозволити видачу всім, крім МКС.
not_the_icc := {
	"authority_of_origin",
	"partner_government",
	"unicef",
	"icrc",
	"ngo",
	"prosecutor",
	"mediator",
	"legal_reviewer",
}

# METADATA
# title: Everything is the holder's own
# description: No source of the record is the ICRC, or it released it.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   plain:
#     en: Nothing in this record came from the ICRC, or the ICRC has released it.
#     uk: Ніщо в цьому записі не походить від МКЧХ, або МКЧХ дозволив його видати.
own_altogether if released_by_icrc

own_altogether if {
	input.record.own["*"].original == "yes"
	input.record.own["*"].imposed == "yes"
}

# METADATA
# title: Leaves that are the holder's own
# description: >-
#   By identity: no source of them is the ICRC; one such source makes a leaf of one
#   identity ICRC-origin. A leaf of which nothing is known is not the holder's own.
#   The star stands for every leaf.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: A field with a single source from the ICRC belongs to the ICRC, and the holder does not give it.
#     uk: Поле, у якого хоч одне джерело від МКЧХ, належить МКЧХ, і тримач його не видає.
owned := {identity: own_of(paths, identity) | some identity, paths in data.homeward.schema.identities}

# METADATA
# title: Own leaves among those of one identity
# description: All of them if the ICRC released them or the star says so, else those that are named.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   plain:
#     en: Each field is looked at by itself, under each of the child's names.
#     uk: Кожне поле розглядають окремо, під кожним з імен дитини.
own_of(paths, identity) := paths if {
	released_by_icrc
} else := paths if {
	input.record.own["*"][identity] == "yes"
} else := {path: true | some path, _ in paths; input.record.own[path][identity] == "yes"}

# METADATA
# title: The hit is the holder's own
# description: >-
#   A hit confirms what the question says. So all that its criteria are compared
#   with must be the holder's own, for the identity that matched; or the question
#   comes with a link that names the record itself.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: A child who can be recognised only by what the ICRC told is answered as unknown, since a hit would confirm it.
#     uk: Якщо впізнати дитину можна лише за тим, що повідомив МКЧХ, відповідають, ніби її не знають, бо збіг це підтвердив би.
holds contains "provenance" if own_altogether

holds contains "provenance" if {
	input.question.linked == "yes"
	input.question.record == "yes"
}

holds contains "provenance" if {
	every criterion in input.question.by {
		every path in compared[criterion] {
			own(path)
		}
	}
}

# METADATA
# title: What each criterion is compared with
# description: A name with all names, since a full name is also its parts.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: These are the fields by which a child is recognised.
#     uk: Це поля, за якими впізнають дитину.
compared := {
	"full": names,
	"given": names,
	"patronymic": names,
	"family": names,
	"born": {"birth.birth_date"},
	"birth_oblast": {"birth.birth_place"},
	"sex": {"birth.sex"},
	"document": {
		"documents.national_id",
		"documents.birth_certificate_no",
		"documents.passport_no",
		"documents.imposed_passport_no",
		"documents.icrc_ref",
		"documents.unhcr_id",
	},
}

# METADATA
# title: Names that a question is compared with
# description: Those of the identity that matched.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: These are the names by which a child is recognised.
#     uk: Це імена, за якими впізнають дитину.
names := {"name.full", "name.given", "name.patronymic", "name.family"}

# METADATA
# title: A leaf that the question was compared with is the holder's own
# description: Of the identity that matched; a leaf that has one identity alone, of that one.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   plain:
#     en: The name that matched must be the holder's own to confirm.
#     uk: Ім'я, яке збіглося, тримач має право підтвердити сам.
own(path) if input.record.own[path][input.record.matched] == "yes"

own(_) if input.record.own["*"][input.record.matched] == "yes"

own(path) if {
	path in (compared.sex | compared.document)
	some identity, paths in data.homeward.schema.identities
	paths[path]
	input.record.own[path][identity] == "yes"
}
