package tenure

import "tenure.example/tenure/internal/native"

// URL is a URL that says where a group is, as [Open] takes it.
type URL struct {
	// Path is the path of the group: everything from the first "/" after the servers on. For a bare host:port, that
	// host:port.
	Path string
	// Servers are those of a zk:// URL, as host:port.
	Servers []string
	// IsStandalone says that the URL is a bare host:port: the leader itself.
	IsStandalone bool

	shown string
}

// ParseURL parses a URL. [Open] parses its own; this function is for programs that check or show one. It blocks only
// to read the file of a file:// URL.
//
// Errors: [ErrInvalidArgument], with a message that says what is expected and never repeats a password.
func ParseURL(url string) (URL, error) {
	parsed, err := native.ParseURL(url)
	if err != nil {
		return URL{}, wrap(err)
	}
	return URL{parsed.Path, parsed.Servers, parsed.IsStandalone, parsed.Shown}, nil
}

// String is the URL as people may see it: without the credentials.
func (u URL) String() string { return u.shown }
