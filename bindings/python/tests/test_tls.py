"""TLS to a real server, to one that is not who it should be, and with files of no use."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import os
import pathlib
import subprocess
import sys
from typing import Any, Callable, TypedDict

import pytest
import tenure
import tenure.aio
from support.certificates import Authority, Identity
from support.wait import LIMIT
from support.zookeeper import Zookeeper

PATIENT = 80.0
"""A session timeout that leaves a handshake the longest time there is: the first one of a JVM takes
a while, and a test that wants the words of a server must not hear that it was slow."""

CLIENTS = [tenure.Client, tenure.aio.Client]
_numbers = itertools.count(1)


class Options(TypedDict, total=False):
    tls_ca: object
    tls_cert: object
    tls_key: object
    tls_server_name: object


@pytest.fixture
def options(authority: Authority, identity: Identity) -> Options:
    """What it takes to be accepted by the secure server, and to accept it."""
    return Options(tls_ca=authority.file, tls_cert=identity.certificate, tls_key=identity.key)


@pytest.fixture
def path() -> str:
    """A group of the test's own on the secure server."""
    return f"/tls-{next(_numbers)}"


def make(url: str, options: Options, session_timeout: float = 4.0) -> tenure.Client:
    return tenure.Client(url, session_timeout=session_timeout, **options)  # type: ignore[arg-type]


def test_leaders_contend_hand_over_and_are_detected(
    secure_zookeeper: Zookeeper, options: Options, path: str
) -> None:
    url = secure_zookeeper.secure_url(path)
    with make(url, options) as a, make(url, options) as b:
        first, detector = a.contender(data="a"), b.detector()
        with first.leadership(timeout=LIMIT) as lead:
            lead.check()
            leader = detector.wait_leader(timeout=LIMIT)
            assert (leader.data, leader.member.token) == (b"a", lead.token)
            second = b.contender(data="b")
            while not isinstance(second.state, tenure.Standby):
                second.events.next(timeout=LIMIT)
            assert first.is_leading() and not second.is_leading()
        assert second.wait_leading(timeout=LIMIT).token > lead.token
        # The same group by the other port.
        with tenure.Client(secure_zookeeper.url(path)) as plain:
            (member,) = plain.group().members(timeout=LIMIT)
            assert plain.group().data(member, timeout=LIMIT) == b"b"


def test_leaders_contend_and_are_detected_in_an_event_loop(
    secure_zookeeper: Zookeeper, options: Options, path: str
) -> None:
    # By name, and with names of files as text.
    url = secure_zookeeper.secure_url(path, "localhost")
    texts: dict[str, Any] = {name: str(file) for name, file in options.items()}

    async def main() -> None:
        async with tenure.aio.Client(url, session_timeout=4, **texts) as client:
            async with client.contender(data="a").leadership(timeout=LIMIT) as lead:
                lead.check()
                leader = await client.detector().wait_leader()
                assert (leader.data, leader.member.token) == (b"a", lead.token)
            assert not lead

    asyncio.run(main())


def refusal(url: str, options: Options) -> str:
    """Why the first attempt failed; there was no session before, and no leader."""
    client = make(url, options, PATIENT)
    contender = client.contender()
    event = client.events.next(timeout=LIMIT)
    while isinstance(event, tenure.SessionConnecting):
        event = client.events.next(timeout=LIMIT)
    assert isinstance(event, tenure.SessionRetrying), event
    assert not contender.is_leading()
    client.close(timeout=LIMIT)
    return event.error


def test_a_server_of_another_authority_is_refused(
    secure_zookeeper: Zookeeper, options: Options, path: str, tmp_path: pathlib.Path
) -> None:
    options["tls_ca"] = Authority(tmp_path, "tests of tenure").file  # of the same name
    error = refusal(secure_zookeeper.secure_url(path), options)
    assert "the server's certificate is not signed by an authority in" in error
    assert str(options["tls_ca"]) in error


def test_a_server_of_another_name_is_refused(
    secure_zookeeper: Zookeeper, options: Options, path: str
) -> None:
    url = secure_zookeeper.secure_url(path)
    options["tls_server_name"] = "zk1.example"
    error = refusal(url, options)
    assert 'names localhost, 127.0.0.1, and not "zk1.example"' in error
    # The control: the other name is good, for the same address.
    options["tls_server_name"] = "localhost"
    with make(url, options) as client:
        assert client.group().members(timeout=LIMIT) == ()


