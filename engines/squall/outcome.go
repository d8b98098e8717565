package squall

// outcomes are the classes of src/domain/outcome.ts in the same order, which is their code in a calls stream.
// A test on the TypeScript side reads this list and compares.
var outcomes = []string{
	"ok",
	"expected",
	"degraded",
	"rate_limited",
	"application_error",
	"tool_error",
	"rpc_error",
	"http_error",
	"transport",
	"timeout",
	"wrong_answer",
	"unknown",
	"unsent",
	"generator_error",
}

var outcomeCodes = func() map[string]int {
	codes := make(map[string]int, len(outcomes))
	for code, name := range outcomes {
		codes[name] = code
	}
	return codes
}()

// The classes that the generator gives by itself; all others come from the scenario's classifier.
var (
	outcomeUnknown        = outcomeCodes["unknown"]
	outcomeUnsent         = outcomeCodes["unsent"]
	outcomeGeneratorError = outcomeCodes["generator_error"]
	outcomeWrongAnswer    = outcomeCodes["wrong_answer"] // of an answer that is not taken whole
)
