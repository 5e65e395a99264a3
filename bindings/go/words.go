// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.

package tenure

// LostReason is why a candidacy or a membership ended. New ones may come.
type LostReason int32

const (
	// LostSessionExpired: the session is over.
	LostSessionExpired LostReason = 1

	// LostLeaseLapsed: the lease ended before it could be renewed, or the contender could not get a lease because it may
	// not read its own znode.
	LostLeaseLapsed LostReason = 2

	// LostEvicted: another party deleted the znode.
	LostEvicted LostReason = 3

	// LostWithdrawn: [Contender.Resign] was called.
	LostWithdrawn LostReason = 4

	// LostClosed: the client was closed.
	LostClosed LostReason = 5

	// LostFailed: the candidacy cannot succeed, and trying again cannot help: the znode may not be created, the members
	// may not be listed, the times do not fit the session timeout, or the policy is not safe on this server.
	LostFailed LostReason = 6
)

func (l LostReason) String() string {
	switch l {
	case LostSessionExpired:
		return "session_expired"
	case LostLeaseLapsed:
		return "lease_lapsed"
	case LostEvicted:
		return "evicted"
	case LostWithdrawn:
		return "withdrawn"
	case LostClosed:
		return "closed"
	case LostFailed:
		return "failed"
	default:
		return "unknown lost reason"
	}
}

// ExpiredBy is the side that declared a session over.
type ExpiredBy int32

const (
	// ExpiredByServer: a server: everything of the session is gone. On a server that cannot reattach sessions, such as
	// ClickHouse Keeper, each lost connection ends the session, and the client then deletes the znodes that it knows.
	ExpiredByServer ExpiredBy = 1

	// ExpiredByLocalTimeout: the client's own clock: no server answered for 4/3 of the session timeout; or a contender
	// needs a session that lasts, and this one may not: no server answered for so long that a server may have begun to
	// end it, or answers are too slow for a contender to lead with it again. The rest of the session is removed as soon
	// as a server can be reached.
	ExpiredByLocalTimeout ExpiredBy = 2
)

func (e ExpiredBy) String() string {
	switch e {
	case ExpiredByServer:
		return "server"
	case ExpiredByLocalTimeout:
		return "local_timeout"
	default:
		return "unknown expired by"
	}
}

// ServerKind is the kind of the server that granted a session. New ones may come.
type ServerKind int32

const (
	// ServerZooKeeper: a server of Apache ZooKeeper.
	ServerZooKeeper ServerKind = 1

	// ServerOther: a server that speaks ZooKeeper's protocol and ends sessions by rules of its own, such as ClickHouse
	// Keeper and RaftKeeper: only contenders with [PolicyGuarded] lead safely there.
	ServerOther ServerKind = 2
)

func (s ServerKind) String() string {
	switch s {
	case ServerZooKeeper:
		return "zookeeper"
	case ServerOther:
		return "other"
	default:
		return "unknown server kind"
	}
}

// Policy says when leadership ends if no server answers: see [WithPolicy].
type Policy int32

const (
	// PolicyVerified: leadership ends with its lease, which rests on writes that a quorum has committed. A connection
	// that is lost and established again before that does no harm.
	PolicyVerified Policy = 0

	// PolicyStrict: like [PolicyVerified], and leadership also ends at once when the connection is lost.
	PolicyStrict Policy = 1

	// PolicySession: leadership ends with the session, as in Mesos, when a server or the client's own clock declares the
	// session over. This policy is kept for compatibility and is not safe: a successor may lead before that.
	PolicySession Policy = 2

	// PolicyGuarded: leadership ends with a lease that begins when a write is sent which a quorum commits, and whose
	// length the group's znode tells every successor: each successor waits for it. Clocks of servers and their rules for
	// the end of a session play no part, so this policy is also safe on servers that only speak ZooKeeper's protocol,
	// and whatever removes a member. All contenders of the group must use it.
	PolicyGuarded Policy = 3
)

func (p Policy) String() string {
	switch p {
	case PolicyVerified:
		return "verified"
	case PolicyStrict:
		return "strict"
	case PolicySession:
		return "session"
	case PolicyGuarded:
		return "guarded"
	default:
		return "unknown policy"
	}
}

// Reenrol says whether a contender enrols again after a lost candidacy: see [WithReenrol].
type Reenrol int32

const (
	// ReenrolAlways: the contender enrols again by itself, with a new znode behind all other members.
	ReenrolAlways Reenrol = 0

	// ReenrolNever: the contender stops: the event was its last.
	ReenrolNever Reenrol = 1
)

func (r Reenrol) String() string {
	switch r {
	case ReenrolAlways:
		return "always"
	case ReenrolNever:
		return "never"
	default:
		return "unknown choice to enrol again"
	}
}

// LogLevel is the severity of a log line.
type LogLevel int32

const (
	// LogError: something does not work, and will not work by itself.
	LogError LogLevel = 1

	// LogWarn: something is wrong: a connection lost, a leadership in jeopardy.
	LogWarn LogLevel = 2

	// LogInfo: changes of state: sessions, leaderships, leaders.
	LogInfo LogLevel = 3

	// LogDebug: the steps between: each attempt, each step of a candidacy.
	LogDebug LogLevel = 4
)

func (l LogLevel) String() string {
	switch l {
	case LogError:
		return "error"
	case LogWarn:
		return "warn"
	case LogInfo:
		return "info"
	case LogDebug:
		return "debug"
	default:
		return "unknown log level"
	}
}

