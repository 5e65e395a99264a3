package main

// library is a measured library, behind the same methods as the other.
type library interface {
	// open opens a session, and returns when it is established.
	open(hosts string) session
}

// session is a session of a library.
type session interface {
	// enrol creates a member of a group, and returns when its znode exists.
	enrol(path string)
	// contend begins a candidacy.
	contend(path string) candidacy
	// detect follows the leader of a group.
	detect(path string) detection
}

// candidacy is one contender of a group.
type candidacy interface {
	// lead returns when the candidate knows that it leads.
	lead()
	// isLeading is the question that a program asks before it acts.
	isLeading() bool
	// release gives the leadership up, and returns when the znode is gone.
	release()
}

// detection follows one group.
type detection interface {
	// know returns when the payload of the leader has arrived in the channel of the program.
	know()
}

// payload is that of all members.
const payload = "10.0.0.1:5050"

var libraries = map[string]library{
	"tenure": ours{},
	"recipe": theirs{},
}
