package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// checkEvery, checkTimeout and checksToTurn: one that has died is out after 1 s, one that is silent after 3 s.
	// Two looks, since one may be chance. Proxies of the field look once in 2 to 10 s (HAProxy's `inter`, Kubernetes'
	// `periodSeconds`), which would be most of a fault's time here.
	checkEvery   = 500 * time.Millisecond
	checkTimeout = time.Second
	checksToTurn = 2
	// instanceDialTimeout: an instance on loopback answers in a millisecond, or another one is tried.
	instanceDialTimeout = time.Second
)

// instance is one of several servers that are the same to a caller. The balancer's lock guards all but sent.
type instance struct {
	upstream string
	isUp     bool
	// against counts the checks in a row that gainsay isUp.
	against int
	// opened counts the connections that were ever led to it, open holds those that are.
	opened uint64
	open   map[*net.TCPConn]struct{}
	// sent counts the bytes that came from it.
	sent atomic.Uint64
}

// balancer leads each new connection to the instance with the fewest open ones, as HAProxy's `leastconn` does.
type balancer struct {
	lock      sync.Mutex
	instances []*instance
	// readyPath is asked by the check; empty: a connection is enough.
	readyPath string
	client    *http.Client
}

// told is what the API says of an instance.
type told struct {
	Upstream string `json:"upstream"`
	IsUp     bool   `json:"isUp"`
	Open     int    `json:"open"`
	Opened   uint64 `json:"opened"`
	Sent     uint64 `json:"sent"`
}

func newBalancer(upstreams []string, readyPath string) (*balancer, error) {
	if readyPath != "" && !strings.HasPrefix(readyPath, "/") {
		return nil, fmt.Errorf("ready: expected a path that starts with /: %q", readyPath)
	}
	b := &balancer{readyPath: readyPath, client: &http.Client{
		Timeout: checkTimeout,
		// A connection of its own for each look: one that is kept would tell of a listener that is gone.
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, upstream := range upstreams {
		if err := checkUpstream(upstream); err != nil {
			return nil, err
		}
		b.instances = append(b.instances, &instance{upstream: upstream, isUp: true, open: map[*net.TCPConn]struct{}{}})
	}
	return b, nil
}

func (b *balancer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /instances", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(b.tell())
	})
	return mux
}

func (b *balancer) tell() []told {
	b.lock.Lock()
	defer b.lock.Unlock()
	all := make([]told, 0, len(b.instances))
	for _, in := range b.instances {
		all = append(all, told{in.upstream, in.isUp, len(in.open), in.opened, in.sent.Load()})
	}
	return all
}

func (b *balancer) forward(client *net.TCPConn) {
	tried := map[*instance]bool{}
	for {
		in := b.take(client, tried)
		if in == nil {
			reset(client)
			return
		}
		dialled, err := net.DialTimeout("tcp", in.upstream, instanceDialTimeout)
		if err != nil {
			// Known to be dead before the next check says so, and the least busy of all: the next caller must not wait for it.
			b.release(client, in)
			tried[in] = true
			continue
		}
		join(client, dialled.(*net.TCPConn), &in.sent)
		b.release(client, in)
		return
	}
}

// take finds the instance for a connection and counts it there; nil when all have been tried. When none is up all are
// taken for up: a check that fails everywhere tells of what they share, and an answer that says so is better than none.
func (b *balancer) take(client *net.TCPConn, tried map[*instance]bool) *instance {
	b.lock.Lock()
	defer b.lock.Unlock()
	anyUp := b.anyUp()
	var best *instance
	for _, in := range b.instances {
		if tried[in] || (anyUp && !in.isUp) {
			continue
		}
		fewer := best == nil || len(in.open) < len(best.open)
		if fewer || (len(in.open) == len(best.open) && in.opened < best.opened) {
			best = in
		}
	}
	if best != nil {
		best.opened++
		best.open[client] = struct{}{}
	}
	return best
}

func (b *balancer) release(client *net.TCPConn, in *instance) {
	b.lock.Lock()
	defer b.lock.Unlock()
	delete(in.open, client)
}

func (b *balancer) anyUp() bool {
	for _, in := range b.instances {
		if in.isUp {
			return true
		}
	}
	return false
}

func (b *balancer) checkForever() {
	for {
		b.check()
		time.Sleep(checkEvery)
	}
}

// check looks at all instances at one time, and lets those go or come that have said so often enough. Who is out loses
// its open connections (HAProxy's `on-marked-down shutdown-sessions`): their callers would keep them for good.
func (b *balancer) check() {
	errs := make([]error, len(b.instances))
	var all sync.WaitGroup
	for i, in := range b.instances {
		all.Add(1)
		go func() { defer all.Done(); errs[i] = b.ask(in.upstream) }()
	}
	all.Wait()
	b.lock.Lock()
	defer b.lock.Unlock()
	for i, in := range b.instances {
		if in.isUp == (errs[i] == nil) {
			in.against = 0
			continue
		}
		in.against++
		if in.against < checksToTurn {
			continue
		}
		in.isUp, in.against = !in.isUp, 0
		if in.isUp {
			log.Printf("%s is back", in.upstream)
		} else {
			log.Printf("%s is out: %v", in.upstream, errs[i])
		}
	}
	if !b.anyUp() {
		return
	}
	for _, in := range b.instances {
		for client := range in.open {
			if !in.isUp {
				reset(client)
			}
		}
	}
}

// ask is nil when the instance is ready.
func (b *balancer) ask(upstream string) error {
	if b.readyPath == "" {
		conn, err := net.DialTimeout("tcp", upstream, checkTimeout)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	response, err := b.client.Get("http://" + upstream + b.readyPath)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// counted counts what is read.
type counted struct {
	io.Reader
	bytes *atomic.Uint64
}

func (c counted) Read(to []byte) (int, error) {
	n, err := c.Reader.Read(to)
	c.bytes.Add(uint64(n))
	return n, err
}
