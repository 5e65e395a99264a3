"""The session with ZooKeeper, for ``/state`` and for people."""

from __future__ import annotations

import tenure
import tenure.aio

from .lines import Lines


class Session:
    """Notes the state of a client's session, and prints what goes wrong with it."""

    state = "connecting"

    def __init__(self, client: tenure.aio.Client, lines: Lines) -> None:
        self._client = client
        self._lines = lines

    async def follow(self) -> None:
        """Until the client is closed."""
        async for event in self._client.events:
            self._take(event)

    def _take(self, event: tenure.SessionEvent) -> None:
        problem = self._lines.problem
        if isinstance(event, tenure.SessionConnecting):
            self.state = "connecting"
        elif isinstance(event, tenure.SessionConnected):
            self.state = "connected"
        elif isinstance(event, tenure.SessionSuspended):
            self.state = "suspended"
            problem(f"the connection to ZooKeeper is lost: {event.error}")
        elif isinstance(event, tenure.SessionRetrying):
            problem(event.error)
        elif isinstance(event, tenure.SessionExpired):
            self.state = "expired"
            problem("the session expired; a new one follows")
        elif isinstance(event, tenure.SessionAuthFailed):
            self.state = "auth_failed"
            problem("the server refused the credentials of the URL: start the scheduler with others")
        elif isinstance(event, tenure.SessionClosed):
            self.state = "closed"
