package observe

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"homeward.example/gateway/internal/problem"
)

// Metrics of one gateway in a registry of its own. No label is a participant, a
// person or a child: labels are the project's own words. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry

	refused, messages, decisions, holders, cache, commits, failures *prometheus.CounterVec
	steps, holderTime                                               *prometheus.HistogramVec
	answerTime, commitTime, commitSize                              prometheus.Histogram
	outbox, records, badRecords, registryVersion, stale, sweeps     prometheus.Gauge
	overdue, receipts                                               *prometheus.GaugeVec
	decoys, forks, logFailures                                      prometheus.Counter
	logged                                                          prometheus.Counter
}

// Latencies from a tenth of a millisecond to ten seconds; the tick of 250 ms is a bound.
func latencies() []float64 {
	return []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}

// NewMetrics makes the metrics of one gateway.
func NewMetrics() *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	in := promauto.With(registry)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return in.NewCounterVec(prometheus.CounterOpts{Namespace: "homeward", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return in.NewGauge(prometheus.GaugeOpts{Namespace: "homeward", Name: name, Help: help})
	}
	opts := func(name, help string, buckets []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Namespace: "homeward", Name: name, Help: help, Buckets: buckets}
	}
	return &Metrics{
		registry:  registry,
		refused:   counter("refused_total", "Calls refused, by problem and by what the unverified are told.", "code", "class"),
		messages:  counter("messages_total", "Messages taken in, by kind and outcome.", "kind", "outcome"),
		decisions: counter("decisions_total", "Decisions recorded, by kind and outcome.", "kind", "outcome"),
		holders:   counter("holder_replies_total", "Parts of merged answers, by status.", "status"),
		cache:     counter("verdict_cache_total", "Look-ups in the verdict cache.", "result"),
		commits:   counter("commits_total", "Transactions of the ledger.", "result"),
		failures:  counter("step_failures_total", "Steps of an exchange that failed, by problem.", "step", "code"),

		steps:      in.NewHistogramVec(opts("step_seconds", "Time of each step of an exchange.", latencies()), []string{"step"}),
		holderTime: in.NewHistogramVec(opts("holder_seconds", "Time of each holder's reply.", latencies()), []string{"status"}),
		answerTime: in.NewHistogram(opts("answer_seconds", "Sealed query in to sealed answer out, before the tick.", latencies())),
		commitTime: in.NewHistogram(opts("commit_seconds", "Time of a transaction of the ledger.", latencies())),
		commitSize: in.NewHistogram(opts("commit_decisions", "Decisions in one transaction.", []float64{1, 2, 4, 8, 16, 32, 64, 128})),

		outbox:          gauge("outbox_depth", "Notices that were due at the last look, at most 32."),
		records:         gauge("source_records", "Records that the source serves."),
		badRecords:      gauge("source_bad_records", "Records that the source could not read."),
		registryVersion: gauge("registry_version", "Version of the registry in force."),
		stale:           gauge("policy_refused", "1 while the policy that the registry names, or the overlay, is refused here."),

		sweeps:      gauge("sweeps", "Officers whose questions of a day exceed the limits; at the authority of origin."),
		overdue:     in.NewGaugeVec(prometheus.GaugeOpts{Namespace: "homeward", Name: "overdue", Help: "Obligations that nobody confirmed in time, recalls that nobody acknowledged in time."}, []string{"matter"}),
		receipts:    in.NewGaugeVec(prometheus.GaugeOpts{Namespace: "homeward", Name: "receipts", Help: "Answers of others of which the proof is not here that they are in their log, by state: waiting, overdue, bad."}, []string{"state"}),
		logged:      in.NewCounter(prometheus.CounterOpts{Namespace: "homeward", Name: "log_entries_total", Help: "Decisions that were put into the transparency log."}),
		logFailures: in.NewCounter(prometheus.CounterOpts{Namespace: "homeward", Name: "log_failures_total", Help: "Rounds of the transparency log without a new checkpoint."}),
		forks:       in.NewCounter(prometheus.CounterOpts{Namespace: "homeward", Name: "log_forks_total", Help: "Other logs that showed two histories to this witness."}),

		decoys: in.NewCounter(prometheus.CounterOpts{Namespace: "homeward", Name: "decoys_touched_total", Help: "Questions that matched a decoy."}),
	}
}

