package homeward.release

import data.homeward.matrix
import data.homeward.question

# METADATA
# title: What the recipient must do
# description: >-
#   The duties of the row, and those that depend on what was opened. Nothing is
#   ever passed on (never 2). Everybody but the authority of origin deletes within
#   a period counted from the answer.
# custom:
#   legal_basis: GDPR 5(1)(b),(e), 44
#   plain:
#     en: Whoever receives data passes nothing on and deletes it in time, and has the further duties that the answer lists.
#     uk: Отримувач нічого не передає далі, вчасно видаляє дані й виконує інші обов'язки, перелічені у відповіді.
default obligations := []

obligations := array.concat(matrix.row.duties, sort(further))

# METADATA
# title: Break-glass is reviewed
# description: An answer that two organisations opened in an emergency is looked at afterwards by people.
# custom:
#   legal_basis: GDPR 5(2), 49(1)(f)
#   plain:
#     en: What was opened in an emergency is always reviewed afterwards.
#     uk: Відкрите в екстреному порядку завжди потім перевіряють.
further contains "human_review" if {
	some column, "break_glass" in matrix.row.cells
	question.opens[column]
}

# METADATA
# title: A photo is marked
# description: So that a copy that surfaces shows whose it was. The authority of origin has photos of its own.
# custom:
#   legal_basis: CRC 16; GDPR 32
#   plain:
#     en: A photo carries a mark of its recipient, so that a leaked copy can be traced.
#     uk: Фото має позначку отримувача, щоб можна було простежити, звідки витекла копія.
further contains "watermark" if {
	question.opens.photo
	matrix.recipient != "authority_of_origin"
}
