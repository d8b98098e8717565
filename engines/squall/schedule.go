package squall

import (
	"math/rand/v2"
	"sort"
)

// slot is one intended start of a user: when, the how-manieth of that user, and which tool it is for.
type slot struct {
	atUs   int64
	number uint64
	tool   int
}

// schedule makes a user's slots, one after another, from the seed, the user and the phases alone: what the system
// under test does cannot change when, or for which tool, a slot comes.
type schedule struct {
	dice   *rand.Rand
	spans  []span
	paceUs float64
	mix    toolMix
	next   slot
	more   bool
}

func newSchedule(config *Config, user int) *schedule {
	s := &schedule{
		dice:   rand.New(rand.NewPCG(uint64(config.Seed), scatter(uint64(user)))), //nolint:gosec // reproducible on purpose
		spans:  activity(config.Phases, user),
		paceUs: config.PaceMs * 1000,
		mix:    newToolMix(config.Tools),
	}
	s.enterSpan()
	return s
}

func (s *schedule) paced() bool { return s.paceUs > 0 }

// peek gives the next slot without using it up. Without pace that slot is wherever the user is free, which freeUs
// says; a paced schedule does not look at freeUs.
func (s *schedule) peek(freeUs int64) (slot, bool) {
	if s.paced() {
		return s.next, s.more
	}
	for s.more && freeUs >= s.spans[0].endUs {
		s.leaveSpan()
	}
	if s.more && freeUs > s.next.atUs {
		s.next.atUs = freeUs
	}
	return s.next, s.more
}

// pop uses up the slot that peek showed.
func (s *schedule) pop() {
	s.next.number++
	if s.paced() {
		s.next.atUs += int64(s.paceUs * (0.5 + s.dice.Float64()))
	}
	s.next.tool = s.mix.draw(s.dice)
	if s.next.atUs >= s.spans[0].endUs {
		s.leaveSpan()
	}
}

func (s *schedule) leaveSpan() {
	s.spans = s.spans[1:]
	s.enterSpan()
}

// enterSpan places the first slot of the first stretch long enough to have one: a random phase, so that users who
// become active together do not call together.
func (s *schedule) enterSpan() {
	for len(s.spans) > 0 {
		at := s.spans[0].startUs + int64(s.paceUs*s.dice.Float64())
		if at < s.spans[0].endUs {
			s.next.atUs, s.next.tool, s.more = at, s.mix.draw(s.dice), true
			return
		}
		s.spans = s.spans[1:]
	}
	s.more = false
}

// toolMix draws tools by weight: upTo[i] is the sum of the weights of the tools 0 to i.
type toolMix struct{ upTo []float64 }

func newToolMix(tools []Tool) toolMix {
	mix := toolMix{make([]float64, len(tools))}
	sum := 0.0
	for i, tool := range tools {
		sum += tool.Weight
		mix.upTo[i] = sum
	}
	return mix
}

func (m toolMix) draw(dice *rand.Rand) int {
	at := dice.Float64() * m.upTo[len(m.upTo)-1]
	// The first sum above the draw: a tool of weight 0 has the same sum as the one before it, and is never first.
	return min(sort.Search(len(m.upTo), func(i int) bool { return m.upTo[i] > at }), len(m.upTo)-1)
}

// scatter spreads neighbouring numbers over all 64 bits (the finaliser of SplitMix64, Steele et al. 2014), so that
// neighbouring users do not get neighbouring generators.
func scatter(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9
	n = (n ^ (n >> 27)) * 0x94d049bb133111eb
	return n ^ (n >> 31)
}
