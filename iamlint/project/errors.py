"""The errors that end a run with exit code 2: everything else that is wrong is a diagnostic."""


class IamlintError(Exception):
    """Something the user asked for cannot be done; the message is for a reader who knows IAM and not Python."""


class UsageError(IamlintError):
    """Wrong words on the command line."""


class ConfigError(IamlintError):
    """The configuration does not say what it must."""


class PluginError(IamlintError):
    """A rule package is missing or cannot be loaded."""
