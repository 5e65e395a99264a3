package mesos

import (
	"context"

	"tenure.example/tenure"
)

// MasterDetector follows the leading master. It has all methods of a detector, and those of the same name here give
// decoded events.
type MasterDetector struct {
	*tenure.Detector
	own *tenure.Client
}

// NewMasterDetector follows the masters of a group, on the session of a client; the empty path is that of its URL.
//
// Errors: as of [tenure.Client.Detector].
func NewMasterDetector(client *tenure.Client, path string) (*MasterDetector, error) {
	detector, err := client.Detector(path)
	if err != nil {
		return nil, err
	}
	return &MasterDetector{Detector: detector}, nil
}

// CreateMasterDetector follows the masters by what an agent is given as --master: zk://…, the HOST:PORT of a master
// that leads for ever, or file://… with one of these. A session of its own has by default the timeout
// [MASTER_DETECTOR_ZK_SESSION_TIMEOUT]. A file keeps the timeout, and may not name another file.
//
// Errors: as of [tenure.Open] and [tenure.Client.Detector].
func CreateMasterDetector(url string, options ...tenure.ClientOption) (*MasterDetector, error) {
	own, err := create(url, MASTER_DETECTOR_ZK_SESSION_TIMEOUT, options)
	if err != nil {
		return nil, err
	}
	detector, err := NewMasterDetector(own, "")
	if err != nil {
		closeSoon(own)
		return nil, err
	}
	detector.own = own
	return detector, nil
}

// Client is the client that [CreateMasterDetector] opened, to close it in order and for its events; otherwise nil.
func (d *MasterDetector) Client() *tenure.Client {
	if d == nil {
		return nil
	}
	return d.own
}

func (d *MasterDetector) check() error {
	if d == nil || d.Detector == nil {
		return invalid("this detector is nil or empty; use the one that NewMasterDetector returned")
	}
	return nil
}

// State is the current knowledge; a [MasterUnknown] also before the first answer, nil if the detector is closed.
func (d *MasterDetector) State() MasterEvent {
	if d.check() != nil {
		return nil
	}
	return MasterEventOf(d.Detector.State())
}

// Master is the leading master, if it is known right now and can be read. Obey nobody otherwise.
func (d *MasterDetector) Master() (master MasterLeads, ok bool) {
	master, ok = d.State().(MasterLeads)
	return master, ok
}

// Watch gives a channel that always has the newest knowledge that was not received yet: the current one at first, then
// each change. It is closed when the context ends or the detector is closed; a goroutine decodes until then. With a nil
// context, or after Close, its only event is a [MasterFailed] that says so.
func (d *MasterDetector) Watch(ctx context.Context) <-chan MasterEvent {
	changes := make(chan MasterEvent)
	if err := d.check(); err != nil {
		only := make(chan MasterEvent, 1)
		only <- MasterFailed{err}
		close(only)
		return only
	}
	from := d.Detector.Watch(ctx)
	go func() {
		defer close(changes)
		for event := range from {
			newest := MasterEventOf(event)
			for newest != nil {
				select {
				case changes <- newest:
					newest = nil
				case event, ok := <-from:
					if !ok {
						return
					}
					newest = MasterEventOf(event)
				case <-done(ctx):
					return
				}
			}
		}
	}()
	return changes
}

// done is the context's channel; a nil context has the one event of its error, which must be received.
func done(ctx context.Context) <-chan struct{} {
	if ctx == nil {
		return nil
	}
	return ctx.Done()
}

// Detect waits until the knowledge differs from previous, by member or by any field of the MasterInfo; it returns at
// once if it differs already. Nil stands for [MasterUnknown].
//
// Errors: the context's; [tenure.ErrClosed].
func (d *MasterDetector) Detect(ctx context.Context, previous MasterEvent) (MasterEvent, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if ctx == nil {
		return nil, invalid(noContext)
	}
	if previous == nil {
		previous = MasterUnknown{}
	}
	watch, stop := context.WithCancel(ctx)
	defer stop()
	for event := range d.Detector.Watch(watch) {
		if its := MasterEventOf(event); !same(its, previous) {
			return its, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, &tenure.Error{Kind: tenure.ErrClosed, Message: "the detector was closed"}
}
