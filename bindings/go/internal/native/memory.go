package native

/*
#include "shims.h"

enum { CUT, HEAL, STOP, START };

static tenure_status memory(int what, _GoString_ url, tenure_error **failure)
{
    tenure_str its = shim_str(_GoStringPtr(url), _GoStringLen(url));

    switch (what) {
    case CUT:
        return tenure_memory_cut(its, failure);
    case HEAL:
        return tenure_memory_heal(its, failure);
    case STOP:
        return tenure_memory_stop(its, failure);
    default:
        return tenure_memory_start(its, failure);
    }
}

static tenure_status expire(_GoString_ url, int64_t session, size_t *ended, tenure_error **failure)
{
    return tenure_memory_expire(shim_str(_GoStringPtr(url), _GoStringLen(url)), session, ended, failure);
}
*/
import "C"

func memory(what C.int, url string) error {
	collectGarbage()
	var failure *C.tenure_error
	return asError(C.memory(what, url, &failure), failure)
}

// MemoryCut is tenure_memory_cut.
func MemoryCut(url string) error { return memory(C.CUT, url) }

// MemoryHeal is tenure_memory_heal.
func MemoryHeal(url string) error { return memory(C.HEAL, url) }

// MemoryStop is tenure_memory_stop.
func MemoryStop(url string) error { return memory(C.STOP, url) }

// MemoryStart is tenure_memory_start.
func MemoryStart(url string) error { return memory(C.START, url) }

// MemoryExpire is tenure_memory_expire.
func MemoryExpire(url string, session int64) (int, error) {
	collectGarbage()
	var failure *C.tenure_error
	var ended C.size_t
	err := asError(C.expire(url, C.int64_t(session), &ended, &failure), failure)
	return int(ended), err
}
