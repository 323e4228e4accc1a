"""The program's entry: `iamlint COMMAND …`. Errors end here, each with its exit code."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing `typing` costs more than all the rest of `iamlint --version`
if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamlint.cli.command import Command

COMMANDS = {
    "check": "Read the repository, build the access graph, run the rules, report.",
    "can": "Say whether a principal may do something, and why.",
    "who-can": "List every principal that may do something, each with its path.",
    "reach": "List everything that a principal reaches.",
    "path": "Show the access paths between two nodes, edge by edge.",
    "simulate": "Evaluate given policy documents for given requests.",
    "compare": "Say what access was added and removed between two policies.",
    "test": "Run policy tests (*.iamtest.yaml).",
    "diff": "Compare two revisions or folders: who gained and who lost what.",
    "log": "The access changelog: what each commit gave and took.",
    "baseline": "Record today's findings, so that `check` reports only others.",
    "policies": "List every policy document found, resolved.",
    "console": "Evaluate HCL expressions in a root module's scope.",
    "graph": "Write the access graph.",
    "audit": "Write the evidence report: who can see what and why, owners, ages, exceptions.",
    "suggest": "Suggest the least group or role that would give it, with what else that gives.",
    "sync": "Render the Terraform of role mappings and bindings from the manifest.",
    "rules": "List the rules, or show one rule's page.",
    "init": "Write a first iamlint.yaml for this repository.",
    "config": "Print the effective configuration, its schema, or where a label comes from.",
}
"""Every command with its line of help; its module is `iamlint.cli.<name>` (`-` is `_`), imported when it is used."""

NOT_YET = ("fleet", "lsp")
"""Commands that are announced and not there yet: refused by name."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 4 for a crash, 2 for wrong use, 3 for an incomplete answer, 1 for findings.

    Without `argv` it is the whole process: it reads `sys.argv`, and leaves as soon as everything is written.
    """
    if argv is not None:
        return _guarded(list(argv))
    _end_when_interrupted()
    arguments = sys.argv[1:]
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started the process
        from iamlint.cli.terminal import open_closed

        open_closed()
    if arguments in (["--version"], ["-V"]):
        from iamlint import __version__

        sys.stdout.write(f"iamlint {__version__}\n")
        return 0
    if arguments[:1] not in (["simulate"], ["compare"]):
        import gc

        # A run builds one large structure and throws none of it away: collecting would only walk it again and again.
        # (`simulate` and `compare` stream, and must let go of what they have answered.)
        gc.disable()
    return _leave(_guarded(arguments))


def _end_when_interrupted() -> None:
    """Let Ctrl-C end this process at any moment and without a word, as it ends programs that have no say in it.

    An exception would show in its own way in each import, clean-up and fork. Nothing needs to be taken down: files are
    replaced whole, and forks end with this process (`iamlint/project/lifeline.py`).
    Whoever started the process with interruptions ignored has it so still.
    """
    # `signal` is made of it, which the interpreter has loaded, and makes enumerations of all its numbers.
    import _signal  # type: ignore[import-not-found]
    import os

    # The first process of a container is spared what a signal does by itself; there the exception must do.
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler and os.getpid() != 1:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def _leave(code: int) -> int:  # it returns only where nothing can be written any more
    """Write out what is buffered and end the process: taking a large graph apart on the way out would cost a tenth of the run."""
    import os

    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):  # nobody reads any more; the interpreter knows how to end quietly
        return code
    else:
        os._exit(code)


def _guarded(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        from iamlint.cli.terminal import silence

        silence(sys.stdout)
        return 0
    except (Exception, SystemExit) as error:  # a rule package that calls `sys.exit` must not decide how a run ends
        from iamlint.cli.failure import report_failure

        return report_failure(error)


def _run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"], ["--version", "-v"], ["--version", "--verbose"]):
        return _version(verbose=len(arguments) > 1)
    name = arguments[0] if arguments else ""
    if name in NOT_YET:
        from iamlint.errors import UsageError

        raise UsageError(f"`iamlint {name}` is not available yet")
    if name == "check":
        from iamlint.project.recall import recall

        known = recall(arguments[1:])
        if known is not None:
            from iamlint.cli.terminal import write_bytes

            for piece in known[0]:
                write_bytes(piece)
            return known[1]
    if name in COMMANDS:
        from iamlint.cli.command import read_plainly

        command = load(name)
        values = read_plainly(command, arguments[1:])
        if values is not None:
            return command.run({**values, "words": arguments[1:]} if name == "check" else values)
    from iamlint.cli.group import run_with_click

    return run_with_click(arguments)


def _version(*, verbose: bool) -> int:
    from iamlint import __version__

    sys.stdout.write(f"iamlint {__version__}\n")
    if verbose:
        from iamlint.iam.catalogue import catalogue

        known = catalogue()
        sys.stdout.write(f"AWS actions as of {known.date} (iam-data {known.version})\n")
    return 0


def load(name: str) -> Command:
    """Import and return a command."""
    from importlib import import_module

    command: Command = import_module(f"iamlint.cli.{name.replace('-', '_')}").COMMAND
    return command


if __name__ == "__main__":
    sys.exit(main())
