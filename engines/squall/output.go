package squall

import (
	"go.k6.io/k6/metrics"
	"go.k6.io/k6/output"
)

// runOutput is how k6 tells the run when users begin and when the last one has returned. It ignores k6's samples:
// the run has a record of its own.
type runOutput struct{ run *run }

var (
	_ output.WithStopWithTestError = &runOutput{}
	_ output.WithTestRunStop       = &runOutput{}
)

func newOutput(output.Params) (output.Output, error) {
	r, err := theRun()
	if err != nil {
		return nil, err
	}
	return &runOutput{r}, nil
}

func (o *runOutput) Description() string { return "squall (" + o.run.config.CallsPath + ")" }

func (o *runOutput) SetTestRunStopCallback(callback func(error)) { o.run.callback = callback }

func (o *runOutput) Start() error { return o.run.open() }

func (o *runOutput) AddMetricSamples([]metrics.SampleContainer) {}

func (o *runOutput) Stop() error { return o.StopWithTestError(nil) }

// StopWithTestError comes after every user has returned. failure is nil when the run ended in order.
func (o *runOutput) StopWithTestError(failure error) error { return o.run.close(failure) }
