package overlay.admit_test

import data.overlay.admit

test_served if {
	every purpose in ["MATCH", "FOUND", "TRACE", "RETURN"] {
		admit.decision == {"refuse": false} with input.purpose as purpose
	}
}

test_anything_else_is_refused if {
	every asks in [{}, {"purpose": "CARE"}, {"purpose": null}] {
		admit.decision == {"refuse": true} with input as asks
	}
}
