package squall

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"
)

const (
	autogroupFile = "/proc/self/autogroup" // sched(7); reads "/autogroup-42 nice -5", takes a nice value
	// Names the file with the weight of this process's control group, in which no autogroup counts (cgroups(7)).
	weightVariable = "SQUALL_CPU_WEIGHT_FILE"
	// Has the weight of the system under test.
	equalVariable = "SQUALL_CPU_WEIGHT_OF_STACK"

	liveMetric = "/gc/heap/live:bytes" // what the last collection left
	heapMetric = "/memory/classes/heap/objects:bytes"

	// No collection before the heap is so often what the last one left, as Go has it by itself (GOGC=100).
	heapGrowth = 2
	// At a moment that the harness has named, less is enough of both: a collection in the calm spares one at any time.
	calmShare  = 0.5
	calmGrowth = 1.5
	// Go's own collection stays as a net below ours, for a heap that grows faster than we look: so much over its most, and
	// over what the process has beside its heap, which counts there too.
	netFactor  = 1.5
	besideHeap = 64 << 20
	lookEvery  = 50 * time.Millisecond
	// A sleep that is so much too long says that calls begin late as well; over 50 ms they count as late (design).
	restEvery = 5 * time.Millisecond
	lateMax   = 20 * time.Millisecond
)

// collector chooses when the garbage is collected. A thousand users are some three million objects: going through them
// takes one processor for 0.6 s, in which a system under test on the same machine gets the other ones alone, and while its
// database is slow a healthy pool would fill, for the harness's own doing. So it is done before the load begins, then as
// rarely as the memory allows, and rather where the plan has nothing in hand. It is done without the precedence that
// the harness has given this process: calls need that, the collection does not.
type collector struct {
	heapMax  uint64  // bytes
	moments  []int64 // µs since t0, in order: a collection does the least harm there
	rank     *rank   // nil: there is none to give up
	readHeap func() (live, heap uint64)
	collect  func()
	setNet   func(bytes int64) // where Go collects by itself, whatever we do
	tell     func(fromUs, tookUs int64)
	say      func(string)
	isOwed   bool // the precedence could not be taken back yet
}

// rank is this process's precedence before others.
type rank struct {
	given string // what the harness gave: a nice value, or a weight
	none  string // what others have
	set   func(string) error
}

// newCollector gives nil where the configuration leaves it to Go. It tells of each collection in the load: when it began,
// in µs since t0, and how long it took.
func newCollector(config *Config, tell func(fromUs, tookUs int64)) *collector {
	if config.Garbage == nil {
		return nil
	}
	c := &collector{
		heapMax:  config.Garbage.HeapMaxBytes,
		rank:     ownRank(),
		readHeap: readHeap,
		collect:  runtime.GC,
		setNet:   func(bytes int64) { debug.SetMemoryLimit(bytes) },
		tell:     tell,
		say:      func(text string) { fmt.Fprintln(os.Stderr, "squall:", text) },
	}
	for _, atMs := range config.Garbage.CollectAtMs {
		c.moments = append(c.moments, msToUs(atMs))
	}
	return c
}

// ownRank gives nil where this process has no precedence.
func ownRank() *rank {
	if file := os.Getenv(weightVariable); file != "" {
		if r := groupRank(file, os.Getenv(equalVariable)); r != nil {
			return r
		}
	}
	text, err := os.ReadFile(autogroupFile)
	if err != nil {
		return nil
	}
	nice, ok := precedence(string(text))
	if !ok {
		return nil
	}
	return &rank{given: nice, none: "0", set: func(value string) error { return os.WriteFile(autogroupFile, []byte(value), 0) }}
}

// groupRank gives nil where there is no such group. `equal` is what the system under test has.
func groupRank(file, equal string) *rank {
	text, err := os.ReadFile(file)
	if err != nil || equal == "" {
		return nil
	}
	return &rank{
		given: strings.TrimSpace(string(text)),
		none:  equal,
		set:   func(value string) error { return os.WriteFile(file, []byte(value), 0) },
	}
}

// precedence is the nice value in the words of autogroupFile, if it is below zero.
func precedence(text string) (string, bool) {
	_, nice, ok := strings.Cut(strings.TrimSpace(text), " nice ")
	return nice, ok && strings.HasPrefix(nice, "-")
}

func readHeap() (live, heap uint64) {
	samples := []metrics.Sample{{Name: liveMetric}, {Name: heapMetric}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

// run looks after the heap until done is closed, and leaves Go's own collection switched off; now is in µs since t0.
func (c *collector) run(now func() int64, done <-chan struct{}) {
	debug.SetGCPercent(-1) // with any other Go would collect every two minutes, whatever there is (forcegcperiod)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		c.look(now)
		select {
		case <-done:
			return
		case <-ticker.C:
		}
	}
}

func (c *collector) look(now func() int64) {
	if c.isOwed {
		c.isOwed = c.rank.set(c.rank.given) != nil
	}
	live, heap := c.readHeap()
	// Each time: a collection of Go's own has left more than our last one, too.
	c.setNet(int64(min(float64(c.most(live))*netFactor, math.MaxInt64/2)) + besideHeap)
	fromUs := now()
	if !c.isDue(fromUs, live, heap) {
		return
	}
	c.collectPolitely()
	c.tell(fromUs, now()-fromUs)
}

// isDue takes a moment that has come off those to come.
func (c *collector) isDue(nowUs int64, live, heap uint64) bool {
	most := c.most(live)
	for len(c.moments) > 0 && c.moments[0] <= nowUs {
		c.moments = c.moments[1:]
		most = max(uint64(calmShare*float64(c.heapMax)), uint64(calmGrowth*float64(live)))
	}
	return heap >= most
}

// most is the heap in bytes at which a collection waits no longer.
func (c *collector) most(live uint64) uint64 { return max(c.heapMax, heapGrowth*live) }

// collectPolitely has the precedence back when it returns, and earlier when its lack is felt.
func (c *collector) collectPolitely() {
	if c.rank != nil && !c.isOwed {
		if err := c.rank.set(c.rank.none); err != nil {
			c.say(fmt.Sprintf("the garbage collection keeps its precedence: %v", err))
			c.rank = nil // not ours to change after all
		}
	}
	if c.rank == nil || c.isOwed {
		c.collect()
		return
	}
	collected, back := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			slept := time.Now()
			select {
			case <-collected:
				back <- c.rank.set(c.rank.given)
				return
			case <-time.After(restEvery):
			}
			if time.Since(slept) > restEvery+lateMax {
				back <- c.rank.set(c.rank.given)
				return
			}
		}
	}()
	c.collect()
	close(collected)
	if err := <-back; err != nil {
		c.say(fmt.Sprintf("the precedence is not back after the garbage collection: %v", err))
		c.isOwed = true // two changes within 100 ms are refused to some (autogroup, sched(7))
	}
}
