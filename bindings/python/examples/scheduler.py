"""A scheduler that follows the leader, and works only for the leader: python scheduler.py URL

It prints each change, and offers its work to the leader as long as one is known.
"""

from __future__ import annotations

import sys
from typing import Optional

import tenure


class Scheduler:
    def __init__(self, url: str) -> None:
        self.client = tenure.Client(url, session_timeout=4)
        self.detector = self.client.detector()
        self.client.on_session(self.session)

    def session(self, event: tenure.SessionEvent) -> None:
        if isinstance(event, (tenure.SessionSuspended, tenure.SessionExpired)):
            print("cut off:", type(event).__name__, flush=True)

    def run(self) -> None:
        for event in self.detector.events:  # ends when the client is closed
            leader: Optional[tenure.Leader] = event.leader
            if leader is not None:
                print("leader", leader.data.decode(), "token", leader.member.token, flush=True)
            elif isinstance(event, tenure.NoLeader):
                print("nobody leads: wait", flush=True)
            else:  # it cannot know: the leader that it knew may lead no longer
                print("unknown: work with nobody", flush=True)


if __name__ == "__main__":
    scheduler = Scheduler(sys.argv[1])
    with scheduler.client:
        scheduler.run()
