package main

import (
	"context"
	"time"

	"tenure.example/tenure"
)

// party is a client and the events of its session.
type party struct {
	*tenure.Client
	events <-chan tenure.SessionEvent
	calls  []interface{ isPending() bool } // that were begun
}

// open opens a client whose session is to last.
func open(url string) *party { return openFor(url, lasting) }

func openFor(url string, sessionTimeout time.Duration) *party {
	client := must(tenure.Open(url, tenure.WithSessionTimeout(sessionTimeout)))
	return &party{Client: client, events: client.Events(context.Background())}
}

// callsUnderWay is the number of calls that were begun and have not ended.
func (p *party) callsUnderWay() (count uint64) {
	for _, call := range p.calls {
		if call.isPending() {
			count++
		}
	}
	return count
}

func (p *party) close() {
	_, err := within(func(ctx context.Context) (struct{}, error) { return struct{}{}, p.Shutdown(ctx) })
	succeed(err)
}

// closeAll closes clients that are not to answer any more.
func closeAll(parties ...*party) {
	for _, party := range parties {
		party.close()
	}
}

// session gives the number of the session that the client has or gets, from its next connection.
func (p *party) session() int64 {
	connected, _ := await[tenure.SessionConnected](p.events)
	return connected.Session
}

// retrying waits until an attempt to connect has failed.
func (p *party) retrying() { await[tenure.SessionRetrying](p.events) }

// contender is a contender with its events from the first state on.
type contender struct {
	*tenure.Contender
	events <-chan tenure.ContenderEvent
}

func (p *party) contend(data, label string, more ...tenure.ContenderOption) contender {
	options := []tenure.ContenderOption{tenure.WithData([]byte(data)), tenure.WithLabel(label)}
	made := must(p.Contender(append(options, more...)...))
	return contender{made, made.Events(context.Background())}
}

// once contends as Mesos does: after a loss the contender does not enrol again.
func (p *party) once(data string) contender {
	return p.contend(data, "json.info", tenure.WithReenrol(tenure.ReenrolNever))
}

// lead waits until the contender leads.
func (c contender) lead() *tenure.Leadership { return must(c.tryLead()) }

func (c contender) tryLead() (*tenure.Leadership, error) { return within(c.WaitLeading) }

// loss gives the reason for which the candidacy ended.
func (c contender) loss() tenure.LostReason {
	lost, _ := await[tenure.ContenderLost](c.events)
	return lost.Reason
}

func (c contender) resign() (removed bool) { return must(within(c.Resign)) }

// detector is a detector with its events from the first state on.
type detector struct {
	*tenure.Detector
	events <-chan tenure.DetectorEvent
}

func (p *party) detect() detector {
	made := must(p.Detector(""))
	return detector{made, made.Events(context.Background())}
}

// knows waits until the detector's newest knowledge is the wanted one.
func (d detector) knows(wanted func(tenure.DetectorEvent) bool) tenure.DetectorEvent {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := until(d.Watch(ctx), wanted)
	return seen[len(seen)-1]
}

// detects waits until the detector's newest knowledge has a type.
func detects[W tenure.DetectorEvent](d detector) W {
	return d.knows(func(event tenure.DetectorEvent) bool { return isOf[W](event) }).(W)
}

// leader waits until the detector knows a leader that is wanted.
func (d detector) leader(wanted func(tenure.Leader) bool) tenure.Leader {
	known := d.knows(func(event tenure.DetectorEvent) bool {
		leader, is := event.(tenure.DetectorLeader)
		return is && wanted(leader.Leader)
	})
	return known.(tenure.DetectorLeader).Leader
}

func (d detector) ledBy(data string) tenure.Leader {
	return d.leader(func(leader tenure.Leader) bool { return string(leader.Data) == data })
}

func (d detector) ledWith(token uint64) tenure.Leader {
	return d.leader(func(leader tenure.Leader) bool { return leader.Member.Token == token })
}

// isLedBy says whether an event names the leader with this payload.
func isLedBy(event tenure.DetectorEvent, data string) bool {
	leader, is := event.(tenure.DetectorLeader)
	return is && string(leader.Data) == data
}

// group is a group of a client, whose calls end at the limit.
type group struct {
	*tenure.Group
	of *party
}

func (p *party) group(path string) group { return group{must(p.Group(path)), p} }

func (g group) tryJoin(data, label string) (tenure.Member, error) {
	return within(func(ctx context.Context) (tenure.Member, error) { return g.Join(ctx, []byte(data), label) })
}

func (g group) join(data, label string) tenure.Member { return must(g.tryJoin(data, label)) }

func (g group) joining(data string) *pending[tenure.Member] {
	return begin(g.of, func(ctx context.Context) (tenure.Member, error) { return g.Join(ctx, []byte(data), "") })
}

func (g group) cancel(member tenure.Member) (removed bool) {
	return must(within(func(ctx context.Context) (bool, error) { return g.Cancel(ctx, member) }))
}

func (g group) cancelling(member tenure.Member) *pending[bool] {
	return begin(g.of, func(ctx context.Context) (bool, error) { return g.Cancel(ctx, member) })
}

// untilCancelled is a call that waits for the end of a member.
func (g group) untilCancelled(member tenure.Member) *pending[bool] {
	return begin(g.of, func(ctx context.Context) (bool, error) { return g.Cancelled(ctx, member) })
}

func (g group) evict(member tenure.Member) (removed bool, err error) {
	return within(func(ctx context.Context) (bool, error) { return g.Evict(ctx, member) })
}

func (g group) write(member tenure.Member, data string) (written bool) {
	return must(within(func(ctx context.Context) (bool, error) { return g.SetData(ctx, member, []byte(data)) }))
}

// content is a payload, and whether its member exists.
type content struct {
	data string
	ok   bool
}

func (g group) content(ctx context.Context, member tenure.Member) (content, error) {
	data, ok, err := g.Data(ctx, member)
	return content{string(data), ok}, err
}

func (g group) read(member tenure.Member) content {
	return must(within(func(ctx context.Context) (content, error) { return g.content(ctx, member) }))
}

// reads says whether a member exists and has this payload.
func (g group) reads(member tenure.Member, data string) bool {
	return g.read(member) == content{data, true}
}

func (g group) reading(member tenure.Member) *pending[content] {
	return begin(g.of, func(ctx context.Context) (content, error) { return g.content(ctx, member) })
}

func (g group) list() []tenure.Member { return must(within(g.Members)) }

func (g group) listing() *pending[[]tenure.Member] { return begin(g.of, g.Members) }

// become waits until the group is known to have these members and no others, in this order.
func (g group) become(members ...tenure.Member) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	until(g.Watch(ctx), func(event tenure.GroupEvent) bool {
		known, is := event.(tenure.GroupMembers)
		return is && areEqual(known.Members, members)
	})
}

func areEqual(one, two []tenure.Member) bool {
	if len(one) != len(two) {
		return false
	}
	for at := range one {
		if one[at] != two[at] {
			return false
		}
	}
	return true
}
