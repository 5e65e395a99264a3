"""The end of the interpreter: quiet, whatever is under way."""

from __future__ import annotations

import pytest
from support.child import Child, run

OPEN = {
    "callbacks": """
        client = tenure.Client("memory://x/app")
        @client.detector().on_leader_change
        def follow(event):
            pass
        client.on_session(lambda event: None)
        contender = client.contender()
        contender.on_event(lambda event: None)
        contender.wait_leading()
        """,
    "a flood of callbacks": """
        client = tenure.Client("memory://x/app")
        @client.detector().on_leader_change
        def follow(event):
            sum(range(1000))
        contender = client.contender()
        contender.wait_leading()
        def flood():
            while True:
                contender.set_data("x")
        threading.Thread(target=flood, daemon=True).start()
        for n in range(20):
            contender.set_data(str(n))
        """,
    "threads that wait": """
        client = tenure.Client("memory://x/app")
        for _ in range(20):
            threading.Thread(target=client.detector().wait_leader, daemon=True).start()
        """,
    "a loop that is not closed": """
        import asyncio, tenure.aio
        loop = asyncio.new_event_loop()
        client = tenure.aio.Client("memory://x/app")
        loop.run_until_complete(client.contender().wait_leading())
        task = loop.create_task(client.events.next())
        loop.run_until_complete(task)
        loop.close()
        """,
    "logs": """
        import logging
        logging.basicConfig(level=logging.DEBUG, filename=os.devnull)
        client = tenure.Client("memory://x/app")
        client.contender().wait_leading()
        """,
    "everything in globals": """
        client = tenure.Client("memory://x/app")
        contender, detector, group = client.contender(), client.detector(), client.group()
        lead = contender.wait_leading()
        member = group.join()
        events = [handle.events for handle in (client, contender, detector, group)]
        """,
}


@pytest.mark.parametrize("what", OPEN)
@pytest.mark.parametrize("end", ["", "sys.exit(0)", "raise SystemExit"])
def test_python_ends_quietly_with(what: str, end: str) -> None:
    with Child(OPEN[what] + f"\n        {end}\n") as child:
        assert child.end() == ""


def test_the_callback_that_runs_is_waited_for_and_none_begins_after() -> None:
    said = run(
        """
        import atexit
        entered, leave = threading.Event(), threading.Event()
        client = tenure.Client("memory://x/app")
        contender = client.contender()

        @client.detector().on_leader_change
        def follow(event):
            if event.leader is None:
                return
            entered.set()
            leave.wait(60)
            sys.stdout.write("a callback ends\\n")

        contender.set_data("1")
        entered.wait(60)
        contender.set_data("2")

        def let_go_when_the_exit_waits():
            while "nanosleep" not in open(f"/proc/{os.getpid()}/wchan").read():
                pass
            sys.stdout.write("the exit waits\\n")
            leave.set()

        threading.Thread(target=let_go_when_the_exit_waits, daemon=True).start()
        """
    )
    assert said.splitlines() == ["the exit waits", "a callback ends"]
