package native

/*
#include "shims.h"

#define STR(text) shim_str(_GoStringPtr(text), _GoStringLen(text))

static tenure_status set_id(tenure_role_options *options, _GoString_ id, tenure_error **failure)
{
    return tenure_role_options_set_id(options, STR(id), failure);
}

static tenure_status hear(tenure_role *role, tenure_event_kind kind, _GoString_ address, _GoString_ path,
                          uint64_t token, uint64_t lease_end_ns, tenure_lost_reason reason, _GoString_ message,
                          uint64_t now_ns, tenure_outputs **outputs, tenure_error **failure)
{
    return tenure_role_hear(role, kind, STR(address), STR(path), token, lease_end_ns, reason, STR(message), now_ns,
                            outputs, failure);
}

static tenure_status registered(tenure_role *role, _GoString_ address, uint64_t token, _GoString_ id,
                                int64_t ping_timeout_ms, uint64_t now_ns, tenure_outputs **outputs,
                                tenure_error **failure)
{
    return tenure_role_registered(role, STR(address), token, STR(id), ping_timeout_ms, now_ns, outputs, failure);
}

static tenure_status refused(tenure_role *role, _GoString_ address, uint64_t token, _GoString_ why,
                             uint64_t now_ns, tenure_outputs **outputs, tenure_error **failure)
{
    return tenure_role_refused(role, STR(address), token, STR(why), now_ns, outputs, failure);
}

static tenure_status ping(tenure_role *role, _GoString_ address, uint64_t token, bool connected,
                          uint64_t now_ns, tenure_outputs **outputs, tenure_error **failure)
{
    return tenure_role_ping(role, STR(address), token, connected, now_ns, outputs, failure);
}

static tenure_status shutdown_role(tenure_role *role, _GoString_ address, uint64_t token, uint64_t now_ns,
                                   tenure_outputs **outputs, tenure_error **failure)
{
    return tenure_role_shutdown(role, STR(address), token, now_ns, outputs, failure);
}

static bool accepts(const tenure_role *role, _GoString_ address, uint64_t token)
{
    return tenure_role_accepts(role, STR(address), token);
}
*/
import "C"

// The kinds of roles: tenure_role_kind.
const (
	KindMaster int32 = C.TENURE_ROLE_MASTER
	KindAgent  int32 = C.TENURE_ROLE_AGENT
	KindDriver int32 = C.TENURE_ROLE_DRIVER
)

// The options of roles: tenure_role_option.
const (
	OptionSeed                     int32 = C.TENURE_ROLE_OPTION_SEED
	OptionBackoffMS                int32 = C.TENURE_ROLE_OPTION_BACKOFF_MS
	OptionBackoffMaxMS             int32 = C.TENURE_ROLE_OPTION_BACKOFF_MAX_MS
	OptionPingTimeoutMS            int32 = C.TENURE_ROLE_OPTION_PING_TIMEOUT_MS
	OptionFailoverTimeoutMS        int32 = C.TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS
	OptionAgentPingTimeoutMS       int32 = C.TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS
	OptionMaxAgentPingTimeouts     int32 = C.TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS
	OptionAgentReregisterTimeoutMS int32 = C.TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS
	OptionAgentRemovals            int32 = C.TENURE_ROLE_OPTION_AGENT_REMOVALS
	OptionAgentRemovalsEachMS      int32 = C.TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS
)

