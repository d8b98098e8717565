package squall

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"testing"
)

func TestPrecedenceIsANegativeNiceValue(t *testing.T) {
	for text, want := range map[string]string{"/autogroup-42 nice -5\n": "-5", "/autogroup-1 nice 0\n": "", "": "", "nonsense": ""} {
		nice, ok := precedence(text)
		if ok != (want != "") || (ok && nice != want) {
			t.Errorf("%q: got %q %v, want %q", text, nice, ok, want)
		}
	}
}

// fakeCollector tells what it does, in order. 100 is in use, its most is 300; after each collection comes the next heap.
func fakeCollector(heaps ...uint64) (*collector, func() []string) {
	told := make(chan string, 100)
	at := 0
	c := &collector{
		heapMax:  300,
		rank:     &rank{given: "-5", none: "0", set: func(value string) error { told <- "nice " + value; return nil }},
		readHeap: func() (uint64, uint64) { return 100, heaps[min(at, len(heaps)-1)] },
		collect:  func() { told <- "collect"; at++ },
		setNet:   func(bytes int64) { told <- fmt.Sprint("net ", bytes-besideHeap) },
		tell:     func(fromUs, tookUs int64) { told <- fmt.Sprint("from ", fromUs, " for ", tookUs) },
		say:      func(text string) { told <- text },
	}
	return c, func() []string {
		var all []string
		for len(told) > 0 {
			all = append(all, <-told)
		}
		return all
	}
}

// fakeClock goes on by so much each time that it is asked.
func fakeClock(stepUs int64) func() int64 {
	var nowUs int64
	return func() int64 { nowUs += stepUs; return nowUs }
}

func expectTold(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALookCollectsWithoutPrecedenceAndHasItBackAfterwards(t *testing.T) {
	c, told := fakeCollector(300, 150)
	now := fakeClock(7)
	c.look(now)
	expectTold(t, told(), "net 450", "nice 0", "collect", "nice -5", "from 7 for 7")
	c.look(now)
	expectTold(t, told(), "net 450") // what has grown once is collected once
}

func TestALookCollectsWhereThereIsNoPrecedenceToGiveUp(t *testing.T) {
	c, told := fakeCollector(300)
	c.rank = nil
	c.look(fakeClock(1))
	expectTold(t, told(), "net 450", "collect", "from 1 for 1")
}

func TestItCollectsAsItIsWhereItMayNotChangeItsPrecedence(t *testing.T) {
	c, told := fakeCollector(300)
	c.rank.set = func(string) error { return errors.New("not permitted") }
	c.look(fakeClock(1))
	expectTold(t, told(), "net 450", "the garbage collection keeps its precedence: not permitted", "collect", "from 1 for 1")
	c.look(fakeClock(1))
	expectTold(t, told(), "net 450", "collect", "from 1 for 1")
}

func TestAPrecedenceThatIsNotBackIsAskedForAgain(t *testing.T) {
	c, told := fakeCollector(300, 300, 150)
	set, refusals := c.rank.set, 3
	c.rank.set = func(value string) error {
		_ = set(value)
		if value == "-5" && refusals > 0 {
			refusals--
			return errors.New("try again")
		}
		return nil
	}
	c.look(fakeClock(1))
	expectTold(t, told(), "net 450", "nice 0", "collect", "nice -5",
		"the precedence is not back after the garbage collection: try again", "from 1 for 1")
	c.look(fakeClock(1)) // still without: there is nothing to give up
	expectTold(t, told(), "nice -5", "net 450", "collect", "from 1 for 1")
	c.look(fakeClock(1))
	expectTold(t, told(), "nice -5", "net 450")
	c.look(fakeClock(1))
	expectTold(t, told(), "nice -5", "net 450")
	c.look(fakeClock(1))
	expectTold(t, told(), "net 450")
}

func TestTheNetGrowsWithWhatIsInUseAndHasAnEnd(t *testing.T) {
	c, told := fakeCollector(100)
	c.readHeap = func() (uint64, uint64) { return 1_000, 1_000 }
	c.look(fakeClock(1))
	expectTold(t, told(), "net 3000")
	c.heapMax = math.MaxUint64
	c.look(fakeClock(1))
	expectTold(t, told(), fmt.Sprint("net ", int64(math.MaxInt64/2+1)))
}

func TestItIsDueAtItsMostAndAtHalfOfThatWhereItHarmsTheLeast(t *testing.T) {
	for _, test := range []struct {
		why     string
		heap    uint64
		heapMax uint64
		moments []int64
		want    bool
	}{
		{"below its most", 399, 400, nil, false},
		{"at its most", 400, 400, nil, true},
		{"a most below twice of what is in use would have it collect for ever", 199, 90, nil, false},
		{"twice of what is in use", 200, 90, nil, true},
		{"a moment is still to come", 399, 400, []int64{1_001}, false},
		{"a moment, and half of its most", 200, 400, []int64{1_000}, true},
		{"a moment, and less than half", 199, 400, []int64{1_000}, false},
		{"a moment, and half as much again as is in use", 150, 90, []int64{1_000}, true},
		{"a moment just after a collection", 149, 90, []int64{1_000}, false},
	} {
		c, _ := fakeCollector(test.heap)
		c.heapMax, c.moments = test.heapMax, test.moments
		if got := c.isDue(1_000, 100, test.heap); got != test.want {
			t.Errorf("%s: got %v, want %v", test.why, got, test.want)
		}
	}
}

func TestAMomentIsTakenOnce(t *testing.T) {
	c, _ := fakeCollector()
	c.moments = []int64{10, 20, 3_000}
	got := []bool{c.isDue(1_000, 100, 200), c.isDue(1_050, 100, 200), c.isDue(3_000, 100, 200)}
	if !reflect.DeepEqual(got, []bool{true, false, true}) {
		t.Errorf("got %v", got)
	}
}

func TestWhileItRunsGoCollectsOnlyAtTheNet(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	c, told := fakeCollector(100)
	done := make(chan struct{})
	close(done)
	c.run(fakeClock(1), done)
	if percent := debug.SetGCPercent(77); percent != -1 {
		t.Errorf("Go collects by itself, at %d percent", percent)
	}
	expectTold(t, told(), "net 450")
}

func TestWhatTheHarnessSaysOfGarbageIsTaken(t *testing.T) {
	if c := newCollector(&Config{}, nil); c != nil {
		t.Errorf("got %+v where it is left to Go", c)
	}
	c := newCollector(&Config{Garbage: &Garbage{HeapMaxBytes: 7, CollectAtMs: []float64{1.5, 20}}}, nil)
	if c.heapMax != 7 || !reflect.DeepEqual(c.moments, []int64{1_500, 20_000}) {
		t.Errorf("got %+v", c)
	}
}

func TestItGivesUpTheWeightOfItsOwnGroup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu.shares")
	if r := groupRank(file, "3072"); r != nil {
		t.Errorf("got %v without a group", r)
	}
	if err := os.WriteFile(file, []byte("30720\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &collector{rank: groupRank(file, "3072")}
	weightNow := func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var during string
	c.collect = func() { during = weightNow() }
	c.collectPolitely()
	if after := weightNow(); during != "3072" || after != "30720" {
		t.Errorf("got %s and then %s", during, after)
	}
}
