package squall

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnswersAreWrittenAsDocumented(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.ndjson")
	a, err := newAnswers(path, 2, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	clock, err := newMonotonicClock()
	if err != nil {
		t.Fatal(err)
	}
	a.begin(&Config{Instance: "k6-1", Tools: []Tool{{"get", 1}, {"list", 1}}}, clock)
	a.row(1000, 1, `{"id":1}`, `{"name":"Ada"}`)
	a.beat(1500)
	a.row(2000, 1, "", `{"name":"Ada"}`)
	if err := a.close(3000, "planned"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "Ada") {
		t.Error("somebody's data are in the record")
	}
	got := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var first header
	if err := json.Unmarshal([]byte(got[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.Stream != "answers" || first.Version != 1 || len(first.Columns) != 6 || first.Outcomes != nil || first.BootID == "" {
		t.Errorf("header %s", got[0])
	}
	want := []string{
		`{"dict":["tool",0,"get"]}`,
		`{"dict":["tool",1,"list"]}`,
		`[1000,1,"d51b1db3d1dff09b","34a9c3fbedb23898","def9608d9f7f60f1",1]`,
		`{"beat":[1500,1,null,null]}`,
		`[2000,1,"cbf29ce484222325","34a9c3fbedb23898","def9608d9f7f60f1",1]`, // of no text: the offset basis
		`{"end":{"reason":"planned","rows":2,"t":3000}}`,
	}
	for i, line := range want {
		if got[i+1] != line {
			t.Errorf("line %d: got %s, want %s", i+2, got[i+1], line)
		}
	}
}

func TestOfEachToolTheFirstAnswersAreTakenAndThenOneASecond(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "answers.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	a := answersTo(file, 2, func(err error) { t.Error(err) })
	taken := func(tool int, fromUs, stepUs int64, count int) int {
		all := 0
		for i := range count {
			if a.takes(tool, fromUs+int64(i)*stepUs) {
				all++
			}
		}
		return all
	}
	if got := taken(0, 0, 10, 1000); got != answersFirst {
		t.Errorf("of 1,000 in 10 ms %d, want %d", got, answersFirst)
	}
	if got := taken(0, 1_000_000, 1000, 10_000); got != 10 {
		t.Errorf("of 10,000 in the next 10 s %d, want 10", got)
	}
	if got := taken(1, 11_000_000, 10, 100); got != answersFirst {
		t.Errorf("of another tool's first 100 %d, want %d", got, answersFirst)
	}
	if err := a.close(1, "planned"); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAPathNothingIsSampled(t *testing.T) {
	var none *answers
	if none.takes(0, 0) {
		t.Error("an answer was taken that nobody writes")
	}
	none.row(0, 0, "", "")
	none.beat(0)
	if err := none.close(0, "planned"); err != nil {
		t.Error(err)
	}
}
