package native

/*
#include "shims.h"

static tenure_status set_path(tenure_contender_options *options, _GoString_ path, tenure_error **failure)
{
    return tenure_contender_options_set_path(options, shim_str(_GoStringPtr(path), _GoStringLen(path)), failure);
}
*/
import "C"

import (
	"time"
	"unsafe"
)

// Contender is a tenure_contender.
type Contender struct {
	gate gate
	c    *C.tenure_contender
	id   uint64
}

// NewContender contends: tenure_contender_new.
func (c *Client) NewContender(options ContenderOptions) (*Contender, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	made := C.tenure_contender_options_new()
	defer C.tenure_contender_options_free(made)
	var failure *C.tenure_error
	if options.Path != "" {
		if err := asError(C.set_path(made, options.Path, &failure), failure); err != nil {
			return nil, err
		}
	}
	if err := asError(options.set(made, &failure), failure); err != nil {
		return nil, err
	}
	var contender *C.tenure_contender
	if err := asError(C.tenure_contender_new(c.c, made, &contender, &failure), failure); err != nil {
		return nil, err
	}
	return &Contender{c: contender, id: uint64(C.tenure_contender_id(contender))}, nil
}

// ID names the contender in events.
func (c *Contender) ID() uint64 { return c.id }

func (c *Contender) enter() error {
	if c.gate.enter() {
		return nil
	}
	c.leave()
	return closed("contender")
}

func (c *Contender) leave() { c.gate.leave(c.free) }

func (c *Contender) free() { C.tenure_contender_free(c.c) }

// Free frees the contender once no call uses it any more: it no longer leads, and its znode is deleted in the
// background. It may be called again.
func (c *Contender) Free() { c.gate.shut(c.free) }

// Leading gives the fencing token of a leadership that is valid now, or 0.
func (c *Contender) Leading() uint64 {
	if c.enter() != nil {
		return 0
	}
	token := uint64(C.shim_leading(c.c))
	c.leave()
	return token
}

// Lease gives the fencing token of a leadership that is valid now, or 0, and the time that is left of its lease.
func (c *Contender) Lease() (uint64, time.Duration) {
	if c.enter() != nil {
		return 0, 0
	}
	lease := C.shim_lease(c.c)
	c.leave()
	return uint64(lease.token), time.Duration(lease.left_ns)
}

// State is the contender's newest event; nil before the first.
func (c *Contender) State() *Event {
	if c.enter() != nil {
		return nil
	}
	defer c.leave()
	return newest(C.tenure_contender_state(c.c))
}

// StartWithdraw is tenure_contender_withdraw_start.
func (c *Contender) StartWithdraw() (uint64, error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	err := asError(C.tenure_contender_withdraw_start(c.c, &call, &failure), failure)
	return uint64(call), err
}

// StartSetData is tenure_contender_set_data_start.
func (c *Contender) StartSetData(data []byte) (uint64, error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	first, size := bytes(data)
	err := asError(C.tenure_contender_set_data_start(c.c, first, size, &call, &failure), failure)
	return uint64(call), err
}

// bytes gives the first byte and the number of bytes, for a call that copies them.
func bytes(data []byte) (unsafe.Pointer, C.size_t) {
	if len(data) == 0 {
		return nil, 0
	}
	return unsafe.Pointer(&data[0]), C.size_t(len(data))
}
