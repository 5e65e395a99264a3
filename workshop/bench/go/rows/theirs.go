package main

import (
	"errors"
	"io"
	"log"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/go-zookeeper/zk"
)

// theirs is the usual recipe over go-zookeeper: an ephemeral sequential znode, a watch on the predecessor, and a
// channel that is closed when there is none. It has no lease: the candidate that is cut off learns of it from the
// events of the session, when they come.
type theirs struct{}

type theirSession struct {
	conn      *zk.Conn
	connected atomic.Bool
}

func (theirs) open(hosts string) session {
	its := &theirSession{}
	established := make(chan struct{}, 1)
	conn, _, err := zk.Connect(strings.Split(hosts, ","), sessionTimeout,
		zk.WithLogger(log.New(io.Discard, "", 0)),
		zk.WithEventCallback(func(event zk.Event) {
			if event.Type != zk.EventSession {
				return
			}
			its.connected.Store(event.State == zk.StateHasSession)
			if event.State == zk.StateHasSession {
				select {
				case established <- struct{}{}:
				default:
				}
			}
		}))
	must(err)
	<-established
	its.conn = conn
	its.makePath("/bench")
	return its
}

// makePath creates a path and its parents.
func (s *theirSession) makePath(path string) {
	if at := strings.LastIndex(path, "/"); at > 0 {
		if exists, _, err := s.conn.Exists(path[:at]); err != nil || !exists {
			s.makePath(path[:at])
		}
	}
	_, err := s.conn.Create(path, nil, 0, zk.WorldACL(zk.PermAll))
	if !errors.Is(err, zk.ErrNodeExists) {
		must(err)
	}
}

func (s *theirSession) create(path string) (name string) {
	const flags = zk.FlagEphemeral | zk.FlagSequence
	own, err := s.conn.Create(path+"/", []byte(payload), flags, zk.WorldACL(zk.PermAll))
	if errors.Is(err, zk.ErrNoNode) {
		s.makePath(path)
		own, err = s.conn.Create(path+"/", []byte(payload), flags, zk.WorldACL(zk.PermAll))
	}
	must(err)
	return own[len(path)+1:]
}

func (s *theirSession) enrol(path string) { s.create(path) }

func (s *theirSession) contend(path string) candidacy {
	its := &theirCandidacy{session: s, path: path, leads: make(chan struct{})}
	go its.run()
	return its
}

type theirCandidacy struct {
	session    *theirSession
	path, name string
	leads      chan struct{}
	isFirst    atomic.Bool
}

func (c *theirCandidacy) run() {
	conn := c.session.conn
	c.name = c.session.create(c.path)
	for {
		members, _, err := conn.Children(c.path)
		must(err)
		sort.Strings(members)
		at := sort.SearchStrings(members, c.name)
		if at == 0 {
			c.isFirst.Store(true)
			close(c.leads)
			return
		}
		exists, _, gone, err := conn.ExistsW(c.path + "/" + members[at-1])
		must(err)
		if exists {
			<-gone
		}
	}
}

func (c *theirCandidacy) lead() { <-c.leads }

func (c *theirCandidacy) isLeading() bool { return c.isFirst.Load() && c.session.connected.Load() }

func (c *theirCandidacy) release() {
	c.isFirst.Store(false)
	must(c.session.conn.Delete(c.path+"/"+c.name, -1))
}

// detect follows the leader by a goroutine, which watches the children and reads the payload of the oldest.
func (s *theirSession) detect(path string) detection {
	its := make(theirDetection, 1)
	go its.run(s.conn, path)
	return its
}

// theirDetection has the newest payload.
type theirDetection chan string

func (d theirDetection) run(conn *zk.Conn, path string) {
	for {
		members, _, changed, err := conn.ChildrenW(path)
		must(err)
		if len(members) > 0 {
			sort.Strings(members)
			data, _, err := conn.Get(path + "/" + members[0])
			if errors.Is(err, zk.ErrNoNode) {
				continue
			}
			must(err)
			select {
			case <-d:
			default:
			}
			d <- string(data)
		}
		<-changed
	}
}

func (d theirDetection) know() {
	for data := range d {
		if data == payload {
			return
		}
	}
}
