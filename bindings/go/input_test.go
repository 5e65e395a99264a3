package tenure_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func TestDurationsOutOfRange(t *testing.T) {
	url := tenuretest.New(t).URL("/app")
	for _, span := range []time.Duration{math.MinInt64, -time.Second, -1, 0, 1, time.Millisecond - 1, time.Millisecond + 1,
		25 * 24 * time.Hour, math.MaxInt64} {
		for name, option := range map[string]tenure.ClientOption{
			"session timeout": tenure.WithSessionTimeout(span), "tick": tenure.WithTick(span),
		} {
			client, err := tenure.Open(url, option)
			if client != nil {
				t.Errorf("%s %v: opened", name, span)
				_ = client.Close()
				continue
			}
			wantKind(t, err, tenure.ErrInvalidArgument)
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Error(name, err)
			}
		}
	}
	for _, span := range []time.Duration{time.Millisecond, time.Hour, 24 * 24 * time.Hour} {
		client, err := tenure.Open(url, tenure.WithSessionTimeout(span))
		if err != nil {
			t.Error(span, err)
			continue
		}
		_ = client.Shutdown(ended())
	}
}

// badPaths cannot be a group's.
var badPaths = []string{"app", "/", "//", "/a//b", "/a/./b", "/a/../b", "/a\x00", "/a\x01b", "/\xff\xfe", "/a\xc3\x28", " ",
	"\x00", "/zookeeper\ufffe\uffff\x7f\x80"}

// badLabels cannot be a part of a name.
var badLabels = []string{"a/b", "/", "\x00", "a\x00b", "\xff", "a\xc3\x28", "\x01", strings.Repeat("x", 1<<20)}

func TestTextsThatZooKeeperDoesNotAllow(t *testing.T) {
	client := tenuretest.New(t).Client("/app")
	group := must(client.Group(""))
	for _, path := range badPaths {
		for name, err := range map[string]error{
			"Contender": second(client.Contender(tenure.WithPath(path))),
			"Detector":  second(client.Detector(path)), "Group": second(client.Group(path)),
		} {
			if wantKind(t, err, tenure.ErrInvalidArgument); t.Failed() {
				t.Fatalf("%s of %q", name, path)
			}
		}
		for name, err := range map[string]error{
			"Cancel": second(group.Cancel(within(t), tenure.Member{Path: path})),
			"Evict":  second(group.Evict(within(t), tenure.Member{Path: path, Token: 1})),
		} {
			if wantKind(t, err, tenure.ErrInvalidArgument); t.Failed() {
				t.Fatalf("%s of %q", name, path)
			}
		}
	}
	for _, label := range badLabels {
		wantKind(t, second(client.Contender(tenure.WithLabel(label))), tenure.ErrInvalidArgument)
		wantKind(t, second(group.Join(within(t), nil, label)), tenure.ErrInvalidArgument)
		if t.Failed() {
			t.Fatalf("the label %.20q", label)
		}
	}
	if its := members(t, client); len(its) != 0 {
		t.Fatal("something was made:", its)
	}
}

func TestPayloadsThatAreTooLarge(t *testing.T) {
	client := tenuretest.New(t).Client("/app")
	group := must(client.Group(""))
	member := must(group.Join(within(t), []byte("its"), ""))
	contender := must(client.Contender(tenure.WithPath("/other")))
	for _, size := range []int{1_000_001, 50_000_000} {
		large := make([]byte, size)
		for name, err := range map[string]error{
			"WithData":          second(client.Contender(tenure.WithData(large))),
			"Contender.SetData": second(contender.SetData(within(t), large)),
			"Join":              second(group.Join(within(t), large, "")),
			"Group.SetData":     second(group.SetData(within(t), member, large)),
		} {
			if wantKind(t, err, tenure.ErrInvalidArgument); t.Failed() {
				t.Fatal(name, size)
			}
		}
	}
	if data, ok, err := group.Data(within(t), member); string(data) != "its" || !ok || err != nil {
		t.Fatal(string(data), ok, err)
	}
}

func TestChoicesThatNoReleaseKnows(t *testing.T) {
	client := tenuretest.New(t).Client("/app")
	for _, number := range []int32{-1, 99, math.MaxInt32, math.MinInt32} {
		wantKind(t, second(client.Contender(tenure.WithPolicy(tenure.Policy(number)))), tenure.ErrInvalidArgument)
		wantKind(t, second(client.Contender(tenure.WithReenrol(tenure.Reenrol(number)))), tenure.ErrInvalidArgument)
	}
}

// The bytes of a payload are copied: the caller may change them at once.
func TestPayloadsAreCopied(t *testing.T) {
	client := tenuretest.New(t).Client("/app")
	data := []byte("first")
	_, _, leadership := lead(t, client, tenure.WithData(data))
	copy(data, "XXXXX")
	group := must(client.Group(""))
	if its, _, err := group.Data(within(t), leadership.Member()); string(its) != "first" || err != nil {
		t.Fatal(string(its), err)
	}
}
