package tenure

import (
	"math"
	"time"

	"tenure.example/tenure/internal/native"
)

// ClientOption is an option of [Open].
type ClientOption func(*clientOptions) error

type clientOptions struct{ native native.ClientOptions }

// WithSessionTimeout sets the session timeout to ask for, 1 ms to 24 days; 10 s by default, as in Mesos. The server
// grants a timeout within its own limits (2 to 20 ticks unless configured); [SessionConnected] reports it.
func WithSessionTimeout(timeout time.Duration) ClientOption {
	return func(options *clientOptions) error {
		return span("session timeout", timeout, &options.native.SessionTimeoutMS)
	}
}

// WithTick sets the servers' tickTime, 1 ms to 24 days, which makes verified leases longer: without it the library
// assumes half of the session timeout, the most that servers with default limits can have. Never set less than the
// servers' real tick. Behind an observer that follows another learner (ObserverMaster) set twice the tick. If the
// tick leaves no room for a lease, contenders fail with an error that says so.
func WithTick(tick time.Duration) ClientOption {
	return func(options *clientOptions) error { return span("tick", tick, &options.native.TickMS) }
}

// TLS are the options of TLS to the servers: see [WithTLS]. All files are in PEM form.
type TLS struct {
	// CAFile has the authorities to trust; no others are trusted, not even the system's.
	CAFile string
	// CertificateFile has the client's certificate, which servers require unless their ssl.clientAuth says
	// otherwise; KeyFile its private key, not encrypted. Both or neither.
	CertificateFile, KeyFile string
	// ServerName is the name or address that certificates must contain, instead of the host in the URL.
	ServerName string
}

// WithTLS makes the client speak TLS to its servers; the ports in the URL are then their secureClientPorts. Every
// server's certificate must chain to one of the authorities, and contain the host's name or address from the URL.
// [Open] reads the files, and fails if one is unusable or the library was built without TLS.
func WithTLS(tls TLS) ClientOption {
	return func(options *clientOptions) error {
		its := native.TLS(tls)
		options.native.TLS = &its
		return nil
	}
}

// WithUndertaker sets the helper process that closes the session as soon as this process is dead, so that a successor
// leads in milliseconds and not after the session timeout; there is none by default. The path is that of the program
// tenure-undertaker, of the same release as the library; the empty string stands for the one that is installed with
// the library. It starts with the first client that asks for it, serves all that name the same program, and ends with
// the last; its end in another way is [SessionUndertakerLost], and all else goes on. [Open] fails if the program
// cannot be an undertaker; the first time it waits until the program is ready, at most ten seconds.
func WithUndertaker(path string) ClientOption {
	return func(options *clientOptions) error {
		options.native.Undertaker = &path
		return nil
	}
}

func span(noun string, of time.Duration, to **int64) error {
	if of%time.Millisecond != 0 || of < time.Millisecond || of > math.MaxInt32*time.Millisecond {
		return invalid("the " + noun + " " + of.String() + " is not of whole milliseconds from 1 ms to 24 days")
	}
	milliseconds := of.Milliseconds()
	*to = &milliseconds
	return nil
}

// ContenderOption is an option of [Client.Contender] and [Run].
type ContenderOption func(*native.ContenderOptions) error

// WithPath sets the group to contend for, instead of the group of the client's URL: a znode, which is created if it
// is missing.
func WithPath(path string) ContenderOption {
	return func(options *native.ContenderOptions) error {
		options.Path = path
		return nil
	}
}
