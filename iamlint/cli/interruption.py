"""Ctrl-C in commands that end by it as they should."""

from __future__ import annotations


def raise_again() -> None:
    """Let Ctrl-C raise `KeyboardInterrupt`, where this process would end by it (`iamlint.cli.main`)."""
    import signal

    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
