// Code generated from crates/election/src/words by `make words`. DO NOT EDIT.

package tenure

import "tenure.example/tenure/internal/native"

// WithLabel sets the part before "_" in the name of the znode. None by default.
func WithLabel(label string) ContenderOption {
	return func(options *native.ContenderOptions) { options.Label = label }
}

// WithData sets the payload of the znode, which detectors get with the leader: at most 1,000,000 bytes. None by
// default.
func WithData(data []byte) ContenderOption {
	return func(options *native.ContenderOptions) { options.Data = data }
}

// WithPolicy says when leadership ends if no server answers. [PolicyVerified] by default.
func WithPolicy(policy Policy) ContenderOption {
	return func(options *native.ContenderOptions) { options.Policy = int32(policy) }
}

// WithReenrol says whether the contender enrols again after a lost candidacy. [ReenrolAlways] by default.
func WithReenrol(reenrol Reenrol) ContenderOption {
	return func(options *native.ContenderOptions) { options.Reenrol = int32(reenrol) }
}

// WithWarm says whether to keep a lease ready while next in line, for one small write each twelfth of the session
// timeout. No by default.
func WithWarm(warm bool) ContenderOption {
	return func(options *native.ContenderOptions) { options.Warm = warm }
}
