"""Laws of evaluation (semantics A1, A4): what is known without a value stays as it is when the value is supplied."""

import json
import pickle
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy
from iamlint.parse.cloudformation.reader import parse_template
from iamlint.parse.context import Context
from iamlint.source.place import Origin
from iamlint.source.value import Text, Unknown

PLAIN = st.sampled_from(["a", "b", "", "dev", "a:b", "x-${Open}", "0"])
LEAVES = st.one_of(
    PLAIN,
    st.sampled_from(["Open", "Set", "List", "Role", "Named", "AWS::AccountId", "AWS::NoValue", "Missing"]).map(
        lambda name: {"Ref": name}
    ),
    st.sampled_from(["${Open}/${Set}", "${Named.Arn}", "${Role}", "${!x}-${Open}"]).map(lambda text: {"Fn::Sub": text}),
    st.just({"Fn::GetAtt": ["Named", "Arn"]}),
    st.just({"Fn::FindInMap": ["Map", {"Ref": "Open"}, "k"]}),
    st.just({"Fn::FindInMap": ["Map", {"Ref": "Set"}, "k"]}),
)
CONDITIONS = st.sampled_from(["Known", "Unsure", "Not", "Both", "Missing"])


def _calls(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=3)
    return st.one_of(
        lists,
        st.tuples(PLAIN, lists).map(lambda pair: {"Fn::Join": list(pair)}),
        st.tuples(CONDITIONS, inner, inner).map(lambda three: {"Fn::If": list(three)}),
        st.tuples(st.sampled_from(["0", "1"]), lists).map(lambda pair: {"Fn::Select": list(pair)}),
        st.tuples(st.sampled_from([":", "-"]), inner).map(lambda pair: {"Fn::Split": list(pair)}),
        st.tuples(inner).map(lambda one: {"Fn::Sub": ["<${v}>", {"v": one[0]}]}),
    )


EXPRESSIONS = st.recursive(LEAVES, _calls, max_leaves=8)


def _parse(expression: Any, given: str | None) -> Facts:
    """Return the facts of a template with the expression as a resource pattern; `given` is the default of the open parameter."""
    open_parameter = {"Type": "String"} if given is None else {"Type": "String", "Default": given}
    template = {
        "Parameters": {
            "Open": open_parameter,
            "Set": {"Type": "String", "Default": "dev"},
            "List": {"Type": "CommaDelimitedList", "Default": "p,q"},
        },
        "Mappings": {"Map": {"dev": {"k": "1"}, "a": {"k": "2"}, "b": {"k": "3"}}},
        "Conditions": {
            "Known": {"Fn::Equals": [{"Ref": "Set"}, "dev"]},
            "Unsure": {"Fn::Equals": [{"Ref": "Open"}, "a"]},
            "Not": {"Fn::Not": [{"Condition": "Unsure"}]},
            "Both": {"Fn::And": [{"Condition": "Unsure"}, {"Condition": "Known"}]},
        },
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role"},
            "Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "n-${Open}"}}},
            "P": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": expression}]},
                    "Description": expression,
                },
            },
        },
    }
    return parse_template(template, Origin("x.json"), Context("x.json", "111111111111"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EXPRESSIONS, st.sampled_from(["a", "b", "dev", ""]))
def test_supplying_a_value_never_changes_what_is_known(expression: Any, value: str) -> None:
    before, after = (_policy(_parse(expression, given)) for given in (None, value))
    certain = [item for item in before.statements if item.opaque is None]
    if len(certain) == len(before.statements) == len(after.statements):
        for one, other in zip(before.statements, after.statements, strict=True):
            known = [item for item in one.resources or () if isinstance(item, str)]
            if len(known) == len(one.resources or ()):
                assert one.resources == other.resources
            for item in one.resources or ():
                if isinstance(item, Text) and len(one.resources or ()) == len(other.resources or ()) == 1:
                    assert _fits(item, (other.resources or ())[0])
    # of the variants that an undecided condition leaves open, the one that comes about is among them
    for other in after.statements:
        if all(isinstance(item, str) for item in other.resources or ()):
            assert any(_may_be(one.resources or (), other.resources or ()) for one in before.statements)


def _policy(facts: Facts) -> Policy:
    return next(item for item in facts.items if isinstance(item, Policy) and item.ref == "x.json#P")


def _may_be(pattern: tuple[Any, ...], values: tuple[Any, ...]) -> bool:
    """Return whether values are a completion of what is known; an unknown may stand for any number of values."""
    if any(isinstance(item, Unknown) for item in pattern):
        return True
    return len(pattern) == len(values) and all(_fits(one, other) for one, other in zip(pattern, values, strict=True))


def _fits(pattern: Any, value: Any) -> bool:
    """Return whether a known value has the known beginning and end of a text."""
    if isinstance(pattern, str) or not isinstance(value, str):
        return not isinstance(value, str) or pattern == value
    if isinstance(pattern, Unknown):
        return True
    first, last = pattern.parts[0], pattern.parts[-1]
    return (not isinstance(first, str) or value.startswith(first)) and (not isinstance(last, str) or value.endswith(last))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EXPRESSIONS)
def test_facts_cross_to_another_process_and_stay_the_same(expression: Any) -> None:
    facts = _parse(expression, None)
    again = pickle.loads(pickle.dumps(facts))
    assert [_plain(item) for item in again.items] == [_plain(item) for item in facts.items]
    assert json.dumps([_plain(item) for item in _parse(expression, None).items]) == json.dumps(
        [_plain(item) for item in facts.items]
    )


def _plain(item: Any) -> str:
    if isinstance(item, Policy):
        shown = [(repr(one.resources), repr(one.opaque), one.resource_place(0)) for one in item.statements]
        return repr((item.ref, repr(item.document), shown))
    return repr(item)
