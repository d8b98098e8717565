package squall

import "time"

const (
	// sessionsAtOnce keeps the opening of sessions from being a load test of its own: a server's listen backlog is
	// often 128, and a refused first connection says nothing about the plan.
	sessionsAtOnce = 64
	// sessionFailuresTold is how many failed sessions are told one by one; the rest are counted.
	sessionFailuresTold = 20
	// sessionsBetweenEvents spaces out the progress that the harness is told.
	sessionsBetweenEvents = 50
	// sessionsEndMax is how long users wait for their turn to end a session. A server that answers takes a second for a
	// thousand of them; one that does not keeps nobody for long.
	sessionsEndMax = 3 * time.Second
)

// sessionOpened counts a user in, and frees its place among those opening sessions.
func (r *run) sessionOpened() {
	<-r.turns
	if opened := r.sessions.Add(1); opened%sessionsBetweenEvents == 0 {
		r.events.send(map[string]any{"sessions": opened})
	}
	r.countIn()
}

// sessionFailed counts a user in that has no session, and says why for the first ones.
func (r *run) sessionFailed(user int, reason string) {
	<-r.turns
	if r.failed.Add(1) <= sessionFailuresTold {
		r.events.send(map[string]any{
			"sessionFailed": map[string]any{"user": user, "error": cutText(reason, detailBytesMax)},
		})
	}
	r.countIn()
}

func (r *run) countIn() {
	if r.heard.Add(1) == int64(len(r.callers)) {
		close(r.met)
	}
}

// leave says that a user makes no further call, and waits until nobody does: what the last calls take is the system's, and
// none of it is to be owed to the end of a thousand sessions. Then it waits for its turn; left gives that back. False: the
// run is being broken off.
func (r *run) leave(aborted <-chan struct{}) bool {
	if r.left.Add(1) == int64(len(r.callers)) {
		r.endDrain()
	}
	select {
	case <-r.drained:
	case <-aborted:
		return false
	}
	limit := time.NewTimer(sessionsEndMax)
	defer limit.Stop()
	select {
	case r.turns <- struct{}{}:
		return true
	case <-limit.C:
		return false
	case <-aborted:
		return false
	}
}

func (r *run) endDrain() { r.draining.Do(func() { close(r.drained) }) }
