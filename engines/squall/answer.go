package squall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// answerBytesMax bounds what one call takes into memory, as src/mcp-client/limits.ts does: a thousand users take
	// answers at once.
	answerBytesMax = 4 << 20
	// streamGrace is how long the end of an event stream is waited for once its answer has come. Servers end it with
	// the answer, and their connection serves the next call; one that keeps it open is not waited for.
	streamGrace = 20 * time.Millisecond
)

var answerTooLong = fmt.Sprintf("the answer is longer than %d bytes", answerBytesMax)

// bound makes an answer's body one that ends: at its own end, at answerBytesMax, which sets tooLong, or behind the
// answer in a stream of events that goes on. whole is called when there is no more of the answer to come: what is done
// with it afterwards is not the system's doing. Not called where the body is not read to its end.
func bound(response *http.Response, tooLong *atomic.Bool, whole func()) {
	// Nobody asked for it, and k6 would inflate it without a bound.
	response.Header.Del("Content-Encoding")
	body := &boundedBody{inner: response.Body, left: answerBytesMax, tooLong: tooLong, whole: whole}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		body.events = &eventScanner{}
	}
	response.Body = body
}

type boundedBody struct {
	inner   io.ReadCloser
	left    int
	tooLong *atomic.Bool
	whole   func()
	events  *eventScanner // nil: no stream of events
	late    *lateReader   // not nil once the answer has come
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.tooLong.Store(true)
		b.whole()
		return 0, io.EOF
	}
	if len(p) > b.left {
		p = p[:b.left]
	}
	if b.late != nil {
		return b.late.read(p)
	}
	n, err := b.inner.Read(p)
	b.left -= n
	if b.events != nil && b.events.scan(p[:n]) {
		b.late = newLateReader(b.inner)
	}
	if b.late != nil || err != nil {
		b.whole()
	}
	return n, err
}

func (b *boundedBody) Close() error { return b.inner.Close() }

// lateReader reads what comes behind the answer of a stream, for as long as streamGrace.
type lateReader struct {
	pieces chan piece
	limit  <-chan time.Time
}

type piece struct {
	bytes []byte
	err   error
}

func newLateReader(inner io.Reader) *lateReader {
	late := &lateReader{pieces: make(chan piece, 1), limit: time.After(streamGrace)}
	go func() { // ends when the body is closed, at the latest
		buffer := make([]byte, 512)
		n, err := inner.Read(buffer)
		late.pieces <- piece{buffer[:n], err}
	}()
	return late
}

// read gives an end in any case: what a stream says behind its answer is nobody's.
func (l *lateReader) read([]byte) (int, error) {
	select {
	case <-l.pieces:
	case <-l.limit:
	}
	return 0, io.EOF
}

// eventScanner looks for the event that is an answer: a JSON-RPC message with a result or an error, and no method.
type eventScanner struct {
	line []byte
	data []byte
}

// scan takes the next piece of the stream; true once an answer has come whole.
func (s *eventScanner) scan(p []byte) bool {
	for {
		at := bytes.IndexByte(p, '\n')
		if at < 0 {
			s.line = append(s.line, p...)
			return false
		}
		line := bytes.TrimSuffix(append(s.line, p[:at]...), []byte("\r"))
		s.line, p = s.line[:0], p[at+1:]
		if len(line) == 0 {
			if isAnswer(s.data) {
				return true
			}
			s.data = s.data[:0]
		} else if rest, isData := bytes.CutPrefix(line, []byte("data:")); isData {
			s.data = append(append(s.data, rest...), '\n')
		}
	}
}

func isAnswer(data []byte) bool {
	var message struct {
		Method *string         `json:"method"`
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	}
	if len(data) == 0 || json.Unmarshal(data, &message) != nil {
		return false
	}
	return message.Method == nil && (message.Result != nil || message.Error != nil)
}
