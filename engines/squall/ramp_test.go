package squall

import (
	"reflect"
	"testing"
)

func TestActivity(t *testing.T) {
	upHoldDown := []Phase{
		{ID: "up", StartMs: 0, EndMs: 1000, UsersFrom: 0, UsersTo: 10},
		{ID: "hold", StartMs: 1000, EndMs: 3000, UsersFrom: 10, UsersTo: 10},
		{ID: "down", StartMs: 3000, EndMs: 4000, UsersFrom: 10, UsersTo: 0},
		{ID: "up again", StartMs: 4000, EndMs: 5000, UsersFrom: 0, UsersTo: 5},
	}
	jump := []Phase{
		{ID: "two", StartMs: 0, EndMs: 1000, UsersFrom: 2, UsersTo: 2},
		{ID: "four", StartMs: 1000, EndMs: 2000, UsersFrom: 4, UsersTo: 4},
	}
	for _, test := range []struct {
		why    string
		phases []Phase
		user   int
		want   []span
	}{
		{"the first user is there from the ramp's start to its last moment, and comes back at once", upHoldDown, 0, []span{{0, 5_000_000}}},
		{"a user in the middle of the ramp comes and goes at its own crossing", upHoldDown, 4, []span{{400_000, 3_600_000}, {4_800_000, 5_000_000}}},
		{"the last user comes when the count rises above its number", upHoldDown, 9, []span{{900_000, 3_100_000}}},
		{"a user above the second ramp's peak stays away", upHoldDown, 5, []span{{500_000, 3_500_000}}},
		{"a user above every phase never comes", upHoldDown, 10, nil},
		{"a jump between phases acts at the border", jump, 3, []span{{1_000_000, 2_000_000}}},
		{"a border without change does not cut a stretch in two", jump, 1, []span{{0, 2_000_000}}},
	} {
		t.Run(test.why, func(t *testing.T) {
			if got := activity(test.phases, test.user); !reflect.DeepEqual(got, test.want) {
				t.Errorf("user %d: got %v, want %v", test.user, got, test.want)
			}
		})
	}
}

// The sum of all users' activity must be the area under the line of users, whatever the ramps.
func TestActivityCoversTheLine(t *testing.T) {
	phases := []Phase{
		{StartMs: 0, EndMs: 20_000, UsersFrom: 0, UsersTo: 1000},
		{StartMs: 20_000, EndMs: 50_000, UsersFrom: 1000, UsersTo: 1000},
		{StartMs: 50_000, EndMs: 60_000, UsersFrom: 1000, UsersTo: 250},
	}
	sum := int64(0)
	for user := range 1000 {
		for _, s := range activity(phases, user) {
			sum += s.endUs - s.startUs
		}
	}
	want := (20.0*500 + 30*1000 + 10*625) * 1e6
	if got := float64(sum); got < want*0.999 || got > want*1.001 {
		t.Errorf("users were active %.0f µs in all, the line's area is %.0f", got, want)
	}
}
