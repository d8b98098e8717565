package squall

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodConfig = `{"instance":"k6-1","seed":42,"callsPath":"/tmp/calls.ndjson","users":{"first":0,"count":2},"paceMs":4000,
"drainMs":5000,"callTimeoutMs":35000,"barrierTimeoutMs":60000,"tools":[{"name":"echo","weight":8}],
"phases":[{"id":"a","startMs":0,"endMs":10,"usersFrom":0,"usersTo":2},{"id":"b","startMs":10,"endMs":20,"usersFrom":2,"usersTo":2}],
"target":"http://127.0.0.1:1/mcp","with":{}}`

func TestConfig(t *testing.T) {
	for _, test := range []struct {
		why, from, to, wantError string
	}{
		{"as the harness writes it", "", "", ""},
		{"phases with a gap would leave time that nobody planned", `"startMs":10`, `"startMs":11`, "must start where"},
		{"weights of 0 alone leave nothing to call", `"weight":8`, `"weight":0`, "weight above 0 in all"},
		{"no user makes no load", `"count":2`, `"count":0`, "at least one"},
		{"a key that is not known is a misunderstanding", `"seed":42`, `"sead":42`, "unknown field"},
		{"a call without limit could outlast the run", `"callTimeoutMs":35000`, `"callTimeoutMs":0`, "above 0"},
		{"what is said of garbage", `"seed":42`, `"seed":42,"garbage":{"heapMaxBytes":1,"collectAtMs":[0,5]}`, ""},
		{"a heap of nothing would be collected for ever", `"seed":42`, `"seed":42,"garbage":{}`, "heapMaxBytes"},
		{"a moment out of order would hide those after it", `"seed":42`, `"seed":42,"garbage":{"heapMaxBytes":1,"collectAtMs":[5,4]}`, "collectAtMs"},
		{"a moment before the load", `"seed":42`, `"seed":42,"garbage":{"heapMaxBytes":1,"collectAtMs":[-1]}`, "collectAtMs"},
		{"all problems are told at once", `"weight":8`, `"weight":-1`, "weight above 0 in all"},
	} {
		t.Run(test.why, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "load.json")
			text := strings.Replace(goodConfig, test.from, test.to, 1)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readConfig(path)
			if (err == nil) != (test.wantError == "") || (err != nil && !strings.Contains(err.Error(), test.wantError)) {
				t.Errorf("got error %v, want %q", err, test.wantError)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	var got []command
	err := readCommands(strings.NewReader("{\"t0Us\":12}\n{\"stop\":true}\n"), func(c command) { got = append(got, c) })
	if err == nil || !strings.Contains(err.Error(), "harness is gone") {
		t.Errorf("the pipe's end gave %v", err)
	}
	if len(got) != 2 || got[0].T0Us == nil || *got[0].T0Us != 12 || !got[1].Stop {
		t.Errorf("got %+v", got)
	}
	if err := readCommands(strings.NewReader("stop!\n"), func(command) {}); err == nil || !strings.Contains(err.Error(), "not understood") {
		t.Errorf("nonsense gave %v", err)
	}
}

func TestLimit(t *testing.T) {
	config := &Config{CallTimeoutMs: 35_000, DrainMs: 5_000}
	for _, test := range []struct {
		why          string
		nowUs, endUs int64
		wantUs       int64
	}{
		{"far from the end the call's own limit holds", 0, 100_000_000, 35_000_000},
		{"near the end the drain's end cuts it", 90_000_000, 100_000_000, 15_000_000},
		{"sent in the drain, it has the rest of it", 104_000_000, 100_000_000, 1_000_000},
	} {
		if got := config.limitUs(test.nowUs, test.endUs); got != test.wantUs {
			t.Errorf("%s: got %d, want %d", test.why, got, test.wantUs)
		}
	}
}
