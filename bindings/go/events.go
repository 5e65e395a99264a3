// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.

package tenure

import (
	"time"

	"tenure.example/tenure/internal/native"
)

// SessionEvent is an event of a client's session: a [SessionConnecting], [SessionConnected], [SessionSuspended],
// [SessionRetrying], [SessionExpired], [SessionAuthFailed], [SessionUndertakerLost], [SessionUndertakerReplaced] or
// [SessionClosed]. New ones may come.
type SessionEvent interface {
	event
	ofSession()
}

// SessionConnecting: the client asks for a new session.
type SessionConnecting struct{}

func (SessionConnecting) ofSession() {}

func (SessionConnecting) isState() bool { return true }

func (SessionConnecting) isEnd() bool { return false }

// SessionConnected: a session is established, new or kept.
type SessionConnected struct {
	// Session: the number of the session.
	Session int64

	// Timeout: the session timeout that the server granted.
	Timeout time.Duration

	// Server: the kind of the server.
	Server ServerKind
}

func (SessionConnected) ofSession() {}

func (SessionConnected) isState() bool { return true }

func (SessionConnected) isEnd() bool { return false }

// SessionSuspended: the connection is lost; the session may live on.
type SessionSuspended struct {
	// Since: when the connection was lost.
	Since BootTime

	// Message: what went wrong, in a sentence for people.
	Message string
}

func (SessionSuspended) ofSession() {}

func (SessionSuspended) isState() bool { return true }

func (SessionSuspended) isEnd() bool { return false }

// SessionRetrying: an attempt to connect failed; the next one follows by itself.
type SessionRetrying struct {
	// Attempt: how many attempts to connect have failed since the last connection, from 1.
	Attempt int

	// Message: what went wrong, in a sentence for people.
	Message string
}

func (SessionRetrying) ofSession() {}

func (SessionRetrying) isState() bool { return false }

func (SessionRetrying) isEnd() bool { return false }

// SessionExpired: the session is over; a new one follows by itself.
type SessionExpired struct {
	// By: which side declared it over.
	By ExpiredBy
}

func (SessionExpired) ofSession() {}

func (SessionExpired) isState() bool { return true }

func (SessionExpired) isEnd() bool { return false }

// SessionAuthFailed: the server refused the credentials; the client is no longer usable.
type SessionAuthFailed struct{}

func (SessionAuthFailed) ofSession() {}

func (SessionAuthFailed) isState() bool { return true }

func (SessionAuthFailed) isEnd() bool { return false }

// SessionUndertakerLost: the helper process that would close the session when this process is dead has ended, or
// could not be started. All else goes on as without it.
type SessionUndertakerLost struct {
	// Message: what went wrong, and what follows, in a sentence for people.
	Message string
}

func (SessionUndertakerLost) ofSession() {}

func (SessionUndertakerLost) isState() bool { return false }

func (SessionUndertakerLost) isEnd() bool { return false }

// SessionUndertakerReplaced: another helper process has taken the place of a lost one: it closes the session when
// this process is dead.
type SessionUndertakerReplaced struct{}

func (SessionUndertakerReplaced) ofSession() {}

func (SessionUndertakerReplaced) isState() bool { return false }

func (SessionUndertakerReplaced) isEnd() bool { return false }

// SessionClosed: the client was closed; this is the last event of the client itself.
type SessionClosed struct{}

func (SessionClosed) ofSession() {}

func (SessionClosed) isState() bool { return true }

func (SessionClosed) isEnd() bool { return false }

// asSessionEvent makes an event of one of C; nil for a kind that is newer than this package.
func asSessionEvent(from *native.Event) SessionEvent {
	switch from.Kind {
	case 1:
		return SessionConnecting{}
	case 2:
		return SessionConnected{Session: from.Session, Timeout: time.Duration(from.TimeoutMS) * time.Millisecond, Server: ServerKind(from.Server)}
	case 3:
		return SessionSuspended{Since: BootTime(from.SinceNS), Message: from.Message}
	case 4:
		return SessionRetrying{Attempt: int(from.Attempt), Message: from.Message}
	case 5:
		return SessionExpired{By: ExpiredBy(from.ExpiredBy)}
	case 6:
		return SessionAuthFailed{}
	case 8:
		return SessionUndertakerLost{Message: from.Message}
	case 9:
		return SessionUndertakerReplaced{}
	case 7:
		return SessionClosed{}
	default:
		return nil
	}
}

// ContenderEvent is an event of a contender: a [ContenderEnrolling], [ContenderEnrolled], [ContenderStandby],
// [ContenderLeading], [ContenderJeopardy], [ContenderBlocked], [ContenderStrangers], [ContenderTokenFell] or
// [ContenderLost]. New ones may come.
type ContenderEvent interface {
	event
	ofContender()
}

// ContenderEnrolling: a candidacy begins: its znode is being created.
type ContenderEnrolling struct{}

func (ContenderEnrolling) ofContender() {}

func (ContenderEnrolling) isState() bool { return true }

