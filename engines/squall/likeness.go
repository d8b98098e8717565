package squall

import (
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// comparedBytesMax bounds what is taken apart of one answer: what is made up is small, and users share the processors.
const comparedBytesMax = 8 << 10

// What stands in a made-up answer for what it was asked, and for what anybody can draw: a time, an id.
const (
	askedMark = "\ue000"
	drawnMark = "\ue001"
)

// Of what anybody can draw.
var (
	// A date with a time (RFC 3339, or as PostgreSQL writes it), or a UUID (RFC 9562).
	timeOrUUID = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?|` +
		`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	// Seconds, milliseconds or microseconds since 1970, until 2033.
	epoch = regexp.MustCompile(`^1\d{9}(\d{3}|\d{6})?(\.\d+)?$`)
)

// A word of that length, that changes so often between letters and digits, is an id that was drawn: no name, no number,
// and no name with a number behind it.
const (
	drawnLettersMin = 8
	drawnChangesMin = 3
)

// withoutAsked gives an answer without what it repeats of the question, times and drawn ids, and how many facts are left:
// numbers but 0, and lines of text with a word that is none of these. No facts where it is not JSON, or longer than
// comparedBytesMax.
func withoutAsked(asked, answer string) (rest string, facts int) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(answer))
	decoder.UseNumber()
	if len(answer) > comparedBytesMax || decoder.Decode(&value) != nil || decoder.Decode(&struct{}{}) != io.EOF {
		return "", 0
	}
	left := remainder{asked: wordsOf(asked)}
	left.take(value)
	return left.text.String(), left.facts
}

type remainder struct {
	asked map[string]bool
	text  strings.Builder
	facts int
}

func (r *remainder) take(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			for word := range strings.FieldsFuncSeq(key, isNoWord) {
				if r.asked[word] {
					word = askedMark
				}
				r.text.WriteString(word + " ")
			}
			r.text.WriteByte(':')
			r.take(value[key])
		}
		r.text.WriteByte('}')
	case []any:
		for _, one := range value {
			r.take(one)
		}
		r.text.WriteByte(']')
	case string:
		for line := range strings.SplitSeq(value, "\n") {
			r.fact(timeOrUUID.ReplaceAllString(line, " "+drawnMark+" "))
		}
	case json.Number:
		if epoch.MatchString(value.String()) {
			r.fact(drawnMark)
		} else {
			r.fact(value.String())
		}
	case bool:
		if value {
			r.text.WriteByte('+')
		}
	}
	r.text.WriteByte(',')
}

// fact takes a number, or a line of a text.
func (r *remainder) fact(line string) {
	says := false
	for word := range strings.FieldsFuncSeq(line, isNoWord) {
		switch {
		case r.asked[word]:
			word = askedMark
		case word == drawnMark || isDrawn(word):
			word = drawnMark
		default:
			says = says || word != "0" // so many of nothing
		}
		r.text.WriteString(word + " ")
	}
	if says {
		r.facts++
	}
}

// wordsOf a question: arguments as JSON, or an HTTP path, of which the words are escaped, and its body.
func wordsOf(asked string) map[string]bool {
	found := map[string]bool{}
	add := func(text string) {
		for word := range strings.FieldsFuncSeq(text, isNoWord) {
			found[word] = true
		}
	}
	add(asked)
	if plain, err := url.QueryUnescape(asked); err == nil {
		add(plain)
	}
	var value any
	if json.Unmarshal([]byte(asked), &value) == nil {
		eachText(value, add)
	}
	return found
}

// eachText gives the texts in a JSON value as they are, where its source has them escaped.
func eachText(value any, take func(string)) {
	switch value := value.(type) {
	case map[string]any:
		for _, one := range value {
			eachText(one, take)
		}
	case []any:
		for _, one := range value {
			eachText(one, take)
		}
	case string:
		take(value)
	}
}

// isNoWord is false of a mark, too.
func isNoWord(letter rune) bool {
	return !unicode.IsLetter(letter) && !unicode.IsDigit(letter) && letter != '\ue000' && letter != '\ue001'
}

// isDrawn is true of a word like 8f3a9b2c.
func isDrawn(word string) bool {
	changes, wasDigit := 0, false
	for at, letter := range word {
		isDigit := unicode.IsDigit(letter)
		if at > 0 && isDigit != wasDigit {
			changes++
		}
		wasDigit = isDigit
	}
	return len(word) >= drawnLettersMin && changes >= drawnChangesMin
}
