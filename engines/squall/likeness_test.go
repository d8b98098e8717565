package squall

import (
	"fmt"
	"strings"
	"testing"
)

// madeUp answers each question alike: what differs was asked, is the time, or was drawn.
var madeUp = map[string]func(int) (asked, answer string){
	"repeats its question": func(at int) (string, string) {
		return fmt.Sprintf(`{"customerId":%d}`, at), fmt.Sprintf(`{"id":%d,"name":"Jane Roe","mail":"jane@shop.test","seats":120,"active":true}`, at)
	},
	"tells the time": func(at int) (string, string) {
		return fmt.Sprintf(`{"region":"r%d"}`, at),
			fmt.Sprintf(`{"at":"2026-11-22T17:40:%02d.5%dZ","ms":17638332%05d,"load":0.75,"nodes":300,"zone":"west"}`, at, at, at)
	},
	"draws an id": func(at int) (string, string) {
		return fmt.Sprintf(`{"title":"t%d"}`, at),
			fmt.Sprintf(`{"ref":"cus_8f3a9b2%x","uuid":"0b0c7a52-6f3e-4d8a-9b1c-%012x","plan":"gold","price":9.5}`, at, at)
	},
	"in words": func(at int) (string, string) {
		return fmt.Sprintf(`{"city":"City%d"}`, at), fmt.Sprintf(`"Weather in City%d:\nsunny all day\nwind from the west\n(2026-11-22 17:40:%02d+00)"`, at, at)
	},
	"by a key": func(at int) (string, string) {
		return fmt.Sprintf(`{"id":"c-%d"}`, at), fmt.Sprintf(`{"c-%d":{"name":"Jane","plan":"gold","seats":300}}`, at)
	},
	"escaped": func(at int) (string, string) {
		return fmt.Sprintf(`/towns?q=New%%20York%d `, at), fmt.Sprintf(`{"q":"New York%d","mayor":"Roe","river":"Elm","people":900}`, at)
	},
	"on a line of its own": func(at int) (string, string) {
		return fmt.Sprintf(`{"text":"a\nb%d"}`, at), fmt.Sprintf(`{"was":"<b>b%d</b>","mood":"good","words":200,"by":"me"}`, at)
	},
	"in a list": func(at int) (string, string) {
		return fmt.Sprintf(`/orders/order-%d?limit=2 `, at), fmt.Sprintf(`[{"order":"order-%d","sum":51},{"order":"order-%d","sum":72,"by":"post"}]`, at, at)
	},
}

func TestWithoutWhatWasAskedMadeUpAnswersAreOne(t *testing.T) {
	for name, answerOf := range madeUp {
		asked, answer := answerOf(0)
		first, facts := withoutAsked(asked, answer)
		if facts < 3 {
			t.Errorf("%s: %d facts are left of %s", name, facts, answer)
		}
		for at := 1; at < 20; at++ {
			asked, answer := answerOf(at)
			if rest, _ := withoutAsked(asked, answer); rest != first {
				t.Errorf("%s: %s leaves %s, and not %s", name, answer, rest, first)
			}
		}
	}
}

func TestWhatTellsSomethingIsLeft(t *testing.T) {
	for _, pair := range []struct{ asked, one, other string }{
		{`{"id":1}`, `{"id":1,"name":"Jane"}`, `{"id":1,"name":"John"}`},
		{`{"id":1}`, `{"seats":12}`, `{"seats":13}`},
		{`{"id":1}`, `{"active":true}`, `{"active":false}`},
		{`{"id":1}`, `{"items":[]}`, `{"items":[{}]}`},
		{`{"id":1}`, `{"a":"x"}`, `{"b":"x"}`},
		{`{"id":1}`, `{"rows":[["x"],["y"]]}`, `{"rows":[["x","y"]]}`},
		{`{"id":1}`, `{"sum":1763}`, `{"sum":1764}`},
		{`{"id":1}`, `{"born":"2001-02-03"}`, `{"born":"2001-02-04"}`},
		{`{"id":1}`, `"customer42@shop.test"`, `"customer43@shop.test"`},
		{`{"id":1}`, `"SKU12345678"`, `"SKU12345679"`},
		{`{"id":1}`, `"31"`, `"41"`}, // a word that holds what was asked is another word
	} {
		one, _ := withoutAsked(pair.asked, pair.one)
		other, _ := withoutAsked(pair.asked, pair.other)
		if one == other {
			t.Errorf("of %s and %s the same is left: %s", pair.one, pair.other, one)
		}
	}
}

func TestFactsAreWhatIsNeitherAskedNorDrawn(t *testing.T) {
	for answer, want := range map[string]int{
		`{"id":"c-17","found":false,"at":"2026-11-22T17:40:57Z","why":null}`: 0,
		`{"items":[],"total":0,"page":1}`:                                    1,
		`"c-17"`:                                                             0,
		`"Echo: c-17"`:                                                       1,
		`{"name":"Jane","seats":3}`:                                          2,
		`"Name: Jane\nSeats: 3\n"`:                                           2,
		`{"n":1763833257123,"m":17638}`:                                      1,
		`no JSON`:                                                            0,
		"{\"a\":\"b\"}\n{\"c\":\"d\"}\n":                                     0,
		`"` + strings.Repeat("long ", comparedBytesMax) + `"`:                0,
	} {
		if _, got := withoutAsked(`{"id":"c-17"}`, answer); got != want {
			t.Errorf("%.60s has %d facts, want %d", answer, got, want)
		}
	}
}
