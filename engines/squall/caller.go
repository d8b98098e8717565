package squall

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

type callerState int

const (
	callerFree    callerState = iota // between calls: a slot may have come due
	callerTaken                      // has a slot, has not sent it
	callerCalling                    // a call is open
	callerLeft                       // makes no further call
)

// slotSource gives a user's slots in the order of time; schedule is the one there is outside tests.
type slotSource interface {
	peek(freeUs int64) (slot, bool)
	pop()
	paced() bool
}

// caller is one user: its schedule, the call it has open, and what that call made wait. It knows no clock: every
// time is given to it, so its rules can be tested on times of a test's choosing. mu guards everything in it, since
// the end of the run and the beat look in from outside.
type caller struct {
	mu       sync.Mutex
	number   int
	schedule slotSource
	state    callerState
	freeUs   int64 // until when a call, or being told to wait, kept it; noTime before the first
	current  call
	dice     rand.PCG // for the scenario's arguments; seeded anew for every slot
	seed     uint64
	cancel   context.CancelFunc // ends the HTTP request in flight
	cut      bool
	tooLong  atomic.Bool // the answer of the call in flight was cut at answerBytesMax
	// When the last answer of the call in flight had come whole, or failed; noTime: none has. Read without mu.
	answeredUs atomic.Int64
}

func newCaller(config *Config, number int) *caller {
	return &caller{
		number: number, schedule: newSchedule(config, number), freeUs: noTime, seed: scatter(uint64(config.Seed)),
	}
}

// endUs is when the open call ended, of which the script says so at nowUs: when its answer had come. What the script
// did with the answer since is the generator's own time: the user counts as free meanwhile, and is late by itself.
func (c *caller) endUs(nowUs int64) int64 {
	answeredUs := c.answeredUs.Load()
	if c.state != callerCalling || answeredUs < c.current.startedUs || answeredUs > nowUs {
		return nowUs
	}
	return answeredUs
}

// take gives the user its next slot, at nowUs. The first slot that came due during the last call has waited and goes now;
// those behind it are recorded as unsent. From endUs on nothing starts: a user that is only free then, or whose script
// only asks then, records what had come due before, and leaves. False means that it left.
func (c *caller) take(nowUs, endUs int64, record func(*call)) bool {
	next, more := c.schedule.peek(c.freeUs)
	if !more || next.atUs >= endUs {
		c.state = callerLeft
		return false
	}
	if readyUs := max(nowUs, c.freeUs); c.freeUs != noTime && readyUs >= endUs {
		if c.schedule.paced() {
			c.dropDue(endUs-1, readyUs, record)
		}
		c.state = callerLeft
		return false
	}
	c.schedule.pop()
	c.current = call{user: c.number, slot: next, readyUs: c.freeUs, startedUs: noTime, endedUs: noTime}
	if c.freeUs == noTime {
		c.current.readyUs = next.atUs
	}
	if c.schedule.paced() {
		c.dropDue(c.freeUs, c.freeUs, record)
	}
	c.state = callerTaken
	c.dice.Seed(c.seed^scatter(uint64(c.number)), scatter(next.number))
	return true
}

// dropDue records every slot due by untilUs as unsent.
func (c *caller) dropDue(untilUs, readyUs int64, record func(*call)) {
	for {
		due, more := c.schedule.peek(c.freeUs)
		if !more || due.atUs > untilUs {
			return
		}
		c.schedule.pop()
		record(&call{
			user: c.number, slot: due, readyUs: readyUs, startedUs: noTime, endedUs: noTime, outcome: outcomeUnsent,
		})
	}
}

// begin marks the taken slot's call as sent.
func (c *caller) begin(nowUs int64) {
	if c.state == callerTaken {
		c.current.startedUs = nowUs
		c.state = callerCalling
	}
}

// end records the open call; one that never began (the script threw before) started where it ended. A call that was
// cut meanwhile has its row, so its end is dropped.
func (c *caller) end(nowUs int64, outcome int, detail string, record func(*call)) {
	if c.state != callerTaken && c.state != callerCalling {
		return
	}
	if c.state == callerTaken {
		c.current.startedUs = nowUs
	}
	c.current.endedUs, c.current.outcome, c.current.detail = nowUs, outcome, detail
	record(&c.current)
	c.freeUs, c.state = nowUs, callerFree
}

// rest keeps the user from its next call until untilUs: the system asked for that, so that it is not ready before.
func (c *caller) rest(untilUs int64) {
	if c.state == callerFree && untilUs > c.freeUs {
		c.freeUs = untilUs
	}
}

// close ends the user's part of the run at nowUs, if it has not ended by itself: an open call is unknown, and what
// waited behind it is unsent. Slots of a user that stopped calling without being told to are the generator's fault.
func (c *caller) close(nowUs, endUs int64, record func(*call)) {
	untilUs := min(nowUs, endUs-1)
	switch c.state {
	case callerCalling:
		c.end(nowUs, outcomeUnknown, "", record)
		if c.schedule.paced() {
			c.dropDue(untilUs, nowUs, record)
		}
	case callerTaken, callerFree:
		if c.state == callerTaken && c.current.slot.atUs <= untilUs {
			c.end(nowUs, outcomeGeneratorError, lostUser, record)
		}
		c.failDue(nowUs, untilUs, record)
	case callerLeft:
	}
	c.state = callerLeft
}

const lostUser = "the user's script ended before the run did"

// failDue records slots that no script was there to send.
func (c *caller) failDue(nowUs, untilUs int64, record func(*call)) {
	if !c.schedule.paced() {
		return
	}
	for {
		due, more := c.schedule.peek(c.freeUs)
		if !more || due.atUs > untilUs {
			return
		}
		c.schedule.pop()
		record(&call{
			user: c.number, slot: due, readyUs: due.atUs, startedUs: nowUs, endedUs: nowUs,
			outcome: outcomeGeneratorError, detail: lostUser,
		})
	}
}

// oldestUs is when the oldest slot was due, by nowUs, that has no row yet; noTime if there is none.
func (c *caller) oldestUs(nowUs, endUs int64) int64 {
	atUs := int64(noTime)
	switch c.state {
	case callerTaken, callerCalling:
		atUs = c.current.slot.atUs
	case callerFree:
		if next, more := c.schedule.peek(c.freeUs); more && next.atUs < endUs && c.schedule.paced() {
			atUs = next.atUs
		}
	case callerLeft:
	}
	if atUs > nowUs {
		return noTime
	}
	return atUs
}