def test_a_refusal_is_told_in_an_event_loop(
    secure_zookeeper: Zookeeper, options: Options, path: str
) -> None:
    url = secure_zookeeper.secure_url(path)
    other: dict[str, Any] = {**options, "tls_server_name": "zk1.example"}

    async def main() -> None:
        client = tenure.aio.Client(url, session_timeout=PATIENT, **other)
        async for event in client.events:
            if isinstance(event, tenure.SessionRetrying):
                assert 'not "zk1.example"' in event.error
                break
        await client.close()

    asyncio.run(asyncio.wait_for(main(), LIMIT))


def test_a_server_that_does_not_accept_the_certificate_says_so(
    secure_zookeeper: Zookeeper, authority: Authority, path: str, tmp_path: pathlib.Path
) -> None:
    url = secure_zookeeper.secure_url(path)
    assert "none was given" in refusal(url, Options(tls_ca=authority.file))
    stranger = Authority(tmp_path, "nobody").issue("stranger", "DNS:client.test").both
    error = refusal(url, Options(tls_ca=authority.file, tls_cert=stranger, tls_key=stranger))
    assert "does not accept" in error and "stranger.both" in error


def test_a_client_without_tls_is_told_that_the_port_may_expect_it(
    secure_zookeeper: Zookeeper, path: str
) -> None:
    assert "TLS" in refusal(secure_zookeeper.secure_url(path), Options())


def test_the_tool_that_comes_with_it_has_tls(
    secure_zookeeper: Zookeeper, options: Options, path: str
) -> None:
    url = secure_zookeeper.secure_url(path)
    tool = pathlib.Path(sys.executable).with_name("tenure")
    with make(url, options) as client, client.contender(data="me").leadership(timeout=LIMIT):
        words = [f"--{name.replace('_', '-')}={file}" for name, file in options.items()]
        done = subprocess.run(
            [tool, "status", url, "--timeout=60s", *words],
            capture_output=True,
            text=True,
            timeout=LIMIT * 2,
            check=False,
        )
    assert done.returncode == 0 and "me" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("open_client", CLIENTS)
@pytest.mark.parametrize(
    ("error", "words", "given"),
    [
        (TypeError, "tls_ca must be str or os.PathLike", {"tls_ca": b"ca.pem"}),
        (TypeError, "tls_ca", {"tls_ca": True}),
        (TypeError, "tls_cert", {"tls_ca": "ca.pem", "tls_cert": 1}),
        (TypeError, "tls_key", {"tls_ca": "ca.pem", "tls_key": ("a", "b")}),
        (TypeError, "tls_server_name must be str", {"tls_ca": "ca.pem", "tls_server_name": 7}),
        (ValueError, "tls_ca cannot be encoded", {"tls_ca": "\ud800"}),
        (ValueError, "tls_server_name", {"tls_ca": "ca.pem", "tls_server_name": "\ud800"}),
        (ValueError, "tls_cert needs tls_ca", {"tls_cert": "a", "tls_key": "b"}),
        (ValueError, "tls_key needs tls_ca", {"tls_key": "b"}),
        (ValueError, "tls_server_name needs tls_ca", {"tls_server_name": "zk1"}),
        (ValueError, "both tls_cert and tls_key", {"tls_ca": "ca.pem", "tls_cert": "a"}),
        (ValueError, "both tls_cert and tls_key", {"tls_ca": "ca.pem", "tls_key": "b"}),
    ],
)
def test_what_does_not_go_together_is_named(
    open_client: Callable[..., object], error: type[Exception], words: str, given: dict[str, Any]
) -> None:
    with pytest.raises(error, match=words) as caught:
        open_client("memory://tls/g", **given)
    assert error is TypeError or isinstance(caught.value, tenure.InvalidInputError)


