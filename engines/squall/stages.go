package squall

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// standaloneLead is the time from the last session to t0 when no harness sets it.
const standaloneLead = 20 * time.Millisecond

// conduct leads the run through its stages: everyone ready, t0, the end of the phases, the drain, the cut.
func (r *run) conduct() {
	defer close(r.stages)
	if err := r.waitForSessions(); err != nil {
		r.abort(err)
		return
	}
	garbage := newCollector(r.config, r.tellCollection)
	if garbage != nil {
		garbage.collect() // what the sessions have left; nobody calls yet
	}
	r.events.send(map[string]any{"ready": map[string]int64{"users": int64(len(r.callers)), "without": r.failed.Load()}})
	if !r.waitForStart() {
		return
	}
	r.beating.Add(1)
	go r.beat()
	if garbage != nil {
		go garbage.run(r.sinceT0Us, r.over)
	}
	if !r.waitForEnd() {
		return
	}
	r.drain()
}

func (r *run) tellCollection(fromUs, tookUs int64) {
	r.events.send(map[string]any{"collected": map[string]int64{"t": fromUs, "us": tookUs}})
}

// waitForSessions has a limit from the moment on that the target is up; for that it waits as long as the harness lives.
func (r *run) waitForSessions() error {
	select {
	case <-r.opened:
	case <-r.ending:
		return errors.New("stopped before the target was up")
	case <-r.aborted:
		return errors.New("aborted before the target was up")
	case <-r.over:
		return errors.New("k6 ended before the target was up")
	}
	limit := time.NewTimer(time.Duration(r.config.BarrierTimeoutMs * float64(time.Millisecond)))
	defer limit.Stop()
	select {
	case <-r.met:
	case <-r.ending:
		return errors.New("stopped before all users were ready")
	case <-r.aborted:
		return errors.New("aborted before all users were ready")
	case <-r.over:
		return errors.New("k6 ended before all users were ready")
	case <-limit.C:
		return fmt.Errorf("%d of %d users had a session after %v ms, and %d failed to get one",
			r.sessions.Load(), len(r.callers), r.config.BarrierTimeoutMs, r.failed.Load())
	}
	// Where some have one, the server is there, and what it refuses to the others is its answer to so many users.
	if r.sessions.Load() == 0 {
		return fmt.Errorf("none of %d users could open a session", len(r.callers))
	}
	return nil
}

// waitForStart takes t0 from the harness and returns at t0. It waits for that word as long as the harness lives.
func (r *run) waitForStart() bool {
	if r.config.Standalone {
		r.goes <- r.clock.nowUs() + standaloneLead.Microseconds()
	}
	select {
	case t0Us := <-r.goes:
		r.t0Us.Store(t0Us)
	case <-r.ending:
		r.t0Us.Store(r.clock.nowUs())
	case <-r.aborted:
		return false
	case <-r.over:
		return false
	}
	if !r.sleepUntil(0, r.ending) {
		return false
	}
	close(r.started)
	return true
}

func (r *run) waitForEnd() bool { return r.sleepUntil(r.endUs.Load(), r.ending) }

// sleepUntil waits for a time since t0, or until early closes; false means that the run was aborted or is over.
func (r *run) sleepUntil(atUs int64, early <-chan struct{}) bool {
	timer := time.NewTimer(time.Duration(atUs-r.sinceT0Us()) * time.Microsecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-early:
	case <-r.aborted:
		return false
	case <-r.over:
		return false
	}
	return true
}

// waitForSlot waits for a slot, since t0; false when the run ended or was aborted before it.
func (r *run) waitForSlot(atUs int64, aborted <-chan struct{}) bool {
	if wait := time.Duration(atUs-r.sinceT0Us()) * time.Microsecond; wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.ending:
			return atUs < r.endUs.Load()
		case <-aborted:
			return false
		}
	}
	return true
}

// sleepUntilEnd keeps a user that has no slot left until the phases end, so that the run lasts as long as planned.
func (r *run) sleepUntilEnd(aborted <-chan struct{}) {
	timer := time.NewTimer(time.Duration(r.endUs.Load()-r.sinceT0Us()) * time.Microsecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.ending:
	case <-aborted:
	}
}

// drain gives open calls their time, then cuts them. A user that is free leaves by itself.
func (r *run) drain() {
	defer r.endDrain()
	ctx, done := context.WithTimeout(context.Background(), time.Duration(r.config.DrainMs*float64(time.Millisecond)))
	defer done()
	select {
	case <-ctx.Done():
	case <-r.over:
		return
	case <-r.aborted:
		return
	}
	for _, user := range r.callers {
		r.cut(user)
	}
}

func (r *run) cut(user *caller) {
	user.mu.Lock()
	defer user.mu.Unlock()
	user.cut = true
	if user.state != callerCalling {
		return
	}
	user.close(r.sinceT0Us(), r.endUs.Load(), r.recorder.row)
	if user.cancel != nil {
		user.cancel()
	}
}
