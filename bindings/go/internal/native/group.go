package native

/*
#include "shims.h"

static tenure_status new_group(tenure_client *client, _GoString_ path, tenure_group **group,
                               tenure_error **failure)
{
    return tenure_group_new(client, shim_str(_GoStringPtr(path), _GoStringLen(path)), group, failure);
}

static tenure_status join(tenure_group *group, const void *data, size_t len, _GoString_ label, uint64_t *call,
                          tenure_error **failure)
{
    tenure_str its = shim_str(_GoStringPtr(label), _GoStringLen(label));

    return tenure_group_join_start(group, data, len, its, call, failure);
}

// The calls on one member of a group.
enum { CANCEL, EVICT, CANCELLED, DATA, SET_DATA };

static tenure_status on_member(int what, tenure_group *group, _GoString_ path, uint64_t token, const void *data,
                               size_t len, uint64_t *call, tenure_error **failure)
{
    tenure_member *member = NULL;
    tenure_status status =
        tenure_member_new(shim_str(_GoStringPtr(path), _GoStringLen(path)), token, &member, failure);

    if (status != TENURE_OK)
        return status;
    switch (what) {
    case CANCEL:
        status = tenure_group_cancel_start(group, member, call, failure);
        break;
    case EVICT:
        status = tenure_group_evict_start(group, member, call, failure);
        break;
    case CANCELLED:
        status = tenure_group_cancelled_start(group, member, call, failure);
        break;
    case DATA:
        status = tenure_group_data_start(group, member, call, failure);
        break;
    default:
        status = tenure_group_set_data_start(group, member, data, len, call, failure);
    }
    tenure_member_free(member);
    return status;
}
*/
import "C"

// Group is a tenure_group.
type Group struct {
	gate gate
	c    *C.tenure_group
	id   uint64
}

// NewGroup opens a group: tenure_group_new.
func (c *Client) NewGroup(path string) (*Group, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var group *C.tenure_group
	if err := asError(C.new_group(c.c, path, &group, &failure), failure); err != nil {
		return nil, err
	}
	return &Group{c: group, id: uint64(C.tenure_group_id(group))}, nil
}

// ID names the group in events.
func (g *Group) ID() uint64 { return g.id }

func (g *Group) enter() error {
	if g.gate.enter() {
		return nil
	}
	g.leave()
	return closed("group")
}

func (g *Group) leave() { g.gate.leave(g.free) }

func (g *Group) free() { C.tenure_group_free(g.c) }

// Free frees the group once no call uses it any more; its memberships are given up in the background. It may
// be called again.
func (g *Group) Free() { g.gate.shut(g.free) }

// StartWatch reports each change of the members from now on: tenure_group_watch.
func (g *Group) StartWatch() error {
	if err := g.enter(); err != nil {
		return err
	}
	defer g.leave()
	var failure *C.tenure_error
	return asError(C.tenure_group_watch(g.c, &failure), failure)
}

// StartJoin is tenure_group_join_start.
func (g *Group) StartJoin(data []byte, label string) (uint64, error) {
	if err := g.enter(); err != nil {
		return 0, err
	}
	defer g.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	first, size := bytes(data)
	err := asError(C.join(g.c, first, size, label, &call, &failure), failure)
	return uint64(call), err
}

// StartMembers is tenure_group_members_start.
func (g *Group) StartMembers() (uint64, error) {
	if err := g.enter(); err != nil {
		return 0, err
	}
	defer g.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	err := asError(C.tenure_group_members_start(g.c, &call, &failure), failure)
	return uint64(call), err
}

func (g *Group) onMember(what C.int, member Member, data []byte) (uint64, error) {
	if err := g.enter(); err != nil {
		return 0, err
	}
	defer g.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	first, size := bytes(data)
	path, token := member.Path, C.uint64_t(member.Token)
	err := asError(C.on_member(what, g.c, path, token, first, size, &call, &failure), failure)
	return uint64(call), err
}

// StartCancel is tenure_group_cancel_start.
func (g *Group) StartCancel(member Member) (uint64, error) { return g.onMember(C.CANCEL, member, nil) }

// StartEvict is tenure_group_evict_start.
func (g *Group) StartEvict(member Member) (uint64, error) { return g.onMember(C.EVICT, member, nil) }

// StartCancelled is tenure_group_cancelled_start.
func (g *Group) StartCancelled(member Member) (uint64, error) {
	return g.onMember(C.CANCELLED, member, nil)
}

// StartData is tenure_group_data_start.
func (g *Group) StartData(member Member) (uint64, error) { return g.onMember(C.DATA, member, nil) }

// StartSetData is tenure_group_set_data_start.
func (g *Group) StartSetData(member Member, data []byte) (uint64, error) {
	return g.onMember(C.SET_DATA, member, data)
}
