// Package squall is the part of the load generator that k6 does not have: a seeded pace for every user, one clock
// with the harness, a barrier before the start, and a record of every call. It registers the JavaScript module
// k6/x/squall, by which a scenario plays the users, and the output `squall`, which k6 starts and stops. Both work on
// the one run of this process.
package squall

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/grafana/sobek"
	"github.com/sirupsen/logrus"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/js/modules"
	"go.k6.io/k6/output"
)

func init() {
	modules.Register("k6/x/squall", &rootModule{})
	output.RegisterExtension("squall", newOutput)
}

// theRun is made by whichever of module and output k6 sets up first.
var theRun = sync.OnceValues(func() (*run, error) {
	config, err := readConfig(os.Getenv(ConfigEnv))
	if err != nil {
		return nil, err
	}
	return newRun(config)
})

// requestLogger drops k6's warning about each failed request: under chaos they are many, and the record has them.
var requestLogger = &logrus.Logger{
	Out: os.Stderr, Formatter: &logrus.TextFormatter{}, Hooks: logrus.LevelHooks{}, Level: logrus.ErrorLevel,
}

type rootModule struct{}

// user is what one k6 user's script sees of the run.
type user struct {
	vu     modules.VU
	run    *run
	caller *caller
	dice   *rand.Rand
}

// NewModuleInstance gives a user its view of the run; a configuration that cannot be read ends k6 here.
func (*rootModule) NewModuleInstance(vu modules.VU) modules.Instance {
	r, err := theRun()
	if err != nil {
		common.Throw(vu.Runtime(), err)
	}
	return &user{vu: vu, run: r}
}

// Exports lists the functions of k6/x/squall; scenarios/lib/squall.d.ts says what each one means.
func (u *user) Exports() modules.Exports {
	runtime := u.vu.Runtime()
	object := runtime.NewObject()
	// Functions of this one shape are called by sobek directly, 0.2 µs each, and not by reflection, 1.1 µs.
	functions := map[string]func(sobek.FunctionCall) sobek.Value{
		"options": u.options, "target": u.target, "join": u.join, "ready": u.ready, "failed": u.failed,
		"next": u.next, "instead": u.instead, "begin": u.begin, "end": u.end, "random": u.random, "remainingMs": u.remainingMs,
		"era": u.era, "headers": u.headers, "rest": u.rest, "sampled": u.sampled, "answered": u.answered,
		"leave": u.leave, "left": u.left,
	}
	for name, function := range functions {
		if err := object.Set(name, function); err != nil {
			common.Throw(runtime, err)
		}
	}
	for name, value := range map[string]any{
		"tools": u.run.config.toolNames(), "callTimeoutMs": u.run.config.CallTimeoutMs,
	} {
		if err := object.Set(name, value); err != nil {
			common.Throw(runtime, err)
		}
	}
	return modules.Exports{Default: object}
}

// options are k6's options for this run. k6 gets a limit that the run cannot reach, since the stages are ours.
func (u *user) options(sobek.FunctionCall) sobek.Value {
	config := u.run.config
	limit := time.Duration((config.BarrierTimeoutMs+config.DrainMs)*float64(time.Millisecond)) +
		time.Duration(config.endUs())*time.Microsecond + 24*time.Hour
	return u.vu.Runtime().ToValue(map[string]any{
		"scenarios": map[string]any{
			"users": map[string]any{
				"executor": "per-vu-iterations", "vus": config.Users.Count, "iterations": 1,
				"maxDuration": fmt.Sprintf("%ds", int(limit.Seconds())), "gracefulStop": "0s",
			},
		},
		"systemTags": []string{}, "maxRedirects": 0, "setupTimeout": "1s", "teardownTimeout": "1s",
	})
}

// target is where the calls go. Known after join.
func (u *user) target(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(u.run.target)
}

// era is which one users speak; empty: each finds out. Known after join.
func (u *user) era(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(u.run.access.Era)
}

// headers are those that each request carries beside its own. Known after join.
func (u *user) headers(sobek.FunctionCall) sobek.Value {
	object := u.vu.Runtime().NewObject()
	for name, value := range u.run.access.Headers {
		if err := object.Set(name, value); err != nil {
			common.Throw(u.vu.Runtime(), err)
		}
	}
	return object
}

// rest keeps the user from calling for so many ms, since the system told it to wait: slots that come due are unsent.
// Nobody waits beyond the end of the phases.
func (u *user) rest(arguments sobek.FunctionCall) sobek.Value {
	untilUs := u.run.sinceT0Us() + msToUs(min(max(arguments.Argument(0).ToFloat(), 0), restMsMax))
	u.caller.mu.Lock()
	u.caller.rest(untilUs)
	u.caller.mu.Unlock()
	u.run.waitForSlot(min(untilUs, u.run.endUs.Load()), u.vu.Context().Done())
	return sobek.Undefined()
}

// restMsMax is as long as a user waits at one time, whatever it is told; the scenario's own bound is 60 s.
const restMsMax = 600_000

