package main

import (
	"context"
	"time"

	"tenure.example/tenure"
)

// sessionTimeout is that of all sessions.
const sessionTimeout = 10 * time.Second

var background = context.Background()

// ours is the Go package of tenure.
type ours struct{}

type ourSession struct{ client *tenure.Client }

func (ours) open(hosts string) session {
	client, err := tenure.Open("zk://"+hosts+"/bench", tenure.WithSessionTimeout(sessionTimeout))
	must(err)
	group, err := client.Group("")
	must(err)
	_, err = group.Members(background)
	must(err)
	return &ourSession{client}
}

func (s *ourSession) enrol(path string) {
	group, err := s.client.Group(path)
	must(err)
	_, err = group.Join(background, []byte(payload), "")
	must(err)
}

func (s *ourSession) contend(path string) candidacy {
	contender, err := s.client.Contender(tenure.WithPath(path), tenure.WithData([]byte(payload)))
	must(err)
	return &ourCandidacy{contender: contender}
}

type ourCandidacy struct {
	contender  *tenure.Contender
	leadership *tenure.Leadership
}

func (c *ourCandidacy) lead() {
	_, leadership, err := c.contender.Lead(background)
	must(err)
	c.leadership = leadership
}

func (c *ourCandidacy) isLeading() bool { return c.leadership.IsLeading() }

func (c *ourCandidacy) release() {
	_, err := c.contender.Resign(background)
	must(err)
	must(c.contender.Close())
}

func (s *ourSession) detect(path string) detection {
	detector, err := s.client.Detector(path)
	must(err)
	return ourDetection(detector.Watch(background))
}

type ourDetection <-chan tenure.DetectorEvent

func (d ourDetection) know() {
	for event := range d {
		if leader, ok := event.(tenure.DetectorLeader); ok && string(leader.Data) == payload {
			return
		}
	}
}
