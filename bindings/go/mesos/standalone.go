package mesos

import (
	"tenure.example/tenure"
	"tenure.example/tenure/internal/bridge"
)

// Standalone opens a client without servers, for masters without ZooKeeper: its detectors, of whatever path, report
// the master that [Appoint] names, and none before. It has no session, and nobody can contend by it.
func Standalone() (*tenure.Client, error) {
	client, err := bridge.OpenStandalone()
	if err != nil {
		return nil, err
	}
	return client.(*tenure.Client), nil
}

// Appoint appoints the leader of a client of [Standalone], or none (nil). Each call is an event of every detector,
// also for the same master again.
//
// Errors: [tenure.ErrInvalidArgument] for any other client, and for a MasterInfo that lacks a field that a reader
// relies on; [tenure.ErrClosed].
func Appoint(client *tenure.Client, info *MasterInfo) error {
	its, err := bridge.Native(client)
	if err != nil {
		return err
	}
	if info == nil {
		return bridge.Wrap(its.Appoint(""))
	}
	payload, err := info.payload()
	if err != nil {
		return err
	}
	return bridge.Wrap(its.Appoint(payload))
}
