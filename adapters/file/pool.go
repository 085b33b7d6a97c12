package file

import (
	"runtime"
	"sync"
)

// pool parses lines on all processors and hands on the results in their order.
type pool struct {
	batch   []line
	size    int // bytes in batch
	jobs    chan *job
	ordered chan *job
	workers sync.WaitGroup
	taker   sync.WaitGroup
}

// job is a batch of lines; made is complete when done is closed.
type job struct {
	lines []line
	made  []made
	done  chan struct{}
}

// A batch is large enough that handing it over costs nothing beside parsing it.
const (
	batchLines = 64
	batchBytes = 1 << 18
)

// startPool takes results with the given function, from one goroutine, until finish returns.
func startPool(m maker, take func(made)) *pool {
	n := runtime.GOMAXPROCS(0)
	p := &pool{jobs: make(chan *job), ordered: make(chan *job, 2*n)}
	for range n {
		own := m // with a memo of its own
		own.memo = nil
		p.workers.Go(func() { own.work(p.jobs) })
	}
	p.taker.Go(func() {
		for j := range p.ordered {
			<-j.done
			for _, m := range j.made {
				take(m)
			}
		}
	})
	return p
}

func (m *maker) work(jobs <-chan *job) {
	for j := range jobs {
		for _, l := range j.lines {
			j.made = append(j.made, m.parseLine(l))
		}
		close(j.done)
	}
}

func (p *pool) add(l line) {
	p.batch = append(p.batch, l)
	p.size += len(l.text)
	if len(p.batch) >= batchLines || p.size >= batchBytes {
		p.flush()
	}
}

func (p *pool) flush() {
	j := &job{lines: p.batch, done: make(chan struct{})}
	p.batch, p.size = nil, 0
	p.ordered <- j
	p.jobs <- j
}

// finish returns when all that was added has been taken.
func (p *pool) finish() {
	p.flush()
	close(p.jobs)
	close(p.ordered)
	p.workers.Wait()
	p.taker.Wait()
}
