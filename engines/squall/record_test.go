package squall

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func openRecorder(t *testing.T) (*recorder, func() []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "calls.ndjson")
	r, err := newRecorder(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return r, func() []string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
}

func TestStreamIsWrittenAsDocumented(t *testing.T) {
	r, lines := openRecorder(t)
	clock, err := newMonotonicClock()
	if err != nil {
		t.Fatal(err)
	}
	r.begin(&Config{Instance: "k6-1", Tools: []Tool{{"get_customer", 1}}}, clock)
	r.row(&call{user: 7, slot: slot{atUs: 1000}, readyUs: 900, startedUs: 1100, endedUs: 2000})
	r.row(&call{user: 8, slot: slot{atUs: 1500}, readyUs: 3000, startedUs: noTime, endedUs: noTime, outcome: outcomeUnsent})
	r.beat(2500, 1, 1500)
	r.beat(2600, 0, noTime)
	r.row(&call{user: 7, slot: slot{atUs: 4000}, readyUs: 2000, startedUs: 4000, endedUs: 5000, outcome: 5, detail: "<no>"})
	if rows, err := r.end(6000, "planned"); rows != 3 || err != nil {
		t.Errorf("end: %d rows, %v", rows, err)
	}
	got := lines()
	var first struct {
		Stream, Instance, BootID string
		Version                  int
		Columns, Outcomes        []string
		Clock                    struct{ MonotonicUs, WallUnixUs int64 }
	}
	if err := json.Unmarshal([]byte(got[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Stream != "calls" || first.Version != 1 || len(first.Columns) != 8 || len(first.Outcomes) != 14 ||
		first.BootID == "" || first.Clock.MonotonicUs == 0 || first.Clock.WallUnixUs == 0 {
		t.Errorf("header %s", got[0])
	}
	want := []string{
		`{"dict":["tool",0,"get_customer"]}`,
		`[7,0,1000,900,1100,2000,0,null]`,
		`[8,0,1500,3000,null,null,12,null]`,
		`{"beat":[2500,2,1,1500]}`,
		`{"beat":[2600,2,0,null]}`,
		`{"dict":["error",0,"\u003cno\u003e"]}`,
		`[7,0,4000,2000,4000,5000,5,0]`,
		`{"end":{"reason":"planned","rows":3,"t":6000}}`,
	}
	for i, line := range want {
		if got[i+1] != line {
			t.Errorf("line %d: got %s, want %s", i+2, got[i+1], line)
		}
	}
}

func TestErrorTextsAreBounded(t *testing.T) {
	r, lines := openRecorder(t)
	long := strings.Repeat("é", 400) // with the x before them, byte 500 lies inside one
	r.row(&call{detail: "x" + long})
	for i := range detailKindsMax + 500 {
		r.row(&call{detail: fmt.Sprintf("request %d failed", i)})
	}
	if _, err := r.end(1, "planned"); err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for _, line := range lines() {
		var entry struct{ Dict []any }
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Dict == nil {
			continue
		}
		kinds++
		text, _ := entry.Dict[2].(string)
		if len(text) > detailBytesMax || !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) {
			t.Errorf("a text of %d bytes: %q", len(text), text)
		}
	}
	if want := detailKindsMax + 1; kinds != want {
		t.Errorf("%d kinds of error in the dictionary, want %d", kinds, want)
	}
	if last := lines()[len(lines())-2]; !strings.HasSuffix(last, fmt.Sprintf(",%d]", detailKindsMax)) {
		t.Errorf("the last row %s does not name the shared text, number %d", last, detailKindsMax)
	}
}

func TestAFullDiskEndsTheRunOnce(t *testing.T) {
	file, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	var told []error
	r := recordTo(file, func(err error) { told = append(told, err) })
	r.row(&call{})
	r.row(&call{})
	if _, err := r.end(1, "planned"); err == nil {
		t.Error("the end of a stream that could not be written is no success")
	}
	if len(told) != 1 {
		t.Errorf("told %d times: %v", len(told), errors.Join(told...))
	}
}

func TestTwoStreamsDoNotShareAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.ndjson")
	if _, err := newRecorder(path, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := newRecorder(path, nil); err == nil {
		t.Error("a second generator wrote into the first one's stream")
	}
}
