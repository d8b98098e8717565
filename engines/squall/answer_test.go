package squall

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func boundedOf(contentType string, body io.ReadCloser) (*http.Response, *atomic.Bool) {
	tooLong := &atomic.Bool{}
	response := &http.Response{Header: http.Header{"Content-Type": {contentType}, "Content-Encoding": {"gzip"}}, Body: body}
	bound(response, tooLong, func() {})
	return response, tooLong
}

func TestAnAnswerUpToTheBoundIsWhole(t *testing.T) {
	response, tooLong := boundedOf("application/json", io.NopCloser(strings.NewReader(strings.Repeat("x", answerBytesMax-1))))
	if text, err := io.ReadAll(response.Body); len(text) != answerBytesMax-1 || err != nil || tooLong.Load() {
		t.Errorf("%d bytes, %v, too long %v", len(text), err, tooLong.Load())
	}
	if response.Header.Get("Content-Encoding") != "" {
		t.Error("k6 would inflate it")
	}
}

func TestALongerAnswerIsCutAndToldAsTooLong(t *testing.T) {
	response, tooLong := boundedOf("application/json", io.NopCloser(endless{}))
	if text, err := io.ReadAll(response.Body); len(text) != answerBytesMax || err != nil || !tooLong.Load() {
		t.Errorf("%d bytes, %v, too long %v", len(text), err, tooLong.Load())
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

const answerEvent = "event: message\r\ndata: {\"id\":1,\r\ndata: \"result\":{}}\r\n\r\n"

func TestAStreamIsNotReadBehindItsAnswer(t *testing.T) {
	reader, writer := io.Pipe()
	response, _ := boundedOf("text/event-stream", reader)
	go func() {
		for _, one := range []string{": hello\n\ndata: {\"method\":\"ping\",\"id\":9}\n\n", answerEvent[:20], answerEvent[20:]} {
			_, _ = writer.Write([]byte(one))
		}
	}()
	begun := time.Now()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasSuffix(string(text), answerEvent) {
		t.Errorf("%q, %v", text, err)
	}
	if took := time.Since(begun); took < streamGrace || took > time.Second {
		t.Errorf("took %v", took)
	}
	_ = response.Body.Close()
}

func TestAStreamThatEndsWithItsAnswerIsReadToItsEnd(t *testing.T) {
	ended := &endSeen{inner: strings.NewReader(answerEvent)}
	response, _ := boundedOf("text/event-stream; charset=utf-8", io.NopCloser(ended))
	begun := time.Now()
	if text, _ := io.ReadAll(response.Body); string(text) != answerEvent {
		t.Errorf("%q", text)
	}
	// Only a body that was read to its end leaves its connection to the next call.
	if !ended.seen.Load() || time.Since(begun) >= streamGrace {
		t.Errorf("end seen %v after %v", ended.seen.Load(), time.Since(begun))
	}
}

type endSeen struct {
	inner io.Reader
	seen  atomic.Bool
}

func (e *endSeen) Read(p []byte) (int, error) {
	n, err := e.inner.Read(p)
	if err == io.EOF {
		e.seen.Store(true)
	}
	return n, err
}

func TestWhichEventsAreAnswers(t *testing.T) {
	for data, want := range map[string]bool{
		`{"id":1,"result":{}}`: true, `{"id":1,"error":{"code":1}}`: true, `{"id":1,"method":"ping"}`: false,
		`{"method":"notifications/progress","params":{"result":1}}`: false, `{"id":1,"result"`: false, ``: false,
	} {
		if got := isAnswer([]byte(data)); got != want {
			t.Errorf("%s: %v", data, got)
		}
	}
}

func TestAnAnswerIsWholeAtItsLastByteAndNotBefore(t *testing.T) {
	for _, test := range []struct {
		why, contentType, last string
	}{
		{"at the end of the body", "application/json", ""},
		{"behind the answer in a stream that goes on", "text/event-stream", answerEvent},
	} {
		t.Run(test.why, func(t *testing.T) {
			reader, writer := io.Pipe()
			response := &http.Response{Header: http.Header{"Content-Type": {test.contentType}}, Body: reader}
			whole := 0
			bound(response, &atomic.Bool{}, func() { whole++ })
			go writer.Write([]byte(": a comment\n")) //nolint:errcheck // a pipe of this test
			buffer := make([]byte, 1024)
			if _, err := response.Body.Read(buffer); err != nil || whole != 0 {
				t.Fatalf("whole %d times after a part, %v", whole, err)
			}
			if test.last == "" {
				writer.Close()
			} else {
				go writer.Write([]byte(test.last)) //nolint:errcheck // a pipe of this test
			}
			if _, err := response.Body.Read(buffer); whole != 1 {
				t.Errorf("whole %d times, %v", whole, err)
			}
			if n, err := response.Body.Read(buffer); test.last != "" && (n != 0 || err != io.EOF || whole != 1) {
				t.Errorf("%d bytes behind it, %v, whole %d times", n, err, whole)
			}
		})
	}
}
