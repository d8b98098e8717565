package squall

import (
	"context"
	"errors"
	"net/http"
	"time"
)

var errCut = errors.New("the run ended")

// cuttable is a user's HTTP transport that can be cut from outside: k6 ends an open request only by ending the whole
// run as a failure. It carries the call's timeout too, which spares k6 reading it from the parameters of each request.
type cuttable struct {
	inner http.RoundTripper
	run   *run
	user  *caller
}

// answered marks the open call's answer as whole, or as not coming, at this moment.
func (t *cuttable) answered() { t.user.answeredUs.Store(t.run.sinceT0Us()) }

// RoundTrip ties the request to the user. The context outlives this function, since the body is read later; k6 ends
// its parent when the request is done, which frees it.
func (t *cuttable) RoundTrip(request *http.Request) (*http.Response, error) {
	limit := time.Duration(t.run.config.CallTimeoutMs * float64(time.Millisecond))
	t.user.mu.Lock()
	if t.user.state == callerCalling { // a call that must first open a session again has one limit for all of it
		limit -= time.Duration(t.run.sinceT0Us()-t.user.current.startedUs) * time.Microsecond
	}
	ctx, cancel := context.WithTimeout(request.Context(), limit)
	// A session is ended after the cut, too.
	cut := t.user.cut && request.Method != http.MethodDelete
	t.user.cancel = cancel
	t.user.mu.Unlock()
	if cut {
		cancel()
		return nil, errCut
	}
	response, err := t.inner.RoundTrip(request.WithContext(ctx))
	if err == nil {
		bound(response, &t.user.tooLong, t.answered)
	} else {
		t.answered()
	}
	return response, err
}
