package tenure_test

import (
	"os"
	"path/filepath"
	"testing"

	"tenure.example/tenure"
)

// Open reads the files of TLS, and refuses those that cannot work.
func TestBadFilesOfTLS(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, text := file("empty", ""), file("text", "no certificate\x00\xff")
	broken := file("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	for name, tls := range map[string]tenure.TLS{
		"nothing":               {},
		"no file":               {CAFile: filepath.Join(folder, "missing")},
		"a folder":              {CAFile: folder},
		"an empty file":         {CAFile: empty},
		"a text":                {CAFile: text},
		"a broken certificate":  {CAFile: broken},
		"a NUL":                 {CAFile: "a\x00b"},
		"invalid UTF-8":         {CAFile: "\xff"},
		"a key without its own": {CAFile: broken, KeyFile: text},
		"no key":                {CAFile: broken, CertificateFile: broken},
		"a bad name":            {CAFile: broken, ServerName: "a b\x00"},
	} {
		client, err := tenure.Open("zk://127.0.0.1:1/app", tenure.WithTLS(tls))
		if client != nil || err == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		wantKind(t, err, tenure.ErrInvalidArgument)
	}
}
