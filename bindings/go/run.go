package tenure

import (
	"context"
	"errors"
	"time"
)

// releaseTime bounds how long [Run] waits for its znode to be gone when ctx has ended already.
const releaseTime = 10 * time.Second

// Run contends, and calls work while it leads, as often as it comes to lead, until ctx ends or work has finished.
//
// work gets the context of [Contender.Lead]. When the leadership is lost, that is cancelled; Run waits for work to
// return, and only then contends again: no two calls of work ever overlap, neither here nor, if work returns before
// the lease ends, with a successor's. When ctx ends, Run cancels, waits for work, releases the leadership, and returns
// ctx.Err(). The successor then leads without waiting for a session timeout.
//
// work ends Run by returning while it leads: Run releases the leadership and returns work's result. After a loss the
// results nil, context.Canceled, context.DeadlineExceeded and [ErrLost] (also wrapped) mean "contend again"; every
// other error ends Run. A panic of work releases the leadership, and goes on.
//
// The options are those of [Client.Contender]; [WithReenrol] has no effect. Errors: the context's, work's, those of
// Client.Contender, [ErrClosed] when the client is closed, and what prevents a candidacy for good, such as [ErrNoAuth].
func Run(ctx context.Context, client *Client, options []ContenderOption,
	work func(ctx context.Context, leadership *Leadership) error) error {
	if ctx == nil {
		return invalid(noContext)
	}
	if work == nil {
		return invalid("the function to run is nil")
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		again, err := runOnce(ctx, client, options, work)
		if !again {
			return err
		}
	}
}

// runOnce is one candidacy, and the work of its leadership; again says that another may follow.
func runOnce(ctx context.Context, client *Client, options []ContenderOption,
	work func(ctx context.Context, leadership *Leadership) error) (again bool, err error) {
	its := append(append([]ContenderOption(nil), options...), WithReenrol(ReenrolNever))
	contender, err := client.Contender(its...)
	if err != nil {
		return false, err
	}
	// Also when work panics: the leadership ends here, and its znode goes in the background.
	defer contender.Close()
	leadCtx, leadership, err := contender.Lead(ctx)
	if err != nil {
		var lost *LostError
		if errors.As(err, &lost) && lost.Reason.isInvoluntary() {
			return true, nil
		}
		release(ctx, contender)
		return false, asEndOfRun(err)
	}
	err = work(leadCtx, leadership)
	lost := leadership.Err() != nil
	release(ctx, contender)
	switch {
	case ctx.Err() != nil && isOfLoss(err):
		return false, ctx.Err()
	case lost && isOfLoss(err):
		return !client.session.isOver(), closedError("client")
	default:
		return false, err
	}
}

// release resigns, and waits until the znode is gone, for a while even if ctx has ended.
func release(ctx context.Context, contender *Contender) {
	bounded, cancel := context.WithTimeout(withoutCancel{ctx}, releaseTime)
	defer cancel()
	// What it could not delete ends with the session.
	_, _ = contender.Resign(bounded)
}

// withoutCancel has the values of a context, and does not end with it.
type withoutCancel struct{ context.Context }

func (withoutCancel) Deadline() (time.Time, bool) { return time.Time{}, false }
func (withoutCancel) Done() <-chan struct{}       { return nil }
func (withoutCancel) Err() error                  { return nil }

func isOfLoss(err error) bool {
	return err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, ErrLost)
}

// asEndOfRun gives the error of a candidacy after which no other follows: what failed, or that the client was closed.
func asEndOfRun(err error) error {
	var lost *LostError
	switch {
	case !errors.As(err, &lost):
		return err
	case lost.Err != nil:
		return lost.Err
	case lost.Reason == LostClosed:
		return closedError("client")
	default:
		return err
	}
}
