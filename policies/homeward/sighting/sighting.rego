# METADATA
# title: Sightings
# description: >-
#   Who may send a report that a child was seen, and what belongs to one, to whom;
#   and what of it is sent. No record is looked for on the way, so that nothing
#   here can depend on one (never 3). The requester is who sends, the holder who
#   receives.
# custom:
#   legal_basis: CRC 3, 8; GDPR 6(1)(d),(e)
#   plain:
#     en: Who reports that a child was seen learns that the report arrived, and never whether the child is known.
#     uk: Хто повідомляє, що бачили дитину, дізнається, що повідомлення надійшло, і ніколи - чи відома ця дитина.
package homeward.sighting

import data.homeward.question

# METADATA
# title: The decision
# description: Whether the message may be sent and taken in, the reason if not, and the members of the report that it may have.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: A report is taken in or refused by who sends it to whom, and never by what it says.
#     uk: Повідомлення приймають або відхиляють за тим, хто й кому його надсилає, і ніколи за його змістом.
decision := {
	"permitted": true,
	"refusal": "",
	"members": members[input.event],
} if {
	permitted
} else := {
	"permitted": false,
	"refusal": refusal,
	"members": [],
}

# METADATA
# title: The message is permitted
# description: Neither side is prohibited, an agreement for sightings is in force, and both are of a kind between which this goes.
# custom:
#   legal_basis: GDPR 5(1)(b), 46
#   plain:
#     en: A report goes only between organisations in good standing that have an agreement about reports.
#     uk: Повідомлення надсилають лише між організаціями, яким це не заборонено і які мають про це чинну угоду.
permitted if {
	question.parties
	question.agreement
	goes
}

# METADATA
# title: Why it is refused
# description: The first that fails.
# custom:
#   legal_basis: GDPR 5(2)
#   plain:
#     en: The refusal says which condition was not met.
#     uk: У відмові сказано, якої умови не виконано.
default refusal := "SUP_ROLE"

refusal := "DENY_PROHIBITED_PARTY" if {
	not question.parties
} else := "SUP_NO_AGREEMENT" if {
	not question.agreement
}

# METADATA
# title: Between whom each message goes
# description: >-
#   Reports, and that they are withdrawn, come from organisations that work with
#   children or for them. A question about a report goes back to such a one. A
#   report is shared with a second organisation for its review only if that one
#   may know where a child is (never 1), so not with an NGO; its review comes back.
#   That a child is reunified or dead a holder says to the authority of origin, and
#   that one alone confirms it or refuses.
# custom:
#   legal_basis: CRC 3, 8; Geneva Convention IV 50
#   code: SUP_ROLE
#   plain:
#     en: Governments, UNICEF, the ICRC and accredited organisations may report; only governments, UNICEF and the ICRC are shown what others reported. Only the authority of origin confirms that a child is reunified or dead.
#     uk: Повідомляти можуть уряди, ЮНІСЕФ, МКЧХ та акредитовані організації; чужі повідомлення показують лише урядам, ЮНІСЕФ і МКЧХ. Лише орган країни походження підтверджує, що дитина возз’єдналася з родиною або загинула.
goes if {
	input.event in {"submitted", "withdrawn"}
	input.requester.kind in submitters
	input.holder.kind in reviewers
}

goes if {
	input.event == "needs_info"
	input.requester.kind in reviewers
	input.holder.kind in submitters
}

goes if {
	input.event in {"shared", "reviewed"}
	input.requester.kind in reviewers
	input.holder.kind in reviewers
}

goes if {
	input.event == "closing"
	input.requester.kind in reviewers
	input.holder.kind in reviewers
	input.holder.authority_of_origin
}

goes if {
	input.event == "closed"
	input.requester.kind in reviewers
	input.requester.authority_of_origin
	input.holder.kind in reviewers
}

# METADATA
# title: Who may report
# description: What the registry calls them.
# custom:
#   legal_basis: CRC 8
#   plain:
#     en: Governments, UNICEF, the ICRC and accredited organisations.
#     uk: Уряди, ЮНІСЕФ, МКЧХ та акредитовані організації.
submitters := {"government", "unicef", "icrc", "ngo"}

# METADATA
# title: Who may receive a report
# description: What the registry calls them.
# custom:
#   legal_basis: CRC 3
#   plain:
#     en: Governments, UNICEF and the ICRC.
#     uk: Уряди, ЮНІСЕФ і МКЧХ.
reviewers := {"government", "unicef", "icrc"}

# METADATA
# title: What each message may have of a report
# description: >-
#   All of it goes to whom it is submitted. What is shared for a second review is
#   without what tells who submitted it and who the witness is.
# custom:
#   legal_basis: GDPR 5(1)(c); CRC 16
#   plain:
#     en: Who the witness and the reporter are reaches nobody but the organisation that was told.
#     uk: Хто свідок і хто повідомив, не знає ніхто, крім організації, якій це повідомили.
members := {
	"submitted": array.concat(seen, [
		"submitter_risk",
		"consent",
		"reliability",
		"credibility",
		"custody",
		"follows",
	]),
	"withdrawn": [],
	"needs_info": ["question"],
	"shared": array.concat(seen, ["why"]),
	"reviewed": ["review"],
	"closing": array.concat(seen, ["closing"]),
	"closed": ["closing"],
}

# METADATA
# title: What was seen
# description: The members of a report that are about the child and the source, and not about who reports.
# custom:
#   legal_basis: GDPR 5(1)(c)
#   plain:
#     en: What was seen, where, when, and under which name.
#     uk: Що бачили, де, коли і під яким іменем.
seen := [
	"source_type",
	"url",
	"archive_url",
	"content_sha256",
	"photo_sha256",
	"media",
	"captured_at",
	"observed_at",
	"place",
	"child_description",
	"claimed_identity",
	"siblings",
]
