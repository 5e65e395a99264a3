package tenure

import "tenure.example/tenure/internal/native"

// Member is a member of a group: an ephemeral sequential znode. Members can be compared and be keys of a map: equal
// path and token, equal member.
type Member struct {
	// Path of its znode.
	Path string
	// Label is the part of its name before "_"; empty if there is none.
	Label string
	// Sequence is the number that the server appended to the name. It gives no reliable order: the counter behind
	// it wraps, and starts again when the group's znode is deleted. Token gives the order.
	Sequence int32
	// Token is the czxid of the znode: the order of members, and the fencing token of its leadership. The leader of
	// a standalone URL has 0.
	Token uint64
}

func asMember(member *native.Member) Member {
	if member == nil {
		return Member{}
	}
	return Member(*member)
}

func asOptionalMember(member *native.Member) *Member {
	if member == nil {
		return nil
	}
	its := Member(*member)
	return &its
}

func asMembers(members []native.Member) []Member {
	its := make([]Member, len(members))
	for at := range members {
		its[at] = Member(members[at])
	}
	return its
}

// Leader is the leader of a group.
type Leader struct {
	// Member is its znode.
	Member Member
	// Data is its payload: any bytes. Do not change them.
	Data []byte
	// AsOf says how fresh the answer is: when the client asked the server that answered.
	AsOf BootTime
}

func asLeader(from *native.Event) Leader {
	return Leader{asMember(from.Member), from.Data, BootTime(from.AsOfNS)}
}