func (ContenderEnrolling) isEnd() bool { return false }

// ContenderEnrolled: the znode exists; its rank is not known yet.
type ContenderEnrolled struct {
	// Member: the own znode.
	Member Member
}

func (ContenderEnrolled) ofContender() {}

func (ContenderEnrolled) isState() bool { return true }

func (ContenderEnrolled) isEnd() bool { return false }

// ContenderStandby: another member leads, or the contender waits for the lease of the leader before it.
type ContenderStandby struct {
	// Member: the own znode.
	Member Member

	// Ahead: how many members were ahead of the own one at the last look.
	Ahead int

	// WaitsUntil: with [PolicyGuarded], if no member is ahead: until when it waits for the lease of the leader before
	// it. Otherwise 0.
	WaitsUntil BootTime
}

func (ContenderStandby) ofContender() {}

func (ContenderStandby) isState() bool { return true }

func (ContenderStandby) isEnd() bool { return false }

// ContenderLeading: this contender leads.
type ContenderLeading struct {
	// Member: the own znode.
	Member Member

	// LeaseEnd: the end of its lease, unless it is renewed before. Renewals are no events: ask [Leadership.LeaseEnd].
	LeaseEnd BootTime
}

func (ContenderLeading) ofContender() {}

func (ContenderLeading) isState() bool { return true }

func (ContenderLeading) isEnd() bool { return false }

// ContenderJeopardy: it leads, but a renewal is overdue or the connection is lost.
type ContenderJeopardy struct {
	// Member: the own znode.
	Member Member

	// LeaseEnd: when leadership ends, unless it is renewed before.
	LeaseEnd BootTime
}

func (ContenderJeopardy) ofContender() {}

func (ContenderJeopardy) isState() bool { return true }

func (ContenderJeopardy) isEnd() bool { return false }

// ContenderBlocked: the candidacy cannot go on for now, and the contender tries again by itself; one event for each
// cause, and for the lack of a lease one in each session timeout. The error says why, and what helps.
type ContenderBlocked struct {
	// Member: the own znode, if it exists. Otherwise nil.
	Member *Member

	// Err says why, and what helps: an [*Error].
	Err error
}

func (ContenderBlocked) ofContender() {}

func (ContenderBlocked) isState() bool { return false }

func (ContenderBlocked) isEnd() bool { return false }

// ContenderStrangers: the group's znode has children of another recipe, such as Curator's LeaderLatch, whose
// contenders and this one do not wait for each other; one event for each candidacy. The candidacy goes on.
type ContenderStrangers struct {
	// Member: the own znode, if it exists. Otherwise nil.
	Member *Member

	// Message: what was found, and what helps, in a sentence for people.
	Message string
}

func (ContenderStrangers) ofContender() {}

func (ContenderStrangers) isState() bool { return false }

func (ContenderStrangers) isEnd() bool { return false }

// ContenderTokenFell: the group's fencing token fell: the ensemble was emptied or restored. Resources that remember
// the old token refuse the new leader until they are reset.
type ContenderTokenFell struct {
	// Member: the own znode, with the new token.
	Member Member

	// Before: the highest token that this contender saw before.
	Before uint64
}

func (ContenderTokenFell) ofContender() {}

func (ContenderTokenFell) isState() bool { return false }

func (ContenderTokenFell) isEnd() bool { return false }

// ContenderLost: the candidacy is over; exactly one event for each candidacy that began.
type ContenderLost struct {
	// Member: the own znode, if one existed. Otherwise nil.
	Member *Member

	// LedUntil: until when it led, if it did: the end of its lease, or the earlier instant at which the library gave up
	// leadership. Otherwise 0.
	LedUntil BootTime

	// Reason: why.
	Reason LostReason

	// Err is what failed, for [LostFailed]: trying again cannot help. Otherwise nil.
	Err error
}

func (ContenderLost) ofContender() {}

func (ContenderLost) isState() bool { return true }

func (ContenderLost) isEnd() bool { return true }

// asContenderEvent makes an event of one of C; nil for a kind that is newer than this package.
func asContenderEvent(from *native.Event) ContenderEvent {
	switch from.Kind {
	case 20:
		return ContenderEnrolling{}
	case 21:
		return ContenderEnrolled{Member: asMember(from.Member)}
	case 22:
		return ContenderStandby{Member: asMember(from.Member), Ahead: from.Ahead, WaitsUntil: BootTime(from.WaitsUntilNS)}
	case 23:
		return ContenderLeading{Member: asMember(from.Member), LeaseEnd: BootTime(from.LeaseEndNS)}
	case 24:
		return ContenderJeopardy{Member: asMember(from.Member), LeaseEnd: BootTime(from.LeaseEndNS)}
	case 26:
		return ContenderBlocked{Member: asOptionalMember(from.Member), Err: asError(from)}
	case 27:
		return ContenderStrangers{Member: asOptionalMember(from.Member), Message: from.Message}
	case 28:
		return ContenderTokenFell{Member: asMember(from.Member), Before: from.TokenBefore}
	case 25:
		return ContenderLost{Member: asOptionalMember(from.Member), LedUntil: BootTime(from.LeaseEndNS), Reason: LostReason(from.Reason), Err: asError(from)}
	default:
		return nil
	}
}

