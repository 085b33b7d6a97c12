package exchange

// Departure is tested by itself, since a test must not wait for beats.
var Departure = departure
