"""Texts with unknown stretches: how they are named and shown."""

from __future__ import annotations

import pytest

from iamlint.source.value import Unknown, Value, concat, last_name, last_part, shortened

ENV = Unknown("the variable `env` has no default", None, "infra/prod#var.env")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("arn:aws:iam::111111111111:policy/team/app", "app"),
        ("app", "app"),
        (concat(["arn:aws:iam::111111111111:policy/", ENV, "-app"]), "⟨infra/prod#var.env⟩-app"),
        (concat(["arn:aws:iam::", ENV, ":policy/app"]), "app"),
        (concat(["team/", ENV]), "⟨infra/prod#var.env⟩"),
        (ENV, "⟨infra/prod#var.env⟩"),
    ],
)
def test_the_last_name_keeps_unknown_stretches_whole(value: Value, name: str) -> None:
    assert last_name(value) == name


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("role/app", "role/app"),
        ("a#b", "a#b"),
        ("role/⟨infra/prod#var.env⟩-app#1", "role/⟨var.env⟩-app#1"),
        ("role/⟨replace(a/b#var.id)#5ae7dec45af7⟩-x", "role/⟨replace(var.id)⟩-x"),
        ("⟨basename(path.cwd)#f40cd21c78ae⟩", "⟨basename(path.cwd)⟩"),
        ("⟨lower(replace(a/b#var.id)#5ae7dec45af7)#f40cd21c78ae⟩", "⟨lower(replace(var.id))⟩"),
        ("⟨join()#f40cd21c78ae⟩", "⟨join()⟩"),
        ("⟨uuid@infra/prod:infra/prod/main.tf:326-332:1⟩-x", "⟨uuid⟩-x"),
        ("⟨for@infra:infra/main.tf:31-112:2(infra#var.roles)#c2ad1999377b⟩", "⟨for(var.roles)⟩"),
        ("account:⟨for(images#data.x.cool.accounts)#06b0f1213559[0].id⟩", "account:⟨for(data.x.cool.accounts)[0].id⟩"),
        ("⟨a#role suffix in ⟨b/c#x.id⟩⟩ and ⟨account:b/c⟩", "⟨role suffix in ⟨x.id⟩⟩ and ⟨account:b/c⟩"),
    ],
)
def test_for_people_an_unknown_stretch_is_named_without_its_unit(text: str, short: str) -> None:
    assert shortened(text) == short


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("arn:aws:iam::111111111111:policy/team/app", "app"),
        ("arn:aws:iam::111111111111:policy/⟨infra/prod#var.name⟩", "⟨infra/prod#var.name⟩"),
        ("policy/a/x-⟨for@a/b.tf:1-2:1(infra/c#var.map)⟩-y", "x-⟨for@a/b.tf:1-2:1(infra/c#var.map)⟩-y"),
        ("policy/⟨a/b⟨c/d⟩⟩/app", "app"),
        ("app", "app"),
    ],
)
def test_the_last_part_is_not_cut_within_an_unknown_stretch(text: str, name: str) -> None:
    assert last_part(text) == name
