package tenure_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// Any text is a URL or an error, shown without a password; a memory:// URL that parses can be opened.
func FuzzURL(f *testing.F) {
	for _, text := range badURLs {
		if len(text) < 1000 {
			f.Add(text)
		}
	}
	for _, text := range []string{"memory://fuzz/app", "memory://fuzz/a/b/", "zk://u:sesame@[::1]:1,h/app", "h:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, "file:") {
			return
		}
		parsed, err := tenure.ParseURL(text)
		if err != nil {
			if wantKind(t, err, tenure.ErrInvalidArgument); parsed.Path != "" || parsed.String() != "" {
				t.Error(parsed)
			}
			return
		}
		if !strings.HasPrefix(text, "memory://") {
			return
		}
		client, err := tenure.Open(text)
		if err != nil {
			t.Fatalf("%q parses, and cannot be opened: %v", text, err)
		}
		if client.Path() != parsed.Path {
			t.Errorf("%q: %q and %q", text, client.Path(), parsed.Path)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A payload and a label come back as they were given, or the label is an error.
func FuzzPayloadAndLabel(f *testing.F) {
	for _, label := range append([]string{"", "label", "with_underscore", "_", "ü", "\u202e", "a b"}, badLabels[:7]...) {
		f.Add([]byte("data"), label)
	}
	f.Add([]byte{}, "empty")
	f.Add([]byte{0, 0xff, 0xc3, 0x28}, "bytes")
	f.Add(bytes.Repeat([]byte{1}, 1_000_000), "large")
	f.Add(make([]byte, 1_000_001), "too-large")
	client := tenuretest.New(f).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	group := must(client.Group(""))
	f.Fuzz(func(t *testing.T, data []byte, label string) {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		member, err := group.Join(ctx, data, label)
		if err != nil {
			if !errors.Is(err, tenure.ErrInvalidArgument) {
				t.Fatal(err)
			}
			return
		}
		if member.Label != label {
			t.Errorf("the label %q came back as %q", label, member.Label)
		}
		its, ok, err := group.Data(ctx, member)
		if !ok || err != nil || !bytes.Equal(its, data) {
			t.Errorf("%d bytes came back as %d: %v, %v", len(data), len(its), ok, err)
		}
		if removed, err := group.Cancel(ctx, member); !removed || err != nil {
			t.Error(removed, err)
		}
	})
}
