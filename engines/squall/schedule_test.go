package squall

import "testing"

func steady(seed int64, paceMs float64) *Config {
	return &Config{
		Seed: seed, PaceMs: paceMs, Users: UserRange{0, 10},
		Tools:  []Tool{{"often", 3}, {"never", 0}, {"seldom", 1}},
		Phases: []Phase{{ID: "steady", StartMs: 0, EndMs: 100_000, UsersFrom: 10, UsersTo: 10}},
	}
}

func allSlots(s *schedule) []slot {
	var slots []slot
	for next, more := s.peek(noTime); more; next, more = s.peek(noTime) {
		slots = append(slots, next)
		s.pop()
	}
	return slots
}

func TestScheduleDependsOnSeedAndUserAlone(t *testing.T) {
	first, again := allSlots(newSchedule(steady(7, 1000), 3)), allSlots(newSchedule(steady(7, 1000), 3))
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("slot %d of the same seed and user: %v, then %v", i, first[i], again[i])
		}
	}
	for why, other := range map[string]*schedule{
		"another seed": newSchedule(steady(8, 1000), 3), "another user": newSchedule(steady(7, 1000), 4),
	} {
		if first[0].atUs == allSlots(other)[0].atUs {
			t.Errorf("%s has the same first slot, at %d µs", why, first[0].atUs)
		}
	}
}

func TestSchedulePace(t *testing.T) {
	firsts := make([]int64, 0, 1000)
	for user := range 1000 {
		config := steady(1, 1000)
		config.Phases[0].UsersFrom, config.Phases[0].UsersTo = 1000, 1000
		slots := allSlots(newSchedule(config, user))
		firsts = append(firsts, slots[0].atUs)
		for i, s := range slots {
			if s.number != uint64(i) {
				t.Fatalf("slot %d has number %d", i, s.number)
			}
			if i == 0 {
				continue
			}
			if gap := s.atUs - slots[i-1].atUs; gap < 500_000 || gap >= 1_500_000 {
				t.Fatalf("a gap of %d µs is not within [0.5, 1.5] of a second", gap)
			}
		}
		if n := len(slots); n < 85 || n > 115 {
			t.Errorf("user %d has %d slots in 100 s at one a second", user, n)
		}
		if last := slots[len(slots)-1].atUs; last >= 100_000_000 {
			t.Errorf("a slot at %d µs lies behind the end", last)
		}
	}
	// Users spread over their first second: each tenth of it holds about a tenth of them.
	tenths := [10]int{}
	for _, at := range firsts {
		tenths[at/100_000]++
	}
	for i, n := range tenths {
		if n < 60 || n > 140 {
			t.Errorf("tenth %d of the first second holds %d of 1000 users", i, n)
		}
	}
}

func TestToolMixFollowsTheWeights(t *testing.T) {
	counts := [3]int{}
	for user := range 10 {
		for _, s := range allSlots(newSchedule(steady(5, 20), user)) {
			counts[s.tool]++
		}
	}
	if counts[1] != 0 {
		t.Errorf("a tool of weight 0 was drawn %d times", counts[1])
	}
	if ratio := float64(counts[0]) / float64(counts[2]); ratio < 2.8 || ratio > 3.2 {
		t.Errorf("weights 3 and 1 gave %d and %d, a ratio of %.2f", counts[0], counts[2], ratio)
	}
}

func TestScheduleHasNoSlotsWhileTheUserIsAway(t *testing.T) {
	config := steady(3, 100)
	config.Phases = []Phase{
		{StartMs: 0, EndMs: 1000, UsersFrom: 10, UsersTo: 10},
		{StartMs: 1000, EndMs: 2000, UsersFrom: 2, UsersTo: 2},
		{StartMs: 2000, EndMs: 3000, UsersFrom: 10, UsersTo: 10},
	}
	for _, s := range allSlots(newSchedule(config, 5)) {
		if s.atUs >= 1_000_000 && s.atUs < 2_000_000 {
			t.Errorf("a slot at %d µs, while only users 0 and 1 are active", s.atUs)
		}
	}
}

func TestWithoutPaceTheNextSlotIsWhereTheUserIsFree(t *testing.T) {
	s := newSchedule(steady(1, 0), 0)
	for _, free := range []int64{noTime, 10, 500, 99_999_999} {
		got, more := s.peek(free)
		if want := max(free, 0); !more || got.atUs != want {
			t.Errorf("free at %d: slot at %d (%v), want %d", free, got.atUs, more, want)
		}
		s.pop()
	}
	if got, more := s.peek(100_000_000); more {
		t.Errorf("a slot at %d µs behind the end", got.atUs)
	}
}
