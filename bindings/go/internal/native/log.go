package native

/*
#include <errno.h>
#include <unistd.h>
#include "shims.h"

// Lines of the log come on a thread of the library, which must not run Go code. It writes each to a pipe, at
// most PIPE_BUF bytes and so in one piece, or not at all if the pipe is full; a goroutine reads the other end.
struct line {
    uint64_t at_ns;
    int32_t level;
    uint32_t len;
};

#define LINE_MAX 4096

static void write_line(void *user_data, tenure_log_level level, uint64_t at_ns, tenure_str message)
{
    int fd = (int)(intptr_t)user_data;
    char piece[LINE_MAX];
    struct line line;
    size_t len = message.len;
    int before = errno;

    if (len > sizeof piece - sizeof line)
        len = sizeof piece - sizeof line;
    line.at_ns = at_ns;
    line.level = level;
    line.len = (uint32_t)len;
    memcpy(piece, &line, sizeof line);
    memcpy(piece + sizeof line, message.data, len);
    if (write(fd, piece, sizeof line + len) < 0) {
        // The reader is behind: this line is lost, as the library's own lines are then.
    }
    errno = before;
}

static void close_end(void *user_data) { close((int)(intptr_t)user_data); }

static tenure_status set_log(tenure_log_level level, int fd, tenure_error **failure)
{
    return tenure_log_set(level, write_line, (void *)(intptr_t)fd, close_end, failure);
}

static tenure_status stop_log(tenure_error **failure)
{
    return tenure_log_set(TENURE_LOG_LEVEL_ERROR, NULL, NULL, NULL, failure);
}
*/
import "C"

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// LogLine is a line of the library's log.
type LogLine struct {
	Level   int32
	AtNS    uint64
	Message string
}

// SetLog passes the lines of the log to take from now on: one goroutine calls it, until another log is set.
func SetLog(level int32, take func(LogLine)) error {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		return &Failure{int32(C.TENURE_ERR_SYSTEM), fmt.Sprintf("a pipe for the log: %v", err)}
	}
	lines := os.NewFile(uintptr(ends[0]), "log of tenure")
	var failure *C.tenure_error
	// From here on the writing end is the library's, which closes it whatever it returns.
	status := C.set_log(C.tenure_log_level(level), C.int(ends[1]), &failure)
	if err := asError(status, failure); err != nil {
		lines.Close()
		return err
	}
	go readLog(lines, take)
	return nil
}

// StopLog ends the log.
func StopLog() error {
	var failure *C.tenure_error
	return asError(C.stop_log(&failure), failure)
}

// readLog reads lines until the writing end is closed.
func readLog(lines *os.File, take func(LogLine)) {
	defer lines.Close()
	var line C.struct_line
	head := unsafe.Slice((*byte)(unsafe.Pointer(&line)), unsafe.Sizeof(line))
	for {
		if _, err := io.ReadFull(lines, head); err != nil {
			return
		}
		message := make([]byte, line.len)
		if _, err := io.ReadFull(lines, message); err != nil {
			return
		}
		take(LogLine{int32(line.level), uint64(line.at_ns), string(message)})
	}
}
