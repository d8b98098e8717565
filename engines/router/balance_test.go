package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// balanced listens for callers; checks are the test's own to make.
func balanced(t *testing.T, readyPath string, upstreams ...string) (*balancer, string) {
	t.Helper()
	b, err := newBalancer(upstreams, readyPath)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { _ = accept(listener, b.forward) }()
	return b, listener.Addr().String()
}

func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// who is the name of the one that answers.
func (c *caller) who() string {
	name, _, _ := strings.Cut(c.ask("who"), " ")
	return name
}

func callAll(t *testing.T, address string, count int) ([]*caller, []string) {
	t.Helper()
	callers, names := []*caller{}, []string{}
	for range count {
		caller := call(t, address)
		callers, names = append(callers, caller), append(names, caller.who())
	}
	return callers, names
}

func checkTwice(b *balancer) {
	for range checksToTurn {
		b.check()
	}
}

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal(what, "never came")
}

func TestConnectionsGoWhereTheFewestAre(t *testing.T) {
	b, address := balanced(t, "", named(t, "a"), named(t, "b"), named(t, "c"))
	callers, names := callAll(t, address, 6)
	slices.Sort(names)
	if fmt.Sprint(names) != "[a a b b c c]" {
		t.Error(names)
	}
	// Both of b leave: the next two are b's.
	for _, caller := range callers {
		if caller.who() == "b" {
			_ = caller.Close()
		}
	}
	waitUntil(t, "the end of b's connections", func() bool { return b.tell()[1].Open == 0 })
	if _, names := callAll(t, address, 2); fmt.Sprint(names) != "[b b]" {
		t.Error("after b was left:", names)
	}
	if told := b.tell(); told[1].Opened != 4 || told[1].Sent != uint64(6*len("b who\n")) || !told[1].IsUp {
		t.Errorf("%+v", told)
	}
}

func TestNobodyWaitsForOneThatIsGone(t *testing.T) {
	b, address := balanced(t, "", nobody(t), named(t, "b"))
	if _, names := callAll(t, address, 3); fmt.Sprint(names) != "[b b b]" {
		t.Error(names)
	}
	checkTwice(b)
	if told := b.tell(); told[0].IsUp || !told[1].IsUp || told[0].Open != 0 {
		t.Errorf("%+v", told)
	}
	_, alone := balanced(t, "", nobody(t))
	conn, err := net.Dial("tcp", alone)
	if err != nil {
		return // told even before it was there
	}
	defer conn.Close()
	if said := (&caller{conn, bufio.NewScanner(conn)}).ask("anybody"); said != "closed" {
		t.Error("with nobody there:", said)
	}
}

// gated answers its ready path as it is told to; every connection counts as one that it took.
func gated(t *testing.T) (*atomic.Bool, string) {
	t.Helper()
	isReady := &atomic.Bool{}
	isReady.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ready" || !isReady.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	return isReady, server.Listener.Addr().String()
}

func openAt(b *balancer) string {
	counts := []int{}
	for _, one := range b.tell() {
		counts = append(counts, one.Open)
	}
	return fmt.Sprint(counts)
}

func TestWhoIsNotReadyIsOutUntilItIs(t *testing.T) {
	first, firstAt := gated(t)
	second, secondAt := gated(t)
	b, address := balanced(t, "/ready", firstAt, secondAt)
	holds := func(wanted string) {
		t.Helper()
		waitUntil(t, "open connections "+wanted, func() bool { return openAt(b) == wanted })
	}
	for range 4 {
		call(t, address)
	}
	holds("[2 2]")
	first.Store(false)
	b.check()
	if !b.tell()[0].IsUp {
		t.Fatal("out by one look, which may be chance")
	}
	holds("[2 2]")
	b.check()
	holds("[0 2]")
	call(t, address)
	holds("[0 3]")
	// When all say no, what they share has gone: nobody is sent away, and new ones are spread as ever.
	second.Store(false)
	checkTwice(b)
	call(t, address)
	holds("[1 3]")
	second.Store(true)
	checkTwice(b)
	holds("[0 3]")
	first.Store(true)
	checkTwice(b)
	call(t, address)
	holds("[1 3]")
}

func TestTheAPITellsOfEachInstance(t *testing.T) {
	b, _ := balanced(t, "", "127.0.0.1:1", "127.0.0.1:2")
	answer := httptest.NewRecorder()
	b.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/instances", nil))
	var all []map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &all); err != nil || len(all) != 2 {
		t.Fatal(answer.Body, err)
	}
	if fmt.Sprint(all[1]) != "map[isUp:true open:0 opened:0 sent:0 upstream:127.0.0.1:2]" {
		t.Error(all[1])
	}
}

func TestABalancerWithoutSenseIsRefused(t *testing.T) {
	for _, one := range []struct{ upstream, ready string }{{"nowhere", ""}, {"127.0.0.1:1", "ready"}} {
		if _, err := newBalancer([]string{one.upstream}, one.ready); err == nil {
			t.Error(one)
		}
	}
}
