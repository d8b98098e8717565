package squall

import (
	"time"
)

const beatEvery = time.Second

func (r *run) beat() {
	defer r.beating.Done()
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			r.beatOnce()
		case <-r.over:
			return
		}
	}
}

// beatOnce reads the time first: a slot that comes due while the users are looked through belongs to the next beat.
func (r *run) beatOnce() {
	nowUs, open, oldestUs := r.sinceT0Us(), 0, int64(noTime)
	endUs := r.endUs.Load()
	for _, user := range r.callers {
		user.mu.Lock()
		if user.state == callerCalling {
			open++
		}
		if atUs := user.oldestUs(nowUs, endUs); atUs != noTime && (oldestUs == noTime || atUs < oldestUs) {
			oldestUs = atUs
		}
		user.mu.Unlock()
	}
	r.recorder.beat(nowUs, open, oldestUs)
	r.answers.beat(nowUs)
}
