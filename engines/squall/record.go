package squall

import (
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// Bounds of the dictionary of error texts: a server that puts a request id into every message must not fill the
// disk or the reader's memory. A thousand kinds are more than a report shows; 500 bytes hold a message, not a dump.
const (
	detailBytesMax = 500
	detailKindsMax = 1000
	detailOverflow = "(more kinds of error than are kept)"
)

// noTime stands for a time that does not exist, null in the stream.
const noTime = math.MinInt64

// call is one row of the calls stream; times in µs since t0.
type call struct {
	user                        int
	slot                        slot
	readyUs, startedUs, endedUs int64
	outcome                     int
	detail                      string // empty means none
}

// recorder writes a calls stream as docs/run-folder.md defines it: rows in the order of their ends, each one write(2).
// A disk that stands still keeps rows waiting, and their beats behind them: kill -9 loses those too, and the reader sees
// it by the last beat. Safe for use by many goroutines.
type recorder struct {
	stream
	details map[string]int
}

func newRecorder(path string, onFail func(error)) (*recorder, error) {
	file, err := createStream("calls", path)
	if err != nil {
		return nil, err
	}
	return recordTo(file, onFail), nil
}

func recordTo(file io.WriteCloser, onFail func(error)) *recorder {
	return &recorder{stream: streamTo("calls", file, onFail), details: map[string]int{}}
}

var columns = []string{"user", "tool", "intended", "ready", "started", "ended", "outcome", "detail"}

// begin writes the header and the names of the tools.
func (r *recorder) begin(config *Config, clock *monotonicClock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head(config, clock, columns, outcomes)
}

func (r *recorder) row(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	detail := r.detailNumber(c.detail) // may write a dictionary line, which must come before its first use
	line := append(r.line[:0], '[')
	line = strconv.AppendInt(line, int64(c.user), 10)
	line = strconv.AppendInt(append(line, ','), int64(c.slot.tool), 10)
	for _, at := range [...]int64{c.slot.atUs, c.readyUs, c.startedUs, c.endedUs} {
		line = appendTime(append(line, ','), at)
	}
	line = strconv.AppendInt(append(line, ','), int64(c.outcome), 10)
	line = append(line, ',')
	if detail < 0 {
		line = append(line, "null"...)
	} else {
		line = strconv.AppendInt(line, int64(detail), 10)
	}
	r.line = append(line, ']', '\n')
	r.lines.add(r.line)
	r.rows++
}

// beat says how far the stream is: every slot due before oldestUs has its row above this line.
func (r *recorder) beat(atUs int64, open int, oldestUs int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.object(map[string]any{"beat": []any{atUs, r.rows, open, timeOrNull(oldestUs)}})
}

// detailNumber is the number of an error's text in the dictionary, or -1 for none.
func (r *recorder) detailNumber(text string) int {
	if text == "" {
		return -1
	}
	text = cutText(text, detailBytesMax)
	if number, known := r.details[text]; known {
		return number
	}
	if len(r.details) >= detailKindsMax {
		text = detailOverflow
		if number, known := r.details[text]; known {
			return number
		}
	}
	number := len(r.details)
	r.details[text] = number
	r.object(map[string]any{"dict": []any{"error", number, text}})
	return number
}

func appendTime(line []byte, atUs int64) []byte {
	if atUs == noTime {
		return append(line, "null"...)
	}
	return strconv.AppendInt(line, atUs, 10)
}

func timeOrNull(atUs int64) any {
	if atUs == noTime {
		return nil
	}
	return atUs
}

// cutText shortens a text to so many bytes without splitting a character.
func cutText(text string, bytesMax int) string {
	if len(text) <= bytesMax {
		return text
	}
	at := bytesMax
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at]
}
