"""Calls to masters."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from .messages import BODY_MAX, BadMessage, read

CALL_TIME = 5.0
"""Seconds that a master has for its answer."""


class Unreachable(Exception):
    """The master cannot be reached, or does not answer: the call may have arrived."""


class Answered(Exception):
    """The answer of the master is not 200, or makes no sense."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status
        """The HTTP status, if it is not 200."""


class Masters:
    """Calls masters. One that does not lead points to another: that is the detector's to say."""

    def __init__(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_TIME))

    async def call(self, address: str, path: str, message: dict[str, Any]) -> dict[str, Any]:
        """The JSON object that the master answers.

        Raises:
            Unreachable, Answered
        """
        try:
            async with self._http.post(
                f"http://{address}{path}", json=message, allow_redirects=False
            ) as answer:
                status, body = answer.status, await _read(answer)
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{address} cannot be reached: {error.os_error.strerror}") from None
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise Unreachable(f"{address} cannot be reached: {error}") from None
        except asyncio.TimeoutError:
            raise Unreachable(f"{address} does not answer within {CALL_TIME:g} s") from None
        except aiohttp.ClientError as error:
            raise Answered(f"{address} does not answer as HTTP: {error}") from None
        if status != 200:
            words = body[:500].decode("utf-8", "replace").strip()
            raise Answered(f"{address} answers {status}: {words}", status)
        try:
            return read(body)
        except BadMessage as error:
            raise Answered(f"the answer of {address} makes no sense: {error}") from None

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.close()


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in answer.content.iter_chunked(BODY_MAX):
        body += part
        if len(body) > BODY_MAX:
            raise Answered(f"the answer is larger than {BODY_MAX} bytes")
    return body
