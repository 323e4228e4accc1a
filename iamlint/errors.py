"""The errors that end a run with a message and no traceback. Problems of the user's data are never exceptions."""

from __future__ import annotations


class IamlintError(Exception):
    """A run that cannot go on. `help` says what to do about it; `exit_code` is the process's."""

    exit_code = 2

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class UsageError(IamlintError):
    """The command line asks for something that is not there."""


class ConfigError(IamlintError):
    """The configuration cannot be used."""


class PluginError(IamlintError):
    """A plugin is missing or broken."""
