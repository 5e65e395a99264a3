package mesos

import (
	"time"

	"tenure.example/tenure/internal/bridge"
	"tenure.example/tenure/internal/native"
)

// The session timeouts of masters and of detectors of masters, as in Mesos: the defaults of [CreateMasterContender]
// and [CreateMasterDetector]. They have Mesos's names, by which its users look for them, and not Go's.
const (
	MASTER_CONTENDER_ZK_SESSION_TIMEOUT = 10 * time.Second //lint:ignore ST1003 the name in Mesos
	MASTER_DETECTOR_ZK_SESSION_TIMEOUT  = 10 * time.Second //lint:ignore ST1003 the name in Mesos
)

// Label is the label of a master's member, whose payload is the JSON of its MasterInfo.
const Label = "json.info"

// MasterInfo is what a master says of itself: the payload of its znode. [NewMasterInfo] and [Decode] make one; a
// change of its fields changes nothing else.
type MasterInfo struct {
	// ID is another one at each start of the master.
	ID string
	// Address is the one from which its messages come, as the roles compare it: the part of the PID behind "@", or
	// else IP:PORT.
	Address string
	// Host and Port are where to reach it: its host name, or else its IP address.
	Host string
	Port uint16
	// Hostname is the host name alone, in the field that redirects of Mesos use.
	Hostname string
	// IP is its IPv4 address; 0.0.0.0 for a fixed leader that was given by its name.
	IP string
	// PID is master@IP:PORT.
	PID string
	// Version is that of the master.
	Version string
	// Region and Zone are its fault domain: both, or neither.
	Region, Zone string
	// Capabilities are their names: AGENT_UPDATE, AGENT_DRAINING, QUOTA_V2; UNKNOWN for others.
	Capabilities []string

	// json is the JSON of the payload.
	json string
}

// NewMasterInfo makes the MasterInfo of a master with this id, another one at each start (a random UUID, for example),
// which listens at this address, IPv4:PORT. The host name may be the IP address. Options add a fault domain and
// capabilities.
//
// Errors: [tenure.ErrInvalidArgument] for an address, a capability or a domain that cannot be, and for an empty id,
// host name or version.
func NewMasterInfo(id, address, hostname, version string, options ...MasterInfoOption) (*MasterInfo, error) {
	its := native.MasterInfo{ID: id, Address: address, Hostname: hostname, Version: version}
	for _, option := range options {
		if option != nil {
			option(&its)
		}
	}
	return asInfo(native.NewMasterInfo(its))
}

// MasterInfoOption is an option of [NewMasterInfo].
type MasterInfoOption func(*native.MasterInfo)

// WithDomain sets the fault domain of the master.
func WithDomain(region, zone string) MasterInfoOption {
	return func(info *native.MasterInfo) { info.Region, info.Zone = region, zone }
}

// WithCapabilities sets the capabilities of the master.
func WithCapabilities(names ...string) MasterInfoOption {
	return func(info *native.MasterInfo) { info.Capabilities = names }
}

// Decode reads the payload of a member, by its label: "json.info" JSON, "info" protobuf, no label the oldest form
// master@IP:PORT.
//
// Errors: [tenure.ErrInvalidArgument] for another label, and for a payload that cannot be read: the message names the
// field and the rule.
func Decode(label string, data []byte) (*MasterInfo, error) {
	return asInfo(native.DecodeMasterInfo(label, data))
}

func asInfo(from native.MasterInfo, err error) (*MasterInfo, error) {
	if err != nil {
		return nil, bridge.Wrap(err)
	}
	return &MasterInfo{
		ID:           from.ID,
		Address:      from.Address,
		Host:         from.Host,
		Port:         from.Port,
		Hostname:     from.Hostname,
		IP:           from.IP,
		PID:          from.PID,
		Version:      from.Version,
		Region:       from.Region,
		Zone:         from.Zone,
		Capabilities: from.Capabilities,
		json:         from.JSON,
	}, nil
}

// JSON is the payload of a contender with the label "json.info", byte for byte as Mesos writes it.
func (i *MasterInfo) JSON() string {
	if i == nil {
		return ""
	}
	return i.json
}

// IsSame says whether Mesos takes both for the same master: all but address and capabilities is equal. Because of the
// id, a master that was started again is another one.
func (i *MasterInfo) IsSame(other *MasterInfo) bool {
	return i != nil && other != nil && native.SameMaster(i.json, other.json)
}

// payload is the JSON, if a contender may have it.
func (i *MasterInfo) payload() (string, error) {
	if i.JSON() == "" {
		return "", invalid("the MasterInfo is nil or empty; NewMasterInfo makes one")
	}
	if err := native.CheckMasterInfo(i.json); err != nil {
		return "", bridge.Wrap(err)
	}
	return i.json, nil
}
