package mesos

import (
	"context"

	"tenure.example/tenure"
)

// MasterContender is a contender whose znode has the label "json.info" and a MasterInfo in JSON, as every Mesos since
// 0.24 writes and reads it. It has all methods of a contender. Unlike Mesos's class, which contends once, it enrols
// again by itself after a lost candidacy: keep that for masters, because nothing else starts a standby again whose
// session expired.
type MasterContender struct {
	*tenure.Contender
	own *tenure.Client
}

// NewMasterContender contends on the session of a client, which a [MasterDetector] of the same master shares. Label
// and payload of the options do not count.
//
// Errors: as of [tenure.Client.Contender]; [tenure.ErrInvalidArgument] for a MasterInfo that lacks a field that a
// reader relies on.
func NewMasterContender(client *tenure.Client, info *MasterInfo,
	options ...tenure.ContenderOption) (*MasterContender, error) {
	payload, err := info.payload()
	if err != nil {
		return nil, err
	}
	its := append(append([]tenure.ContenderOption{}, options...), tenure.WithLabel(Label),
		tenure.WithData([]byte(payload)))
	contender, err := client.Contender(its...)
	if err != nil {
		return nil, err
	}
	return &MasterContender{Contender: contender}, nil
}

// CreateMasterContender contends by the URL of the masters, zk://… or file://… (or memory://…, for tests), on a
// session of its own, by default with the timeout [MASTER_CONTENDER_ZK_SESSION_TIMEOUT]. A file keeps the timeout, and
// may not name another file.
//
// Errors: as of [tenure.Open] and [NewMasterContender].
func CreateMasterContender(url string, info *MasterInfo, options ...tenure.ClientOption) (*MasterContender, error) {
	own, err := create(url, MASTER_CONTENDER_ZK_SESSION_TIMEOUT, options)
	if err != nil {
		return nil, err
	}
	contender, err := NewMasterContender(own, info)
	if err != nil {
		closeSoon(own)
		return nil, err
	}
	contender.own = own
	return contender, nil
}

// SetInfo changes the MasterInfo of this candidacy and of later ones; true when the znode has it:
// [tenure.Contender.SetData].
func (c *MasterContender) SetInfo(ctx context.Context, info *MasterInfo) (bool, error) {
	if c == nil || c.Contender == nil {
		return false, invalid("this contender is nil or empty; use the one that NewMasterContender returned")
	}
	payload, err := info.payload()
	if err != nil {
		return false, err
	}
	return c.SetData(ctx, []byte(payload))
}

// Client is the client that [CreateMasterContender] opened, to close it in order and for its events; otherwise nil.
func (c *MasterContender) Client() *tenure.Client {
	if c == nil {
		return nil
	}
	return c.own
}
