package ledger

// Kinds of decisions about sightings.
const (
	KindReported = "reported" // a sighting was submitted here, or taken back, and goes out
	KindSighted  = "sighted"  // a message about a sighting came
	KindTriaged  = "triaged"  // a person, or this gateway, did something with a sighting that came
)

// Kinds of matters that a sighting makes.
const (
	MatterReport   = "report"   // what was submitted here
	MatterDelivery = "delivery" // one message about a sighting to one recipient
	MatterSighting = "sighting" // what came here
	MatterSource   = "source"   // where one submitter stands: quarantine
)

// MatterNone stands in Matter.Was for a matter that must not be there yet: if it is,
// somebody was faster, and it stays as it is.
const MatterNone = "-"
