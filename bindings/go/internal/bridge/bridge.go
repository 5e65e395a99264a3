// Package bridge lets the packages of this module reach the insides of package tenure, which sets it up.
package bridge

import "tenure.example/tenure/internal/native"

var (
	// OpenStandalone opens a *tenure.Client without servers.
	OpenStandalone func() (any, error)
	// Native gives the client of C of a *tenure.Client, or the error of a client that cannot be used.
	Native func(client any) (*native.Client, error)
	// Wrap gives an error of package native the form of package tenure.
	Wrap func(error) error
)
