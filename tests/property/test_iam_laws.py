"""Laws of the decision procedure, on random policies and every principal and resource of a small world. Each quotes its clause."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies, read_request
from strategies_iam import CONTEXT, documents, estates, requests

from iamlint.iam.evaluate import evaluate

Estate = tuple[dict[str, Any], dict[str, Any], list[str]]
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def decisions(estate: Estate, policies: dict[str, Any] | None = None, context: dict[str, Any] | None = None) -> list[str]:
    read = read_policies(policies if policies is not None else estate[1])
    asked = requests(estate[0] if context is None else context, estate[2])
    return [str(evaluate(read_request(request), read).decision) for request in asked]


def changed(policies: dict[str, Any], layer: str, change: Any) -> dict[str, Any]:
    return {**copy.deepcopy(policies), layer: change}


def statement_lists(policies: dict[str, Any]) -> list[list[Any]]:
    flat = [
        policies["resource"] or {},
        *(policies["identity"] or []),
        *(policies["boundary"] or []),
        *(policies["session"] or []),
    ]
    flat += [document for layer in ("scp", "rcp") for level in policies[layer] for document in level]
    return [document["Statement"] for document in flat if document]


class TestOrder:
    """B2: Order and duplicates of statements change nothing."""

    @few
    @given(estates())
    def test_order_and_duplicates_do_not_matter(self, estate: Estate) -> None:
        policies = copy.deepcopy(estate[1])
        for statements in statement_lists(policies):
            statements.reverse()
            statements.append(statements[0])
        assert decisions(estate, policies) == decisions(estate)


class TestDeny:
    """B2: Adding a deny never grants. B3: An explicit deny in any layer wins."""

    @few
    @given(estates(), documents("identity"))
    def test_adding_a_deny_never_grants(self, estate: Estate, document: dict[str, Any]) -> None:
        for statement in document["Statement"]:
            statement["Effect"] = "Deny"
        after = decisions(estate, changed(estate[1], "identity", [*(estate[1]["identity"] or []), document]))
        for old, new in zip(decisions(estate), after, strict=True):
            assert new == old or new in ("explicit_deny", "unknown") or old == "unknown"
            assert not (new == "allow" and old != "allow")

    @few
    @given(estates())
    def test_an_explicit_deny_beats_every_allow(self, estate: Estate) -> None:
        everything = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
        }
        policies = changed(estate[1], "endpoint", [everything])
        read = read_policies(policies)
        for request in requests(estate[0], estate[2]):
            if request["action"] != "sts:GetCallerIdentity":
                assert evaluate(read_request(request), read).decision == "explicit_deny"


class TestNarrowing:
    """B2: A boundary, SCP, RCP, session or endpoint policy only narrows."""

    @few
    @given(estates(), st.data())
    def test_a_restricting_layer_only_narrows(self, estate: Estate, data: st.DataObject) -> None:
        layer = data.draw(st.sampled_from(["boundary", "scp", "rcp", "session", "endpoint"]))
        document = data.draw(documents(layer))
        without = changed(estate[1], layer, [] if layer in ("scp", "rcp") else None)
        with_it = changed(estate[1], layer, [[document]] if layer in ("scp", "rcp") else [document])
        read = read_policies(with_it), read_policies(without)
        for request in requests(estate[0], estate[2]):
            if layer == "session" and ":federated-user/" in str(request["principal"]):
                continue  # B11: for such a session the policy is what lets it do anything
            asked = read_request(request)
            if evaluate(asked, read[0]).decision == "allow":
                assert evaluate(asked, read[1]).decision == "allow"


class TestSplitting:
    """B2: Splitting a statement by action changes nothing."""

    @few
    @given(estates())
    def test_splitting_a_statement_by_action_changes_nothing(self, estate: Estate) -> None:
        policies = copy.deepcopy(estate[1])
        for statements in statement_lists(policies):
            statements[:] = [
                part
                for statement in statements
                for part in (
                    [{**statement, "Action": action} for action in statement["Action"]] if "Action" in statement else [statement]
                )
            ]
        assert decisions(estate, policies) == decisions(estate)


class TestNothing:
    """B3: Nothing is allowed without an allow."""

    @few
    @given(estates())
    def test_nothing_is_allowed_without_an_allow(self, estate: Estate) -> None:
        policies = copy.deepcopy(estate[1])
        for statements in statement_lists(policies):
            for statement in statements:
                statement["Effect"] = "Deny"
        read = read_policies({**policies, "endpoint": None, "scp": []})
        for request in requests(estate[0], estate[2]):
            if request["action"] != "sts:GetCallerIdentity" and ":root" not in str(request["principal"]):
                assert evaluate(read_request(request), read).decision != "allow"


class TestUnknown:
    """A4: Supplying a value for an unknown never changes a known decision."""

    @few
    @given(estates(), st.data())
    def test_supplying_a_value_never_changes_a_known_decision(self, estate: Estate, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([key for key in CONTEXT if key != "aws:TagKeys"]))
        value = data.draw(st.sampled_from([None, *CONTEXT[name]]))
        rest = {key: values for key, values in estate[0].items() if key != name}
        before = decisions(estate, context={**rest, name: {"unknown": True}})
        after = decisions(estate, context=rest if value is None else {**rest, name: value})
        for old, new in zip(before, after, strict=True):
            assert old in ("unknown", new)

    @few
    @given(
        estates(),
        st.sampled_from(["logs", "data", "s3", "111111111111", "app", "vpce-1", "team"]),
        st.sampled_from(["same", "*", "x", ""]),
    )
    def test_supplying_a_stretch_of_text_never_changes_a_known_decision(self, estate: Estate, word: str, text: str) -> None:
        before = decisions(estate, replaced(estate[1], word, f"⟨{word}⟩"))
        after = decisions(estate, replaced(estate[1], word, word if text == "same" else text))
        for old, new in zip(before, after, strict=True):
            assert old in ("unknown", new)


def replaced(value: Any, word: str, text: str) -> Any:
    if isinstance(value, str):
        return value.replace(word, text)
    if isinstance(value, list):
        return [replaced(item, word, text) for item in value]
    if isinstance(value, dict):
        return {key: item if key in ("Effect", "Version", "kind") else replaced(item, word, text) for key, item in value.items()}
    return value
