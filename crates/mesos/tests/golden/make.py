#!/usr/bin/env python3
"""Writes vectors.tsv: MasterInfo as Google's protobuf for Python encodes it, from our .proto.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install protobuf grpcio-tools
    /tmp/venv/bin/python crates/mesos/tests/golden/make.py

It shares no code with tenure: the bytes are those of Google's encoder, the JSON is that of Python's
`json` with sorted keys. Columns: name, protobuf (hexadecimal), JSON. The names that begin with
`unknown-` hold fields that the .proto does not have; their JSON has only the known ones.
"""

import json
import pathlib
import sys
import tempfile

from google.protobuf import json_format
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parent.parent / "src/info/protobuf/master_info.proto"


def messages():
    with tempfile.TemporaryDirectory() as made:
        words = ["protoc", f"-I{PROTO.parent}", f"--python_out={made}", str(PROTO)]
        assert protoc.main(words) == 0
        sys.path.insert(0, made)
        import master_info_pb2

        return master_info_pb2


def ip(text):
    """The four bytes, read by a little-endian machine."""
    return int.from_bytes(bytes(map(int, text.split("."))), "little")


def real(**more):
    """What a master of Mesos 1.12.0 writes."""
    return {
        "id": "3f0f2b7e-5c0a-4a39-9c43-2b9b6c7d1e55",
        "ip": ip("10.10.1.105"),
        "port": 5050,
        "pid": "master@10.10.1.105:5050",
        "hostname": "m1.example.com",
        "version": "1.12.0",
        "address": {"hostname": "m1.example.com", "ip": "10.10.1.105", "port": 5050},
        "capabilities": [
            {"type": "AGENT_UPDATE"},
            {"type": "AGENT_DRAINING"},
            {"type": "QUOTA_V2"},
        ],
        **more,
    }


DOMAIN = {"fault_domain": {"region": {"name": "eu"}, "zone": {"name": "eu-1"}}}
SMALL = {"id": "a", "ip": 1, "port": 2}
OLD = {
    "id": "20150101-000000-1761675786-5050-1",
    "ip": ip("10.10.1.105"),
    "port": 5050,
    "pid": "master@10.10.1.105:5050",
    "hostname": "m1",
}

VECTORS = {
    "mesos-1.12": real(),
    "mesos-1.12-domain": real(domain=DOMAIN),
    "mesos-0.20": OLD,
    "required-only": SMALL,
    "zeros": {"id": "", "ip": 0, "port": 0, "pid": "", "hostname": "", "version": ""},
    "largest": {**SMALL, "ip": 2**32 - 1, "port": 65535, "address": {"port": 65535}},
    "address-of-port-alone": {**SMALL, "address": {"port": 0}},
    "domain-empty": {**SMALL, "domain": {}},
    "capability-empty": {**SMALL, "capabilities": [{}, {"type": "UNKNOWN"}]},
    "text": real(hostname='a"\\/\b\f\n\r\t\u007f ü 中 👩 \u2028', id="<b>&amp;</b>"),
    "long": {**SMALL, "hostname": "h" * 300, "version": "v" * 127},
}

# A field 15 of each wire type, as later versions may have.
LATER = bytes.fromhex("7805" "790102030405060708" "7a026869" "7d01020304" "7b080a7c")
UNKNOWN = {
    "unknown-fields": (real(), LATER),
    "unknown-in-address": (SMALL, bytes.fromhex("3a04" "1807" "2009")),
    "unknown-capability": (SMALL, bytes.fromhex("4a02" "0863")),
    "unknown-wire-type-of-hostname": (SMALL, bytes.fromhex("2805")),
    "merged-address": (SMALL, bytes.fromhex("3a02" "1807" "3a03" "0a0168")),
    "merged-domain": (
        SMALL,
        bytes.fromhex("4207" "0a05" "0a03" "0a0172" "4207" "0a05" "1203" "0a017a"),
    ),
}


def line(name, message):
    text = json.dumps(
        json_format.MessageToDict(message, preserving_proto_field_name=True),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert message.IsInitialized(), name
    return f"{name}\t{message.SerializeToString().hex()}\t{text}\n"


def main():
    of = messages()
    lines = [
        line(name, json_format.ParseDict(fields, of.MasterInfo()))
        for name, fields in VECTORS.items()
    ]
    for name, (fields, more) in UNKNOWN.items():
        message = json_format.ParseDict(fields, of.MasterInfo())
        message.MergeFromString(more)
        lines.append(line(name, message))
    (HERE / "vectors.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
