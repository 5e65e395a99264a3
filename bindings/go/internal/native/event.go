package native

/*
#include "shims.h"
*/
import "C"

import "unsafe"

// Member is a member of a group: see tenure_member.
type Member struct {
	Path, Label string
	Sequence    int32
	Token       uint64
}

// Event has all that an event of C has: see the accessors of tenure_event. What a kind does not have is zero.
type Event struct {
	Kind         int32
	Source       uint64
	Call         uint64
	Member       *Member
	Members      []Member
	Data         []byte // nil where there is none
	Session      int64
	TimeoutMS    int64
	Attempt      uint32
	ExpiredBy    int32
	Server       int32
	Ahead        int
	WaitsUntilNS uint64
	TokenBefore  uint64
	LeaseEndNS   uint64
	SinceNS      uint64
	AsOfNS       uint64
	Reason       int32
	Status       int32
	Message      string
	Result       bool
}

func member(of *C.struct_shim_member) Member {
	return Member{text(of.path, of.path_len), text(of.label, of.label_len), int32(of.sequence), uint64(of.token)}
}

// copyEvent copies an event of C, and frees it.
func copyEvent(from *C.struct_shim_event) Event {
	event := Event{
		Kind:         int32(from.kind),
		Source:       uint64(from.source),
		Call:         uint64(from.call),
		Session:      int64(from.session),
		TimeoutMS:    int64(from.timeout_ms),
		Attempt:      uint32(from.attempt),
		ExpiredBy:    int32(from.expired_by),
		Server:       int32(from.server),
		Ahead:        int(from.ahead),
		WaitsUntilNS: uint64(from.waits_until_ns),
		TokenBefore:  uint64(from.token_before),
		LeaseEndNS:   uint64(from.lease_end_ns),
		SinceNS:      uint64(from.since_ns),
		AsOfNS:       uint64(from.as_of_ns),
		Reason:       int32(from.reason),
		Status:       int32(from.status),
		Message:      text(from.message, from.message_len),
		Result:       bool(from.result),
	}
	if from.has_member {
		its := member(&from.member)
		event.Member = &its
	}
	if from.members != nil {
		count := int(C.tenure_members_count(from.members))
		event.Members = make([]Member, count)
		for at := range event.Members {
			var its C.struct_shim_member
			C.shim_member_read(C.tenure_members_at(from.members, C.size_t(at)), &its)
			event.Members[at] = member(&its)
		}
	}
	if from.data != nil {
		// Not C.GoBytes, which makes nil of nothing: an empty payload is a payload.
		event.Data = append([]byte{}, unsafe.Slice((*byte)(from.data), int(from.data_len))...)
	}
	C.tenure_event_free(from.event)
	return event
}

// newest makes an event of a handle's state; nil before its first event.
func newest(state *C.tenure_event) *Event {
	if state == nil {
		return nil
	}
	var read C.struct_shim_event
	C.shim_state(state, &read)
	event := copyEvent(&read)
	return &event
}
