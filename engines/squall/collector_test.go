package squall

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
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

// fakeCollector tells what it was asked to do, in order; its collection takes so long.
func fakeCollector(takes time.Duration, heaps ...uint64) (*collector, func() []string) {
	told := make(chan string, 100)
	at := 0
	c := &collector{
		given: "-5",
		none:  "0",
		set:   func(value string) error { told <- "nice " + value; return nil },
		readHeap: func() (uint64, uint64) {
			heap := heaps[min(at, len(heaps)-1)]
			at++
			return 100, heap
		},
		collect: func() { told <- "collect"; time.Sleep(takes); told <- "collected" },
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
	c, told := fakeCollector(0)
	if err := c.collectPolitely(); err != nil {
		t.Fatal(err)
	}
	if got, want := told(), []string{"nice 0", "collect", "collected", "nice -5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestItCollectsWhenTheHeapHasDoubledAndNotBefore(t *testing.T) {
	c, told := fakeCollector(0, 199, 199, 200, 150)
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() { c.run(done); close(ended) }()
	time.Sleep(6 * lookEvery)
	close(done)
	<-ended
	collections := 0
	for _, one := range told() {
		if one == "collect" {
			collections++
		}
	}
	if collections != 1 {
		t.Errorf("got %d collections, want 1", collections)
	}
}

func TestItEndsWhereItMayNotChangeItsPrecedence(t *testing.T) {
	c, told := fakeCollector(0, 500)
	c.set = func(string) error { return errors.New("not permitted") }
	c.run(make(chan struct{})) // returns by itself
	if got := told(); len(got) != 0 {
		t.Errorf("got %v, want nothing done", got)
	}
}

func TestItGivesUpTheWeightOfItsOwnGroup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu.shares")
	if c := groupCollector(file, "3072"); c != nil {
		t.Errorf("got %v without a group", c)
	}
	if err := os.WriteFile(file, []byte("30720\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := groupCollector(file, "3072")
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
