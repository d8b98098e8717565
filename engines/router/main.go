// Command router forwards TCP connections to an upstream that can be switched while it runs, as the virtual address of a
// fail-over is: new connections lead to the new upstream, open ones stay where they lead, even if nobody answers there.
// Toxiproxy closes every connection when its upstream changes, which would heal the very pools that a lost host tests.
//
// With -instances it is a load balancer instead, over servers that are the same to a caller (balance.go).
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
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const version = "2"

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
	api := flag.String("api", "", "host:port of GET and PUT /route; with -instances, of GET /instances")
	upstream := flag.String("upstream", "", "host:port that they lead to at first")
	instances := flag.String("instances", "", "host:port,host:port,… over which they are balanced, in place of -upstream")
	ready := flag.String("ready", "", "path that answers 200 when an instance is ready; without it, a connection will do")
	showVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *showVersion {
		fmt.Printf("squall-router version %s\n", version)
		return
	}
	if err := start(*listen, *api, *upstream, *instances, *ready); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(listen, api, upstream, instances, ready string) error {
	if instances != "" {
		b, err := newBalancer(strings.Split(instances, ","), ready)
		if err != nil {
			return err
		}
		go b.checkForever()
		return serve(listen, api, b.handler(), b.forward)
	}
	if err := checkUpstream(upstream); err != nil {
		return err
	}
	r := &router{}
	r.upstream.Store(upstream)
	return serve(listen, api, r.handler(), r.forward)
}

func serve(listen, api string, handler http.Handler, forward func(*net.TCPConn)) error {
	connections, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", api)
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- accept(connections, forward) }()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
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

func accept(listener net.Listener, forward func(*net.TCPConn)) error {
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		if err != nil {
			time.Sleep(acceptPause)
			continue
		}
		go forward(client.(*net.TCPConn))
	}
}

func (r *router) forward(client *net.TCPConn) {
	dialled, err := net.DialTimeout("tcp", r.leadsTo(), dialTimeout)
	if err != nil {
		reset(client)
		return
	}
	join(client, dialled.(*net.TCPConn), nil)
}

// join copies both ways until both sides have said their last. What the server sent is counted where there is a count.
func join(client, server *net.TCPConn, sent *atomic.Uint64) {
	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); pass(server, client, nil) }()
	go func() { defer both.Done(); pass(client, server, sent) }()
	both.Wait()
	_ = client.Close()
	_ = server.Close()
}

// pass copies until one side has said its last; how it ended, in order or broken, is passed on as well.
func pass(to, from *net.TCPConn, bytes *atomic.Uint64) {
	var source io.Reader = from
	if bytes != nil {
		source = counted{from, bytes}
	}
	if _, err := io.Copy(to, source); err != nil {
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
