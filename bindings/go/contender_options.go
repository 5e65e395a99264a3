// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.

package tenure

import (
	"time"

	"tenure.example/tenure/internal/native"
)

// WithLabel sets the part before "_" in the name of the znode. None by default.
func WithLabel(label string) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Label = label
		return nil
	}
}

// WithData sets the payload of the znode, which detectors get with the leader: at most 1,000,000 bytes. None by
// default.
func WithData(data []byte) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Data = data
		return nil
	}
}

// WithPolicy says when leadership ends if no server answers. [PolicyVerified] by default.
func WithPolicy(policy Policy) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Policy = int32(policy)
		return nil
	}
}

// WithReenrol says whether the contender enrols again after a lost candidacy. [ReenrolAlways] by default.
func WithReenrol(reenrol Reenrol) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Reenrol = int32(reenrol)
		return nil
	}
}

// WithWarm says whether to keep a lease ready while next in line, for one small write each twelfth of the session
// timeout. No by default.
func WithWarm(warm bool) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Warm = warm
		return nil
	}
}

// WithLease sets the length of the lease, for which a successor waits: 100 ms to 10 s and no longer than the session
// timeout, by default a quarter of that; needs the policy [PolicyGuarded], and excludes [WithFailOver].
func WithLease(lease time.Duration) ContenderOption {
	return func(options *native.ContenderOptions) error {
		return span("lease", lease, &options.LeaseMS)
	}
}

// WithFailOver sets the time in which a successor replaces a leader that is silent: 250 ms to 10 s and less than the
// session timeout; needs the policy [PolicyGuarded], and excludes [WithLease].
func WithFailOver(failOver time.Duration) ContenderOption {
	return func(options *native.ContenderOptions) error {
		return span("fail over", failOver, &options.FailOverMS)
	}
}
