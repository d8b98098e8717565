package squall

import (
	"fmt"
	"reflect"
	"testing"
)

// slotsAt is a schedule of a test's choosing, in ms.
type slotsAt struct {
	ms     []int64
	number uint64
}

func (s *slotsAt) paced() bool { return true }

func (s *slotsAt) pop() { s.ms, s.number = s.ms[1:], s.number+1 }

func (s *slotsAt) peek(int64) (slot, bool) {
	if len(s.ms) == 0 {
		return slot{}, false
	}
	return slot{atUs: s.ms[0] * 1000, number: s.number}, true
}

// story plays a caller and writes down its rows as text, times in ms.
type story struct {
	*caller
	rows  []string
	endMs int64
}

func newStory(endMs int64, slotsMs ...int64) *story {
	c := newCaller(steady(1, 1000), 0)
	c.schedule = &slotsAt{ms: slotsMs}
	return &story{caller: c, endMs: endMs}
}

func (s *story) record(c *call) {
	ms := func(us int64) string {
		if us == noTime {
			return "-"
		}
		return fmt.Sprint(us / 1000)
	}
	s.rows = append(s.rows, fmt.Sprintf("%s due %s ready %s started %s ended %s",
		outcomes[c.outcome], ms(c.slot.atUs), ms(c.readyUs), ms(c.startedUs), ms(c.endedUs)))
}

func (s *story) next() bool { return s.take(s.freeUs, s.endMs*1000, s.record) }

// answered is a call whose answer has come at answeredMs, and whose script is done with it only at doneMs.
func (s *story) answered(fromMs, answeredMs, doneMs int64) {
	s.begin(fromMs * 1000)
	s.answeredUs.Store(answeredMs * 1000)
	s.end(s.endUs(doneMs*1000), outcomeCodes["ok"], "", s.record)
}

func (s *story) calls(fromMs, toMs int64) {
	s.begin(fromMs * 1000)
	s.end(toMs*1000, outcomeCodes["ok"], "", s.record)
}

func (s *story) closes(atMs int64) { s.close(atMs*1000, s.endMs*1000, s.record) }

