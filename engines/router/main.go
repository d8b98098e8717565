// Command router forwards TCP connections to an upstream that can be switched while it runs, as the virtual address of a
// fail-over is: new connections lead to the new upstream, open ones stay where they lead, even if nobody answers there.
// Toxiproxy closes every connection when its upstream changes, which would heal the very pools that a lost host tests.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const version = "1"

const (
	// dialTimeout is longer than any caller waits: who is not answered gives up by itself, as on a network.
	dialTimeout = 60 * time.Second
	// headerTimeout bounds a request of ours on loopback.
	headerTimeout = 5 * time.Second
	// acceptPause is waited after a connection that could not be taken, such as for want of file descriptors.
	acceptPause = 10 * time.Millisecond
)

type router struct{ upstream atomic.Value }

// route is the body of both requests.
type route struct {
	Upstream string `json:"upstream"`
}

func main() {
	listen := flag.String("listen", "", "host:port that connections come to")
	api := flag.String("api", "", "host:port of GET and PUT /route")
	upstream := flag.String("upstream", "", "host:port that they lead to at first")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Printf("squall-router version %s\n", version)
		return
	}
	if err := run(*listen, *api, *upstream); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(listen, api, upstream string) error {
	if err := checkUpstream(upstream); err != nil {
		return err
	}
	r := &router{}
	r.upstream.Store(upstream)
	connections, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", api)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- r.accept(connections) }()
	server := &http.Server{Handler: r.handler(), ReadHeaderTimeout: headerTimeout}
	go func() { failed <- server.Serve(control) }()
	return <-failed
}

func (r *router) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /route", func(w http.ResponseWriter, _ *http.Request) { r.tell(w) })
	mux.HandleFunc("PUT /route", func(w http.ResponseWriter, request *http.Request) {
		var wanted route
		if err := json.NewDecoder(io.LimitReader(request.Body, 1<<10)).Decode(&wanted); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := checkUpstream(wanted.Upstream); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.upstream.Store(wanted.Upstream)
		r.tell(w)
	})
	return mux
}

func checkUpstream(upstream string) error {
	if _, _, err := net.SplitHostPort(upstream); err != nil {
		return fmt.Errorf("upstream: expected host:port: %w", err)
	}
	return nil
}

func (r *router) tell(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(route{r.leadsTo()})
}

func (r *router) leadsTo() string {
	upstream, _ := r.upstream.Load().(string)
	return upstream
}

func (r *router) accept(listener net.Listener) error {
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		if err != nil {
			time.Sleep(acceptPause)
			continue
		}
		go r.forward(client.(*net.TCPConn))
	}
}

func (r *router) forward(client *net.TCPConn) {
	dialled, err := net.DialTimeout("tcp", r.leadsTo(), dialTimeout)
	if err != nil {
		reset(client)
		return
	}
	server := dialled.(*net.TCPConn)
	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); pass(server, client) }()
	go func() { defer both.Done(); pass(client, server) }()
	both.Wait()
	_ = client.Close()
	_ = server.Close()
}

// pass copies until one side has said its last; how it ended, in order or broken, is passed on as well.
func pass(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		reset(to)
		reset(from)
		return
	}
	_ = to.CloseWrite()
}

func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
