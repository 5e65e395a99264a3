package mesos

import (
	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// MasterEvent is an event of a detector of masters: a [MasterLeads], [NoMaster], [MasterUnknown],
// [MasterUndecodable], [MasterFailed] or [MasterNews]. New ones may come.
type MasterEvent interface{ ofMaster() }

// MasterLeads: this master leads, or its MasterInfo has changed.
type MasterLeads struct {
	// Info is what it says of itself.
	Info *MasterInfo
	// Member is its znode, with the fencing token of its leadership; a leader without ZooKeeper has the token 0.
	Member tenure.Member
	// AsOf says how fresh the answer is: see [tenure.Leader].
	AsOf tenure.BootTime
}

// NoMaster: no master leads.
type NoMaster struct{}

// MasterUnknown: the leader cannot be known: no server has answered for two thirds of the session timeout.
type MasterUnknown struct {
	// Since when.
	Since tenure.BootTime
}

// MasterUndecodable: a member leads whose payload is no MasterInfo. In Mesos each detector fails by it, and masters
// and agents exit; here it is news, and the next leader is an event again.
type MasterUndecodable struct {
	// Leader is it, with its payload.
	Leader tenure.Leader
	// Err says why the payload cannot be read.
	Err error
}

// MasterFailed: the group may not be read, or the detector cannot be used.
type MasterFailed struct {
	// Err says why.
	Err error
}

// MasterNews: any other event of the detector. It changes no knowledge.
type MasterNews struct {
	// Event is it: a [tenure.DetectorTokenFell].
	Event tenure.DetectorEvent
}

func (MasterLeads) ofMaster()       {}
func (NoMaster) ofMaster()          {}
func (MasterUnknown) ofMaster()     {}
func (MasterUndecodable) ofMaster() {}
func (MasterFailed) ofMaster()      {}
func (MasterNews) ofMaster()        {}

// MasterEventOf decodes the payload of a detector's event; nil for nil.
func MasterEventOf(event tenure.DetectorEvent) MasterEvent {
	switch event := event.(type) {
	case nil:
		return nil
	case tenure.DetectorLeader:
		info, err := decodeLeader(event.Leader)
		if err != nil {
			return MasterUndecodable{event.Leader, err}
		}
		return MasterLeads{info, event.Leader.Member, event.Leader.AsOf}
	case tenure.DetectorNone:
		return NoMaster{}
	case tenure.DetectorUnknown:
		return MasterUnknown{event.Since}
	case tenure.DetectorFailed:
		return MasterFailed{event.Err}
	default:
		return MasterNews{event}
	}
}

// decodeLeader reads the payload of a leader by its label; of a fixed leader, its address.
func decodeLeader(leader tenure.Leader) (*MasterInfo, error) {
	member := leader.Member
	if member.Token == 0 && member.Label == "" && member.Path == string(leader.Data) {
		return asInfo(native.MasterInfoAt(member.Path))
	}
	return Decode(member.Label, leader.Data)
}

// same says whether both events say the same, whenever they said it.
func same(a, b MasterEvent) bool {
	switch a := a.(type) {
	case MasterLeads:
		b, ok := b.(MasterLeads)
		return ok && a.Member == b.Member && a.Info.JSON() == b.Info.JSON()
	case NoMaster:
		_, ok := b.(NoMaster)
		return ok
	case MasterUnknown:
		_, ok := b.(MasterUnknown)
		return ok
	case MasterUndecodable:
		b, ok := b.(MasterUndecodable)
		return ok && a.Leader.Member == b.Leader.Member && string(a.Leader.Data) == string(b.Leader.Data)
	case MasterFailed:
		b, ok := b.(MasterFailed)
		return ok && a.Err != nil && b.Err != nil && a.Err.Error() == b.Err.Error()
	default:
		return a == nil && b == nil
	}
}
