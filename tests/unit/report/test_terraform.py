"""Rendered Terraform: laid out as `terraform fmt` would, and read back as the same by our own reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.model.telemetry import RoleBinding, ScopeMapping
from iamlint.project.memory import memory_session
from iamlint.report.terraform import Rendered, RenderedBinding, RenderedMapping, hcl, quoted, slug, tf_json
from iamlint.source.value import key

EXPECTED = """\
# Written by `iamlint sync` from access/telemetry.access.yaml: change that file, and run it again.

resource "lightstep_saml_group_mappings" "acme" {
  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "eng-checkout"
    }

    roles {
      organization_role = "Organization Restricted Member"
      project_roles = {
        checkout-prod = "Project Viewer"
        "two words"   = "Project Editor"
      }
    }
  }

  mapping {
    match {
      attribute_key   = "member_of"
      attribute_value = "$${not} a \\"template\\""
    }

    roles {
      organization_role = "Organization Viewer"
    }
  }
}

resource "lightstep_user_role_binding" "organization_admin" {
  role  = "Organization Admin"
  users = ["alice@acme.example"]
}

# break-glass: on call
resource "lightstep_user_role_binding" "project_viewer_checkout_prod" {
  project = "checkout-prod"
  role    = "Project Viewer"
  users = [
    "alice@acme.example",
    "bob@acme.example",
  ]
}
"""

ACME = Rendered(
    "acme",
    (
        RenderedMapping(
            "member_of",
            "eng-checkout",
            "Organization Restricted Member",
            (("checkout-prod", "Project Viewer"), ("two words", "Project Editor")),
        ),
        RenderedMapping("member_of", '${not} a "template"', "Organization Viewer"),
    ),
    (
        RenderedBinding("Organization Admin", None, ("alice@acme.example",)),
        RenderedBinding("Project Viewer", "checkout-prod", ("alice@acme.example", "bob@acme.example"), "break-glass: on call"),
    ),
)


def test_it_looks_as_terraform_fmt_leaves_it():
    assert hcl(ACME, "access/telemetry.access.yaml") == EXPECTED


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", '"a"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("${a} %{b} $a %a $${", '"$${a} %%{b} $a %a $$${"'),
        ("\n\t\r\x00\x7f", '"\\n\\t\\r\\u0000\\u007f"'),
        ("\U0001f512 é", '"\U0001f512 é"'),
    ],
)
def test_strings_are_strings(text: str, written: str):
    assert quoted(text) == written


def test_labels_are_identifiers_and_differ():
    assert slug("Project Viewer checkout-prod") == "project_viewer_checkout_prod"
    assert slug("42") == "_42"
    assert slug("日本") == "_"
    twins = Rendered(
        "a", (), (RenderedBinding("Project Viewer", "a-b", ("x",)), RenderedBinding("Project Viewer", "a b", ("x",)))
    )
    assert '"project_viewer_a_b_2"' in hcl(twins, "a")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and text
)
USERS = st.lists(TEXTS, max_size=3, unique_by=str.casefold).map(tuple)
MAPPINGS = st.lists(
    st.builds(
        RenderedMapping,
        TEXTS,
        TEXTS,
        st.sampled_from(["Organization Editor", "Organization Viewer", "Organization Restricted Member"]),
        st.dictionaries(TEXTS, st.sampled_from(["Project Editor", "Project Viewer"]), max_size=3).map(
            lambda roles: tuple(roles.items())
        ),
    ),
    max_size=3,
    unique_by=lambda mapping: mapping[:2],
).map(tuple)
BINDINGS = st.lists(
    st.one_of(
        st.builds(RenderedBinding, st.sampled_from(["Organization Admin", "Organization Viewer"]), st.none(), USERS, TEXTS),
        st.builds(RenderedBinding, st.sampled_from(["Project Editor", "Project Viewer"]), TEXTS, USERS),
    ),
    max_size=4,
    unique_by=lambda binding: binding[:2],
).map(tuple)


@settings(max_examples=150, deadline=None)
@given(st.builds(Rendered, st.just("acme"), MAPPINGS, BINDINGS), st.sampled_from(["access.tf", "access.tf.json"]))
def test_what_is_rendered_is_read_as_the_same(rendered: Rendered, name: str):
    """Round trip: render, read with the Terraform reader, and every mapping and binding is there as it was, in order."""
    text = (tf_json if name.endswith("json") else hcl)(rendered, "a.access.yaml")
    session = memory_session({name: text.encode()})
    assert not list(session.estate.problems())
    assert [mapping_of(item) for item in session.estate.all(ScopeMapping)] == [
        (item.attribute, item.value, item.organization_role, dict(item.project_roles)) for item in rendered.mappings
    ]
    assert sorted(map(binding_of, session.estate.all(RoleBinding))) == sorted(
        (item.role, item.project or "", item.users) for item in rendered.bindings
    )


def mapping_of(item: ScopeMapping) -> tuple[Any, ...]:
    (role,) = [grant for grant in item.grants if grant.project is None]
    projects = {key(grant.project): key(grant.text) for grant in item.grants if grant.project is not None}
    return key(item.attribute), key(item.value), key(role.text), projects


def binding_of(item: RoleBinding) -> tuple[Any, ...]:
    project = key(item.grant.project) if item.grant.project is not None else ""
    return key(item.grant.text), project, tuple(key(user) for user, _ in item.users)


def test_the_json_form_says_the_same():
    document = json.loads(tf_json(ACME, "access/telemetry.access.yaml"))
    assert list(document) == ["//", "resource"]
    mappings = document["resource"]["lightstep_saml_group_mappings"]["acme"]["mapping"]
    assert mappings[1]["match"] == [{"attribute_key": "member_of", "attribute_value": '$${not} a "template"'}]
    assert document["resource"]["lightstep_user_role_binding"]["organization_admin"]["users"] == ["alice@acme.example"]
