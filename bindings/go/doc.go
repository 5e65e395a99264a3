// Package tenure is leader election and group membership on Apache ZooKeeper: one leader, with a lease that ends
// before a successor can be elected.
//
// A [Client] is one ZooKeeper session, which connects by itself, reconnects, and is replaced when it expires.
// From it come contenders, detectors and groups:
//
//	client, err := tenure.Open("zk://host1:2181,host2:2181/app")
//	contender, err := client.Contender(tenure.WithData([]byte("10.0.0.1:80")))
//	leadCtx, leadership, err := contender.Lead(ctx)   // waits to lead
//	detector, err := client.Detector("")              // follows the leader of the same group
//	group, err := client.Group("/app/workers")        // membership
//
// A URL of the form memory://name/path needs no server: a ZooKeeper inside this process serves it, for trials and
// tests (package tenuretest).
//
// # News and truth
//
// Events, Done channels and cancelled contexts are news: they reach a goroutine when the scheduler lets it run, and
// a process that was stopped for a minute acts before it gets any. The lease is the truth: [Leadership.IsLeading]
// compares the boot-time clock with the end of the lease at each call. Ask it before each action that only a leader
// may take, and send [Leadership.Token] with each write, so that the storage can refuse a lower one than it has seen.
//
// # Goroutines and threads
//
// All methods may be called by any goroutines at once. A client has one goroutine, which the runtime's poller wakes
// for events; no thread is blocked for it, and no thread of the library ever runs Go code. [Detector.Watch] and
// [Group.Watch] need no goroutine; each channel of an Events method has one while it lasts. What waits takes a
// [context.Context], and returns its error when it ends first.
//
// # Lifetimes
//
// [Client.Close] ends everything that was made from the client. Nothing is closed by the garbage collector: a
// contender that the program forgets leads on, as it should. After Close, methods return [ErrClosed]. A handle must
// not be copied: methods of the copy return an error, and go vet reports it. After a fork without exec, which Go
// programs do not do, a handle does not work in the child.
//
// # Errors
//
// Errors of the library are [*Error] values with a kind, which is a sentinel for errors.Is, such as [ErrNoAuth]. The
// end of a leadership is a [*LostError], for which errors.Is([ErrLost]) holds.
package tenure
