// Package tenuretest gives a test a ZooKeeper server of its own inside the process, and the faults that tests need.
//
// A server behind a memory:// URL elects as a real one does, in milliseconds, without a network:
//
//	func TestFailOver(t *testing.T) {
//		server := tenuretest.New(t)
//		old := server.Client("/app")
//		contender, err := old.Contender()
//		...
//		server.Expire() // every session ends, and each contender contends again
//		tenuretest.Eventually(t, 10*time.Second, contender.IsLeading)
//	}
//
// The tick of a server is half a second: it grants session timeouts from 1 to 10 seconds.
package tenuretest

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// numbers gives each server a name that no other one of this process has.
var numbers atomic.Int64

// Server is a ZooKeeper server inside this process, which lasts as long as the process. When a method returns, it has
// taken effect, and connected clients have received its consequences; events may still be on their way to channels.
// All methods may be called by any goroutine that may end the test (see testing.TB.FailNow); an error ends it.
type Server struct {
	t    testing.TB
	name string
}

// Kind is a server that a [Server] behaves like.
type Kind string

const (
	// ZooKeeper is a server of Apache ZooKeeper.
	ZooKeeper Kind = "zookeeper"
	// Keeper is ClickHouse Keeper. On it and the kinds below, [tenure.PolicyGuarded] alone is safe, and session timeouts
	// are from 10 to 100 seconds.
	Keeper Kind = "keeper"
	// OldKeeper is a ClickHouse Keeper of an older release, which knows fewer operations.
	OldKeeper Kind = "old-keeper"
	// RaftKeeper is RaftKeeper.
	RaftKeeper Kind = "raftkeeper"
)

// New gives a server that nothing else uses. At the test's cleanup it is healed and started.
func New(t testing.TB) *Server {
	t.Helper()
	return NewLike(t, ZooKeeper)
}

// NewLike is [New] of a server that behaves like one of this kind.
func NewLike(t testing.TB, kind Kind) *Server {
	t.Helper()
	if t == nil {
		panic("tenuretest: the test is nil")
	}
	name := "tenuretest-" + strconv.FormatInt(numbers.Add(1), 10)
	switch kind {
	case ZooKeeper:
	case Keeper, OldKeeper, RaftKeeper:
		name += "?server=" + string(kind)
	default:
		t.Fatalf("tenuretest: %q is no kind of a server", kind)
	}
	server := &Server{t, name}
	t.Cleanup(server.mend)
	return server
}

// mend ends all faults, so that what is closed later reaches the server.
func (s *Server) mend() {
	s.t.Helper()
	s.Heal()
	s.Start()
}

// URL is the URL of a group on this server; the path begins with "/".
func (s *Server) URL(path string) string {
	s.t.Helper()
	if !strings.HasPrefix(path, "/") {
		s.t.Fatalf("tenuretest: the path %q does not begin with \"/\"", path)
	}
	return "memory://" + s.name + path
}

// Client opens a client of a group on this server, with a session timeout of a second unless an option says otherwise.
// At the test's cleanup the server is healed and started, and the client is closed.
func (s *Server) Client(path string, options ...tenure.ClientOption) *tenure.Client {
	s.t.Helper()
	short := []tenure.ClientOption{tenure.WithSessionTimeout(time.Second)}
	client, err := tenure.Open(s.URL(path), append(short, options...)...)
	if err != nil {
		s.t.Fatalf("tenuretest: a client of %s: %v", s.URL(path), err)
	}
	s.t.Cleanup(func() {
		s.mend()
		if err := client.Close(); err != nil {
			s.t.Errorf("tenuretest: closing a client of %s: %v", s.name, err)
		}
	})
	return client
}

// Expire ends sessions at once, as if they had expired: their members are deleted, and their clients are notified, which
// open a new session by themselves. A session's number is in [tenure.SessionConnected]; without arguments all sessions
// end. It returns the number of sessions that it ended: a session that has ended already is not counted.
func (s *Server) Expire(sessions ...int64) int {
	s.t.Helper()
	if len(sessions) == 0 {
		return s.expire(0)
	}
	ended := 0
	for _, session := range sessions {
		if session == 0 {
			s.t.Fatalf("tenuretest: 0 is no session; to end all, call Expire without arguments")
		}
		ended += s.expire(session)
	}
	return ended
}

func (s *Server) expire(session int64) int {
	s.t.Helper()
	ended, err := native.MemoryExpire(s.control(), session)
	s.check("expiring sessions", err)
	return ended
}

// Cut makes the network a black hole, until [Server.Heal]: nothing gets through, no connection is closed, and neither
// side is notified. A leader's lease ends by itself. The server goes on, and expires the sessions from which nothing
// arrives.
func (s *Server) Cut() {
	s.t.Helper()
	s.check("cutting the network", native.MemoryCut(s.control()))
}

// Heal ends a [Server.Cut]: packets that were sent meanwhile arrive, as in TCP. Without a cut it has no effect.
func (s *Server) Heal() {
	s.t.Helper()
	s.check("healing the network", native.MemoryHeal(s.control()))
}

// Stop stops the server, until [Server.Start]: its connections close, and new ones are refused. It keeps its znodes and
// sessions; clients are suspended, and detectors no longer know a leader when no server has answered for too long.
func (s *Server) Stop() {
	s.t.Helper()
	s.check("stopping the server", native.MemoryStop(s.control()))
}

// Start starts a server that was stopped. Each session has its whole timeout again. Without a [Server.Stop] it has no
// effect.
func (s *Server) Start() {
	s.t.Helper()
	s.check("starting the server", native.MemoryStart(s.control()))
}

// control is a URL of the server; each does.
func (s *Server) control() string { return s.URL("/group") }

func (s *Server) check(act string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("tenuretest: %s of %s: %v", act, s.name, err)
	}
}
