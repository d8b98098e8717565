package squall

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// stream is what all streams of a generator have in common (docs/run-folder.md): a header, rows, an end that says how
// many there were. mu guards all of it; each row is one write(2).
type stream struct {
	name   string
	mu     sync.Mutex
	lines  *lineWriter
	line   []byte // of the newest row, kept for its room
	rows   int64
	onFail func(error)
}

func createStream(name, path string) (*os.File, error) {
	// O_EXCL: two generators that were given the same path must not share a stream.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644) //nolint:gosec // evidence, not secret
	if err != nil {
		return nil, fmt.Errorf("the %s stream cannot be made: %w", name, err)
	}
	return file, nil
}

func streamTo(name string, file io.WriteCloser, onFail func(error)) stream {
	tell := func(err error) { onFail(streamFailure(name, err)) }
	return stream{name: name, lines: newLineWriter(file, tell), onFail: onFail}
}

func streamFailure(name string, err error) error {
	return fmt.Errorf("the %s stream cannot be written: %w", name, err)
}

type header struct {
	Stream   string      `json:"stream"`
	Version  int         `json:"version"`
	Instance string      `json:"instance"`
	Columns  []string    `json:"columns"`
	Outcomes []string    `json:"outcomes,omitempty"`
	BootID   string      `json:"bootId"`
	Clock    clockAnchor `json:"clock"`
}

type clockAnchor struct {
	MonotonicUs int64 `json:"monotonicUs"`
	WallUnixUs  int64 `json:"wallUnixUs"`
}

// head writes the header and the names of the tools. The caller holds mu.
func (s *stream) head(config *Config, clock *monotonicClock, columns, outcomes []string) {
	s.object(header{
		Stream: s.name, Version: 1, Instance: config.Instance, Columns: columns, Outcomes: outcomes,
		BootID: clock.machineBoot, Clock: clockAnchor{clock.anchorUs, clock.wallUnixUs},
	})
	for number, name := range config.toolNames() {
		s.object(map[string]any{"dict": []any{"tool", number, name}})
	}
}

// end writes the last line and closes the stream; the number of rows comes back for the harness.
func (s *stream) end(atUs int64, reason string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.object(map[string]any{"end": map[string]any{"t": timeOrNull(atUs), "rows": s.rows, "reason": reason}})
	if err := s.lines.close(); err != nil {
		return s.rows, streamFailure(s.name, err)
	}
	return s.rows, nil
}

// object writes a line that is no row. The caller holds mu.
func (s *stream) object(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		s.onFail(streamFailure(s.name, err))
		return
	}
	s.lines.add(append(line, '\n'))
}
