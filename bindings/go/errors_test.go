package tenure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tenure.example/tenure"
)

var kinds = []tenure.ErrorKind{tenure.ErrInvalidArgument, tenure.ErrNoAuth, tenure.ErrNoNode, tenure.ErrAuthFailed,
	tenure.ErrSessionExpired, tenure.ErrClosed, tenure.ErrTimeout, tenure.ErrServer, tenure.ErrSystem, tenure.ErrForked,
	tenure.ErrBusy, tenure.ErrReentrant, tenure.ErrPoisoned, tenure.ErrPanic}

func TestKindsOfErrors(t *testing.T) {
	for _, kind := range kinds {
		err := error(&tenure.Error{Kind: kind, Message: "the sentence"})
		wrapped := fmt.Errorf("around: %w", err)
		for _, other := range kinds {
			if errors.Is(err, other) != (kind == other) || errors.Is(wrapped, other) != (kind == other) {
				t.Errorf("%q and %q", kind, other)
			}
		}
		var its *tenure.Error
		if !errors.As(wrapped, &its) || its.Kind != kind || its.Error() != "tenure: the sentence" {
			t.Errorf("%q: %v", kind, its)
		}
		retriable := kind == tenure.ErrSessionExpired || kind == tenure.ErrTimeout || kind == tenure.ErrSystem
		if its.Retriable() != retriable || kind.Retriable() != retriable {
			t.Errorf("%q: retriable %v", kind, its.Retriable())
		}
		if errors.Is(err, tenure.ErrLost) || errors.Is(err, errors.New(err.Error())) {
			t.Errorf("%q matches too much", kind)
		}
		if kind.Error() != "tenure: "+kind.String() || strings.Contains(kind.String(), "error") {
			t.Errorf("%q has no name", kind)
		}
	}
	if text := tenure.ErrorKind(-1000).String(); text != "error -1000" {
		t.Error(text)
	}
}

func TestLosses(t *testing.T) {
	for _, reason := range []tenure.LostReason{tenure.LostSessionExpired, tenure.LostLeaseLapsed, tenure.LostEvicted,
		tenure.LostWithdrawn, tenure.LostClosed, tenure.LostFailed} {
		err := fmt.Errorf("around: %w", &tenure.LostError{Reason: reason})
		wantLost(t, err, reason)
		if strings.Contains(reason.String(), " ") || strings.Contains(err.Error(), "unknown") {
			t.Error(reason, err)
		}
	}
	failed := &tenure.LostError{Reason: tenure.LostFailed, Err: &tenure.Error{Kind: tenure.ErrNoAuth, Message: "the ACL"}}
	wantKind(t, failed, tenure.ErrNoAuth)
	wantLost(t, failed, tenure.LostFailed)
	if !strings.Contains(failed.Error(), "the ACL") {
		t.Error(failed)
	}
	if text := tenure.LostReason(99).String(); !strings.Contains(text, "unknown") {
		t.Error(text)
	}
}