func TestCaller(t *testing.T) {
	for _, test := range []struct {
		why  string
		play func(s *story)
		from *story
		want []string
	}{
		{
			"a first call is ready when it is due; later ones when the call before ended",
			func(s *story) { s.next(); s.calls(101, 110); s.next(); s.calls(202, 215); s.next() },
			newStory(1000, 100, 200),
			[]string{"ok due 100 ready 100 started 101 ended 110", "ok due 200 ready 110 started 202 ended 215"},
		},
		{
			"who is told to wait is ready after that; of the slots due meanwhile the first goes then, the rest are unsent",
			func(s *story) {
				s.next()
				s.calls(100, 110)
				s.rest(450_000)
				s.next()
				s.calls(451, 460)
				s.next()
				s.calls(500, 510)
				s.next()
			},
			newStory(1000, 100, 200, 300, 400, 500),
			[]string{
				"ok due 100 ready 100 started 100 ended 110",
				"unsent due 300 ready 450 started - ended -", "unsent due 400 ready 450 started - ended -",
				"ok due 200 ready 450 started 451 ended 460", "ok due 500 ready 460 started 500 ended 510",
			},
		},
		{
			"who is told to wait before its first call is no later than that by itself",
			func(s *story) {
				s.rest(250_000)
				s.next()
				s.calls(251, 260)
			},
			newStory(1000, 100, 200, 300),
			[]string{"unsent due 200 ready 250 started - ended -", "ok due 100 ready 250 started 251 ended 260"},
		},
		{
			"who is told to wait beyond the end makes no further call, and what comes due until then is unsent",
			func(s *story) { s.next(); s.calls(100, 110); s.rest(5_000_000); s.next() },
			newStory(1000, 100, 200, 1300),
			[]string{"ok due 100 ready 100 started 100 ended 110", "unsent due 200 ready 5000 started - ended -"},
		},
		{
			"a wait that is shorter than the call before changes nothing",
			func(s *story) {
				s.next()
				s.calls(100, 110)
				s.rest(105_000)
				s.next()
				s.calls(200, 201)
				s.next()
			},
			newStory(1000, 100, 200),
			[]string{"ok due 100 ready 100 started 100 ended 110", "ok due 200 ready 110 started 200 ended 201"},
		},
		{
			"of the slots due during a call one waits and the rest are unsent, ready when the user was next free",
			func(s *story) {
				s.next()
				s.calls(100, 450)
				s.next()
				s.calls(451, 460)
				s.next()
				s.calls(500, 510)
			},
			newStory(1000, 100, 200, 300, 400, 500),
			[]string{
				"ok due 100 ready 100 started 100 ended 450",
				"unsent due 300 ready 450 started - ended -", "unsent due 400 ready 450 started - ended -",
				"ok due 200 ready 450 started 451 ended 460", "ok due 500 ready 460 started 500 ended 510",
			},
		},
		{
			"a slot due in the very moment a call ends waited no time, and is sent",
			func(s *story) { s.next(); s.calls(100, 200); s.next(); s.calls(200, 210) },
			newStory(1000, 100, 200),
			[]string{"ok due 100 ready 100 started 100 ended 200", "ok due 200 ready 200 started 200 ended 210"},
		},
		{
			"a call ends with its answer; what the script does with it makes the next call late by itself, and none unsent",
			func(s *story) {
				s.next()
				s.answered(100, 150, 450)
				s.next()
				s.calls(450, 460)
				s.next()
				s.calls(460, 470)
			},
			newStory(1000, 100, 200, 300),
			[]string{
				"ok due 100 ready 100 started 100 ended 150", "ok due 200 ready 150 started 450 ended 460",
				"ok due 300 ready 460 started 460 ended 470",
			},
		},
		{
			"an answer from before the call, as of a session that it opened, is not its end",
			func(s *story) { s.next(); s.answered(100, 99, 110) },
			newStory(1000, 100),
			[]string{"ok due 100 ready 100 started 100 ended 110"},
		},
		{
			"nothing starts after the end either where only the script came too late; what was due before it is unsent",
			func(s *story) { s.next(); s.answered(100, 150, 450); s.take(450_000, s.endMs*1000, s.record) },
			newStory(400, 100, 200, 300, 500),
			[]string{
				"ok due 100 ready 100 started 100 ended 150",
				"unsent due 200 ready 450 started - ended -", "unsent due 300 ready 450 started - ended -",
			},
		},
		{
			"nothing starts for a user that is free only after the end; what had come due before it is unsent",
			func(s *story) { s.next(); s.calls(100, 450); s.next() },
			newStory(400, 100, 200, 300, 400, 500),
			[]string{
				"ok due 100 ready 100 started 100 ended 450",
				"unsent due 200 ready 450 started - ended -", "unsent due 300 ready 450 started - ended -",
			},
		},
		{
			"a call open at the cut is unknown, and what waited behind it unsent; its late answer is dropped",
			func(s *story) {
				s.next()
				s.begin(100_000)
				s.closes(900)
				s.end(950_000, outcomeCodes["ok"], "", s.record)
			},
			newStory(400, 100, 200, 300, 500),
			[]string{
				"unknown due 100 ready 100 started 100 ended 900",
				"unsent due 200 ready 900 started - ended -", "unsent due 300 ready 900 started - ended -",
			},
		},
		{
			"a script that throws before it sends has started and ended there, and the user goes on",
			func(s *story) {
				s.next()
				s.end(105_000, outcomeGeneratorError, "x", s.record)
				s.next()
				s.calls(200, 210)
			},
			newStory(1000, 100, 200),
			[]string{"generator_error due 100 ready 100 started 105 ended 105", "ok due 200 ready 105 started 200 ended 210"},
		},
		{
			"slots of a user whose script died are no silence: each has a row, up to the end",
			func(s *story) { s.next(); s.calls(100, 110); s.closes(900) },
			newStory(400, 100, 200, 300, 500),
			[]string{
				"ok due 100 ready 100 started 100 ended 110",
				"generator_error due 200 ready 200 started 900 ended 900",
				"generator_error due 300 ready 300 started 900 ended 900",
			},
		},
		{
			"a user that left in order adds nothing at the close",
			func(s *story) { s.next(); s.calls(100, 110); s.next(); s.closes(900) },
			newStory(400, 100, 500),
			[]string{"ok due 100 ready 100 started 100 ended 110"},
		},
	} {
		t.Run(test.why, func(t *testing.T) {
			test.play(test.from)
			if !reflect.DeepEqual(test.from.rows, test.want) {
				t.Errorf("got\n%q\nwant\n%q", test.from.rows, test.want)
			}
		})
	}
}

func TestOldestSlotWithoutARow(t *testing.T) {
	s := newStory(1000, 100, 200, 300)
	expect := func(why string, nowMs, wantMs int64) {
		t.Helper()
		want := wantMs * 1000
		if wantMs < 0 {
			want = noTime
		}
		if got := s.oldestUs(nowMs*1000, s.endMs*1000); got != want {
			t.Errorf("%s: got %d, want %d", why, got, want)
		}
	}
	expect("nothing is due yet", 50, -1)
	expect("a slot that came due and was not taken yet has no row", 150, 100)
	s.next()
	expect("taken ahead of time is not due", 50, -1)
	expect("taken and due", 120, 100)
	s.begin(100_000)
	expect("an open call is older than what waits behind it", 250, 100)
	s.end(250_000, outcomeCodes["ok"], "", s.record)
	expect("what waited is the oldest then", 260, 200)
}

func TestArgumentsDependOnTheSlot(t *testing.T) {
	draw := func(slotsMs ...int64) uint64 {
		s := newStory(10_000, slotsMs...)
		s.next()
		s.calls(100, 250)
		s.next()
		return s.dice.Uint64()
	}
	// The second call is slot 1 in both; that its time differs must not change what is asked.
	if a, b := draw(100, 200), draw(100, 240); a != b {
		t.Errorf("the same slot drew %d and %d", a, b)
	}
	s := newStory(10_000, 100, 200)
	s.next()
	first := s.dice.Uint64()
	s.calls(100, 110)
	s.next()
	if second := s.dice.Uint64(); first == second {
		t.Errorf("slots 0 and 1 drew the same %d", first)
	}
}
