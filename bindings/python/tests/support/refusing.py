"""A server that grants sessions and refuses every request, as an access control list does."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Optional

NO_AUTH = -102
PING, CLOSE = 11, -11


class Refusing:
    """It answers every request with the error `code`, until the end of the ``with`` statement."""

    def __init__(self, code: int = NO_AUTH) -> None:
        self.code = code
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"zk://127.0.0.1:{self.listener.getsockname()[1]}/app"
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        # Closing the listener ends it.
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error), connection:
            timeout = struct.unpack_from(">iqi", self._read(connection))[2]
            self._write(connection, struct.pack(">iiqi16s?", 0, timeout, 1, 16, b"", False))
            while True:
                xid, kind = struct.unpack_from(">ii", self._read(connection))
                code = 0 if kind in (PING, CLOSE) else self.code
                self._write(connection, struct.pack(">iqi", xid, 1, code))

    def _read(self, connection: socket.socket) -> bytes:
        (length,) = struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))
        return connection.recv(length, socket.MSG_WAITALL)

    def _write(self, connection: socket.socket, frame: bytes) -> None:
        connection.sendall(struct.pack(">i", len(frame)) + frame)

    def __enter__(self) -> Refusing:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        for each in (self.listener, *self.connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
