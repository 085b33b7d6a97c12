# METADATA
# title: Handing out evidence
# description: >-
#   What of a decision's messages may stand in the package that a court or a
#   reviewer gets. The input says who hands it out, whether the exporter made the
#   decision as its holder or got an answer as the requester, and of each value
#   which message it stands in and whether anything of its record is of the ICRC.
#   It has no value. What is unknown or missing leaves nothing.
# custom:
#   legal_basis: GDPR 5(1)(b), 9(2)(f), 49(1)(e)
#   plain:
#     en: Whoever hands a decision to a court hands over no more than this participant may let go.
#     uk: Передаючи рішення суду, передають не більше, ніж цей учасник має право розкрити.
package homeward.export

import data.homeward.question

# METADATA
# title: The decision
# description: Whether evidence may be handed out at all, the reason if not, and the word on each value, in the order of the input.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Each value is kept in the package or left out of it for a reason that is recorded.
#     uk: Кожне значення залишають у пакеті або вилучають із причини, яку записують.
decision := {
	"permitted": true,
	"refusal": "",
	"values": [word(value) | some value in input.values],
} if {
	exporter
	officer
} else := {
	"permitted": false,
	"refusal": refusal,
	"values": [],
}

# METADATA
# title: Who hands out is in good standing
# description: The registry says that the exporting participant is neither prohibited nor suspended.
# custom:
#   legal_basis: GDPR 5(2)
#   code: DENY_PROHIBITED_PARTY
#   plain:
#     en: A participant that the registry prohibits or suspends hands out no evidence.
#     uk: Учасник, якого реєстр забороняє чи призупиняє, доказів не видає.
exporter if {
	input.exporter.prohibited == false
	input.exporter.suspended == false
}

# METADATA
# title: A reviewer hands out
# description: The officers who may audit are those who may hand out evidence.
# custom:
#   legal_basis: GDPR 29, 32(4)
#   code: SUP_ROLE
#   plain:
#     en: Only a reviewer or a legal reviewer hands out evidence.
#     uk: Докази видає лише ревізор або правовий ревізор.
officer if input.officer.role in question.officers.AUDIT

# METADATA
# title: Why nothing is handed out
# description: The first that fails.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: The refusal says which condition was not met.
#     uk: У відмові сказано, якої умови не виконано.
default refusal := "SUP_ROLE"

refusal := "DENY_PROHIBITED_PARTY" if not exporter

# METADATA
# title: The word on one value
# description: It is kept if both permissions below hold. If the second fails that is the reason, else the first.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(2)
#   plain:
#     en: A value stays in the package only if its origin and its holder allow it.
#     uk: Значення залишається в пакеті, лише якщо це дозволяють його походження і його тримач.
word(value) := {"keep": true, "reason": "OK_FULL"} if {
	origin(value)
	onward(value)
} else := {"keep": false, "reason": "SUP_ORIGIN_CONTROL"} if {
	onward(value)
} else := {"keep": false, "reason": "SUP_NO_AGREEMENT"}

# METADATA
# title: What is of the ICRC leaves by its hand or its release
# description: >-
#   Nothing of the value's record is of the ICRC, or the ICRC itself hands it out,
#   or it signed a release of the evidence of this decision to this exporter.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23; GDPR 9
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: What came from the ICRC goes to a court only if the ICRC released it for that.
#     uk: Те, що надійшло від МКЧХ, передають суду, лише якщо МКЧХ дозволив це саме для суду.
origin(value) if value.icrc_origin == "no"

origin(value) if {
	value.icrc_origin in {"yes", "unknown"}
	input.exporter.kind == "icrc"
}

origin(value) if {
	value.icrc_origin in {"yes", "unknown"}
	input.release == "yes"
}

# METADATA
# title: What another holder released goes no further
# description: >-
#   The question is no answer of a holder; a holder's own answer is its own. An
#   answer that was received leaves only if its holder is known not to have barred
#   it, or is the ICRC, which released it.
# custom:
#   legal_basis: GDPR 5(1)(b), 44
#   code: SUP_NO_AGREEMENT
#   plain:
#     en: What another participant released to this one alone is not handed to anybody else.
#     uk: Те, що інший учасник розкрив лише цьому, нікому більше не передають.
onward(value) if value.message in {"query", "again"}

onward(value) if {
	value.message == "answer"
	input.side == "holder"
}

onward(value) if {
	value.message == "answer"
	input.side == "requester"
	input.no_onward_transfer == "no"
}

onward(value) if {
	value.message == "answer"
	input.side == "requester"
	input.holder.kind == "icrc"
	input.release == "yes"
}
