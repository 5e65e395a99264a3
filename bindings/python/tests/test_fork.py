"""After a fork: calls on handles of the parent raise at once, and the child may open its own client."""

from __future__ import annotations

from support.child import run


def test_a_child_is_told_and_opens_a_client_of_its_own() -> None:
    said = run(
        """
        client = tenure.Client("memory://x/app")
        contender = client.contender(data="parent")
        lead = contender.wait_leading()
        detector, group = client.detector(), client.group()
        member = group.join()
        acts = [
            contender.wait_leading, contender.withdraw, lambda: contender.set_data("x"),
            lambda: lead.wait(), lambda: detector.wait_change(tenure.LeaderUnknown(0)),
            detector.wait_leader, detector.events.next, group.join, group.members,
            lambda: group.data(member), lambda: group.cancel(member), lambda: len(group),
            client.close, client.events.next, client.contender, client.detector,
            lambda: next(iter(contender.events)),
        ]
        pid = os.fork()
        if pid == 0:
            for n, act in enumerate(acts):
                try:
                    print("no error of", n, act())
                except tenure.ForkedError:
                    pass
            assert not contender.is_leading() and not lead and lead.remaining == 0
            repr(client), repr(contender), repr(detector), repr(group)
            with tenure.Client("memory://x/app") as own:
                # A server in memory is the process's own, too.
                with own.contender(data="child").leadership(timeout=20):
                    print(own.detector().wait_leader(timeout=20).data.decode())
            del client, contender, lead, detector, group
            sys.exit(7)
        assert os.waitpid(pid, 0)[1] == 7 << 8
        lead.check()
        print("the parent leads on")
        client.close()
        """
    )
    assert said.splitlines() == ["child", "the parent leads on"]


def test_with_statements_of_the_parent_end_quietly_in_the_child() -> None:
    said = run(
        """
        with tenure.Client("memory://x/app") as client:
            with client.group("/members").membership() as member:
                with client.contender().leadership() as lead:
                    pid = os.fork()
                    if pid != 0:
                        assert os.waitpid(pid, 0)[1] == 0
                        lead.check()
                        print("the parent leads on")
        """
    )
    assert said == "the parent leads on"


def test_multiprocessing_by_fork() -> None:
    said = run(
        """
        import multiprocessing

        def work(client, results):
            try:
                client.group().members()
            except tenure.ForkedError as error:
                results.put(type(error).__name__)
            with tenure.Client("memory://x/app") as own:
                own.contender(data="w").wait_leading(timeout=20)
                results.put("led")

        context = multiprocessing.get_context("fork")
        results = context.Queue()
        with tenure.Client("memory://x/app") as client:
            client.on_session(lambda event: None)
            workers = [context.Process(target=work, args=(client, results)) for _ in range(3)]
            for worker in workers:
                worker.start()
            print(sorted(results.get(timeout=20) for _ in range(6)))
            for worker in workers:
                worker.join(20)
                assert worker.exitcode == 0
        """
    )
    assert said == str(["ForkedError"] * 3 + ["led"] * 3)


def test_a_fork_while_another_thread_waits() -> None:
    run(
        """
        client = tenure.Client("memory://x/app")
        thread = threading.Thread(target=client.detector().wait_leader, daemon=True)
        thread.start()
        for _ in range(40):
            pid = os.fork()
            if pid == 0:
                with tenure.Client("memory://y/app") as own:
                    own.detector().wait_change(tenure.LeaderUnknown(0), timeout=20)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        client.contender(data="x")
        thread.join(20)
        assert not thread.is_alive()
        """
    )
