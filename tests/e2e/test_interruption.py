"""Ctrl-C and SIGTERM: the program ends at once, quietly, with its forks, and a shell sees what ended it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals and forks of POSIX")

AT_ONCE = """\
import os, signal, sys
sys.argv = ["iamlint", "rules"]
from iamlint.cli import main
def interrupted(arguments):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted")
        return 0
    return 77
main._guarded = interrupted
sys.exit(main.main())
"""
FORKS = """\
import os, sys
from iamlint.project.shares import Share
def work(number):
    if os.getpid() != here:
        os.write(1, b"%d\\n" % os.getpid())
    while True:
        pass
here = os.getpid()
Share(50, work, 4).run()
"""


@pytest.fixture(autouse=True)
def _interruptions_count() -> Iterator[None]:
    """Tests in the background of a shell start with Ctrl-C ignored, and what they start would ignore it, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def started(*words: str, **how: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how,
    )  # type: ignore[call-overload,no-any-return]  # fmt: skip


def test_an_interruption_ends_the_process_as_the_shell_expects(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
    shell = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1"; echo $?', sys.executable, AT_ONCE], capture_output=True, check=False, cwd=tmp_path
    )
    assert (shell.stdout, shell.stderr) == (b"130\n", b"")


def test_who_ignores_interruptions_still_does(tmp_path: Path) -> None:
    ignored = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + AT_ONCE
    done = subprocess.run([sys.executable, "-c", ignored], capture_output=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (77, b"")


def test_a_run_that_waits_for_its_input_is_interrupted(tmp_path: Path) -> None:
    """`simulate` has read one request, answered it, and waits for the next."""
    run = started("-m", "iamlint", "simulate", "--batch", cwd=tmp_path)
    assert run.stdin is not None
    assert run.stdout is not None
    run.stdin.write(b'{"requests": []}\n')
    run.stdin.flush()
    assert run.stdout.readline()  # its answer
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate()
    assert (run.returncode, errors) == (-signal.SIGINT, b"")


def test_the_console_ends_by_it_as_by_the_end_of_its_input(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    (tmp_path / "main.tf").write_text("locals { a = 1 }\n")
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "iamlint", "console"], stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, cwd=tmp_path
    )
    os.close(theirs)
    assert run.stderr is not None
    assert run.stderr.read(2) == b"> "  # Python's `input` prompts there
    while run.poll() is None:
        time.sleep(0.3)  # between the prompt and the wait for a line Python itself notices nothing
        run.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            run.wait(2)
    assert (run.stderr.read(), run.returncode) == (b"", 0)
    run.stderr.close()
    os.close(ours)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_fork_outlives_the_process(number: signal.Signals) -> None:
    """The forks never look up from their work."""
    run = started("-c", FORKS)
    assert run.stdout is not None
    forks = [int(run.stdout.readline()) for _ in range(3)]
    assert all(works(fork) for fork in forks)
    run.send_signal(number)
    run.wait()
    until = time.monotonic() + 10
    while any(works(fork) for fork in forks) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(works(fork) for fork in forks)
    run.communicate()


def works(process: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False
