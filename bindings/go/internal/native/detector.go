package native

/*
#include "shims.h"

static tenure_status new_detector(tenure_client *client, _GoString_ path, tenure_detector **detector,
                                  tenure_error **failure)
{
    return tenure_detector_new(client, shim_str(_GoStringPtr(path), _GoStringLen(path)), detector, failure);
}
*/
import "C"

// Detector is a tenure_detector.
type Detector struct {
	gate gate
	c    *C.tenure_detector
	id   uint64
}

// NewDetector follows the leader of a group: tenure_detector_new.
func (c *Client) NewDetector(path string) (*Detector, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var detector *C.tenure_detector
	if err := asError(C.new_detector(c.c, path, &detector, &failure), failure); err != nil {
		return nil, err
	}
	return &Detector{c: detector, id: uint64(C.tenure_detector_id(detector))}, nil
}

// ID names the detector in events.
func (d *Detector) ID() uint64 { return d.id }

func (d *Detector) enter() error {
	if d.gate.enter() {
		return nil
	}
	d.leave()
	return closed("detector")
}

func (d *Detector) leave() { d.gate.leave(d.free) }

func (d *Detector) free() { C.tenure_detector_free(d.c) }

// Free frees the detector once no call uses it any more. It may be called again.
func (d *Detector) Free() { d.gate.shut(d.free) }

// State is the detector's knowledge of the leader; nil if the detector was freed.
func (d *Detector) State() *Event {
	if d.enter() != nil {
		return nil
	}
	defer d.leave()
	return newest(C.tenure_detector_state(d.c))
}
