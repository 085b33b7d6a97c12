# METADATA
# title: Which questions this holder answers at all
# description: An example. A question that the coalition refuses stays refused whatever is said here.
# custom:
#   legal_basis: [the holder's own data protection law]
package overlay.admit

# METADATA
# title: The decision
# description: refuse and pending; what is left out is false. Pending means that a person must decide first.
# entrypoint: true
# custom:
#   legal_basis: [the holder's own data protection law]
decision := {"refuse": refuse}

# METADATA
# title: This holder serves tracing and return, and refuses what is neither
# description: Say what is served, so that what is unknown is refused.
# custom:
#   legal_basis: [the holder's own data protection law]
default refuse := true

refuse := false if input.purpose in {"MATCH", "FOUND", "TRACE", "RETURN"}
