package main

import (
	"encoding/json"
	"net/http"
	"time"
)

// newServer takes the messages of masters, and gives no caller the power to hold it up.
func newServer(its *agent) *http.Server {
	routes := http.NewServeMux()
	routes.Handle("/ping", takes(its, func() message { return new(ping) }))
	routes.Handle("/launch", takes(its, func() message { return new(launch) }))
	routes.Handle("/kill", takes(its, func() message { return new(kill) }))
	routes.Handle("/shutdown", takes(its, func() message { return new(shutdown) }))
	routes.HandleFunc("/state", func(out http.ResponseWriter, request *http.Request) {
		if isMethod(out, request, http.MethodGet) {
			answer(out, http.StatusOK, its.state())
		}
	})
	routes.HandleFunc("/", func(out http.ResponseWriter, _ *http.Request) {
		answer(out, http.StatusNotFound, failure{"there are /ping, /launch, /kill, /shutdown and /state"})
	})
	return &http.Server{
		Handler:        routes,
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   10 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
}

// failure is the body of an answer that is not 200.
type failure struct {
	Error string `json:"error"`
}

// takes serves one kind of message.
func takes(its *agent, empty func() message) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
		if !isMethod(out, request, http.MethodPost) {
			return
		}
		message := empty()
		if status, err := readRequest(out, request, message); err != nil {
			answer(out, status, failure{err.Error()})
			return
		}
		_, err := message.sender().asMaster()
		if err == nil {
			err = message.check()
		}
		if err != nil {
			answer(out, http.StatusBadRequest, failure{err.Error()})
			return
		}
		said, refused := its.take(message)
		if refused == nil {
			answer(out, http.StatusOK, said)
			return
		}
		its.lines.print(line{Event: "refused", From: message.sender(), Path: request.URL.Path, Reason: refused.reason})
		answer(out, refused.status, failure{refused.reason})
	})
}

func isMethod(out http.ResponseWriter, request *http.Request, method string) bool {
	if request.Method == method {
		return true
	}
	out.Header().Set("Allow", method)
	answer(out, http.StatusMethodNotAllowed, failure{request.URL.Path + " is for " + method})
	return false
}

func answer(out http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // all bodies have a form in JSON
	}
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	_, _ = out.Write(append(text, '\n'))
}
