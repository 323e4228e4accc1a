"""A new rule: the next free id of a prefix, and a file with one failing example to start from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from iamlint.errors import UsageError
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_FILE = regex(r"([a-z]+)(\d{3})_([a-z0-9_]+)(?:\.py|\.rule\.ya?ml)")
_NAME = regex(r"[a-z][a-z0-9]*(-[a-z0-9]+){1,4}")
_PREFIX = regex(r"[A-Z]{2,8}")

PYTHON = '''"""{id}: {words}."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Effect, Example, Finding, Severity, rule


@rule(
    id="{id}",
    name="{name}",
    severity=Severity.WARNING,
    since="{since}",
    status="preview",
    bad=[
        Example(
            "say in a few words what is wrong here",
            {{
                "policies/app.yaml": """
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: s3:GetObject  # <- {id}
                    Resource: "*"
                """,
            }},
        ),
    ],
    good=[
        Example(
            "say what makes this one right, though it looks alike",
            {{
                "policies/app.yaml": """
                Version: "2012-10-17"
                Statement:
                  - Effect: Deny
                    Action: s3:GetObject
                    Resource: "*"
                """,
            }},
        ),
    ],
)
def {function}(graph: AccessGraph) -> Iterator[Finding]:
    """Name the defect in one sentence, in the present tense.

    Say why it is bad, to a reader who knows IAM.

    ## What to do instead

    Say what the author should write.

    ## What this rule does not see

    Name what it misses, and where it may be wrong.
    """
    for statement in graph.statements(effect=Effect.ALLOW):
        if False:  # replace this by the question
            yield Finding("say what is, not what should be", statement.place())
'''

YAML = """\
apiVersion: iamlint/v1
kind: Rule
id: {id}
name: {name}
severity: warning
summary: name the defect in one sentence, in the present tense
why: |
  Say why it is bad, to a reader who knows IAM, and what to do instead.
# One of `require` (an action only with a condition), `never` (somebody never reaches something), `only` (nobody but these).
require:
  actions: [s3:DeleteBucket]
  condition: {{Bool: {{"aws:MultiFactorAuthPresent": "true"}}}}
bad:
  - title: say in a few words what is wrong here
    files:
      policies/app.yaml: |
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: s3:GetObject  # <- {id}
            Resource: "*"
good:
  - title: say what makes this one right, though it looks alike
    files:
      policies/app.yaml: |
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: s3:DeleteBucket
            Resource: "*"
            Condition: {{Bool: {{"aws:MultiFactorAuthPresent": "true"}}}}
"""


class NewRule(NamedTuple):
    """A rule that was written: its id and its file."""

    id: str
    path: str


def new_rule(folder: str, prefix: str, name: str, *, since: str, hundred: int | None = None, declared: bool = False) -> NewRule:
    """Write a skeleton into the folder, which is made when it is not there. Raises `UsageError`."""
    prefix = prefix.upper()
    if not _PREFIX.fullmatch(prefix) or prefix == "IL":
        raise UsageError(f"`{prefix}` is no prefix of ids: two to eight letters, and `IL` is iamlint's own")
    if not _NAME.fullmatch(name):
        raise UsageError(f"`{name}` is not kebab-case of two to five words")
    function = name.replace("-", "_")
    files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for file in files:
        match = _FILE.fullmatch(file)
        if match and match[3] == function:
            raise UsageError(f"`{name}` is the name of {file}")
    rule_id = next_id(files, _retired(folder), prefix, hundred)
    path = os.path.join(folder, f"{rule_id.lower()}_{function}{'.rule.yaml' if declared else '.py'}")
    words = {"id": rule_id, "name": name, "words": name.replace("-", " "), "function": function, "since": since}
    try:
        os.makedirs(folder, exist_ok=True)
        with open(path, "x", encoding="utf-8") as target:
            target.write((YAML if declared else PYTHON).format(**words))
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror}") from None
    return NewRule(rule_id, path)


def next_id(files: Iterable[str], retired: Iterable[str], prefix: str, hundred: int | None) -> str:
    """Return the lowest id above all that were ever used in the prefix, or in one hundred of it. Raises `UsageError`."""
    ids = [(match[1].upper(), int(match[2])) for file in files if (match := _FILE.fullmatch(file))]
    ids += [(match[1], int(match[2])) for word in retired if (match := re.fullmatch(r"([A-Z]+)(\d{3})", word))]
    used = [number for found, number in ids if found == prefix]
    if hundred is not None:
        used = [number for number in used if number // 100 == hundred] or [hundred * 100]
    number = max(used, default=100) + 1
    if number > 999 or (hundred is not None and number // 100 != hundred):
        raise UsageError(f"{prefix}{hundred if hundred is not None else 9}xx is full")
    return f"{prefix}{number:03}"


def _retired(folder: str) -> list[str]:
    try:
        with open(os.path.join(folder, "retired.txt"), encoding="utf-8") as file:
            return file.read().split()
    except OSError:
        return []
