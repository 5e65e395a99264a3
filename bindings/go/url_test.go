package tenure_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tenure.example/tenure"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]tenure.URL{
		"zk://one:2000,two/app/deep":  {Path: "/app/deep", Servers: []string{"one:2000", "two:2181"}},
		"zk://u:sesame@[::1]:1/app":   {Path: "/app", Servers: []string{"[::1]:1"}},
		"memory://name/app":           {Path: "/app"},
		"192.0.2.1:5050":              {Path: "192.0.2.1:5050", IsStandalone: true},
		"zk://user:sesame@host:1/app": {Path: "/app", Servers: []string{"host:1"}},
	} {
		its, err := tenure.ParseURL(text)
		if err != nil {
			t.Error(text, err)
			continue
		}
		if its.Path != want.Path || !reflect.DeepEqual(its.Servers, want.Servers) || its.IsStandalone != want.IsStandalone {
			t.Errorf("%s: %#v", text, its)
		}
		if its.String() == "" {
			t.Error(text, "is not shown")
		}
	}
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("zk://u:sesame@host:1/of-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if its, err := tenure.ParseURL("file://" + file); err != nil || its.Path != "/of-a-file" {
		t.Error(its, err)
	}
}

// badURLs can never work. A password is "sesame" in each that has one.
var badURLs = []string{
	"", " ", "zk://", "zk:///app", "zk://host:2181", "zk://host:2181/", "zk://host:0/app", "zk://host:99999/app",
	"zk://host:2181//app", "zk://host/app\x00", "zk://host/\xff\xfe", "http://host/app",
	"memory://", "memory:///app", "memory://na me/app", "memory://name", "file:///does/not/exist", "file://", "host",
	"zk://user:sesame@", "zk://user:sesame@host:2181", "zk://user:sesame@host:bad/app", "zk://user:sesame@/app",
	"zk://sesame@host/app", "zk://user:sesame@host:2181/app\x00", "zk://user:sesame@host/\xff", "user:sesame@host:1",
	"zk://user:sesame@host:1,other:sesame@host:2/app", "zk//user:sesame@host/app", "ZK://user:sesame@host/app",
	"zookeeper://user:sesame@host:2181/app", strings.Repeat("zk://user:sesame@host/", 100000),
}

func TestBadURLs(t *testing.T) {
	for _, text := range badURLs {
		shown := text
		if len(shown) > 80 {
			shown = shown[:80]
		}
		_, err := tenure.ParseURL(text)
		if !errors.Is(err, tenure.ErrInvalidArgument) {
			t.Errorf("%q: %v", shown, err)
		}
		client, again := tenure.Open(text)
		if client != nil || !errors.Is(again, tenure.ErrInvalidArgument) {
			t.Errorf("Open of %q: %v", shown, again)
		}
		if strings.Contains(fmt.Sprint(err, again), "sesame") {
			t.Errorf("%q: the password is in %v", shown, err)
		}
	}
}

// Nothing that shows a URL shows its password.
func TestAPasswordIsNeverShown(t *testing.T) {
	its, err := tenure.ParseURL("zk://user:sesame@host1:1,host2:2/app")
	if err != nil {
		t.Fatal(err)
	}
	type of struct{ url tenure.URL }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{its, &its, of{its}, []tenure.URL{its}, map[string]any{"url": its}} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "sesame") || strings.Contains(text, fmt.Sprintf("%x", "sesame")) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
	}
	if text := its.String(); !strings.Contains(text, "host1:1,host2:2/app") {
		t.Error(text)
	}
	client := must(tenure.Open("zk://user:sesame@127.0.0.1:1/app"))
	event := next(t, client.Events(within(t)))
	for _, value := range []any{client, event, client.Path(), client.State()} {
		if text := fmt.Sprintf("%+v %#v", value, value); strings.Contains(text, "sesame") {
			t.Errorf("%T: %s", value, text)
		}
	}
	_ = client.Close()
}
