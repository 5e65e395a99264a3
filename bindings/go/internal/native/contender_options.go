// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.

package native

/*
#include "shims.h"

static tenure_status set_label(tenure_contender_options *options, _GoString_ text, tenure_error **failure)
{
    tenure_str its = shim_str(_GoStringPtr(text), _GoStringLen(text));

    return tenure_contender_options_set_label(options, its, failure);
}
*/
import "C"

// ContenderOptions are the options of a contender; zero is the default of each.
type ContenderOptions struct {
	// Path is empty for the group of the client's URL.
	Path string

	Label string

	Data []byte

	Policy int32

	Reenrol int32

	Warm bool

	LeaseMS *int64

	FailOverMS *int64
}

// set sets all but the path, up to the first that fails.
func (o *ContenderOptions) set(on *C.tenure_contender_options, failure **C.tenure_error) C.tenure_status {
	if status := C.set_label(on, o.Label, failure); status != C.TENURE_OK {
		return status
	}
	first, size := bytes(o.Data)
	if status := C.tenure_contender_options_set_data(on, first, size, failure); status != C.TENURE_OK {
		return status
	}
	if status := C.tenure_contender_options_set_policy(on, C.tenure_policy(o.Policy), failure); status != C.TENURE_OK {
		return status
	}
	if status := C.tenure_contender_options_set_reenrol(on, C.tenure_reenrol(o.Reenrol), failure); status != C.TENURE_OK {
		return status
	}
	if status := C.tenure_contender_options_set_warm(on, C.bool(o.Warm), failure); status != C.TENURE_OK {
		return status
	}
	if o.LeaseMS != nil {
		if status := C.tenure_contender_options_set_lease_ms(on, C.int64_t(*o.LeaseMS), failure); status != C.TENURE_OK {
			return status
		}
	}
	if o.FailOverMS != nil {
		if status := C.tenure_contender_options_set_fail_over_ms(on, C.int64_t(*o.FailOverMS), failure); status != C.TENURE_OK {
			return status
		}
	}
	return C.TENURE_OK
}
