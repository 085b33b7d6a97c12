package homeward.release

import data.homeward.matrix

# METADATA
# title: What the recipient must do
# description: >-
#   Never 2: nothing is passed on. Everybody but the authority of origin deletes
#   within the period, counted from the answer.
# custom:
#   legal_basis: GDPR 5(1)(b),(e), 44
obligations := ["no_onward_transfer"] if {
	matrix.recipient == "authority_of_origin"
} else := ["no_onward_transfer", "delete_by=P90D"]
