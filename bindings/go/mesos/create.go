package mesos

import (
	"time"

	"tenure.example/tenure"
)

// create opens a client with this session timeout, unless an option has another.
func create(url string, timeout time.Duration, options []tenure.ClientOption) (*tenure.Client, error) {
	return tenure.Open(url, append([]tenure.ClientOption{tenure.WithSessionTimeout(timeout)}, options...)...)
}

// closeSoon closes a client that nobody has, without waiting.
func closeSoon(client *tenure.Client) {
	go client.Close()
}
