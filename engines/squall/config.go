package squall

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// ConfigEnv names the environment variable that holds the path of the load's configuration.
const ConfigEnv = "SQUALL_LOAD"

// Config is one generator's share of a load: which users it plays, when they are active, what they call.
// The harness writes it; durations are milliseconds and may have fractions.
type Config struct {
	Instance         string          `json:"instance"`
	Seed             int64           `json:"seed"`
	CallsPath        string          `json:"callsPath"`
	AnswersPath      string          `json:"answersPath"` // empty: no answers are sampled
	Users            UserRange       `json:"users"`
	PaceMs           float64         `json:"paceMs"` // 0 means without pace: the next slot is at once
	DrainMs          float64         `json:"drainMs"`
	CallTimeoutMs    float64         `json:"callTimeoutMs"`
	BarrierTimeoutMs float64         `json:"barrierTimeoutMs"`
	Tools            []Tool          `json:"tools"`
	Phases           []Phase         `json:"phases"`
	Target           string          `json:"target"`     // empty: the harness tells it when the system is up
	With             json.RawMessage `json:"with"`       // the plan's words to the workload, as they were; kept for the record
	Garbage          *Garbage        `json:"garbage"`    // nil: left to Go
	Standalone       bool            `json:"standalone"` // no harness on descriptors 3 and 4: start as soon as all are ready
}

// UserRange is the users [First, First+Count) of the whole run.
type UserRange struct {
	First int `json:"first"`
	Count int `json:"count"`
}

// Tool is a name with its relative share of the slots.
type Tool struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"`
}

// Garbage says when this process's garbage is collected: see collector.
type Garbage struct {
	HeapMaxBytes uint64    `json:"heapMaxBytes"` // let the heap grow so far
	CollectAtMs  []float64 `json:"collectAtMs"`  // since t0, in order; rather then than later
}

// Phase is a stretch [StartMs, EndMs) of the load in which the number of users goes straight from UsersFrom to UsersTo.
type Phase struct {
	ID        string  `json:"id"`
	StartMs   float64 `json:"startMs"`
	EndMs     float64 `json:"endMs"`
	UsersFrom float64 `json:"usersFrom"`
	UsersTo   float64 `json:"usersTo"`
}

// readConfig reads and checks a configuration; its error lists every problem found, not only the first.
func readConfig(path string) (*Config, error) {
	if path == "" {
		return nil, fmt.Errorf("%s must name the load's configuration file", ConfigEnv)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the path is the harness's own
	if err != nil {
		return nil, fmt.Errorf("the load's configuration cannot be read: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	config := &Config{}
	if err := decoder.Decode(config); err != nil {
		return nil, fmt.Errorf("the load's configuration %s is not what this generator reads: %w", path, err)
	}
	return config, config.check()
}

func (c *Config) check() error {
	var problems []error
	wrong := func(format string, values ...any) { problems = append(problems, fmt.Errorf(format, values...)) }
	if c.Instance == "" || c.CallsPath == "" {
		wrong("instance %q and callsPath %q must not be empty", c.Instance, c.CallsPath)
	}
	if c.Standalone && c.Target == "" {
		wrong("target must not be empty where no harness can tell it")
	}
	if c.Users.First < 0 || c.Users.Count < 1 {
		wrong("users must be at least one from 0 on, got first %d, count %d", c.Users.First, c.Users.Count)
	}
	if c.PaceMs < 0 || c.DrainMs < 0 || c.CallTimeoutMs <= 0 || c.BarrierTimeoutMs <= 0 {
		wrong("paceMs %v and drainMs %v must not be negative, callTimeoutMs %v and barrierTimeoutMs %v must be above 0",
			c.PaceMs, c.DrainMs, c.CallTimeoutMs, c.BarrierTimeoutMs)
	}
	if c.Garbage != nil {
		if c.Garbage.HeapMaxBytes == 0 {
			wrong("garbage.heapMaxBytes must be above 0")
		}
		if !slices.IsSorted(c.Garbage.CollectAtMs) || (len(c.Garbage.CollectAtMs) > 0 && c.Garbage.CollectAtMs[0] < 0) {
			wrong("garbage.collectAtMs must rise from 0 on, got %v", c.Garbage.CollectAtMs)
		}
	}
	total := 0.0
	for _, tool := range c.Tools {
		if tool.Weight < 0 || tool.Name == "" {
			wrong("tool %q must have a name and a weight of at least 0, got %v", tool.Name, tool.Weight)
		}
		total += tool.Weight
	}
	if total <= 0 {
		wrong("tools must have a weight above 0 in all, got %v over %d tools", total, len(c.Tools))
	}
	if len(c.Phases) == 0 {
		wrong("there must be at least one phase")
	}
	for i, phase := range c.Phases {
		if phase.EndMs <= phase.StartMs || phase.UsersFrom < 0 || phase.UsersTo < 0 {
			wrong("phase %q must end after its start and have no negative users, got %+v", phase.ID, phase)
		}
		if i > 0 && phase.StartMs != c.Phases[i-1].EndMs {
			wrong("phase %q must start where %q ends, at %v ms, got %v", phase.ID, c.Phases[i-1].ID, c.Phases[i-1].EndMs, phase.StartMs)
		}
	}
	return errors.Join(problems...)
}

func (c *Config) toolNames() []string {
	names := make([]string, len(c.Tools))
	for i, tool := range c.Tools {
		names[i] = tool.Name
	}
	return names
}

// endUs is when the last phase ends, in µs since t0.
func (c *Config) endUs() int64 { return msToUs(c.Phases[len(c.Phases)-1].EndMs) }

func msToUs(ms float64) int64 { return int64(ms*1000 + 0.5) }

// limitUs is what a call that is sent at nowUs may take: its own limit, and no longer than the drain after endUs.
func (c *Config) limitUs(nowUs, endUs int64) int64 {
	return min(msToUs(c.CallTimeoutMs), endUs+msToUs(c.DrainMs)-nowUs)
}
