package homeward.release

import data.homeward.question

# METADATA
# title: What leaves
# description: >-
#   Lines of the cells that leave, as they stand in the schema. Where the question
#   names fields, or something is ICRC-origin, with the leaves that are asked for and free.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Of what may be given, only what was asked for is given.
#     uk: З того, що можна видати, видають лише те, про що запитали.
given := leaves if {
	question.everything
	own_altogether
} else := {cell: said |
	some cell, lines in leaves
	said := [object.union(object.remove(line, ["paths"]), {"paths": paths}) |
		some line in lines
		paths := object.filter(line.paths, free[line.identity])
		paths != {}
	]
}

# METADATA
# title: What is withheld
# description: By cause. A leaf stands under every cause that there is, so that all are recorded.
# custom:
#   legal_basis: GDPR 5(1)(c), 5(2)
#   plain:
#     en: A field that is withheld is recorded with every reason there is, and the reasons stay with the holder.
#     uk: Для невиданого поля записують усі причини, і ці причини лишаються в тримача.
withheld := [closed, guarded, refused, unseen, unconsented, unasked, foreign]

# METADATA
# title: What the matrix does not open
# description: The column, and each part of it that does not open by itself.
# custom:
#   legal_basis: GDPR 5(1)(b),(c)
#   plain:
#     en: The table does not open this part of the record for this purpose and requester, or not yet.
#     uk: Таблиця не відкриває цієї частини запису для цієї мети й цього запитувача, або ще не відкриває.
closed := array.concat(
	[{"paths": columns[column].paths, "reasons": codes} |
		columns := data.homeward.schema.columns
		some column, codes in question.closed
	],
	[{"paths": of.paths, "reasons": codes} |
		some part, of in data.homeward.schema.parts
		codes := question.closed[of.column]
		not part in question.parts
	],
)

# METADATA
# title: What a guard of its own keeps
# description: Of the column, or of the leaf.
# custom:
#   legal_basis: CRC 3; GDPR 25
#   plain:
#     en: A condition that stands before these fields is not met, or it is not known whether it is.
#     uk: Умову, що стоїть перед цими полями, не виконано, або невідомо, чи виконано.
guarded := [{"paths": guards[guard].paths, "reasons": {code[guard]}} |
	guards := data.homeward.schema.guarded
	some guard in failed
]

# METADATA
# title: What a guard of every field keeps
# description: The whole record.
# custom:
#   legal_basis: CRC 3; GDPR 25
#   plain:
#     en: A condition that stands before the whole record is not met, or it is not known whether it is.
#     uk: Умову, що стоїть перед усім записом, не виконано, або невідомо, чи виконано.
refused := [{"paths": data.homeward.schema.identities, "reasons": {code_of(guard)}} |
	some guard in unmet
]

# METADATA
# title: What speaks of the identity that is not shown
# description: Never 7.
# custom:
#   legal_basis: CRC 8(2)
#   code: SUP_LINKAGE
#   plain:
#     en: The child was asked for under its other name, and the two names are not linked for this requester.
#     uk: Про дитину запитали під іншим її ім'ям, а двох імен цьому запитувачеві не пов'язують.
unseen := [{"paths": paths, "reasons": {"SUP_LINKAGE"}} |
	some identity, paths in data.homeward.schema.speaks
	not identity in shown
]

# METADATA
# title: What lacks consent
# description: Columns for which neither consent nor a go-ahead speaks (CARE).
# custom:
#   legal_basis: GDPR 6(1)(a),(d), 9(2)(a),(c)
#   code: SUP_CONSENT_ABSENT
#   plain:
#     en: Nobody entitled to it has consented to this service, and no go-ahead takes the place of consent.
#     uk: Ніхто з тих, хто має право, не дав згоди на цю послугу, і жоден дозвіл її не замінює.
unconsented := [{"paths": of.paths, "reasons": {code.consent}} |
	not "consent" in holds
	some of in array.concat(
		[of | some column, of in data.homeward.schema.columns; not column in vouched],
		[of | some of in data.homeward.schema.parts; not of.column in vouched],
	)
]

# METADATA
# title: What was not asked for
# description: Where the question names fields.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   code: SUP_NOT_REQUESTED
#   plain:
#     en: The question did not ask for this field.
#     uk: Про це поле не запитали.
unasked := [{"paths": paths, "reasons": {"SUP_NOT_REQUESTED"}} |
	not question.everything
	paths := {identity: object.remove(all, asked) | some identity, all in data.homeward.schema.identities}
]

# METADATA
# title: What is the ICRC's
# description: Leaves that are not the holder's own to give.
# custom:
#   legal_basis: ICRC Rules on Personal Data Protection 23, 24
#   code: SUP_ORIGIN_CONTROL
#   plain:
#     en: This field comes from the ICRC, which has not released it, or it is not known where it comes from.
#     uk: Це поле походить від МКЧХ, який його не дозволив видати, або невідомо, звідки воно.
foreign := [{"paths": paths, "reasons": {"SUP_ORIGIN_CONTROL"}} |
	not own_altogether
	paths := {identity: object.remove(all, owned[identity]) | some identity, all in data.homeward.schema.identities}
]

# METADATA
# title: Leaves that were asked for
# description: Those that the question names; nothing if nobody knows what it names.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: Nothing is given that was not asked for.
#     uk: Не видають нічого, про що не запитали.
asked := input.question.fields if {
	is_object(input.question.fields)
} else := {}

# METADATA
# title: Leaves that are free
# description: Of each identity, those that were asked for and are the holder's own.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: These fields were asked for and are the holder's own to give.
#     uk: Про ці поля запитали, і тримач може розпоряджатися ними сам.
free := owned if {
	question.everything
} else := {identity: object.filter(paths, asked) | some identity, paths in owned}

# METADATA
# title: The code of a guard of every field
# description: For the question it is the reason of its refusal.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Each guard has its own reason code.
#     uk: Кожна заборона має власний код причини.
code_of(guard) := code[guard]

code_of("question") := question.refusal

# METADATA
# title: Reason codes of the generalisations
# description: >-
#   Each way to say less under the code that is nearest to it. The lines of the
#   schema (data.json) carry them.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: A field that is given in general terms says in which.
#     uk: Для узагальненого поля сказано, як саме його узагальнено.
generalised_code := {
	"pseudonym": "GEN_EXISTS",
	"initials": "GEN_INITIALS",
	"year": "GEN_YEAR",
	"month": "GEN_YEAR",
	"quarter": "GEN_YEAR",
	"band": "GEN_BAND",
	"oblast": "GEN_OBLAST",
	"raion": "GEN_OBLAST",
	"country": "GEN_COUNTRY",
	"controlled_area": "GEN_COUNTRY",
	"exists": "GEN_EXISTS",
	"last_two": "GEN_EXISTS",
	"count": "GEN_EXISTS",
	"yes_no": "GEN_EXISTS",
	"type": "GEN_EXISTS",
}
