package overlay.release_test

import data.overlay.release

test_origin_gets_what_the_coalition_gives if {
	release.decision == {"withhold": set(), "generalise": {}} with input.requester.authority_of_origin as true
}

test_others_get_less if {
	every asks in [{}, {"requester": {"authority_of_origin": false}}] {
		release.decision == {"withhold": {"photo"}, "generalise": {"birth.birth_date": "year"}} with input as asks
	}
}
