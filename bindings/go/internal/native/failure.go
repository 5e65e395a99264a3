package native

/*
#include "shims.h"
*/
import "C"

// Failure is an error of the library: its status and its sentence.
type Failure struct {
	Status  int32
	Message string
}

func (f *Failure) Error() string { return f.Message }

// StatusInvalid and StatusClosed are the statuses that this package gives by itself.
const (
	StatusInvalid int32 = C.TENURE_ERR_INVALID_ARGUMENT
	StatusClosed  int32 = C.TENURE_ERR_CLOSED
	StatusTimeout int32 = C.TENURE_ERR_TIMEOUT
)

// asError frees an error of C, and keeps what it says.
func asError(status C.tenure_status, failure *C.tenure_error) error {
	if status == C.TENURE_OK {
		return nil
	}
	message := C.tenure_error_message(failure)
	taken := &Failure{int32(status), text(message.data, message.len)}
	C.tenure_error_free(failure)
	return taken
}

func closed(noun string) error {
	return &Failure{StatusClosed, "this " + noun + " was closed; make another one"}
}

// text copies bytes of C.
func text(data *C.char, size C.size_t) string {
	return C.GoStringN(data, C.int(size))
}
