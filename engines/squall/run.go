package squall

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
)

// run is one load in one process, shared by the JavaScript module, which plays the users, and the output, which k6
// starts before the first user and stops after the last.
type run struct {
	config   *Config
	clock    *monotonicClock
	recorder *recorder
	answers  *answers // nil: none are sampled
	events   *events
	callers  []*caller

	target   string        // where the calls go; to be read once opened is closed
	access   access        // the same
	opened   chan struct{} // closed when the target is known and up
	opening  sync.Once
	turns    chan struct{} // a place among those opening sessions
	sessions atomic.Int64
	failed   atomic.Int64
	heard    atomic.Int64  // of so many users, opened or failed
	met      chan struct{} // closed when every user has a session, or has failed to get one
	started  chan struct{} // closed at t0
	goes     chan int64
	t0Us     atomic.Int64  // absolute
	endUs    atomic.Int64  // since t0; nothing starts from here on
	ending   chan struct{} // closed when endUs has been moved to now
	stopping sync.Once
	aborted  chan struct{}
	aborting sync.Once
	over     chan struct{} // closed when the last user has returned
	left     atomic.Int64  // of so many users, that make no further call
	drained  chan struct{} // closed when no call is open any more
	draining sync.Once
	stages   chan struct{} // closed when conduct has returned
	beating  sync.WaitGroup
	callback func(error) // k6's: ends the run as failed; must get an error, and only once
}

func newRun(config *Config) (*run, error) {
	clock, err := newMonotonicClock()
	if err != nil {
		return nil, err
	}
	r := &run{
		config: config, clock: clock, opened: make(chan struct{}), turns: make(chan struct{}, sessionsAtOnce), met: make(chan struct{}),
		started: make(chan struct{}), goes: make(chan int64, 1), ending: make(chan struct{}),
		aborted: make(chan struct{}), over: make(chan struct{}), stages: make(chan struct{}), drained: make(chan struct{}),
	}
	r.endUs.Store(config.endUs())
	if config.Target != "" {
		r.openAt(config.Target, access{})
	}
	for i := range config.Users.Count {
		r.callers = append(r.callers, newCaller(config, config.Users.First+i))
	}
	return r, nil
}

// open makes the stream and listens to the harness. Its release is close.
func (r *run) open() error {
	recorder, err := newRecorder(r.config.CallsPath, r.abort)
	if err != nil {
		return err
	}
	r.recorder = recorder
	recorder.begin(r.config, r.clock)
	if path := r.config.AnswersPath; path != "" {
		if r.answers, err = newAnswers(path, len(r.config.Tools), r.abort); err != nil {
			return err
		}
		r.answers.begin(r.config, r.clock)
	}
	r.events = newEvents(r.config.Standalone)
	if !r.config.Standalone {
		go func() {
			r.abort(readCommands(os.NewFile(commandsDescriptor, "commands"), r.obey))
		}()
	}
	go r.conduct()
	return nil
}

// openAt lets users open their sessions. A second target is none: calls have been recorded against the first.
func (r *run) openAt(target string, how access) {
	r.opening.Do(func() {
		r.target, r.access = target, how
		close(r.opened)
	})
}

func (r *run) obey(c command) {
	if c.Open != "" {
		r.openAt(c.Open, c.access)
	}
	if c.T0Us != nil {
		select {
		case r.goes <- *c.T0Us:
		default: // t0 is set once; a second one would move times already written
		}
	}
	if c.Stop {
		r.stop()
	}
}

// sinceT0Us is now in µs since t0.
func (r *run) sinceT0Us() int64 { return r.clock.nowUs() - r.t0Us.Load() }

// abort ends the run as failed. Once the run is over it does nothing, so the harness may close its pipe then.
func (r *run) abort(err error) {
	r.aborting.Do(func() {
		select {
		case <-r.over:
		default:
			close(r.aborted)
			r.callback(err)
		}
	})
}

// stop ends the run now in the way its plan would have: no new starts, open calls get their drain.
func (r *run) stop() {
	r.stopping.Do(func() {
		select {
		case <-r.started:
			r.endUs.Store(min(r.endUs.Load(), r.sinceT0Us()))
		default:
			r.endUs.Store(0)
		}
		close(r.ending)
	})
}

// close ends the stream after the last user has returned. failure is why k6 ended, nil for an ordinary end.
func (r *run) close(failure error) error {
	close(r.over)
	<-r.stages // from here on nobody else touches users or stream but the beat
	reason := "planned"
	select {
	case <-r.ending:
		reason = "stopped"
	default:
	}
	endedUs := int64(noTime)
	select {
	case <-r.started:
		endedUs = r.sinceT0Us()
		for _, user := range r.callers {
			user.mu.Lock()
			user.close(endedUs, r.endUs.Load(), r.recorder.row)
			user.mu.Unlock()
		}
	default:
		if reason == "planned" {
			reason = "aborted" // the barrier was never met
		}
	}
	if failure != nil {
		reason = "aborted"
	}
	r.beating.Wait()
	rows, err := r.recorder.end(endedUs, reason)
	err = errors.Join(err, r.answers.close(endedUs, reason))
	r.events.send(map[string]any{"end": map[string]any{"t": timeOrNull(endedUs), "rows": rows, "reason": reason}})
	return err
}
