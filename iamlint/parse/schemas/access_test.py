"""The JSON Schema of policy tests (`*.iamtest.yaml`), a kind of document like the manifest's."""

from __future__ import annotations

from iamlint.parse.schemas.shapes import Schema, a_kind, a_list, a_text, an_object, some_texts

_REQUEST = an_object(
    "An action and what it acts on.",
    {
        "do": a_text("An action: `telemetry:read`, `s3:GetObject`, with `*` and `?` as in AWS."),
        "on": a_text("A node's name, an ARN, or a pattern of either."),
    },
    ("do", "on"),
)

_DECISION = an_object(
    "An action, what it acts on, and by what it must be decided.",
    {
        **_REQUEST["properties"],
        "determined_by": {
            "type": ["string", "array"],
            "minLength": 1,
            "items": a_text("A Sid, or a place."),
            "description": "What must have a say in the decision, all of it: a statement's Sid, or a place (`infra/roles.tf`, or "
            "`infra/roles.tf:12`) of a determining statement or of a step of the path.",
        },
    },
    ("do", "on"),
)

_FIXTURES: Schema = {
    "type": "object",
    "description": "Documents that these tests see beside the repository's, or in place of them: a path, relative to the "
    "repository, with the text of the file or the document itself; `null` takes the file away.",
    "additionalProperties": True,
}

_ROWS: Schema = {
    "type": "array",
    "description": "A table: the test runs once for each row, with `<column>` replaced by the row's value in every text.",
    "minItems": 1,
    "items": {
        "type": "object",
        "description": "A row: columns with their values, the same columns in every row.",
        "additionalProperties": True,
    },
}

_CONTEXT: Schema = {
    "type": "object",
    "description": "What holds for every request: context keys of conditions with their values (a text, a list of texts, or "
    "`{unknown: true}`); `environment` narrows patterns of telemetry projects to those of one environment.",
    "additionalProperties": True,
}

_TEST = an_object(
    "One assertion about who reaches what.",
    {
        "name": a_text("What holds when the test passes, as a sentence."),
        "as": a_text("The principal: a node's name or an ARN."),
        "can": a_list("What the principal must be able to do.", _DECISION),
        "cannot": a_list("What the principal must not be able to do; of a pattern, nothing that matches it.", _DECISION),
        "reaches": some_texts(
            "What the principal must reach.", "A node's name, or a pattern of which at least one node is reached."
        ),
        "never_reaches": some_texts(
            "What the principal must not reach.", "A node's name, or a pattern of which no node is reached."
        ),
        "who_can": {**_REQUEST, "description": "The request whose principals are compared with the lists that follow."},
        "exactly": some_texts(
            "All who may, and nobody else; who may only by being one of them needs no mention.", "A node's name or an ARN."
        ),
        "at_most": some_texts("Nobody else may; not all of them have to.", "A node's name or an ARN."),
        "includes": some_texts("These may; others may too.", "A node's name or an ARN."),
        "disjoint": {**some_texts("Nodes that must share nothing that they reach.", "A node's name."), "minItems": 2},
        "given": _CONTEXT,
        "fixtures": _FIXTURES,
        "parameters": _ROWS,
        "unknown": {"enum": ["ok", "fails"], "description": "What an unknown answer does to the test. Default: it fails."},
        "todo": a_text("Why the test is known to fail today. It fails the run on the day it passes."),
    },
    ("name",),
)

ACCESS_TEST: Schema = a_kind(
    "AccessTest",
    "Assertions about who reaches what, run by `iamlint test`.",
    {"given": _CONTEXT, "fixtures": _FIXTURES, "tests": a_list("The tests.", _TEST)},
    ("tests",),
)
"""The schema of the kind `AccessTest`."""
