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

// A loop that asks for a context each time must not use more memory each time.
func TestContextsThatOnlyTheLossEndsAreOne(t *testing.T) {
	client, err := tenure.Open("memory://lead-one/group")
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
	one := leadership.Context(context.Background())
	if one != leadership.Context(context.Background()) {
		t.Error("two contexts of the same leadership and no parent differ")
	}
	if one.Err() != nil {
		t.Error(one.Err())
	}
	contender.Close()
	if one.Err() != context.Canceled || leadership.Context(context.Background()).Err() == nil {
		t.Error("the context outlived the leadership")
	}
}
