"""GitHub workflows: text in; jobs, subjects, roles, keys and tokens out."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from unit.parse.texts import documents, items, parse

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TelemetryProject, TokenUse
from iamlint.model.workload import RoleAssumption, StaticKeyUse, WorkflowJob
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.workloads.events import aws_pattern
from iamlint.parse.workloads.github import is_workflow, parse_workflow
from iamlint.project.memory import memory_session
from iamlint.source.files import MemoryFiles
from iamlint.source.value import key

PATH = ".github/workflows/deploy.yaml"


def read(text: str, repository: Any = "acme/checkout") -> Facts:
    return parse(parse_workflow, text, PATH, repository=repository)


def read_with(text: str, **others: str) -> Facts:
    """Read a workflow with local reusable workflows beside it, named by their file."""
    files = MemoryFiles({f".github/workflows/{name}.yaml": dedent(other) for name, other in others.items()})
    ((value, origin),) = documents(text, PATH)
    return parse_workflow(value, origin, Context(PATH, unknown_account(PATH), repository="acme/checkout"), files)


def subjects(facts: Facts) -> dict[str, list[str]]:
    return {job.job: [key(subject) for subject in job.subjects] for job in items(facts, WorkflowJob)}


def roles(facts: Facts) -> list[tuple[str, str, str]]:
    return [
        (str(found.bot).removeprefix(f"{PATH}:"), key(found.role_arn), found.mechanism) for found in items(facts, RoleAssumption)
    ]


JOB = "jobs: {a: {runs-on: x, steps: []}}"
REF = "repo:acme/checkout:ref:refs/"
DEFAULT = REF + "heads/⟨github:acme/checkout:default branch⟩"
EVENTS = [
    ("push", [REF + "heads/*", REF + "tags/*"]),
    ("{push: {branches: [main]}}", [REF + "heads/main"]),
    ("{push: {branches: main}}", [REF + "heads/main"]),
    ("{push: {branches: ['release/**', '!release/old']}}", [REF + "heads/release/*"]),
    ("{push: {branches: ['feature:x']}}", [REF + "heads/feature%3Ax"]),
    ("{push: {tags: ['v*']}}", [REF + "tags/v*"]),
    ("{push: {branches: [main], tags: ['v1.?']}}", [REF + "heads/main", REF + "tags/v1*"]),
    ("{push: {branches-ignore: [dev]}}", [REF + "heads/*"]),
    ("{push: {tags-ignore: [dev]}}", [REF + "tags/*"]),
    ("{push: {paths: ['infra/**']}}", [REF + "heads/*", REF + "tags/*"]),
    ("pull_request", ["repo:acme/checkout:pull_request"]),
    ("{pull_request: {branches: [main]}}", ["repo:acme/checkout:pull_request"]),
    ("{pull_request_target: {branches: [main]}}", ["repo:acme/checkout:pull_request", REF + "heads/main"]),
    ("[push, pull_request]", ["repo:acme/checkout:pull_request", REF + "heads/*", REF + "tags/*"]),
    ("workflow_dispatch", [REF + "heads/*", REF + "tags/*"]),
    ("{schedule: [{cron: '0 0 * * *'}]}", [DEFAULT]),
    ("release", [REF + "tags/*"]),
    ("merge_group", [REF + "heads/gh-readonly-queue/*"]),
    ("[issues, workflow_run]", [DEFAULT]),
    ("{push: {branches: [main]}, workflow_call: {}}", [REF + "heads/main"]),
]


@pytest.mark.parametrize(("on", "expected"), EVENTS, ids=[on for on, _ in EVENTS])
def test_the_trigger_decides_the_subject_of_a_job_without_environment(on: str, expected: list[str]) -> None:
    assert subjects(read(f"on: {on}\n{JOB}")) == {"a": expected}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("prod", "repo:acme/checkout:environment:prod"),
        ("{name: prod, url: 'https://x'}", "repo:acme/checkout:environment:prod"),
        ("'a: b'", "repo:acme/checkout:environment:a%3A b"),
        ("'${{ vars.STAGE }}'", "repo:acme/checkout:environment:⟨github:acme/checkout:vars.STAGE⟩"),
        ("'eu-${{ inputs.stage }}'", "repo:acme/checkout:environment:eu-⟨github:.github/workflows/deploy.yaml:a:inputs.stage⟩"),
        ("'${{ env.STAGE }}'", "repo:acme/checkout:environment:staging"),
        ("\"${{ 'prod' }}\"", "repo:acme/checkout:environment:prod"),
        ("{url: x}", REF + "heads/main"),
        ("", REF + "heads/main"),
    ],
)
def test_the_environment_takes_the_place_of_the_ref(environment: str, expected: str) -> None:
    facts = read(f"""
        on: {{push: {{branches: [main]}}}}
        env: {{STAGE: staging}}
        jobs:
          a:
            environment: {environment}
            steps: []
    """)
    assert subjects(facts) == {"a": [expected]}


def test_an_unknown_repository_keeps_the_shape_of_the_subject() -> None:
    facts = read(f"on: {{push: {{branches: [main]}}}}\n{JOB}", Context("", "").repository)
    assert subjects(facts) == {"a": ["repo:⟨repository⟩:ref:refs/heads/main"]}
    assert [key(bot.name) for bot in items(facts, Bot)] == ["github/⟨repository⟩:ref:refs/heads/main"]


def test_a_bot_is_named_by_its_subject_and_stands_once() -> None:
    facts = read("""
        on: [pull_request]
        jobs:
          a: {environment: prod, steps: []}
          b: {environment: prod, steps: []}
          c: {steps: []}
    """)
    bots = items(facts, Bot)
    assert [(bot.name, bot.environment, bot.claims["sub"]) for bot in bots] == [
        ("github/acme/checkout:environment:prod", "prod", "repo:acme/checkout:environment:prod"),
        ("github/acme/checkout:pull_request", None, "repo:acme/checkout:pull_request"),
    ]
    assert [bot.place.route for bot in bots] == [("jobs", "a", "environment"), ("jobs", "c")]
    assert [job.bots for job in items(facts, WorkflowJob)] == [(bots[0].name,), (bots[0].name,), (bots[1].name,)]


@pytest.mark.parametrize(
    ("workflow", "job", "expected"),
    [
        ("", "", False),
        ("permissions: {id-token: write}", "", True),
        ("permissions: write-all", "", True),
        ("permissions: read-all", "", False),
        ("permissions: {contents: read}", "permissions: {id-token: write}", True),
        ("permissions: write-all", "permissions: {contents: write}", False),
        ("permissions: {id-token: write}", "permissions: {}", False),
        ("permissions: {id-token: write}", "permissions: {id-token: none}", False),
    ],
)
def test_a_job_may_ask_for_a_token_only_where_permissions_say_so(workflow: str, job: str, expected: bool) -> None:
    facts = read(f"on: push\n{workflow}\njobs:\n  a:\n    runs-on: x\n    {job}\n    steps: []")
    assert [found.can_request_token for found in items(facts, WorkflowJob)] == [expected]


def test_secrets_are_found_wherever_they_are_used() -> None:
    facts = read("""
        on: push
        env: {TOP: "${{ secrets.TOP }}"}
        jobs:
          a:
            if: secrets.IN_IF != ''
            env: {X: "a ${{ secrets.ENV }} ${{ format('{0}', secrets['BRACKET']) }}"}
            steps:
              - run: echo ${{ secrets.RUN }} secrets.NOT_ONE ${{ vars.secrets_x }}
              - uses: o/r@v1
                with: {list: "${{ secrets.WITH || secrets.OTHER }}"}
          b: {uses: o/r/.github/workflows/x.yaml@main, secrets: {mine: "${{ secrets.HANDED }}"}}
    """)
    found = {job.job: [(name, place.route) for name, place in job.secrets] for job in items(facts, WorkflowJob)}
    assert found == {
        "a": [
            ("TOP", ("env", "TOP")),
            ("IN_IF", ("jobs", "a", "if")),
            ("ENV", ("jobs", "a", "env", "X")),
            ("BRACKET", ("jobs", "a", "env", "X")),
            ("RUN", ("jobs", "a", "steps", 0, "run")),
            ("WITH", ("jobs", "a", "steps", 1, "with", "list")),
            ("OTHER", ("jobs", "a", "steps", 1, "with", "list")),
        ],
        "b": [("TOP", ("env", "TOP")), ("HANDED", ("jobs", "b", "secrets", "mine"))],
    }


STEP = """
on: push
permissions: {{id-token: write}}
env: {{ACCOUNT: "111111111111"}}
jobs:
  a:
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {{{inputs}}}
"""
WITHIN = "github:.github/workflows/deploy.yaml"
ASSUMED = [
    ("role-to-assume: 'arn:aws:iam::111111111111:role/a'", [("a", "arn:aws:iam::111111111111:role/a", "github-oidc")]),
    (
        "role-to-assume: 'arn:aws:iam::${{ env.ACCOUNT }}:role/a'",
        [("a", "arn:aws:iam::111111111111:role/a", "github-oidc")],
    ),
    (
        "role-to-assume: 'arn:aws:iam::${{ vars.ACCOUNT }}:role/a'",
        [("a", "arn:aws:iam::⟨github:acme/checkout:vars.ACCOUNT⟩:role/a", "github-oidc")],
    ),
    ("role-to-assume: '${{ secrets.ROLE }}'", [("a", "⟨github:acme/checkout:secrets.ROLE⟩", "github-oidc")]),
    (
        "role-to-assume: r, aws-access-key-id: '${{ secrets.ID }}', aws-secret-access-key: '${{ secrets.KEY }}'",
        [("a", "r", "access-key")],
    ),
    ("role-to-assume: r, role-chaining: true", [("a", "r", "role-chaining")]),
    ("role-to-assume: r, aws-access-key-id: '${{ steps.x.outputs.id }}'", [("a", "r", "role-chaining")]),
    ("aws-region: eu-west-1", []),
]


@pytest.mark.parametrize(("inputs", "expected"), ASSUMED, ids=[text for text, _ in ASSUMED])
def test_a_step_says_which_role_the_job_assumes(inputs: str, expected: list[tuple[str, str, str]]) -> None:
    facts = read(STEP.format(inputs=inputs))
    assert roles(facts) == expected
    unknown = sum("⟨" in arn for _, arn, _ in expected)
    assert len(facts.unresolved) == unknown


KEYS = [
    ("aws-access-key-id: '${{ secrets.ID }}', aws-secret-access-key: '${{ secrets.KEY }}'", ["secrets.ID"]),
    ("aws-access-key-id: AKIAIOSFODNN7EXAMPLE", ["aws-access-key-id"]),
    ("aws-access-key-id: '${{ secrets.ID || vars.ID }}'", ["aws-access-key-id"]),
    ("aws-access-key-id: '${{ steps.x.outputs.id }}'", []),
    ("aws-access-key-id: '${{ secrets.ID }}', aws-session-token: '${{ steps.x.outputs.t }}'", []),
    ("aws-access-key-id: test", []),
]


@pytest.mark.parametrize(("inputs", "expected"), KEYS, ids=[text for text, _ in KEYS])
def test_a_long_lived_key_is_told_from_a_session(inputs: str, expected: list[str]) -> None:
    assert [use.key for use in items(read(STEP.format(inputs=inputs)), StaticKeyUse)] == expected


def test_a_long_lived_key_in_the_environment_counts_too() -> None:
    facts = read("""
        on: push
        env: {AWS_ACCESS_KEY_ID: "${{ secrets.TOP }}"}
        jobs:
          a:
            env: {AWS_ACCESS_KEY_ID: "${{ secrets.JOB }}", AWS_SECRET_ACCESS_KEY: x}
            steps:
              - {run: x, env: {AWS_ACCESS_KEY_ID: "${{ secrets.STEP }}"}}
              - {run: x, env: {AWS_ACCESS_KEY_ID: "${{ steps.y.outputs.id }}"}}
    """)
    assert [use.key for use in items(facts, StaticKeyUse)] == ["secrets.TOP", "secrets.JOB", "secrets.STEP"]


SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz12345678"


def test_literal_secrets_are_found_by_name_and_look_and_their_text_is_kept_nowhere() -> None:
    facts = read(f"""
        on: push
        jobs:
          a:
            env:
              AWS_SECRET_ACCESS_KEY: {SECRET}
              COMMIT: {SECRET}
              LS_ACCESS_TOKEN: developer
              LIGHTSTEP_ACCESS_TOKEN: {"a1B2" * 26}
            steps:
              - uses: aws-actions/configure-aws-credentials@v4
                with: {{aws-secret-access-key: "{SECRET}", aws-access-key-id: AKIAABCDEFGHIJKLMNOP}}
              - {{uses: o/r@v1, with: {{token: ghp_{"a1" * 18}}}}}
              - {{uses: o/r@v1, with: {{token: "${{{{ secrets.T }}}}", aws-secret-access-key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}}}
    """)
    assert [(found.what, found.at.route[2:]) for found in items(facts, LiteralSecret)] == [
        ("AWS secret access key", ("env", "AWS_SECRET_ACCESS_KEY")),
        ("Lightstep access token", ("env", "LIGHTSTEP_ACCESS_TOKEN")),
        ("AWS secret access key", ("steps", 0, "with", "aws-secret-access-key")),
        ("GitHub token", ("steps", 1, "with", "token")),
    ]
    assert items(facts, TokenUse) == []
    assert facts.unresolved == []
    for text in (SECRET, "a1B2" * 26, "AKIAABCDEFGHIJKLMNOP", "a1" * 18):
        assert text not in repr(facts.items)


PROD = "github/acme/checkout:environment:prod"


def test_lightstep_actions_name_projects_and_tokens() -> None:
    facts = read("""
        on: {push: {branches: [main]}}
        jobs:
          a:
            environment: prod
            steps:
              - uses: lightstep/lightstep-action-predeploy@v0.2.6
                with:
                  lightstep_organization: acme
                  lightstep_project: checkout-prod
                  lightstep_api_key: ${{ secrets.LIGHTSTEP_API_KEY }}
              - uses: lightstep/lightstep-action-snapshot@v1
                env: {LIGHTSTEP_PROJECT: other, LIGHTSTEP_API_KEY: "${{ secrets.B }}"}
                with: {lightstep_query: service IN ("a")}
              - uses: someone/lightstep-thing@v1
                with: {lightstep_project: not-this}
    """)
    assert [(found.name, found.organization, found.declared) for found in items(facts, TelemetryProject)] == [
        ("checkout-prod", "acme", False),
        ("other", None, False),
    ]
    assert [(use.workload, use.token, use.project, use.place.route[3:]) for use in items(facts, TokenUse)] == [
        (PROD, f"{PROD}:secrets.LIGHTSTEP_API_KEY", "checkout-prod", (0, "with", "lightstep_api_key")),
        (PROD, f"{PROD}:secrets.B", "other", (1, "env", "LIGHTSTEP_API_KEY")),
    ]


def test_tokens_in_the_environment_are_presented_by_every_identity_of_the_job() -> None:
    facts = read("""
        on: {push: {branches: [main]}, pull_request: {}}
        jobs:
          a:
            steps:
              - {run: x, env: {LS_ACCESS_TOKEN: "${{ secrets.LS }}"}}
              - {run: x, env: {OTEL_EXPORTER_OTLP_HEADERS: "a=b,Lightstep-Access-Token=${{ secrets.OTEL }}"}}
              - {run: x, env: {OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=${{ secrets.HC }}"}}
    """)
    assert [(use.workload, use.token) for use in items(facts, TokenUse)] == [
        ("github/acme/checkout:pull_request", "github/acme/checkout:secrets.LS"),
        ("github/acme/checkout:ref:refs/heads/main", "github/acme/checkout:secrets.LS"),
        ("github/acme/checkout:pull_request", "github/acme/checkout:secrets.OTEL"),
        ("github/acme/checkout:ref:refs/heads/main", "github/acme/checkout:secrets.OTEL"),
        ("github/acme/checkout:pull_request", "github/acme/checkout:secrets.HC"),
        ("github/acme/checkout:ref:refs/heads/main", "github/acme/checkout:secrets.HC"),
    ]


def test_a_variable_is_one_value_in_the_repository_but_not_across_environments() -> None:
    step = "steps: [{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: '${{ vars.ROLE }}'}}]"
    facts = read(f"""
        on: push
        jobs:
          a: {{{step}}}
          b: {{{step}}}
          c: {{environment: prod, {step}}}
    """)
    a, b, c = (found.role_arn for found in items(facts, RoleAssumption))
    assert a == b
    assert a != c


def test_a_matrix_over_environments_is_one_job_for_each() -> None:
    facts = read("""
        on: push
        permissions: {id-token: write}
        jobs:
          a:
            strategy:
              matrix:
                os: [x, y]
                env: [dev, prod]
                include:
                  - {env: dev, account: "111111111111"}
                  - {env: prod, account: "333333333333"}
            environment: ${{ matrix.env }}
            steps:
              - uses: aws-actions/configure-aws-credentials@v4
                with: {role-to-assume: "arn:aws:iam::${{ matrix.account }}:role/x"}
    """)
    assert subjects(facts) == {
        "a (111111111111, dev)": ["repo:acme/checkout:environment:dev"],
        "a (333333333333, prod)": ["repo:acme/checkout:environment:prod"],
    }
    assert roles(facts) == [
        ("a (111111111111, dev)", "arn:aws:iam::111111111111:role/x", "github-oidc"),
        ("a (333333333333, prod)", "arn:aws:iam::333333333333:role/x", "github-oidc"),
    ]


@pytest.mark.parametrize(
    "matrix",
    ["'${{ fromJSON(needs.x.outputs.m) }}'", "{env: '${{ fromJSON(vars.ENVS) }}'}", "{env: ['${{ vars.A }}']}", "{env: [[a]]}"],
)
def test_a_computed_matrix_leaves_the_environment_unknown(matrix: str) -> None:
    facts = read(f"""
        on: push
        jobs:
          a:
            strategy: {{matrix: {matrix}}}
            environment: ${{{{ matrix.env }}}}
            steps: []
    """)
    assert subjects(facts) == {"a": [f"repo:acme/checkout:environment:⟨{WITHIN}:a:matrix.env⟩"]}


def test_a_matrix_excludes_what_it_says() -> None:
    facts = read("""
        on: push
        jobs:
          a:
            strategy: {matrix: {env: [dev, prod], size: [1, 2], exclude: [{env: prod}]}}
            environment: ${{ matrix.env }}
            steps: []
    """)
    assert list(subjects(facts)) == ["a (dev)"]


CALLED = """
on:
  workflow_call:
    inputs:
      environment: {type: string, required: true}
      role: {type: string, default: "arn:aws:iam::111111111111:role/default"}
jobs:
  deploy:
    environment: ${{ inputs.environment }}
    permissions: {id-token: write}
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "${{ inputs.role }}"}
      - run: x ${{ secrets.KEY }}
"""


def test_a_local_reusable_workflow_runs_as_its_caller() -> None:
    facts = read_with(
        """
        on: push
        permissions: {id-token: write}
        jobs:
          dev:
            uses: ./.github/workflows/called.yaml
            with: {environment: dev}
            secrets: inherit
          prod:
            uses: ./.github/workflows/called.yaml
            with: {environment: prod, role: "arn:aws:iam::333333333333:role/prod"}
            secrets: {KEY: "${{ secrets.PROD_KEY }}"}
        """,
        called=CALLED,
    )
    assert subjects(facts) == {
        "dev / deploy": ["repo:acme/checkout:environment:dev"],
        "prod / deploy": ["repo:acme/checkout:environment:prod"],
    }
    assert roles(facts) == [
        ("dev / deploy", "arn:aws:iam::111111111111:role/default", "github-oidc"),
        ("prod / deploy", "arn:aws:iam::333333333333:role/prod", "github-oidc"),
    ]
    assert [[name for name, _ in job.secrets] for job in items(facts, WorkflowJob)] == [["KEY"], ["PROD_KEY"]]
    assert {found.place.path for found in items(facts, RoleAssumption)} == {".github/workflows/called.yaml"}
    assert facts.files == (PATH, ".github/workflows/called.yaml")
    assert [job.can_request_token for job in items(facts, WorkflowJob)] == [True, True]


def test_a_workflow_that_a_neighbor_calls_is_read_as_part_of_it_only() -> None:
    leak = f"\n      - {{run: x, env: {{AWS_SECRET_ACCESS_KEY: {SECRET}}}}}\n"
    files = {"estate/.github/workflows/called.yaml": CALLED + leak, "estate/.github/workflows/main.yaml": ""}
    calling = "on: push\njobs: {a: {uses: ./.github/workflows/called.yaml, with: {environment: dev}}}"

    def kinds(path: str, others: dict[str, str]) -> list[str]:
        held = MemoryFiles({**files, **others})
        ((value, origin),) = documents((held.read(path) or b"").decode(), path)
        facts = parse_workflow(value, origin, Context(path, unknown_account(path), repository="acme/checkout"), held)
        return [type(item).__name__ for item in facts.items]

    called, main = files
    alone = ["WorkflowJob", "RoleAssumption", "LiteralSecret"]
    assert kinds(called, {main: "on: push\njobs: {}"}) == alone
    assert kinds(called, {main: calling}) == ["LiteralSecret"]
    assert kinds(main, {main: calling}) == ["WorkflowJob", "Bot", "RoleAssumption"]


def test_a_called_workflow_gets_no_more_than_its_caller_has() -> None:
    facts = read_with("on: push\njobs: {a: {uses: ./.github/workflows/called.yaml}}", called=CALLED)
    assert [job.can_request_token for job in items(facts, WorkflowJob)] == [False]


def test_workflows_that_call_each_other_end() -> None:
    loop = "on: workflow_call\njobs: {a: {uses: ./.github/workflows/loop.yaml}}"
    facts = read_with(loop, loop=loop)
    assert len(items(facts, WorkflowJob)) == 1


def test_a_workflow_that_is_only_called_has_its_callers_subject() -> None:
    facts = read(CALLED)
    assert subjects(facts) == {
        "deploy": [f"repo:⟨github:caller of {PATH}⟩:environment:⟨{WITHIN}:deploy:inputs.environment⟩"],
    }
    assert items(facts, Bot) == []


def test_a_remote_reusable_workflow_is_handed_a_role() -> None:
    facts = read("""
        on: push
        permissions: {id-token: write}
        jobs:
          a:
            uses: acme/platform/.github/workflows/deploy.yaml@v1
            with: {aws_role: "arn:aws:iam::${{ vars.ACCOUNT }}:role/x", region: eu-west-1}
    """)
    assert roles(facts) == [("a", "arn:aws:iam::⟨github:acme/checkout:vars.ACCOUNT⟩:role/x", "github-oidc")]
    assert [found.reason for found in facts.unresolved] == [
        "the reusable workflow `acme/platform/.github/workflows/deploy.yaml@v1` is not among the files",
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (PATH, "on: push\njobs: {a: {}}", True),
        ("examples/estate/.github/workflows/x.yml", "on: push\njobs: {}", True),
        ("action.yml", "runs: {using: composite, steps: []}", False),
        (".github/workflows/x.yml", "runs: {using: composite, steps: []}", False),
        ("templates/x.yml", "on: push\njobs: {a: {}}", False),
        (PATH, "[a]", False),
        (PATH, "jobs: {a: {}}", False),
        (PATH, "on: push\njobs: []", False),
    ],
)
def test_only_what_github_runs_is_a_workflow(path: str, text: str, expected: bool) -> None:
    ((value, _),) = documents(text, path)
    assert is_workflow(value, path) == expected


@pytest.mark.parametrize(
    "text",
    [
        "on: [[push]]\njobs: {a: [], b: {steps: {}}, c: {steps: [1, x, null]}, d: {env: [], environment: [a]}}",
        "on: {push: [], pull_request_target: x}\njobs: {a: {strategy: {matrix: {include: [x], a: 3}}, environment: '${{ matrix.a }}'}}",
        "on: 7\njobs: {a: {permissions: [], steps: [{uses: [], with: [], env: 3}], uses: []}}",
        "on: {push: {branches: [[a], {b: c}]}}\njobs: {a: {environment: {name: []}, secrets: [a], with: [b], uses: ./x}}",
        "on: push\njobs: {a: {steps: [{with: {role-to-assume: '${{'}}, {with: {role-to-assume: '${{ }}'}}]}}",
    ],
)
def test_no_shape_breaks_the_reader(text: str) -> None:
    assert read(text).problems == []


@pytest.mark.parametrize(
    ("glob", "pattern"),
    [
        ("main", "main"), ("release/*", "release/*"), ("release/**", "release/*"), ("**", "*"), ("v[12].x", "v*.x"),
        ("colou?r", "colo*r"), ("a+b", "*b"), (r"a\*b", "a*b"), ("a[b", "a[b"), ("", ""),
    ],
)  # fmt: skip
def test_a_branch_filter_is_covered_by_a_pattern_of_aws(glob: str, pattern: str) -> None:
    assert aws_pattern(glob) == pattern


COMPOSITE = {
    "iamlint.yaml": "inputs:\n  repository: acme/checkout\n",
    ".github/workflows/deploy.yml": """
on: {push: {branches: [main]}}
permissions: {id-token: write}
jobs:
  deploy:
    environment: prod
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/login
        with: {stage: prod, token: "${{ secrets.LS }}"}
      - uses: ./.github/actions/gone
""",
    ".github/actions/login/action.yml": """
inputs:
  stage: {default: dev}
  account: {default: "111111111111"}
  token: {}
runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with: {role-to-assume: "arn:aws:iam::${{ inputs.account }}:role/deploy-${{ inputs.stage }}", aws-region: eu-west-1}
    - uses: ./.github/actions/trace
      with: {token: "${{ inputs.token }}"}
""",
    ".github/actions/trace/action.yaml": """
inputs: {token: {}}
runs:
  using: composite
  steps:
    - {shell: bash, run: x, env: {LS_ACCESS_TOKEN: "${{ inputs.token }}"}}
    - {uses: ./.github/actions/login}
""",
}


def test_the_steps_of_a_composite_action_are_steps_of_the_job() -> None:
    from graphs import graph_of

    graph = graph_of(COMPOSITE)
    assumptions = graph.estate.all(RoleAssumption)
    assert {(one.bot, one.role_arn, one.place.path) for one in assumptions} >= {
        (".github/workflows/deploy.yml:deploy", "arn:aws:iam::111111111111:role/deploy-prod", ".github/actions/login/action.yml"),
    }
    assert "the action `./.github/actions/gone` is not among the files" in [item.reason for item in graph.estate.unresolved()]


def test_actions_that_use_each_other_are_read_once_for_what_they_are_given() -> None:
    from graphs import graph_of

    build = """
inputs: {stage: {default: dev}}
runs:
  using: composite
  steps:
    - uses: ./.github/actions/cache
    - uses: ./.github/actions/cache
      with: {stage: "${{ inputs.stage }}"}
    - uses: aws-actions/configure-aws-credentials@v4
      with: {role-to-assume: "arn:aws:iam::111111111111:role/${{ inputs.stage }}", aws-region: eu-west-1}
"""
    cache = """
inputs: {stage: {default: dev}}
runs: {using: composite, steps: [{uses: ./.github/actions/build, with: {stage: "${{ inputs.stage }}"}}]}
"""
    step = "{uses: ./.github/actions/build, with: {stage: prod}}"
    workflow = f"on: push\njobs: {{deploy: {{steps: [{step}, {step}]}}}}\n"
    graph = graph_of(
        {
            ".github/workflows/deploy.yml": workflow,
            ".github/actions/build/action.yml": build,
            ".github/actions/cache/action.yml": cache,
        }
    )
    assert sorted(str(one.role_arn).rpartition("/")[2] for one in graph.estate.all(RoleAssumption)) == ["dev", "prod"]


def test_the_workflow_that_defines_a_job_is_a_claim() -> None:
    from graphs import edges_to, graph_of

    from iamlint.graph.elements import EdgeKind

    role = """
provider "aws" { allowed_account_ids = ["111111111111"] }
resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringLike = {
        "token.actions.githubusercontent.com:job_workflow_ref" = "acme/checkout/.github/workflows/NAME.yml@*"
      } }
    }]
  })
}
"""
    workflow = "on: {push: {branches: [main]}}\npermissions: {id-token: write}\njobs: {a: {steps: [{run: x}]}}\n"
    bot = "bot:github/acme/checkout:ref:refs/heads/main"
    for name, admitted in (("deploy", True), ("other", False)):
        graph = graph_of(
            {
                "iamlint.yaml": "inputs:\n  repository: acme/checkout\n",
                ".github/workflows/deploy.yml": workflow,
                "infra/main.tf": role.replace("NAME", name),
            }
        )
        found = edges_to(graph, "role:arn:aws:iam::111111111111:role/deploy", EdgeKind.MAY_ASSUME)
        assert (bot in found) is admitted, found


def test_a_key_of_one_character_is_none() -> None:
    text = "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pytest\n        env: {DD_API_KEY: VALUE}\n"
    files = {".github/workflows/t.yml": text.replace("VALUE", "'" + "1" * 32 + "'")}
    assert [one.rule for one in memory_session(files).check().diagnostics if one.rule == "BOT106"] == []
    files = {".github/workflows/t.yml": text.replace("VALUE", "'" + "1f0e2d3c" * 4 + "'")}
    assert [one.rule for one in memory_session(files).check().diagnostics if one.rule == "BOT106"] == ["BOT106"]
