// Package observe is what operators see: logs, metrics, traces and health. None
// of it may show a value of a child's record, so each takes only what is on an
// allow-list: log attributes by key, errors by kind, labels and span attributes
// by constructor. What is not on it reads "[redacted]".
package observe

const redacted = "[redacted]"
