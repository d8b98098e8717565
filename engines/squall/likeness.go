package squall

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// comparedBytesMax bounds what is taken apart of one answer: what is made up is small, and users share the processors.
const comparedBytesMax = 8 << 10

// What stands in a made-up answer for what it was asked, and for what anybody can draw: a time, an id.
const (
	askedMark = "<asked>"
	drawnMark = "<drawn>"
)

// Of what anybody can draw.
var (
	// A date with a time (RFC 3339, or as PostgreSQL writes it), or a UUID (RFC 9562).
	timeOrUUID = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?|` +
		`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	// Seconds, milliseconds or microseconds since 1970, until 2033.
	epoch = regexp.MustCompile(`^1\d{9}(\d{3}|\d{6})?(\.\d+)?$`)
)

// drawnLettersMin is how long a word of letters and digits must be to be an id that was drawn, and no name or number.
const drawnLettersMin = 8

// withoutAsked gives an answer without what it repeats of the question, times and drawn ids, and how many facts are left:
// numbers but 0, and lines of text with a word that is none of these. No facts where it is not JSON, or longer than
// comparedBytesMax.
func withoutAsked(asked, answer string) (rest string, facts int) {
	var value any
	decoder := json.NewDecoder(strings.NewReader(answer))
	decoder.UseNumber()
	if len(answer) > comparedBytesMax || decoder.Decode(&value) != nil {
		return "", 0
	}
	left := remainder{asked: map[string]bool{}}
	for _, word := range words(asked) {
		left.asked[word] = true
	}
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
			r.text.WriteString(key + ":")
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

func words(text string) []string { return strings.FieldsFunc(text, isNoWord) }

// isNoWord is false of the brackets of a mark, too.
func isNoWord(letter rune) bool {
	return !unicode.IsLetter(letter) && !unicode.IsDigit(letter) && letter != '<' && letter != '>'
}

// isDrawn is true of a word like 8f3a9b2c: long, of letters and digits.
func isDrawn(word string) bool {
	return len(word) >= drawnLettersMin && strings.ContainsFunc(word, unicode.IsLetter) && strings.ContainsFunc(word, unicode.IsDigit)
}
