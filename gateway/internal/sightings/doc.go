// Package sightings is what a report that a child was seen consists of: its form on
// the wire, what is checked of it, its receipt in words, the statuses of its
// submitter and of its holder, and the rows that keep it. It looks for no child and
// opens no address: package triage, beside it, compares what came with one's
// records, and nothing here imports it (security.md, promise 4). Package exchange
// carries sightings out. It is pure but for random nonces.
package sightings
