package squall

import (
	"fmt"
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

	// As Go does by itself (GOGC=100), a collection begins when the heap is twice what the last one left.
	heapGrowth = 2
	// Go's own collection stays as a net below ours, for a heap that grows faster than we look.
	netPercent = 200
	lookEvery  = 50 * time.Millisecond
	// A sleep that is so much too long says that calls begin late as well; over 50 ms they count as late (design).
	restEvery = 5 * time.Millisecond
	lateMax   = 20 * time.Millisecond
)

// collector collects the garbage without the precedence that the harness has given this process. A thousand users are
// some three million objects: going through them takes one processor for half a second, in which a system under test
// on the same machine would stand still, and a healthy pool would fill, for the harness's own doing. Calls need the
// precedence, the collection does not. Where there is none to give up, Go's own ways are left as they are.
type collector struct {
	given    string // what the harness gave: a nice value, or a weight
	none     string // what others have
	set      func(string) error
	readHeap func() (live, heap uint64)
	collect  func()
}

// newCollector gives nil where this process has no precedence.
func newCollector() *collector {
	if file := os.Getenv(weightVariable); file != "" {
		if c := groupCollector(file, os.Getenv(equalVariable)); c != nil {
			return c
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
	return &collector{
		given:    nice,
		none:     "0",
		set:      func(value string) error { return os.WriteFile(autogroupFile, []byte(value), 0) },
		readHeap: readHeap,
		collect:  runtime.GC,
	}
}

// groupCollector gives nil where there is no such group. `equal` is what the system under test has.
func groupCollector(file, equal string) *collector {
	text, err := os.ReadFile(file)
	if err != nil || equal == "" {
		return nil
	}
	return &collector{
		given:    strings.TrimSpace(string(text)),
		none:     equal,
		set:      func(value string) error { return os.WriteFile(file, []byte(value), 0) },
		readHeap: readHeap,
		collect:  runtime.GC,
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

// run looks after the heap until done is closed.
func (c *collector) run(done <-chan struct{}) {
	before := debug.SetGCPercent(netPercent)
	defer debug.SetGCPercent(before)
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		if live, heap := c.readHeap(); heap < heapGrowth*live {
			continue
		}
		if err := c.collectPolitely(); err != nil {
			// Not ours to change after all: Go does it by itself from here on.
			fmt.Fprintf(os.Stderr, "squall: the garbage collection keeps its precedence: %v\n", err)
			return
		}
	}
}

// collectPolitely has the precedence back when it returns, and earlier when its lack is felt.
func (c *collector) collectPolitely() error {
	if err := c.set(c.none); err != nil {
		return err
	}
	collected, back := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			slept := time.Now()
			select {
			case <-collected:
				back <- c.set(c.given)
				return
			case <-time.After(restEvery):
			}
			if time.Since(slept) > restEvery+lateMax {
				back <- c.set(c.given)
				return
			}
		}
	}()
	c.collect()
	close(collected)
	return <-back
}
