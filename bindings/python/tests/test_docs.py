"""What the documents say, run exactly as it is printed."""

from __future__ import annotations

import doctest
import importlib
import pathlib
import pkgutil
import re
import subprocess
import sys
from typing import Optional

import pytest
import tenure
from support.certificates import Authority, Identity
from support.zookeeper import Zookeeper

ROOT = pathlib.Path(__file__).parents[3]
README = ROOT / "bindings" / "python" / "README.md"


def blocks(document: pathlib.Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", document.read_text(), re.M | re.S)


SAID = {
    "contender.leadership(timeout=30) as lead:  # waits": [
        "leading: True True",
        "wrote a",
        "wrote b",
        "leading: False",
    ],
    "detector.wait_leader(timeout=30)": ["b'10.0.0.1:80'", "leads: b'10.0.0.1:80' token ..."],
    "asyncio.run(main())": ["leads: b'10.0.0.1:80' True"],
    "group.membership": ["1 True b'10.0.0.1:80'", "()"],
    "mesos.MasterContender": [
        "new leader",
        "register",
        "leads: 10.0.0.1:5050 accepted: False",
    ],
}


TLS = "zk://zk1.example:2281,zk2.example:2281/app"


def run(code: str, folder: Optional[pathlib.Path] = None) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("word", SAID)
def test_a_quick_start_runs_as_printed(word: str) -> None:
    (code,) = [block for block in blocks(README) if word in block]
    said = run(code)
    assert len(said) == len(SAID[word])
    for line, expected in zip(said, SAID[word]):
        assert line == expected or line.startswith(expected.removesuffix("..."))


def test_every_block_of_the_readme_is_run() -> None:
    run_here = [block for block in blocks(README) if any(word in block for word in SAID)]
    others = [block for block in blocks(README) if "def test_" in block or TLS in block]
    assert len(run_here) == len(SAID) and len(others) == 2
    assert len(blocks(README)) == len(run_here) + len(others)


def test_the_example_of_a_test_passes(tmp_path: pathlib.Path) -> None:
    (code,) = [block for block in blocks(README) if "def test_" in block]
    (tmp_path / "test_example.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_example_of_tls_runs_on_a_real_server(
    secure_zookeeper: Zookeeper, authority: Authority, identity: Identity, tmp_path: pathlib.Path
) -> None:
    (code,) = [block for block in blocks(README) if TLS in block]
    (tmp_path / "ca.pem").write_text(authority.file.read_text())
    (tmp_path / "client.pem").write_text(identity.certificate.read_text())
    (tmp_path / "client.key").write_text(identity.key.read_text())
    # Only where the server is differs.
    assert run(code.replace(TLS, secure_zookeeper.secure_url("/readme")), tmp_path) == ["()"]


def test_the_root_readme_runs_on_a_real_server(zookeeper: Zookeeper) -> None:
    (code,) = blocks(ROOT / "README.md")
    assert "zk://127.0.0.1:2181/app" in code
    # Only where the server is differs.
    said = run(code.replace("zk://127.0.0.1:2181/app", zookeeper.url("/readme")))
    assert said[0].startswith("leading with fencing token ")


def test_the_docstring_of_the_package_names_what_there_is() -> None:
    assert tenure.__doc__
    for name in re.findall(r":class:`(\w+)`", tenure.__doc__):
        assert name in tenure.__all__, name
    for name in re.findall(r":mod:`([\w.]+)`", tenure.__doc__):
        importlib.import_module(name)


def modules() -> list[str]:
    found = pkgutil.walk_packages(tenure.__path__, "tenure.")
    return ["tenure", *(module.name for module in found)]


def test_examples_in_docstrings() -> None:
    attempted = 0
    for name in modules():
        module = importlib.import_module(name)
        failed, tried = doctest.testmod(module, raise_on_error=False)
        assert not failed, name
        attempted += tried
    assert attempted >= 40
