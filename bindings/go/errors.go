package tenure

import (
	"errors"
	"fmt"

	"tenure.example/tenure/internal/native"
)

// Error is an error of the library: a kind, and a sentence that says what to do. It holds no secret.
type Error struct {
	// Kind is the sentinel that the error matches: errors.Is(err, kind).
	Kind ErrorKind
	// Message is a sentence for people.
	Message string
}

func (e *Error) Error() string { return "tenure: " + e.Message }

// Is makes errors.Is match the kind of the error.
func (e *Error) Is(target error) bool {
	kind, ok := target.(ErrorKind)
	return ok && kind == e.Kind
}

// Retriable says whether the same call can succeed later without any change.
func (e *Error) Retriable() bool { return e.Kind.Retriable() }

// ErrorKind is a kind of errors: each is a sentinel for errors.Is. New ones may come.
type ErrorKind int32

func (k ErrorKind) Error() string { return "tenure: " + k.String() }

func (k ErrorKind) String() string {
	if name := k.name(); name != "" {
		return name
	}
	return fmt.Sprintf("error %d", int32(k))
}

// ErrLost matches the end of a leadership or a candidacy: each [*LostError].
var ErrLost = errors.New("tenure: leadership lost")

// LostError is the end of a leadership or a candidacy. errors.Is(err, [ErrLost]) holds for each.
type LostError struct {
	// Reason is why it ended.
	Reason LostReason
	// Err is what failed, for [LostFailed]; nil for other reasons.
	Err error
}

func (e *LostError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("tenure: leadership lost: %v", e.Err)
	}
	return "tenure: leadership lost: " + e.Reason.explain()
}

// Is makes errors.Is match [ErrLost].
func (e *LostError) Is(target error) bool { return target == ErrLost }

// Unwrap gives what failed, for [LostFailed].
func (e *LostError) Unwrap() error { return e.Err }

// wrap gives an error of C its Go form.
func wrap(err error) error {
	var failure *native.Failure
	if errors.As(err, &failure) {
		return &Error{ErrorKind(failure.Status), failure.Message}
	}
	return err
}

// asError makes an error of an event's status and message; nil if nothing went wrong.
func asError(event *native.Event) error {
	if event.Status == 0 {
		return nil
	}
	return &Error{ErrorKind(event.Status), event.Message}
}

func invalid(message string) error { return &Error{ErrInvalidArgument, message} }

func closedError(noun string) error {
	return &Error{ErrClosed, "the " + noun + " was closed"}
}

// misused is the error of a method whose receiver was not made by this package, or is a copy.
func misused(noun, maker string) error {
	return invalid("this " + noun + " is nil, empty or a copy; use the pointer that " + maker + " returned")
}

const noContext = "the context is nil; use context.Background() to wait without a limit"