// The kinds of events that a role hears: tenure_event_kind.
const (
	EventSessionAuthFailed  int32 = C.TENURE_EVENT_SESSION_AUTH_FAILED
	EventSessionClosed      int32 = C.TENURE_EVENT_SESSION_CLOSED
	EventContenderEnrolling int32 = C.TENURE_EVENT_CONTENDER_ENROLLING
	EventContenderEnrolled  int32 = C.TENURE_EVENT_CONTENDER_ENROLLED
	EventContenderStandby   int32 = C.TENURE_EVENT_CONTENDER_STANDBY
	EventContenderLeading   int32 = C.TENURE_EVENT_CONTENDER_LEADING
	EventContenderJeopardy  int32 = C.TENURE_EVENT_CONTENDER_JEOPARDY
	EventContenderLost      int32 = C.TENURE_EVENT_CONTENDER_LOST
	EventDetectorUnknown    int32 = C.TENURE_EVENT_DETECTOR_UNKNOWN
	EventDetectorNone       int32 = C.TENURE_EVENT_DETECTOR_NONE
	EventDetectorLeader     int32 = C.TENURE_EVENT_DETECTOR_LEADER
)

// The inputs of an observer: tenure_observer_input.
const (
	InputRegistered int32 = C.TENURE_OBSERVER_REGISTERED
	InputPong       int32 = C.TENURE_OBSERVER_PONG
	InputLinkLost   int32 = C.TENURE_OBSERVER_LINK_LOST
	InputRemoved    int32 = C.TENURE_OBSERVER_REMOVED
)

// Output has all that an output of a role or of an observer has. What a kind does not have is zero.
type Output struct {
	Kind                       int32
	Address, Path, ID, Message string
	Token, LeaseEndNS, Agent   uint64
	Flag                       bool
	Reason                     int32
	ExitStatus                 int
}

// RoleOptions are the options of a role or of an observer, by TENURE_ROLE_OPTION_...; those that are not there
// have the defaults of Mesos.
type RoleOptions struct {
	ID      string
	Numbers map[int32]int64
}

// Role is a tenure_role.
type Role struct {
	gate gate
	c    *C.tenure_role
}

func (o RoleOptions) make() (*C.tenure_role_options, error) {
	made := C.tenure_role_options_new()
	var failure *C.tenure_error
	err := asError(C.set_id(made, o.ID, &failure), failure)
	for option, value := range o.Numbers {
		if err == nil {
			status := C.tenure_role_options_set(made, C.tenure_role_option(option), C.int64_t(value), &failure)
			err = asError(status, failure)
		}
	}
	if err != nil {
		C.tenure_role_options_free(made)
		return nil, err
	}
	return made, nil
}

// NewRole is tenure_role_new.
func NewRole(kind int32, options RoleOptions) (*Role, error) {
	collectGarbage()
	made, err := options.make()
	if err != nil {
		return nil, err
	}
	defer C.tenure_role_options_free(made)
	var failure *C.tenure_error
	var role *C.tenure_role
	if err := asError(C.tenure_role_new(C.tenure_role_kind(kind), made, &role, &failure), failure); err != nil {
		return nil, err
	}
	return &Role{c: role}, nil
}

func (r *Role) leave() { r.gate.leave(r.free) }

func (r *Role) free() { C.tenure_role_free(r.c) }

// Free frees the role once no call uses it any more. It may be called again.
func (r *Role) Free() { r.gate.shut(r.free) }

// input gives the role an input, and copies its outputs.
func (r *Role) input(call func(**C.tenure_outputs, **C.tenure_error) C.tenure_status) ([]Output, error) {
	if !r.gate.enter() {
		r.leave()
		return nil, closed("role")
	}
	defer r.leave()
	return copyOutputs(call)
}

