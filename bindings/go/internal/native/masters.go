package native

/*
#include "shims.h"

#define STR(text) shim_str(_GoStringPtr(text), _GoStringLen(text))

static tenure_status new_info(_GoString_ id, _GoString_ address, _GoString_ hostname, _GoString_ version,
                              _GoString_ region, _GoString_ zone, _GoString_ capabilities,
                              tenure_master_info **info, tenure_error **failure)
{
    return tenure_master_info_new(STR(id), STR(address), STR(hostname), STR(version), STR(region), STR(zone),
                                  STR(capabilities), info, failure);
}

static tenure_status decode_info(_GoString_ label, const void *data, size_t len, tenure_master_info **info,
                                 tenure_error **failure)
{
    return tenure_master_info_decode(STR(label), data, len, info, failure);
}

static tenure_status info_at(_GoString_ address, tenure_master_info **info, tenure_error **failure)
{
    return tenure_master_info_at(STR(address), info, failure);
}
*/
import "C"

import "strings"

// MasterInfo has all that a tenure_master_info has.
type MasterInfo struct {
	ID, Address, Host, Hostname, IP, PID, Version, Region, Zone, JSON string

	Port         uint16
	Capabilities []string
}

// NewMasterInfo is tenure_master_info_new.
func NewMasterInfo(of MasterInfo) (MasterInfo, error) {
	collectGarbage()
	var failure *C.tenure_error
	var info *C.tenure_master_info
	status := C.new_info(of.ID, of.Address, of.Hostname, of.Version, of.Region, of.Zone,
		strings.Join(of.Capabilities, ","), &info, &failure)
	return copyInfo(status, info, failure)
}

// DecodeMasterInfo is tenure_master_info_decode.
func DecodeMasterInfo(label string, data []byte) (MasterInfo, error) {
	collectGarbage()
	var failure *C.tenure_error
	var info *C.tenure_master_info
	first, size := bytes(data)
	return copyInfo(C.decode_info(label, first, size, &info, &failure), info, failure)
}

// MasterInfoAt is tenure_master_info_at.
func MasterInfoAt(address string) (MasterInfo, error) {
	collectGarbage()
	var failure *C.tenure_error
	var info *C.tenure_master_info
	return copyInfo(C.info_at(address, &info, &failure), info, failure)
}

// CheckMasterInfo is tenure_master_info_check, of a payload with the label json.info.
func CheckMasterInfo(json string) error {
	return withInfo(json, func(info *C.tenure_master_info) error {
		var failure *C.tenure_error
		return asError(C.tenure_master_info_check(info, &failure), failure)
	})
}

// SameMaster is tenure_master_info_is_same, of two payloads with the label json.info.
func SameMaster(a, b string) bool {
	same := false
	_ = withInfo(a, func(a *C.tenure_master_info) error {
		return withInfo(b, func(b *C.tenure_master_info) error {
			same = bool(C.tenure_master_info_is_same(a, b))
			return nil
		})
	})
	return same
}

func withInfo(json string, do func(*C.tenure_master_info) error) error {
	collectGarbage()
	var failure *C.tenure_error
	var info *C.tenure_master_info
	first, size := bytes([]byte(json))
	if err := asError(C.decode_info("json.info", first, size, &info, &failure), failure); err != nil {
		return err
	}
	defer C.tenure_master_info_free(info)
	return do(info)
}

func copyInfo(status C.tenure_status, info *C.tenure_master_info, failure *C.tenure_error) (MasterInfo, error) {
	if err := asError(status, failure); err != nil {
		return MasterInfo{}, err
	}
	defer C.tenure_master_info_free(info)
	str := func(of C.tenure_str) string { return text(of.data, of.len) }
	its := MasterInfo{
		ID:       str(C.tenure_master_info_id(info)),
		Address:  str(C.tenure_master_info_address(info)),
		Host:     str(C.tenure_master_info_host(info)),
		Hostname: str(C.tenure_master_info_hostname(info)),
		IP:       str(C.tenure_master_info_ip(info)),
		PID:      str(C.tenure_master_info_pid(info)),
		Version:  str(C.tenure_master_info_version(info)),
		Region:   str(C.tenure_master_info_region(info)),
		Zone:     str(C.tenure_master_info_zone(info)),
		JSON:     str(C.tenure_master_info_json(info)),
		Port:     uint16(C.tenure_master_info_port(info)),
	}
	for at := C.size_t(0); at < C.tenure_master_info_capability_count(info); at++ {
		its.Capabilities = append(its.Capabilities, str(C.tenure_master_info_capability(info, at)))
	}
	return its, nil
}

// OpenStandalone opens a client without servers: tenure_client_open_standalone.
func OpenStandalone() (*Client, error) {
	collectGarbage()
	var failure *C.tenure_error
	var c *C.tenure_client
	if err := asError(C.tenure_client_open_standalone(&c, &failure), failure); err != nil {
		return nil, err
	}
	return &Client{c: c, id: uint64(C.tenure_client_id(c))}, nil
}

// Appoint is tenure_client_appoint, of a payload with the label json.info; the empty text appoints nobody.
func (c *Client) Appoint(json string) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	appoint := func(info *C.tenure_master_info) error {
		var failure *C.tenure_error
		return asError(C.tenure_client_appoint(c.c, info, &failure), failure)
	}
	if json == "" {
		return appoint(nil)
	}
	return withInfo(json, appoint)
}