// DetectorEvent is an event of a detector: its knowledge of the leader: a [DetectorUnknown], [DetectorNone],
// [DetectorLeader], [DetectorTokenFell] or [DetectorFailed]. New ones may come.
type DetectorEvent interface {
	event
	ofDetector()
}

// DetectorUnknown: the leader cannot be known: no server has answered for too long. It is not the same as
// [DetectorNone].
type DetectorUnknown struct {
	// Since: the last confirmation of the previous state.
	Since BootTime
}

func (DetectorUnknown) ofDetector() {}

func (DetectorUnknown) isState() bool { return true }

func (DetectorUnknown) isEnd() bool { return false }

// DetectorNone: no leader: the group is empty.
type DetectorNone struct{}

func (DetectorNone) ofDetector() {}

func (DetectorNone) isState() bool { return true }

func (DetectorNone) isEnd() bool { return false }

// DetectorLeader: a member leads, or the leader's payload has changed.
type DetectorLeader struct {
	Leader
}

func (DetectorLeader) ofDetector() {}

func (DetectorLeader) isState() bool { return true }

func (DetectorLeader) isEnd() bool { return false }

// DetectorTokenFell: the group's fencing token fell: the ensemble was emptied or restored. Resources that remember
// the old token refuse the new leader until they are reset.
type DetectorTokenFell struct {
	// Member: the leader, with the new token.
	Member Member

	// Before: the highest token that this detector saw before.
	Before uint64
}

func (DetectorTokenFell) ofDetector() {}

func (DetectorTokenFell) isState() bool { return false }

func (DetectorTokenFell) isEnd() bool { return false }

// DetectorFailed: the group cannot be read, and the library tries again by itself.
type DetectorFailed struct {
	// Err says why, and what helps: an [*Error].
	Err error
}

func (DetectorFailed) ofDetector() {}

func (DetectorFailed) isState() bool { return true }

func (DetectorFailed) isEnd() bool { return false }

// asDetectorEvent makes an event of one of C; nil for a kind that is newer than this package.
func asDetectorEvent(from *native.Event) DetectorEvent {
	switch from.Kind {
	case 40:
		return DetectorUnknown{Since: BootTime(from.SinceNS)}
	case 41:
		return DetectorNone{}
	case 42:
		return DetectorLeader{Leader: asLeader(from)}
	case 44:
		return DetectorTokenFell{Member: asMember(from.Member), Before: from.TokenBefore}
	case 43:
		return DetectorFailed{Err: asError(from)}
	default:
		return nil
	}
}

// GroupEvent is an event of a group: its knowledge of the members, or the end of a membership: a [GroupUnknown],
// [GroupMembers], [GroupFailed] or [GroupMembershipLost]. New ones may come.
type GroupEvent interface {
	event
	ofGroup()
}

// GroupUnknown: the members cannot be known: no server has answered for too long.
type GroupUnknown struct {
	// Since: the last confirmation of the previous state.
	Since BootTime
}

func (GroupUnknown) ofGroup() {}

func (GroupUnknown) isState() bool { return true }

func (GroupUnknown) isEnd() bool { return false }

// GroupMembers: all members, oldest first.
type GroupMembers struct {
	// Members: the members.
	Members []Member
}

func (GroupMembers) ofGroup() {}

func (GroupMembers) isState() bool { return true }

func (GroupMembers) isEnd() bool { return false }

// GroupFailed: the group cannot be read, and the library tries again by itself.
type GroupFailed struct {
	// Err says why, and what helps: an [*Error].
	Err error
}

func (GroupFailed) ofGroup() {}

func (GroupFailed) isState() bool { return true }

func (GroupFailed) isEnd() bool { return false }

// GroupMembershipLost: a membership that this group joined has ended, and not by [Group.Cancel].
type GroupMembershipLost struct {
	// Member: the former member.
	Member Member

	// Reason: why.
	Reason LostReason

	// Err is what failed, for [LostFailed]: trying again cannot help. Otherwise nil.
	Err error
}

func (GroupMembershipLost) ofGroup() {}

func (GroupMembershipLost) isState() bool { return false }

func (GroupMembershipLost) isEnd() bool { return true }

// asGroupEvent makes an event of one of C; nil for a kind that is newer than this package.
func asGroupEvent(from *native.Event) GroupEvent {
	switch from.Kind {
	case 60:
		return GroupUnknown{Since: BootTime(from.SinceNS)}
	case 61:
		return GroupMembers{Members: asMembers(from.Members)}
	case 62:
		return GroupFailed{Err: asError(from)}
	case 63:
		return GroupMembershipLost{Member: asMember(from.Member), Reason: LostReason(from.Reason), Err: asError(from)}
	default:
		return nil
	}
}
