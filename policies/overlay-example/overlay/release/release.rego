# METADATA
# title: What this holder withholds, or says less of, beyond the coalition's rules
# description: >-
#   An example. The words of an overlay only take away: a field that the coalition
#   withholds stays withheld whatever is said here.
# custom:
#   legal_basis: [the holder's own data protection law]
package overlay.release

# METADATA
# title: The decision
# description: >-
#   withhold lists paths, columns, or "*" for all; generalise gives a path the way
#   in which it says less. "#imposed" behind a name means that identity alone.
# entrypoint: true
# custom:
#   legal_basis: [the holder's own data protection law]
decision := {
	"withhold": withhold,
	"generalise": generalise,
}

# METADATA
# title: Only the authority of origin gets photographs and marks from this holder
# description: Say who is permitted, and withhold from everybody else, so that what is unknown is withheld.
# custom:
#   legal_basis: [the holder's own data protection law]
withhold contains "photo" if not to_origin

# METADATA
# title: Only the year of birth leaves, but to the authority of origin
# description: The coalition would give the full date.
# custom:
#   legal_basis: [the holder's own data protection law]
generalise["birth.birth_date"] := "year" if not to_origin

# METADATA
# title: The authority of origin asks
# description: Missing is no.
# custom:
#   legal_basis: [the holder's own data protection law]
to_origin if input.requester.authority_of_origin == true