@pytest.fixture(scope="module")
def files(
    authority: Authority, identity: Identity, tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """A folder of files that are good and files that are not."""
    folder = tmp_path_factory.mktemp("files")
    certificate = identity.certificate.read_text()
    for name, content in {
        "ca.pem": authority.file.read_text(),
        "good.pem": certificate,
        "good.key": identity.key.read_text(),
        "empty.pem": "",
        "text.pem": "sesame",
        "unfinished.pem": certificate.replace("-----END CERTIFICATE-----", ""),
        "nobase64.pem": certificate.replace("MII", "M!I", 1),
        "nox509.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "huge.pem": "x" * (2 << 20),
        "other.key": authority.issue("other", "DNS:client.test").key.read_text(),
        "encrypted.key": identity.key.read_text().replace("PRIVATE", "ENCRYPTED PRIVATE"),
    }.items():
        (folder / name).write_text(content)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["authorities", "missing.pem", "No such file"], {"tls_ca": "missing.pem"}),
        (["authorities", "No such file"], {"tls_ca": ""}),
        (["authorities", "NUL"], {"tls_ca": "ca\0.pem"}),
        (["authorities", "not a file"], {"tls_ca": "."}),
        (["authorities", "/dev/zero", "not a file"], {"tls_ca": "/dev/zero"}),
        (["authorities", "empty.pem", "BEGIN CERTIFICATE"], {"tls_ca": "empty.pem"}),
        (["authorities", "text.pem", "BEGIN CERTIFICATE"], {"tls_ca": "text.pem"}),
        (["authorities", "unfinished.pem", "end"], {"tls_ca": "unfinished.pem"}),
        (["authorities", "nobase64.pem", "base64"], {"tls_ca": "nobase64.pem"}),
        (["authorities", "nox509.pem", "X.509"], {"tls_ca": "nox509.pem"}),
        (["authorities", "huge.pem", "at most"], {"tls_ca": "huge.pem"}),
        (["authorities", "good.key", "there is none"], {"tls_ca": "good.key"}),
        (["authorities", "@h/g"], {"tls_ca": "zk://u:sesame@h/g"}),
        (["certificate", "no.pem"], {"tls_cert": "no.pem", "tls_key": "good.key"}),
        (["certificate", "good.key"], {"tls_cert": "good.key", "tls_key": "good.key"}),
        (["private key", "no.key"], {"tls_cert": "good.pem", "tls_key": "no.key"}),
        (["private key", "good.pem"], {"tls_cert": "good.pem", "tls_key": "good.pem"}),
        (["encrypted.key", "openssl pkey"], {"tls_cert": "good.pem", "tls_key": "encrypted.key"}),
        (["other.key", "does not belong"], {"tls_cert": "good.pem", "tls_key": "other.key"}),
        (["server name", "a b"], {"tls_server_name": "a b"}),
        (["server name"], {"tls_server_name": ""}),
    ],
)
def test_what_is_of_no_use_is_named_with_the_reason(
    words: list[str],
    given: dict[str, str],
    files: pathlib.Path,
    identity: Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(files)
    options = {"tls_ca": "ca.pem", **given}
    secrets = [line for line in identity.key.read_text().splitlines() if line[:5] != "-----"]
    # Where nothing connects, too.
    for url in ("zk://127.0.0.1:1/g", "memory://tls/g", "10.0.0.1:5050"):
        for open_client in CLIENTS:
            with pytest.raises(tenure.InvalidInputError) as caught:
                open_client(url, **options)  # type: ignore[operator]
            said = str(caught.value)
            assert not [word for word in words if word not in said], said
            shown = said + repr(caught.value)
            assert not [secret for secret in ("sesame", *secrets) if secret in shown]


def test_files_have_any_name_and_are_read_when_a_client_is_opened(
    authority: Authority, identity: Identity, tmp_path: pathlib.Path
) -> None:
    # Not UTF-8, as names of files may be.
    odd = pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.pem"))
    odd.write_text(authority.file.read_text())
    url = "zk://127.0.0.1:1/g"
    client = tenure.Client(url, tls_ca=odd, tls_cert=identity.both, tls_key=str(identity.both))
    assert "PRIVATE" not in repr(client) and "both" not in repr(client)
    odd.unlink()
    with pytest.raises(tenure.InvalidInputError, match="No such file"):
        tenure.Client(url, tls_ca=odd)
    client.close(timeout=LIMIT)


def test_a_server_that_no_certificate_can_name_is_refused(authority: Authority) -> None:
    url = "zk://zk_1..x:1/g"
    with pytest.raises(tenure.InvalidInputError, match=r"zk_1\.\.x"):
        tenure.Client(url, tls_ca=authority.file)
    tenure.Client(url, tls_ca=authority.file, tls_server_name="zk1.example").close(timeout=LIMIT)


def test_where_nothing_connects_tls_is_checked_and_not_used(options: Options) -> None:
    with make("memory://tls/group", options) as client:
        client.contender().wait_leading(timeout=LIMIT)


def test_both_clients_have_the_same_options() -> None:
    blocking, awaited = (inspect.signature(client).parameters for client in CLIENTS)
    assert list(blocking.items()) == list(awaited.items())
    assert [name for name in blocking if name.startswith("tls_")] == list(Options.__annotations__)