// explain gives the reason in words for people.
func (l LostReason) explain() string {
	switch l {
	case LostSessionExpired:
		return "the session expired"
	case LostLeaseLapsed:
		return "the lease ended before it could be renewed"
	case LostEvicted:
		return "another party deleted its znode"
	case LostWithdrawn:
		return "withdrawn"
	case LostClosed:
		return "the client was closed"
	case LostFailed:
		return "failed"
	default:
		return "unknown reason"
	}
}

// isInvoluntary says that the user did not ask for the end, and a candidacy may follow.
func (l LostReason) isInvoluntary() bool {
	switch l {
	case LostSessionExpired, LostLeaseLapsed, LostEvicted:
		return true
	default:
		return false
	}
}

// The kinds of errors: sentinels for errors.Is. New ones may come.
const (
	// ErrInvalidArgument: an argument can never work. Nothing was sent.
	ErrInvalidArgument ErrorKind = -1

	// ErrNoAuth: the ACL of a znode does not allow it.
	ErrNoAuth ErrorKind = -40

	// ErrNoNode: the znode does not exist.
	ErrNoNode ErrorKind = -41

	// ErrAuthFailed: the server refused the credentials.
	ErrAuthFailed ErrorKind = -22

	// ErrSessionExpired: the session is over, and the call belonged to it.
	ErrSessionExpired ErrorKind = -21

	// ErrClosed: the client was closed.
	ErrClosed ErrorKind = -2

	// ErrTimeout: the result was not known in time. The operation may have happened, or may still happen.
	ErrTimeout ErrorKind = -20

	// ErrServer: a server refused for another reason; the message names the server's error.
	ErrServer ErrorKind = -42

	// ErrSystem: the operating system refused a resource (a thread, a file descriptor), or the library did because too
	// much is under way.
	ErrSystem ErrorKind = -23

	// ErrForked: the handle was made before a "fork", by the parent of this process, and is not usable here. Open a
	// client in this process.
	ErrForked ErrorKind = -6

	// ErrBusy: the handle has a callback already. A handle has at most one, and its events then do not come to the
	// queue.
	ErrBusy ErrorKind = -3

	// ErrReentrant: a callback called a function that would block. Give 0 as the timeout, or use the form of the
	// function that ends in "_start".
	ErrReentrant ErrorKind = -4

	// ErrPoisoned: an earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). The handle no longer
	// leads; free it.
	ErrPoisoned ErrorKind = -5

	// ErrPanic: a defect of the library. The handle that was called is no longer usable; the process and all other
	// handles are safe.
	ErrPanic ErrorKind = -90
)

func (k ErrorKind) name() string {
	switch k {
	case ErrInvalidArgument:
		return "invalid argument"
	case ErrNoAuth:
		return "no auth"
	case ErrNoNode:
		return "no node"
	case ErrAuthFailed:
		return "auth failed"
	case ErrSessionExpired:
		return "session expired"
	case ErrClosed:
		return "closed"
	case ErrTimeout:
		return "timeout"
	case ErrServer:
		return "server"
	case ErrSystem:
		return "system"
	case ErrForked:
		return "forked"
	case ErrBusy:
		return "busy"
	case ErrReentrant:
		return "reentrant"
	case ErrPoisoned:
		return "poisoned"
	case ErrPanic:
		return "panic"
	default:
		return ""
	}
}

// Retriable says whether a call that failed with this kind of error can succeed later without any change.
func (k ErrorKind) Retriable() bool {
	switch k {
	case ErrSessionExpired, ErrTimeout, ErrSystem:
		return true
	default:
		return false
	}
}

// Metrics are the metrics of a client, counted since it was opened. Values only rise, except where
// the metric says otherwise.
type Metrics struct {
	// Connections: established connections, counted before the handshake.
	Connections uint64

	// FailedAttempts: attempts to connect that failed, including attempts that failed in the handshake.
	FailedAttempts uint64

	// Suspensions: connections that were lost after a session had been confirmed on them.
	Suspensions uint64

	// SessionsConfirmed: how often a session was confirmed: a new session, or the same one on another connection.
	SessionsConfirmed uint64

	// SessionsExpired: sessions that expired, whichever side declared them over.
	SessionsExpired uint64

	// BytesSent: bytes that were passed to connections.
	BytesSent uint64

	// BytesReceived: bytes that were read from connections.
	BytesReceived uint64

	// Events: events of all handles, fetched or not.
	Events uint64

	// Leaderships: leaderships that began.
	Leaderships uint64

	// LeadershipsEnded: leaderships that ended.
	LeadershipsEnded uint64

	// Renewals: how often the lease of a leadership was extended. If one proof extends the leases of several
	// leaderships, each of them counts.
	Renewals uint64

	// Handles: contenders, detectors and groups that are open now. It rises and falls.
	Handles uint64

	// Calls: calls that wait for an answer now. It rises and falls.
	Calls uint64
}

// Metrics reads all metrics; all are 0 once the client is closed, and for a standalone leader's client.
func (c *Client) Metrics() Metrics {
	var its Metrics
	if c.check() != nil {
		return its
	}
	its.Connections = c.native.Metric(1)
	its.FailedAttempts = c.native.Metric(2)
	its.Suspensions = c.native.Metric(3)
	its.SessionsConfirmed = c.native.Metric(4)
	its.SessionsExpired = c.native.Metric(5)
	its.BytesSent = c.native.Metric(6)
	its.BytesReceived = c.native.Metric(7)
	its.Events = c.native.Metric(8)
	its.Leaderships = c.native.Metric(9)
	its.LeadershipsEnded = c.native.Metric(10)
	its.Renewals = c.native.Metric(11)
	its.Handles = c.native.Metric(12)
	its.Calls = c.native.Metric(13)
	return its
}
