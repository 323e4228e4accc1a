"""The JSON Schema of rules that are declared in YAML (`*.rule.yaml`)."""

from __future__ import annotations

from iamlint.parse.schemas.shapes import Schema, a_kind, a_list, a_text, an_object

_PATTERNS = "A node's name or an ARN, or a pattern of either."


def _one_or_many(description: str, each: str) -> Schema:
    return {"type": ["string", "array"], "minLength": 1, "minItems": 1, "items": a_text(each), "description": description}


_REQUIRE = an_object(
    "An action only with a condition: each statement that allows one of the actions without it is a finding.",
    {
        "actions": _one_or_many("The actions.", "An action, with `*` and `?` as in AWS."),
        "resources": _one_or_many("Only on these resources. Default: on any.", "An ARN, with `*` and `?` as in AWS."),
        "condition": {
            "type": "object",
            "description": "What must hold, as a policy writes it: operator, key, values; of several all.",
            "additionalProperties": {"type": "object", "description": "Condition keys with their values."},
        },
        "except": _one_or_many("Policies that govern nothing but these are left alone.", _PATTERNS),
    },
    ("actions", "condition"),
)

_NEVER = an_object(
    "Somebody never reaches something, by any path; or never may do something to it.",
    {
        "who": _one_or_many("Who.", _PATTERNS),
        "reaches": _one_or_many("What must not be reached.", _PATTERNS),
        "do": a_text("An action that must not be allowed, instead of `reaches`: `telemetry:read`, `s3:*`."),
        "on": a_text("What the action is about: an ARN, a telemetry project, or a pattern."),
    },
    ("who",),
)

_ONLY = an_object(
    "Nobody but these may do something.",
    {
        "who": _one_or_many("Who may.", _PATTERNS),
        "do": a_text("The action: `telemetry:administer`, `kms:Decrypt`."),
        "on": a_text("What the action is about: an ARN, a telemetry project, or a pattern."),
    },
    ("who", "do", "on"),
)

_EXAMPLE = an_object(
    "A small repository in text; a line that must be flagged ends in `# <- ID`.",
    {
        "title": a_text("What is wrong here, or right."),
        "files": {
            "type": "object",
            "description": "Paths with the text of each file.",
            "additionalProperties": a_text("The file's text."),
        },
        "expect": a_list("Flagged lines where the format has no comments.", a_text("`path:line`.")),
        "todo": {"type": "boolean", "description": "A known miss or false alarm: the test fails on the day it is mended."},
    },
    ("title", "files"),
)

RULE: Schema = a_kind(
    "Rule",
    "A rule of the repository's own, in a file `*.rule.yaml` of a folder under `rule-paths`: `require`, `never` or `only`.",
    {
        "id": a_text("Letters of your own and three digits: `LOC201`.", pattern="^[A-Z]{2,8}[0-9]{3}$"),
        "name": a_text(
            "Two to five words in kebab-case that name the defect and read well after `allow`.",
            pattern="^[a-z][a-z0-9]*(-[a-z0-9]+){1,4}$",
        ),
        "severity": {"enum": ["error", "warning", "note"], "description": "How bad it is. Default: warning."},
        "summary": a_text("The defect in one sentence, in the present tense."),
        "why": a_text("Why it is bad, and what to do instead; Markdown."),
        "help": a_text("What to do, as every finding says it."),
        "require": _REQUIRE,
        "never": _NEVER,
        "only": _ONLY,
        "bad": a_list("Examples that must be flagged.", _EXAMPLE),
        "good": a_list("Examples that must not be.", _EXAMPLE),
    },
    ("id", "name", "summary"),
)
"""The schema of the kind `Rule`."""
