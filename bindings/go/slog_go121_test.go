//go:build go1.21

package tenure_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// written is a buffer for many goroutines.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(text)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func TestSetLogger(t *testing.T) {
	var text written
	var level slog.LevelVar
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: &level}))
	if err := tenure.SetLogger(logger); err != nil {
		t.Fatal(err)
	}
	level.Set(slog.LevelDebug) // the level at the call counts
	defer func() {
		if err := tenure.SetLogger(nil); err != nil {
			t.Error(err)
		}
	}()
	lead(t, tenuretest.New(t).Client("/logged"))
	tenuretest.Eventually(t, limit, func() bool { return strings.Contains(text.String(), "level=INFO") })
	if its := text.String(); strings.Contains(its, "level=DEBUG") || !strings.Contains(its, "from=tenure") {
		t.Fatal(its)
	}
	if err := tenure.SetLogger(logger); err != nil {
		t.Fatal(err)
	}
	lead(t, tenuretest.New(t).Client("/logged"))
	tenuretest.Eventually(t, limit, func() bool { return strings.Contains(text.String(), "level=DEBUG") })
}
