package squall

import (
	"bufio"
	"os"
	"testing"
	"time"
)

// A pipe that nobody reads stands for the disk: full after 64 KiB, it keeps its writer waiting.
func TestWhoeverAddsALineDoesNotWaitForTheDisk(t *testing.T) {
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := newLineWriter(to, func(err error) { t.Error(err) })
	const count = 10_000
	for range count {
		w.add([]byte("[1,2,3,4,5,6,7,8]\n")) // 180 kB: would never return
	}
	read := make(chan int)
	go func() {
		lines := 0
		for scanner := bufio.NewScanner(from); scanner.Scan(); lines++ {
		}
		read <- lines
	}()
	if err := w.close(); err != nil {
		t.Error(err)
	}
	if lines := <-read; lines != count {
		t.Errorf("%d lines written, want %d", lines, count)
	}
}

func TestMoreThanIsKeptWaits(t *testing.T) {
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := newLineWriter(to, func(error) {})
	added := make(chan struct{})
	go func() {
		defer close(added)
		line := append(make([]byte, 1<<20), '\n')
		for range 4 * waitingBytesMax >> 20 {
			w.add(line)
		}
	}()
	w.mu.Lock()
	for len(w.waiting) < waitingBytesMax {
		w.mu.Unlock()
		select {
		case <-added:
			t.Fatal("all was added, and nothing could be written")
		case <-time.After(time.Millisecond):
		}
		w.mu.Lock()
	}
	w.mu.Unlock()
	_ = from.Close() // the write fails, and nobody waits any more
	<-added
	if err := w.close(); err == nil {
		t.Error("a failed write is told")
	}
}
