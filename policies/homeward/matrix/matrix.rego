# METADATA
# title: The matrix
# description: >-
#   Which column of the record each recipient gets for each purpose: the rows are
#   in the files beside this one, one line of the table in domain.md each. A
#   column without a cell, and a recipient or a purpose without a row, gets
#   nothing. The column kind is the kind of an assertion, which tells the
#   identities apart. The column id_min is one fixed set, full or generalised
#   alike: it is written as generalised, since its leaves that cannot say less
#   are official.
# custom:
#   legal_basis: CRC 3
#   plain:
#     en: Who asks and for what purpose decide which parts of the record can be opened at all.
#     uk: Хто запитує і з якою метою, визначає, які частини запису взагалі можна відкрити.
package homeward.matrix

# METADATA
# title: The recipient
# description: >-
#   As the table names it. A legal reviewer is an officer of any participant who
#   acts as one, and nothing else while acting so. A government is a partner only
#   if the registry says that it is not the authority of origin; a missing entry
#   makes nobody a partner. Others are what the registry calls them.
# custom:
#   legal_basis: Geneva Convention IV 50; CRC 8; GDPR 46(2)(a)
#   plain:
#     en: The signed registry says who the requester is, and nobody can call itself something else.
#     uk: Хто такий запитувач, каже підписаний реєстр, і ніхто не може назвати себе інакше.
recipient := "legal_reviewer" if {
	input.officer.role in {"legal_reviewer", "reviewer"}
} else := "authority_of_origin" if {
	input.requester.kind == "government"
	input.requester.authority_of_origin == true
} else := "partner_government" if {
	input.requester.kind == "government"
	input.requester.authority_of_origin == false
} else := input.requester.kind if {
	input.requester.kind in {"unicef", "icrc", "ngo", "icc", "prosecutor", "mediator"}
}

# METADATA
# title: Never 7, who may see both identities
# description: >-
#   Imposed and original identity together are for the authority of origin, the
#   ICRC and the ICC, or for a go-ahead that names the kind of an assertion.
#   Everybody else sees the one that was asked by.
# custom:
#   legal_basis: CRC 8(2)
#   code: SUP_LINKAGE
#   plain:
#     en: The name that a child was born with and the name that was forced on it are shown together only to the authority of origin, the ICRC and the ICC, or with a go-ahead.
#     uk: Ім'я, дане дитині при народженні, і нав'язане їй ім'я разом бачать лише орган походження, МКЧХ і МКС, або той, хто має на це дозвіл.
both if recipient in {"authority_of_origin", "icrc", "icc"}

both if input.go_ahead.kind == "yes"

# METADATA
# title: How a cell opens
# description: >-
#   By its column and word: full and generalised always, the others when their
#   facts are there. A word that has no value here does not open its cell as a
#   whole; never and one_identity are two that have none.
# custom:
#   legal_basis: GDPR 5(1)(b),(c), 46(2)(a), 49(1)(d),(f); CRC 3
#   plain:
#     en: A part of the record opens as its word in the table says, once the link, the go-ahead or the approvals that the word asks for are there.
#     uk: Частина запису відкривається так, як каже її слово в таблиці, щойно є посилання на справу, дозвіл чи схвалення, яких це слово вимагає.
how(_, "full") := "full"

how(_, "generalised") := "generalised"

how(_, "link") := "full" if input.link == "yes"

how(_, "link_generalised") := "generalised" if input.link == "yes"

how(column, "go_ahead") := "full" if input.go_ahead[column] == "yes"

how(column, "go_ahead_generalised") := "generalised" if input.go_ahead[column] == "yes"

how(column, "break_glass") := "full" if input.approval[column] == "yes"

how(_, "both_identities") := "full" if both

# METADATA
# title: The part of a column that a cell opens
# description: >-
#   Some words open a few leaves and never the whole column: an organisation's own
#   site, the guardian, the travel document (each by a go-ahead), and the one fact
#   that a need code names. For FOUND the need waits for a go-ahead for its own
#   column, since the reply before that is the same for hit and miss.
# custom:
#   legal_basis: CRC 3, 24; GDPR 5(1)(c), 9(2)(c)
#   plain:
#     en: Some cells open one narrow fact only, such as the medication that a child needs or the guardian's status.
#     uk: Деякі клітинки відкривають лише один вузький факт, наприклад потрібні дитині ліки чи статус опікуна.
part(column, "own_site") := "own_site" if input.go_ahead[column] == "yes"

part(column, "go_ahead_guardian") := "guardian" if input.go_ahead[column] == "yes"

part(column, "go_ahead_travel_document") := "travel_document" if input.go_ahead[column] == "yes"

part(_, "need") := input.need if input.need in needs

part(column, "go_ahead_need") := input.need if {
	input.need in needs
	input.go_ahead[column] == "yes"
}

# METADATA
# title: Need codes
# description: A question names one, and it opens one leaf.
# custom:
#   legal_basis: CRC 24; GDPR 9(2)(c)
#   plain:
#     en: A question may name one need, medication, a disability aid or the child's language, and learns that one fact.
#     uk: Запит може назвати одну потребу — ліки, допоміжний засіб або мову дитини — і дізнається лише цей факт.
needs := {"medication", "disability_aid", "language"}

# METADATA
# title: Parts of columns
# description: The leaves that each part is. No leaf is in two parts.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: This says exactly which fields a narrow permission opens.
#     uk: Тут сказано, які саме поля відкриває вузький дозвіл.
parts := {
	"medication": {"physical.health_group"},
	"disability_aid": {"protection.disability"},
	"language": {"origin.language"},
	"own_site": {"current.location", "current.care_type"},
	"guardian": {"family.guardian_status"},
	"travel_document": {"documents.passport_no"},
}

# METADATA
# title: Why a cell does not open
# description: The reason code of each word, for the ledger of the holder.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: Each closed part of the record is recorded with the reason why it is closed.
#     uk: Для кожної закритої частини запису занотовано причину, чому вона закрита.
reason := {
	"full": {"SUP_PURPOSE"},
	"generalised": {"SUP_PURPOSE"},
	"never": {"SUP_PURPOSE"},
	"need": {"SUP_PURPOSE"},
	"link": {"DENY_NO_CASE_REF"},
	"link_generalised": {"DENY_NO_CASE_REF"},
	"go_ahead": {"SUP_ORIGIN_CONTROL"},
	"go_ahead_generalised": {"SUP_ORIGIN_CONTROL"},
	"go_ahead_need": {"SUP_ORIGIN_CONTROL"},
	"go_ahead_guardian": {"SUP_ORIGIN_CONTROL"},
	"go_ahead_travel_document": {"SUP_ORIGIN_CONTROL"},
	"own_site": {"SUP_ORIGIN_CONTROL"},
	"break_glass": {"BG_PENDING"},
	"both_identities": {"SUP_ASSERTION_KIND"},
	"one_identity": {"SUP_ASSERTION_KIND"},
}
