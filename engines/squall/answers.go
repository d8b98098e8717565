package squall

import (
	"hash/fnv"
	"io"
	"strconv"
	"time"
)

// Which of a tool's answers are looked at: enough at first to tell in a short run whether they differ, then so few that
// neither the users nor the disk notice.
const (
	answersFirst = 64
	answersEvery = time.Second
)

var answerColumns = []string{"t", "tool", "arguments", "answer", "rest", "facts"}

// answers writes, of a sample of the good answers, a digest of what was asked, one of what was answered, and one of what
// that leaves without what was asked (withoutAsked): whether a tool answers the same whatever it is asked shows in them,
// and nobody's data do. Safe for use by many goroutines; nil samples nothing.
type answers struct {
	stream
	tools []sampledTool
}

type sampledTool struct {
	taken  int
	lastUs int64
}

func newAnswers(path string, tools int, onFail func(error)) (*answers, error) {
	file, err := createStream("answers", path)
	if err != nil {
		return nil, err
	}
	return answersTo(file, tools, onFail), nil
}

func answersTo(file io.WriteCloser, tools int, onFail func(error)) *answers {
	return &answers{stream: streamTo("answers", file, onFail), tools: make([]sampledTool, tools)}
}

func (a *answers) begin(config *Config, clock *monotonicClock) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.head(config, clock, answerColumns, nil)
}

// takes says whether an answer of that tool, which came at nowUs, is one of the sample. It counts as taken then.
func (a *answers) takes(tool int, nowUs int64) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	sampled := &a.tools[tool]
	if sampled.taken >= answersFirst && nowUs-sampled.lastUs < answersEvery.Microseconds() {
		return false
	}
	sampled.taken++
	sampled.lastUs = nowUs
	return true
}

func (a *answers) row(atUs int64, tool int, arguments, answer string) {
	if a == nil {
		return
	}
	asked, told := digest(arguments), digest(answer)
	left, facts := withoutAsked(arguments, answer)
	rest := digest(left)
	a.mu.Lock()
	defer a.mu.Unlock()
	line := strconv.AppendInt(append(a.line[:0], '['), atUs, 10)
	line = strconv.AppendInt(append(line, ','), int64(tool), 10)
	line = strconv.AppendUint(append(line, `,"`...), asked, 16)
	line = strconv.AppendUint(append(line, `","`...), told, 16)
	line = strconv.AppendUint(append(line, `","`...), rest, 16)
	line = strconv.AppendInt(append(line, `",`...), int64(facts), 10)
	a.line = append(line, "]\n"...)
	a.lines.add(a.line)
	a.rows++
}

// beat says that the stream is alive: calls that are open are the calls stream's to tell.
func (a *answers) beat(atUs int64) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.object(map[string]any{"beat": []any{atUs, a.rows, nil, nil}})
}

func (a *answers) close(atUs int64, reason string) error {
	if a == nil {
		return nil
	}
	_, err := a.end(atUs, reason)
	return err
}

// digest is FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
func digest(text string) uint64 {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, text) // a hash takes all there is
	return hash.Sum64()
}
