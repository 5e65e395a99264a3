package native

/*
#include "shims.h"

static tenure_status parse_url(_GoString_ url, tenure_url **made, tenure_error **failure)
{
    return tenure_url_parse(shim_str(_GoStringPtr(url), _GoStringLen(url)), made, failure);
}
*/
import "C"

// URL is a URL that was parsed: see tenure_url.
type URL struct {
	Path, Shown  string
	Servers      []string
	IsStandalone bool
}

// ParseURL parses a URL: tenure_url_parse.
func ParseURL(url string) (URL, error) {
	collectGarbage()
	var failure *C.tenure_error
	var made *C.tenure_url
	if err := asError(C.parse_url(url, &made, &failure), failure); err != nil {
		return URL{}, err
	}
	defer C.tenure_url_free(made)
	str := func(of C.tenure_str) string { return text(of.data, of.len) }
	parsed := URL{
		Path:         str(C.tenure_url_path(made)),
		Shown:        str(C.tenure_url_shown(made)),
		IsStandalone: bool(C.tenure_url_is_standalone(made)),
	}
	for at := C.size_t(0); at < C.tenure_url_server_count(made); at++ {
		parsed.Servers = append(parsed.Servers, str(C.tenure_url_server(made, at)))
	}
	return parsed, nil
}
