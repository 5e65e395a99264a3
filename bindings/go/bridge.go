package tenure

import (
	"tenure.example/tenure/internal/bridge"
	"tenure.example/tenure/internal/native"
)

func init() {
	bridge.OpenStandalone = func() (any, error) {
		opened, err := native.OpenStandalone()
		if err != nil {
			return nil, wrap(err)
		}
		client, err := start(opened)
		if err != nil {
			return nil, err
		}
		return client, nil
	}
	bridge.Native = func(client any) (*native.Client, error) {
		its, ok := client.(*Client)
		if !ok {
			return nil, misused("client", "Open")
		}
		if err := its.check(); err != nil {
			return nil, err
		}
		return its.native, nil
	}
	bridge.Wrap = wrap
}
