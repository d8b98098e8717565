package squall

import (
	"bytes"
	"io"
	"sync"
)

// waitingBytesMax bounds what a disk that stands still may hold back: half a million calls. Beyond it whoever adds a
// line waits, and the calls are late, which the run tells.
const waitingBytesMax = 32 << 20

// lineWriter writes lines in the background, each with one write(2), so that kill -9 tears none and nobody who adds one
// waits for the disk: with a busy one a write took up to 0.3 s, and a thousand users stood behind it. Safe for use by
// many goroutines. After the first failed write it writes no more.
type lineWriter struct {
	mu      sync.Mutex
	changed sync.Cond
	to      io.WriteCloser
	waiting []byte // whole lines
	closing bool
	failure error
	onFail  func(error)
	ended   chan struct{}
}

func newLineWriter(to io.WriteCloser, onFail func(error)) *lineWriter {
	w := &lineWriter{to: to, onFail: onFail, ended: make(chan struct{})}
	w.changed.L = &w.mu
	go w.work()
	return w
}

// add takes a copy of line, which ends with a newline.
func (w *lineWriter) add(line []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) >= waitingBytesMax && w.failure == nil {
		w.changed.Wait()
	}
	if w.failure != nil {
		return
	}
	if len(w.waiting) == 0 {
		w.changed.Broadcast()
	}
	w.waiting = append(w.waiting, line...)
}

// close waits until all is written. It returns the first failure.
func (w *lineWriter) close() error {
	w.mu.Lock()
	w.closing = true
	w.changed.Broadcast()
	w.mu.Unlock()
	<-w.ended
	if err := w.to.Close(); w.failure == nil {
		w.failure = err
	}
	return w.failure
}

func (w *lineWriter) work() {
	defer close(w.ended)
	var lines []byte
	for {
		lines = w.take(lines)
		if len(lines) == 0 {
			return
		}
		for line := range bytes.Lines(lines) {
			if _, err := w.to.Write(line); err != nil {
				w.fail(err)
				return
			}
		}
	}
}

// take waits for lines and swaps their buffer with the written one. None means that all is written.
func (w *lineWriter) take(written []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) == 0 && !w.closing {
		w.changed.Wait()
	}
	lines := w.waiting
	w.waiting = written[:0]
	w.changed.Broadcast()
	return lines
}

func (w *lineWriter) fail(err error) {
	w.mu.Lock()
	w.failure = err
	w.waiting = nil
	w.changed.Broadcast()
	w.mu.Unlock()
	w.onFail(err)
}
