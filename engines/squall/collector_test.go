package squall

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"testing"
	"time"
)

func TestPrecedenceIsANegativeNiceValue(t *testing.T) {
	for text, want := range map[string]string{"/autogroup-42 nice -5\n": "-5", "/autogroup-1 nice 0\n": "", "": "", "nonsense": ""} {
		nice, ok := precedence(text)
		if ok != (want != "") || (ok && nice != want) {
			t.Errorf("%q: got %q %v, want %q", text, nice, ok, want)
		}
	}
}

// fakeCollector tells what it was asked to do, in order. What is left after a collection is 100, its most 300.
func fakeCollector(heaps ...uint64) (*collector, func() []string) {
	told := make(chan string, 100)
	at := 0
	c := &collector{
		heapMax: 300,
		rank:    &rank{given: "-5", none: "0", set: func(value string) error { told <- "nice " + value; return nil }},
		readHeap: func() (uint64, uint64) {
			return 100, heaps[min(at, len(heaps)-1)]
		},
		collect: func() { told <- "collect"; at++ },
	}
	return c, func() []string {
		close(told)
		var all []string
		for one := range told {
			all = append(all, one)
		}
		return all
	}
}

func TestItCollectsWithoutPrecedenceAndHasItBackAfterwards(t *testing.T) {
	c, told := fakeCollector(100)
	if err := c.collectPolitely(); err != nil {
		t.Fatal(err)
	}
	if got, want := told(), []string{"nice 0", "collect", "nice -5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestItCollectsWhereThereIsNoPrecedenceToGiveUp(t *testing.T) {
	c, told := fakeCollector(100)
	c.rank = nil
	if err := c.collectPolitely(); err != nil {
		t.Fatal(err)
	}
	if got, want := told(), []string{"collect"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestItIsDueAtItsMostAndAtHalfOfThatWhereItHarmsTheLeast(t *testing.T) {
	for _, test := range []struct {
		why     string
		heap    uint64
		heapMax uint64
		moments []int64
		want    bool
	}{
		{"below its most", 299, 300, nil, false},
		{"at its most", 300, 300, nil, true},
		{"a most below twice of what is in use would have it collect for ever", 199, 90, nil, false},
		{"twice of what is in use", 200, 90, nil, true},
		{"a moment is still to come", 299, 300, []int64{1_001}, false},
		{"a moment, and half of its most", 150, 300, []int64{1_000}, true},
		{"a moment, and less than half", 149, 300, []int64{1_000}, false},
	} {
		c, _ := fakeCollector(test.heap)
		c.heapMax, c.moments = test.heapMax, test.moments
		if got := c.isDue(1_000); got != test.want {
			t.Errorf("%s: got %v, want %v", test.why, got, test.want)
		}
	}
}

func TestAMomentIsTakenOnce(t *testing.T) {
	c, _ := fakeCollector(200)
	c.moments = []int64{10, 20, 3_000}
	if got := []bool{c.isDue(1_000), c.isDue(1_050), c.isDue(3_000)}; !reflect.DeepEqual(got, []bool{true, false, true}) {
		t.Errorf("got %v", got)
	}
}

func TestGoItselfCollectsOnlyWhatGrowsFasterThanWeLook(t *testing.T) {
	c, _ := fakeCollector(100)
	if got := c.net(); got != 450 {
		t.Errorf("got %d, want half more than 300", got)
	}
	c.heapMax = math.MaxUint64
	if got := c.net(); got <= 0 {
		t.Errorf("got %d, want a limit above 0", got)
	}
}

// runFor looks a few times, at the same moment of the run.
func runFor(c *collector) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() { c.run(func() int64 { return 0 }, done); close(ended) }()
	time.Sleep(6 * lookEvery)
	close(done)
	<-ended
}

func TestItCollectsOnceWhatHasGrownOnce(t *testing.T) {
	c, told := fakeCollector(300, 150)
	before := debug.SetGCPercent(77)
	runFor(c)
	if after := debug.SetGCPercent(before); after != 77 {
		t.Errorf("left Go's own collection at %d, found it at 77", after)
	}
	if got, want := told(), []string{"nice 0", "collect", "nice -5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestItCollectsAsItIsWhereItMayNotChangeItsPrecedence(t *testing.T) {
	c, told := fakeCollector(300, 150)
	c.rank.set = func(string) error { return errors.New("not permitted") }
	runFor(c)
	if got, want := told(), []string{"collect"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatTheHarnessSaysOfGarbageIsTaken(t *testing.T) {
	if c := newCollector(&Config{}); c != nil {
		t.Errorf("got %+v where it is left to Go", c)
	}
	c := newCollector(&Config{Garbage: &Garbage{HeapMaxBytes: 7, CollectAtMs: []float64{1.5, 20}}})
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
	if err := c.collectPolitely(); err != nil {
		t.Fatal(err)
	}
	if after := weightNow(); during != "3072" || after != "30720" {
		t.Errorf("got %s and then %s", during, after)
	}
}
