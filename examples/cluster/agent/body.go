package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// bodyMax bounds each body, in bytes: of requests, and of answers of masters.
const bodyMax = 1 << 20

// read reads one JSON value, and nothing behind it.
func read(body io.Reader, into any) error {
	decoder := json.NewDecoder(body)
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		if err == nil {
			err = errors.New("there is more than one value")
		}
		return err
	}
	return nil
}

// readRequest reads the body of a request; for a bad one it gives the status of the answer, too.
func readRequest(out http.ResponseWriter, request *http.Request, into any) (status int, err error) {
	err = read(http.MaxBytesReader(out, request.Body, bodyMax), into)
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, fmt.Errorf("the body is larger than %d bytes", bodyMax)
	case err == io.EOF:
		return http.StatusBadRequest, errors.New("the body is empty, and must be a JSON object")
	default:
		return http.StatusBadRequest, fmt.Errorf("the body is not the JSON object that is expected here: %w", err)
	}
}