// Handler serves the metrics in Prometheus' format; of nil, nothing.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Refused counts a call that was refused before it had a decision.
func (m *Metrics) Refused(code problem.Code) {
	if m != nil {
		m.refused.WithLabelValues(word(code), word(problem.Coarse(problem.New(code, "")).Code)).Inc()
	}
}

// Message counts a message by kind ("query", "collect", "notice") and outcome
// ("answered", "refused", …).
func (m *Metrics) Message(kind, outcome string) {
	if m != nil {
		m.messages.WithLabelValues(word(kind), word(outcome)).Inc()
	}
}

// Decision counts a recorded decision by the ledger's kind and its outcome.
func (m *Metrics) Decision(kind, outcome string) {
	if m != nil {
		m.decisions.WithLabelValues(word(kind), word(outcome)).Inc()
	}
}

// Holder counts one holder's part of a merged answer.
func (m *Metrics) Holder(status string, took time.Duration) {
	if m != nil {
		m.holders.WithLabelValues(word(status)).Inc()
		m.holderTime.WithLabelValues(word(status)).Observe(took.Seconds())
	}
}

// Cache counts a look-up in the verdict cache.
func (m *Metrics) Cache(hit bool) {
	if m == nil {
		return
	}
	result := "miss"
	if hit {
		result = "hit"
	}
	m.cache.WithLabelValues(result).Inc()
}

// Commit counts one transaction of the ledger and the decisions in it.
func (m *Metrics) Commit(decisions int, took time.Duration, err error) {
	if m == nil {
		return
	}
	result := "durable"
	if err != nil {
		result = word(problem.Of(err).Code)
	}
	m.commits.WithLabelValues(result).Inc()
	m.commitTime.Observe(took.Seconds())
	m.commitSize.Observe(float64(decisions))
}

// Step times one step of an exchange ("verified", "admitted", "recorded") and counts its failure.
func (m *Metrics) Step(step string, took time.Duration, err error) {
	if m == nil {
		return
	}
	m.steps.WithLabelValues(word(step)).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(word(step), word(problem.Of(err).Code)).Inc()
	}
}

// Answer times one answer, before the tick.
func (m *Metrics) Answer(took time.Duration) {
	if m != nil {
		m.answerTime.Observe(took.Seconds())
	}
}

// Outbox sets how many messages wait for delivery.
func (m *Metrics) Outbox(depth int) {
	if m != nil {
		m.outbox.Set(float64(depth))
	}
}

// Source sets how many records the source serves and how many it could not read.
func (m *Metrics) Source(loaded, bad int) {
	if m != nil {
		m.records.Set(float64(loaded))
		m.badRecords.Set(float64(bad))
	}
}

// Registry sets the version of the registry in force.
func (m *Metrics) Registry(version int64) {
	if m != nil {
		m.registryVersion.Set(float64(version))
	}
}

// Policy says whether what the registry names is refused, so that an older policy decides, or none.
func (m *Metrics) Policy(refused bool) {
	if m == nil {
		return
	}
	m.stale.Set(0)
	if refused {
		m.stale.Set(1)
	}
}

// Sweeps sets how many officers ask for too much.
func (m *Metrics) Sweeps(officers int) {
	if m != nil {
		m.sweeps.Set(float64(officers))
	}
}

// Overdue sets how many "obligations" or "recalls" are.
func (m *Metrics) Overdue(matter string, n int) {
	if m != nil {
		m.overdue.WithLabelValues(word(matter)).Set(float64(n))
	}
}

// Receipts sets how many proofs of others are not here, by state.
func (m *Metrics) Receipts(states map[string]int) {
	if m == nil {
		return
	}
	for state, n := range states {
		m.receipts.WithLabelValues(word(state)).Set(float64(n))
	}
}

// Decoy counts a question that matched one.
func (m *Metrics) Decoy() {
	if m != nil {
		m.decoys.Inc()
	}
}

// word lets only a short word of small letters become a label: a caller that
// passes on what a stranger sent must not be able to fill the memory or a screen.
func word[S ~string](s S) string {
	if len(s) == 0 || len(s) > 40 {
		return "other"
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '_' {
			return "other"
		}
	}
	return string(s)
}

// Logged counts a round of the transparency log: its entries, or that there is no checkpoint.
func (m *Metrics) Logged(entries int, err error) {
	if m == nil {
		return
	}
	m.logged.Add(float64(entries))
	if err != nil {
		m.logFailures.Inc()
	}
}

// Fork counts a log that showed two histories.
func (m *Metrics) Fork() {
	if m != nil {
		m.forks.Inc()
	}
}
