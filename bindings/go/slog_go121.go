//go:build go1.21

package tenure

import (
	"context"
	"log/slog"
)

// SetLogger passes the log lines of all clients of this process to a logger, from the severest to the level that the
// logger enables at this call. nil ends the log, which is off at first. It replaces what [SetLog] set.
//
// Errors: as those of SetLog.
func SetLogger(logger *slog.Logger) error {
	if logger == nil {
		return SetLog(LogError, nil)
	}
	level := LogError
	for _, next := range []LogLevel{LogWarn, LogInfo, LogDebug} {
		if logger.Enabled(context.Background(), next.slog()) {
			level = next
		}
	}
	return SetLog(level, func(line LogLine) {
		logger.LogAttrs(context.Background(), line.Level.slog(), line.Message, slog.String("from", "tenure"))
	})
}

func (l LogLevel) slog() slog.Level {
	switch l {
	case LogDebug:
		return slog.LevelDebug
	case LogInfo:
		return slog.LevelInfo
	case LogWarn:
		return slog.LevelWarn
	default:
		return slog.LevelError
	}
}
