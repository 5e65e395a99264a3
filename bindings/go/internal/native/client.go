package native

/*
#include <fcntl.h>
#include "shims.h"

static tenure_status open_client(_GoString_ url, const tenure_client_options *options, tenure_client **client,
                                 tenure_error **failure)
{
    return tenure_client_open(shim_str(_GoStringPtr(url), _GoStringLen(url)), options, client, failure);
}

static tenure_status set_tls(tenure_client_options *options, _GoString_ ca, _GoString_ certificate,
                             _GoString_ key, _GoString_ name, tenure_error **failure)
{
    return tenure_client_options_set_tls(options, shim_str(_GoStringPtr(ca), _GoStringLen(ca)),
                                         shim_str(_GoStringPtr(certificate), _GoStringLen(certificate)),
                                         shim_str(_GoStringPtr(key), _GoStringLen(key)),
                                         shim_str(_GoStringPtr(name), _GoStringLen(name)), failure);
}

static tenure_status set_undertaker(tenure_client_options *options, _GoString_ path, tenure_error **failure)
{
    return tenure_client_options_set_undertaker(options, shim_str(_GoStringPtr(path), _GoStringLen(path)), failure);
}

// A second descriptor of the same open file, which Go may close. Its first words cannot fail for want of a
// descriptor alone, so errno says why.
static int second(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }
*/
import "C"

import (
	"fmt"
	"os"
)

// Client is a tenure_client.
type Client struct {
	gate gate
	c    *C.tenure_client
	id   uint64
	path string
}

// ClientOptions are the options of a client; zero is the default of each.
type ClientOptions struct {
	SessionTimeoutMS, TickMS *int64
	TLS                      *TLS
	// Undertaker is the path of the helper's program; "" for the one that is installed.
	Undertaker *string
}

// TLS are the arguments of tenure_client_options_set_tls.
type TLS struct {
	CAFile, CertificateFile, KeyFile, ServerName string
}

// OpenClient opens a client: tenure_client_open.
func OpenClient(url string, options ClientOptions) (*Client, error) {
	collectGarbage()
	made := C.tenure_client_options_new()
	defer C.tenure_client_options_free(made)
	var failure *C.tenure_error
	if span := options.SessionTimeoutMS; span != nil {
		status := C.tenure_client_options_set_session_timeout_ms(made, C.int64_t(*span), &failure)
		if err := asError(status, failure); err != nil {
			return nil, err
		}
	}
	if span := options.TickMS; span != nil {
		status := C.tenure_client_options_set_tick_ms(made, C.int64_t(*span), &failure)
		if err := asError(status, failure); err != nil {
			return nil, err
		}
	}
	if tls := options.TLS; tls != nil {
		status := C.set_tls(made, tls.CAFile, tls.CertificateFile, tls.KeyFile, tls.ServerName, &failure)
		if err := asError(status, failure); err != nil {
			return nil, err
		}
	}
	if path := options.Undertaker; path != nil {
		if err := asError(C.set_undertaker(made, *path, &failure), failure); err != nil {
			return nil, err
		}
	}
	var c *C.tenure_client
	if err := asError(C.open_client(url, made, &c, &failure), failure); err != nil {
		return nil, err
	}
	path := C.tenure_client_path(c)
	return &Client{c: c, id: uint64(C.tenure_client_id(c)), path: text(path.data, path.len)}, nil
}

// ID names the client in events.
func (c *Client) ID() uint64 { return c.id }

// Path is the path of the client's URL.
func (c *Client) Path() string { return c.path }

func (c *Client) enter() error {
	if c.gate.enter() {
		return nil
	}
	c.leave()
	return closed("client")
}

func (c *Client) leave() {
	c.gate.leave(c.free)
}

func (c *Client) free() { C.tenure_client_free(c.c) }

// Free frees the client once no call uses it any more. It may be called again.
func (c *Client) Free() { c.gate.shut(c.free) }

// Queue gives the descriptor of the client's queue, as a file of its own that the runtime's poller waits for.
func (c *Client) Queue() (*os.File, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var fd C.int
	if err := asError(C.tenure_client_event_fd(c.c, &fd, &failure), failure); err != nil {
		return nil, err
	}
	own, err := C.second(fd)
	if own < 0 {
		return nil, &Failure{int32(C.TENURE_ERR_SYSTEM), fmt.Sprintf("a file descriptor of the event queue: %v", err)}
	}
	return os.NewFile(uintptr(own), "events of tenure"), nil
}

// A Reader takes events out of a client's queue. One goroutine at a time may use it.
type Reader struct {
	client *Client
	event  C.struct_shim_event
}

// Reader makes a reader of the client's queue.
func (c *Client) Reader() *Reader { return &Reader{client: c} }

// Next takes the next event, if one waits. over says that none will ever come.
func (r *Reader) Next() (event Event, ok, over bool) {
	if r.client.enter() != nil {
		return event, false, true
	}
	defer r.client.leave()
	switch C.shim_next(r.client.c, &r.event) {
	case C.TENURE_OK:
		return copyEvent(&r.event), true, false
	case C.TENURE_ERR_TIMEOUT:
		return event, false, false
	default:
		return event, false, true
	}
}

// StartClose is tenure_client_close_start.
func (c *Client) StartClose() (uint64, error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	defer c.leave()
	var failure *C.tenure_error
	var call C.uint64_t
	err := asError(C.tenure_client_close_start(c.c, &call, &failure), failure)
	return uint64(call), err
}

// GiveUp forgets a call that has not ended. It says whether there was such a call.
func (c *Client) GiveUp(call uint64) bool {
	if c.enter() != nil {
		return false
	}
	defer c.leave()
	var given C.bool
	status := C.tenure_client_give_up(c.c, C.uint64_t(call), &given, nil)
	return status == C.TENURE_OK && bool(given)
}

// State is the newest event of the session; nil before the first.
func (c *Client) State() *Event {
	if c.enter() != nil {
		return nil
	}
	defer c.leave()
	return newest(C.tenure_client_state(c.c))
}

// Metric is the value of a metric.
func (c *Client) Metric(metric int32) uint64 {
	if c.enter() != nil {
		return 0
	}
	defer c.leave()
	return uint64(C.tenure_client_metric(c.c, C.tenure_metric(metric)))
}
