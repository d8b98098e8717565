package squall

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// Descriptors that the harness hands to the generator.
const (
	commandsDescriptor = 3
	eventsDescriptor   = 4
)

// command is one line from the harness.
type command struct {
	Open string `json:"open"` // the target is up, here: sessions may be opened
	T0Us *int64 `json:"t0Us"` // absolute CLOCK_MONOTONIC in µs: begin then
	Stop bool   `json:"stop"` // end now, as if the plan ended here
	access
}

// access is what users need beside the target, told with it: it holds secrets, so that it is in no file.
type access struct {
	Era     string            `json:"era"`     // modern or legacy; empty: each user finds out
	Headers map[string]string `json:"headers"` // of each request
}

// readCommands hands on one command a line until the pipe closes. An error means that the harness is gone, or that it
// says what this generator does not understand; both end the run.
func readCommands(from io.Reader, handle func(command)) error {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var received command
		if err := json.Unmarshal(lines.Bytes(), &received); err != nil {
			return fmt.Errorf("a command that is not understood, %q: %w", cutText(lines.Text(), 200), err)
		}
		handle(received)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("the harness's pipe broke: %w", err)
	}
	return fmt.Errorf("the harness is gone: its pipe has closed")
}

// events tells the harness what happens, one JSON line each. Nothing waits for an answer, and a harness that is gone
// is found by the command pipe, so failures to write are dropped.
type events struct {
	mu sync.Mutex
	to io.Writer
}

func newEvents(standalone bool) *events {
	if standalone {
		return &events{to: io.Discard}
	}
	return &events{to: os.NewFile(eventsDescriptor, "events")}
}

func (e *events) send(event map[string]any) {
	line, err := json.Marshal(event)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = e.to.Write(append(line, '\n'))
}
