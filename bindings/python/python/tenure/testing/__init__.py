"""Servers inside the process, for your own tests, and the faults that tests need.

A server behind ``memory://`` elects as a real one does, in milliseconds, without a network. A
``MemoryServer`` controls it::

    from tenure.testing import MemoryServer

    def test_fail_over() -> None:
        server = MemoryServer()
        with server.client() as a, server.client() as b:
            old, new = a.contender(data="a"), b.contender(data="b")
            old.wait_leading(timeout=10)
            server.expire()  # every session: both contend again
            ...

The package contains a pytest fixture: a test that has an argument ``tenure_server`` gets a server of
its own.
"""

from ._memory import MemoryServer

__all__ = ["MemoryServer"]
