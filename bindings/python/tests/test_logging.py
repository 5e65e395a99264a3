"""The library's log, by the logger `tenure`."""

from __future__ import annotations

import logging

import pytest
import tenure
from support.wait import LIMIT, until
from tenure.testing import MemoryServer


def test_what_goes_wrong_is_a_warning(
    tenure_server: MemoryServer, caplog: pytest.LogCaptureFixture
) -> None:
    with tenure_server.client() as client:
        client.contender().wait_leading(timeout=LIMIT)
        tenure_server.expire()
        until("the line", lambda: "session expired" in caplog.text)
    levels = {record.levelno for record in caplog.records}
    assert levels == {logging.WARNING}
    assert {record.name for record in caplog.records} == {"tenure"}
    # It comes by the library's own thread, and says of which client.
    assert all(record.message.startswith("client ") for record in caplog.records)


def test_the_level_of_the_logger_counts_when_a_client_is_opened(
    memory: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "tenure"):
        with tenure.Client(memory) as client:
            client.contender().wait_leading(timeout=LIMIT)
        until("the last line", lambda: ": closed" in caplog.text)
        assert "leads with token" in caplog.text and "enrolling" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.CRITICAL + 1, "tenure"):
        with tenure.Client(memory) as client:
            client.contender().wait_leading(timeout=LIMIT)
    assert not caplog.records
    # And back, for those who come after.
    tenure.Client(memory).close(timeout=LIMIT)


def test_no_password_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "tenure"):
        client = tenure.Client("zk://me:sesame@127.0.0.1:1/app", session_timeout=1)
        until("an attempt", lambda: "attempt" in caplog.text)
        client.close(timeout=LIMIT)
    assert "sesame" not in caplog.text
    tenure.Client("memory://log/x").close(timeout=LIMIT)
