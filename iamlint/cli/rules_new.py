"""`iamlint rules new`: a skeleton for a rule of one's own."""

from __future__ import annotations

import os

from iamlint.cli.command import Values
from iamlint.errors import UsageError

DEFAULT_FOLDER = ".iamlint/rules"


def write_rule(values: Values) -> int:
    """Write a rule with one failing example, and say what to do next."""
    from iamlint import __version__
    from iamlint.cli.session_options import session_options
    from iamlint.cli.terminal import write
    from iamlint.project.plugins import BUILT_IN, installed_packages
    from iamlint.project.scaffold import new_rule
    from iamlint.project.session import open_session

    names = values["names"]
    if len(names) != 2:
        raise UsageError(
            "`iamlint rules new` takes a prefix and a name", "as in `iamlint rules new LOC role-without-owner`"
        )  # fmt: skip
    prefix, name = names
    for package in installed_packages():
        if package.module == BUILT_IN and prefix.upper() in package.prefixes:
            raise UsageError(f"the prefix `{prefix.upper()}` belongs to iamlint", "use one of your own, such as `LOC`")
    session = open_session(session_options(values, rule_dirs=()))
    configured = [os.path.join(session.root, folder) for folder in session.config.rule_paths]
    folder = next(iter(values["rules"]), None) or next(iter(configured), None) or os.path.join(session.root, DEFAULT_FOLDER)
    hundred = values["hundred"]
    if hundred is not None and not (hundred.isascii() and hundred.isdigit() and len(hundred) == 1):
        raise UsageError(f"`--hundred` takes one digit, not `{hundred}`")
    made = new_rule(
        folder, prefix, name, since=__version__, hundred=int(hundred) if hundred else None, declared=bool(values["yaml"])
    )
    shown = os.path.relpath(made.path)
    lines = [f"wrote {shown}", "next:"]
    lines.append(
        f"  1. write the examples: what must be flagged (the line ends in `# <- {made.id}`), and what looks alike and is right"
    )
    lines.append(f"  2. see them fail:      iamlint rules test {shown}")
    lines.append("  3. write the rule, until they pass")
    if os.path.abspath(folder) not in map(os.path.abspath, configured):
        relative = os.path.relpath(folder, session.root or ".").replace(os.sep, "/")
        lines.append(
            f"  4. let `iamlint check` run it: add `rule-paths: [{relative}]` to {session.config.path or 'iamlint.yaml'}"
        )
    write("".join(f"{line}\n" for line in lines))
    return 0
