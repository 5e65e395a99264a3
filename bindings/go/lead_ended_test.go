package tenure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tenure.example/tenure"
)

// A program that leads again after each loss would otherwise never notice that it is to end.
func TestLeadWithAContextThatHasEndedFails(t *testing.T) {
	client, err := tenure.Open("memory://lead-ended/group")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	contender, err := client.Contender()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	leadership, err := contender.WaitLeading(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if leadCtx, _, err := contender.Lead(ctx); !errors.Is(err, context.Canceled) || leadCtx != nil {
		t.Errorf("Lead with a context that has ended: %v, %v", leadCtx, err)
	}
	if _, err := contender.WaitLeading(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitLeading with a context that has ended: %v", err)
	}
	if !leadership.IsLeading() {
		t.Error("the end of the context ended the leadership")
	}
}
