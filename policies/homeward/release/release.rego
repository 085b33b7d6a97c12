# METADATA
# title: Release
# description: >-
#   The verdict on every leaf and identity of one record: released, generalised
#   or withheld. A leaf is opened by the matrix, kept by the guards, and shown of
#   the identity that was asked by. A cell is leaves of one column and one identity, behind the same guards.
# custom:
#   legal_basis: CRC 3; GDPR 5(1)(c), 25
#   plain:
#     en: For every field of a record the rules decide whether it is given, given in general terms, or withheld.
#     uk: Для кожного поля запису правила вирішують, чи видати його, видати узагальнено чи не видавати.
package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: The decision
# description: >-
#   given, by cell lines, each with paths of one identity and their verdict;
#   withheld, lists of causes, each with paths by identity. Together they name every
#   path and identity of the schema: once if it is given, under each cause if not.
#   basis of what is given; both, if the recipient may see both identities;
#   obligations that travel with the answer.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: The decision names every field with its verdict, its legal basis and what the recipient must do.
#     uk: Рішення називає кожне поле з висновком, правовою підставою та обов'язками отримувача.
decision := {
	"given": given,
	"withheld": withheld,
	"basis": basis,
	"both": both,
	"obligations": obligations,
}

# METADATA
# title: The basis of what is released
# description: That of the row. For CARE it is consent, or where nobody was asked for it the vital interest.
# custom:
#   legal_basis: GDPR 5(1)(a), 6, 9
#   plain:
#     en: Each released field carries the article that allows it.
#     uk: Кожне видане поле несе статтю, яка це дозволяє.
default basis := ""

basis := matrix.row.basis_without_consent if {
	not "consent" in holds
} else := matrix.row.basis

# METADATA
# title: Who may see both identities
# description: By default nobody; nobody whose question is not let in.
# custom:
#   legal_basis: CRC 8(2)
#   plain:
#     en: Unless the rules say otherwise nobody sees both names of a child.
#     uk: Якщо правила не кажуть іншого, обох імен дитини не бачить ніхто.
default both := false

both if {
	question.permitted
	matrix.both
}

# METADATA
# title: Never 7, identities that are shown
# description: >-
#   The one that the question matched; both to those who may see both. Pseudonym,
#   sex and reliability band speak of the child, so of either identity.
# custom:
#   legal_basis: CRC 8(2)
#   code: SUP_LINKAGE
#   plain:
#     en: The answer speaks of the child under the name by which it was asked for, and not of the other name.
#     uk: Відповідь говорить про дитину під тим ім'ям, за яким про неї запитали, а не під іншим.
shown := {"original", "imposed", "either"} if {
	input.record.matched in {"original", "imposed"}
	both
} else := {input.record.matched, "either"} if {
	input.record.matched in {"original", "imposed"}
} else := set()

# METADATA
# title: Cells that leave
# description: >-
#   With the lines that they say: their column or part opens, their identity is
#   shown, and every guard before them holds.
# custom:
#   legal_basis: GDPR 25
#   plain:
#     en: A field leaves only if the table opens it and no guard keeps it.
#     uk: Поле видають, лише якщо його відкриває таблиця і не тримає жодна заборона.
leaves := object.remove(object.union_n(array.concat(of_columns, of_parts)), kept) if {
	unmet == set()
} else := {}

# METADATA
# title: Cells of the columns that open
# description: Those whose identity is shown.
# custom:
#   legal_basis: GDPR 5(1)(b),(c)
#   plain:
#     en: These fields belong to parts of the record that the table opens.
#     uk: Ці поля належать до частин запису, які відкриває таблиця.
of_columns := [cells |
	columns := data.homeward.schema.columns
	some column, mode in opening
	some identity, cells in columns[column].cells[mode]
	identity in shown
]

# METADATA
# title: Cells of the parts that open
# description: In full, if their identity is shown.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: These fields are those of a narrow permission.
#     uk: Це поля вузького дозволу.
of_parts := [cells |
	some name in question.parts
	part := data.homeward.schema.parts[name]
	vouched_for(part.column)
	some identity in shown
	cells := part.cells[identity]
]

# METADATA
# title: Columns that open for this record
# description: Those that the question opens. Where consent to CARE is missing, those for which a go-ahead speaks.
# custom:
#   legal_basis: GDPR 5(1)(b), 6(1)(a),(d)
#   plain:
#     en: Care needs consent, or a go-ahead in its place, for each part of the record.
#     uk: Догляд потребує згоди, або дозволу на її місці, для кожної частини запису.
opening := question.opens if {
	"consent" in holds
} else := object.filter(question.opens, vouched)

# METADATA
# title: Cells that a guard of their own keeps
# description: Of their column, or of their leaves.
# custom:
#   legal_basis: GDPR 25
#   plain:
#     en: Some fields are kept back by a rule of their own, whatever else is permitted.
#     uk: Деякі поля тримає власне правило, хоч би що інше було дозволено.
kept := object.union_n([data.homeward.schema.guarded[guard].cells | some guard in failed])

# METADATA
# title: Guards of every field that do not hold
# description: One of them keeps the whole record.
# custom:
#   legal_basis: GDPR 25
#   plain:
#     en: One unmet condition is enough to withhold the whole record.
#     uk: Однієї невиконаної умови досить, щоб не видати весь запис.
unmet := of_every - holds

# METADATA
# title: Guards of columns and leaves that do not hold
# description: Those of every field are not among them.
# custom:
#   legal_basis: GDPR 25
#   plain:
#     en: A guard whose fact is unknown keeps its fields.
#     uk: Заборона, для якої факт невідомий, тримає свої поля.
failed := object.keys(data.homeward.schema.guarded) - holds
