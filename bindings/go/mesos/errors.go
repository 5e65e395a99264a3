package mesos

import "tenure.example/tenure"

func invalid(message string) error {
	return &tenure.Error{Kind: tenure.ErrInvalidArgument, Message: message}
}

const noContext = "the context is nil; use context.Background() to wait without a limit"