func copyOutputs(call func(**C.tenure_outputs, **C.tenure_error) C.tenure_status) ([]Output, error) {
	var failure *C.tenure_error
	var outputs *C.tenure_outputs
	if err := asError(call(&outputs, &failure), failure); err != nil {
		return nil, err
	}
	defer C.tenure_outputs_free(outputs)
	count := C.tenure_outputs_count(outputs)
	if count == 0 {
		return nil, nil
	}
	str := func(of C.tenure_str) string { return text(of.data, of.len) }
	made := make([]Output, 0, int(count))
	for at := C.size_t(0); at < count; at++ {
		made = append(made, Output{
			Kind:       int32(C.tenure_outputs_kind(outputs, at)),
			Address:    str(C.tenure_outputs_address(outputs, at)),
			Path:       str(C.tenure_outputs_path(outputs, at)),
			ID:         str(C.tenure_outputs_id(outputs, at)),
			Message:    str(C.tenure_outputs_message(outputs, at)),
			Token:      uint64(C.tenure_outputs_token(outputs, at)),
			LeaseEndNS: uint64(C.tenure_outputs_lease_end_ns(outputs, at)),
			Agent:      uint64(C.tenure_outputs_agent(outputs, at)),
			Flag:       bool(C.tenure_outputs_flag(outputs, at)),
			Reason:     int32(C.tenure_outputs_reason(outputs, at)),
			ExitStatus: int(C.tenure_outputs_exit_status(outputs, at)),
		})
	}
	return made, nil
}

// Heard are the parts of an event: see tenure_role_hear.
type Heard struct {
	Kind              int32
	Address, Path     string
	Token, LeaseEndNS uint64
	Reason            int32
	Message           string
}

// Hear is tenure_role_hear.
func (r *Role) Hear(heard Heard, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.hear(r.c, C.tenure_event_kind(heard.Kind), heard.Address, heard.Path, C.uint64_t(heard.Token),
			C.uint64_t(heard.LeaseEndNS), C.tenure_lost_reason(heard.Reason), heard.Message, C.uint64_t(now), outputs,
			failure)
	})
}

// Tick is tenure_role_tick.
func (r *Role) Tick(now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_role_tick(r.c, C.uint64_t(now), outputs, failure)
	})
}

// Registered is tenure_role_registered.
func (r *Role) Registered(address string, token uint64, id string, pingTimeoutMS int64, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.registered(r.c, address, C.uint64_t(token), id, C.int64_t(pingTimeoutMS), C.uint64_t(now), outputs,
			failure)
	})
}

// Refused is tenure_role_refused.
func (r *Role) Refused(address string, token uint64, why string, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.refused(r.c, address, C.uint64_t(token), why, C.uint64_t(now), outputs, failure)
	})
}

// Ping is tenure_role_ping.
func (r *Role) Ping(address string, token uint64, connected bool, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.ping(r.c, address, C.uint64_t(token), C.bool(connected), C.uint64_t(now), outputs, failure)
	})
}

// LinkLost is tenure_role_link_lost.
func (r *Role) LinkLost(now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_role_link_lost(r.c, C.uint64_t(now), outputs, failure)
	})
}

// Shutdown is tenure_role_shutdown.
func (r *Role) Shutdown(address string, token uint64, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.shutdown_role(r.c, address, C.uint64_t(token), C.uint64_t(now), outputs, failure)
	})
}

// Call is tenure_role_call.
func (r *Role) Call(call int32, now uint64) ([]Output, error) {
	return r.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_role_call(r.c, C.tenure_call_kind(call), C.uint64_t(now), outputs, failure)
	})
}

// Accepts is tenure_role_accepts; false if the role was freed.
func (r *Role) Accepts(address string, token uint64) bool {
	if !r.gate.enter() {
		r.leave()
		return false
	}
	defer r.leave()
	return bool(C.accepts(r.c, address, C.uint64_t(token)))
}

// State is tenure_role_state_of; 0 if the role was freed.
func (r *Role) State() int32 {
	if !r.gate.enter() {
		r.leave()
		return 0
	}
	defer r.leave()
	return int32(C.tenure_role_state_of(r.c))
}

// Due is tenure_role_due_ns; 0 if the role was freed.
func (r *Role) Due() uint64 {
	if !r.gate.enter() {
		r.leave()
		return 0
	}
	defer r.leave()
	return uint64(C.tenure_role_due_ns(r.c))
}

// Leading is a tenure_leading.
type Leading struct {
	Address, Path string
	Token         uint64
}

