package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// named answers each line with its name and the line; the connection stays open as long as the caller's.
func named(t *testing.T, name string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					_, _ = fmt.Fprintf(conn, "%s %s\n", name, lines.Text())
				}
			}()
		}
	}()
	return listener.Addr().String()
}

type caller struct {
	net.Conn
	lines *bufio.Scanner
}

func call(t *testing.T, address string) *caller {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{conn, bufio.NewScanner(conn)}
}

func (c *caller) ask(word string) string {
	if _, err := fmt.Fprintln(c, word); err != nil || !c.lines.Scan() {
		return "closed"
	}
	return c.lines.Text()
}

func routed(t *testing.T, upstream string) (*router, string) {
	t.Helper()
	r := &router{}
	r.upstream.Store(upstream)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { _ = accept(listener, r.forward) }()
	return r, listener.Addr().String()
}

func put(t *testing.T, r *router, body string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	r.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPut, "/route", strings.NewReader(body)))
	return answer
}

func TestNewConnectionsFollowTheRouteAndOpenOnesStay(t *testing.T) {
	first, second := named(t, "first"), named(t, "second")
	r, address := routed(t, first)
	old := call(t, address)
	if said := old.ask("a"); said != "first a" {
		t.Fatal(said)
	}
	if answer := put(t, r, fmt.Sprintf(`{"upstream":%q}`, second)); answer.Code != http.StatusOK {
		t.Fatal(answer.Body)
	}
	if said := call(t, address).ask("b"); said != "second b" {
		t.Error("a new connection:", said)
	}
	if said := old.ask("c"); said != "first c" {
		t.Error("the open one:", said)
	}
}

func TestNobodyThereIsToldAtOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	_ = listener.Close()
	_, address := routed(t, nobody)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return // told even before it was there
	}
	defer conn.Close()
	if said := (&caller{conn, bufio.NewScanner(conn)}).ask("a"); said != "closed" {
		t.Error(said)
	}
}

func TestWhatLeadsNowhereIsRefused(t *testing.T) {
	r, _ := routed(t, "127.0.0.1:1")
	for _, body := range []string{`{"upstream":"nowhere"}`, `{`, ``} {
		if answer := put(t, r, body); answer.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", body, answer.Code)
		}
	}
	if r.leadsTo() != "127.0.0.1:1" {
		t.Error("changed to", r.leadsTo())
	}
}