// join makes this script the user of its number, and waits for the target and for its turn to open a session.
func (u *user) join(sobek.FunctionCall) sobek.Value {
	runtime := u.vu.Runtime()
	if u.run.recorder == nil {
		common.Throw(runtime, fmt.Errorf("nothing records this run: k6 must be started with --out squall"))
	}
	state := u.vu.State()
	index := int(state.VUID) - 1 //nolint:gosec // as many as the users configured
	if index < 0 || index >= len(u.run.callers) {
		common.Throw(runtime, fmt.Errorf("k6 user %d of %d configured", state.VUID, len(u.run.callers)))
	}
	u.caller = u.run.callers[index]
	u.dice = rand.New(&u.caller.dice) //nolint:gosec // reproducible on purpose
	state.Transport = &cuttable{inner: state.Transport, run: u.run, user: u.caller}
	state.Logger = requestLogger
	state.CookieJar = nil // MCP clients keep none, and keeping one costs every call
	select {
	case <-u.run.opened:
	case <-u.vu.Context().Done():
	}
	select {
	case u.run.turns <- struct{}{}:
	case <-u.vu.Context().Done():
	}
	return runtime.ToValue(u.caller.number)
}

// ready says that the user has its session, and waits for t0. False: there will be no run.
func (u *user) ready(sobek.FunctionCall) sobek.Value {
	u.run.sessionOpened()
	return u.waitForStart()
}

func (u *user) waitForStart() sobek.Value {
	select {
	case <-u.run.started:
		return u.vu.Runtime().ToValue(true)
	case <-u.vu.Context().Done():
		return u.vu.Runtime().ToValue(false)
	}
}

// failed says that the user could not open a session, and why, and waits as ready does.
func (u *user) failed(arguments sobek.FunctionCall) sobek.Value {
	u.run.sessionFailed(u.caller.number, arguments.Argument(0).String())
	return u.waitForStart()
}

// leave says that the user makes no further call, and waits for its turn to end its session. False: there is no time.
func (u *user) leave(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(u.run.leave(u.vu.Context().Done()))
}

// left gives the turn back.
func (u *user) left(sobek.FunctionCall) sobek.Value {
	<-u.run.turns
	return sobek.Undefined()
}

// next waits for the user's next slot and gives its tool's number; -1 when there is none, after the phases' end.
func (u *user) next(sobek.FunctionCall) sobek.Value {
	runtime, done := u.vu.Runtime(), u.vu.Context().Done()
	u.caller.mu.Lock()
	taken := u.caller.take(u.run.sinceT0Us(), u.run.endUs.Load(), u.run.recorder.row)
	at := u.caller.current.slot
	u.caller.mu.Unlock()
	if !taken {
		u.run.sleepUntilEnd(done)
		return runtime.ToValue(-1)
	}
	if u.run.waitForSlot(at.atUs, done) {
		return runtime.ToValue(at.tool)
	}
	u.caller.mu.Lock()
	u.caller.state = callerLeft
	u.caller.mu.Unlock()
	return runtime.ToValue(-1)
}

// instead makes the slot's call one of another tool, by its number: what the first needs is not there yet.
func (u *user) instead(arguments sobek.FunctionCall) sobek.Value {
	tool := int(arguments.Argument(0).ToInteger())
	if tool < 0 || tool >= len(u.run.config.Tools) {
		common.Throw(u.vu.Runtime(), fmt.Errorf("there is no tool %d", tool))
	}
	u.caller.mu.Lock()
	u.caller.current.slot.tool = tool
	u.caller.mu.Unlock()
	return sobek.Undefined()
}

// begin marks the call as sent, from now on.
func (u *user) begin(sobek.FunctionCall) sobek.Value {
	u.caller.tooLong.Store(false) // a session's answer before it is not this call's
	u.caller.answeredUs.Store(noTime)
	u.caller.mu.Lock()
	defer u.caller.mu.Unlock()
	u.caller.begin(u.run.sinceT0Us())
	return sobek.Undefined()
}

// remainingMs is how long the open call may still take: for calls that the run cannot cut, as it does HTTP requests.
func (u *user) remainingMs(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(max(u.run.config.limitUs(u.run.sinceT0Us(), u.run.endUs.Load())/1000, 1))
}

// end records the call with its outcome's name and, for what is not right, a text.
func (u *user) end(arguments sobek.FunctionCall) sobek.Value {
	nowUs := u.run.sinceT0Us()
	name := arguments.Argument(0).String()
	outcome, known := outcomeCodes[name]
	if !known {
		common.Throw(u.vu.Runtime(), fmt.Errorf("no outcome is called %q", name))
	}
	detail := ""
	if text := arguments.Argument(1); !common.IsNullish(text) {
		detail = text.String()
	}
	if u.vu.Context().Err() != nil {
		return sobek.Undefined() // k6 broke the request off itself: the call stays open, and is recorded as unknown
	}
	if u.caller.tooLong.Swap(false) {
		outcome, detail = outcomeWrongAnswer, answerTooLong
	}
	u.caller.mu.Lock()
	defer u.caller.mu.Unlock()
	u.caller.end(u.caller.endUs(nowUs), outcome, detail, u.run.recorder.row)
	return sobek.Undefined()
}

// sampled says whether the answer of the call that just ended is to be told by answered.
func (u *user) sampled(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(u.run.answers.takes(u.caller.current.slot.tool, u.run.sinceT0Us()))
}

// answered notes what was asked and what was answered, of which digests alone are kept.
func (u *user) answered(arguments sobek.FunctionCall) sobek.Value {
	asked, told := arguments.Argument(0).String(), arguments.Argument(1).String()
	u.run.answers.row(u.run.sinceT0Us(), u.caller.current.slot.tool, asked, told)
	return sobek.Undefined()
}

// random is a number in [0, 1) that depends on the seed, the user and the slot alone.
func (u *user) random(sobek.FunctionCall) sobek.Value {
	return u.vu.Runtime().ToValue(u.dice.Float64())
}