// Leader is tenure_role_leader; nil where none is known.
func (r *Role) Leader() *Leading {
	if !r.gate.enter() {
		r.leave()
		return nil
	}
	defer r.leave()
	found := C.tenure_role_leader(r.c)
	if found == nil {
		return nil
	}
	defer C.tenure_leading_free(found)
	address, path := C.tenure_leading_address(found), C.tenure_leading_path(found)
	return &Leading{text(address.data, address.len), text(path.data, path.len), uint64(C.tenure_leading_token(found))}
}

// Observer is a tenure_observer.
type Observer struct {
	gate gate
	c    *C.tenure_observer
}

// NewObserver is tenure_observer_new.
func NewObserver(options RoleOptions) (*Observer, error) {
	collectGarbage()
	made, err := options.make()
	if err != nil {
		return nil, err
	}
	defer C.tenure_role_options_free(made)
	var failure *C.tenure_error
	var observer *C.tenure_observer
	if err := asError(C.tenure_observer_new(made, &observer, &failure), failure); err != nil {
		return nil, err
	}
	return &Observer{c: observer}, nil
}

func (o *Observer) leave() { o.gate.leave(o.free) }

func (o *Observer) free() { C.tenure_observer_free(o.c) }

// Free frees the observer once no call uses it any more. It may be called again.
func (o *Observer) Free() { o.gate.shut(o.free) }

func (o *Observer) input(call func(**C.tenure_outputs, **C.tenure_error) C.tenure_status) ([]Output, error) {
	if !o.gate.enter() {
		o.leave()
		return nil, closed("observer")
	}
	defer o.leave()
	return copyOutputs(call)
}

// Admit is tenure_observer_admit.
func (o *Observer) Admit(now uint64) (uint64, []Output, error) {
	var agent C.uint64_t
	outputs, err := o.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_observer_admit(o.c, C.uint64_t(now), &agent, outputs, failure)
	})
	return uint64(agent), outputs, err
}

// Expect is tenure_observer_expect.
func (o *Observer) Expect(now uint64) (uint64, error) {
	if !o.gate.enter() {
		o.leave()
		return 0, closed("observer")
	}
	defer o.leave()
	var failure *C.tenure_error
	var agent C.uint64_t
	err := asError(C.tenure_observer_expect(o.c, C.uint64_t(now), &agent, &failure), failure)
	return uint64(agent), err
}

// Take is tenure_observer_take.
func (o *Observer) Take(input int32, agent, now uint64) ([]Output, error) {
	return o.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_observer_take(o.c, C.tenure_observer_input(input), C.uint64_t(agent), C.uint64_t(now), outputs,
			failure)
	})
}

// Tick is tenure_observer_tick.
func (o *Observer) Tick(now uint64) ([]Output, error) {
	return o.input(func(outputs **C.tenure_outputs, failure **C.tenure_error) C.tenure_status {
		return C.tenure_observer_tick(o.c, C.uint64_t(now), outputs, failure)
	})
}

// look reads a number of the observer; 0 if it was freed.
func (o *Observer) look(read func() uint64) uint64 {
	if !o.gate.enter() {
		o.leave()
		return 0
	}
	defer o.leave()
	return read()
}

// State is tenure_observer_state.
func (o *Observer) State(agent uint64) int32 {
	return int32(o.look(func() uint64 { return uint64(C.tenure_observer_state(o.c, C.uint64_t(agent))) }))
}

// Due is tenure_observer_due_ns.
func (o *Observer) Due() uint64 {
	return o.look(func() uint64 { return uint64(C.tenure_observer_due_ns(o.c)) })
}

// Agents is tenure_observer_agents.
func (o *Observer) Agents() int {
	return int(o.look(func() uint64 { return uint64(C.tenure_observer_agents(o.c)) }))
}

// TotalPingTimeoutMS is tenure_observer_total_ping_timeout_ms.
func (o *Observer) TotalPingTimeoutMS() int64 {
	return int64(o.look(func() uint64 { return uint64(C.tenure_observer_total_ping_timeout_ms(o.c)) }))
}
