package squall

// span is a half-open stretch [startUs, endUs) since t0.
type span struct{ startUs, endUs int64 }

// activity lists the stretches in which a user takes part: those in which its number is below the number of users.
// Stretches that touch are one, so that a user does not start its pace anew at a phase's border.
func activity(phases []Phase, user int) []span {
	var spans []span
	for _, phase := range phases {
		part, some := activeWithin(phase, float64(user))
		if !some {
			continue
		}
		if last := len(spans) - 1; last >= 0 && spans[last].endUs == part.startUs {
			spans[last].endUs = part.endUs
			continue
		}
		spans = append(spans, part)
	}
	return spans
}

// activeWithin gives the part of a phase in which usersFrom + (usersTo - usersFrom) x share > user.
func activeWithin(phase Phase, user float64) (span, bool) {
	whole := span{msToUs(phase.StartMs), msToUs(phase.EndMs)}
	before, after := phase.UsersFrom > user, phase.UsersTo > user
	if before && after {
		return whole, true
	}
	if !before && !after {
		return span{}, false
	}
	share := (user - phase.UsersFrom) / (phase.UsersTo - phase.UsersFrom)
	crossing := whole.startUs + int64(share*float64(whole.endUs-whole.startUs)+0.5)
	if before {
		whole.endUs = crossing
	} else {
		whole.startUs = crossing
	}
	return whole, whole.startUs < whole.endUs
}
