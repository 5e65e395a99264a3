package tenure

import "tenure.example/tenure/internal/native"

// LogLine is a line of the library's log.
type LogLine struct {
	Level LogLevel
	// At is the time of the line.
	At BootTime
	// Message holds no secret.
	Message string
}

// SetLog passes the log lines of this level and of more severe ones, of all clients of this process, to log: one
// goroutine calls it, line by line, until another log is set. nil ends the log, which is off at first. If lines come
// faster than log takes them, some are dropped. [SetLogger] is the same for package log/slog.
//
// Errors: [ErrInvalidArgument] for a number that is no level; [ErrSystem] when the system refuses a pipe or a thread.
func SetLog(level LogLevel, log func(LogLine)) error {
	if log == nil {
		return wrap(native.StopLog())
	}
	return wrap(native.SetLog(int32(level), func(line native.LogLine) {
		log(LogLine{LogLevel(line.Level), BootTime(line.AtNS), line.Message})
	}))
}
