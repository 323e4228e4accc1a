"""For the tests of rules and of access: every example of a rule package as a case, questions to an estate, random estates.

A plugin's whole test file is::

    import acme_iamlint_rules, pytest
    from iamlint.testing import examples_of


    @pytest.mark.parametrize("case", examples_of(acme_iamlint_rules), ids=str)
    def test_example(case):
        case.check()

`policies`, `requests`, `contexts` and `estates` are Hypothesis strategies: they need that package, and are imported when
asked for. `rule_page` and `index_page` write the pages of a rule package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iamlint.testing.access import Access as Access
from iamlint.testing.access import Decided as Decided
from iamlint.testing.access import Holders as Holders
from iamlint.testing.access import UnknownAccessError as UnknownAccessError
from iamlint.testing.access import Way as Way
from iamlint.testing.access import access_to as access_to
from iamlint.testing.examples import ExampleCase as ExampleCase
from iamlint.testing.examples import cases_of as cases_of
from iamlint.testing.examples import check_files as check_files
from iamlint.testing.examples import dedented as dedented
from iamlint.testing.examples import examples_of as examples_of
from iamlint.testing.examples import marks as marks
from iamlint.testing.examples import rules_of as rules_of

if TYPE_CHECKING:
    from iamlint.report.rule_markdown import index_page as index_page
    from iamlint.report.rule_markdown import rule_page as rule_page
    from iamlint.testing.strategies import contexts as contexts
    from iamlint.testing.strategies import estates as estates
    from iamlint.testing.strategies import policies as policies
    from iamlint.testing.strategies import requests as requests

_HOME = {
    **dict.fromkeys(("contexts", "estates", "policies", "requests"), "iamlint.testing.strategies"),
    **dict.fromkeys(("index_page", "rule_page"), "iamlint.report.rule_markdown"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"`iamlint.testing` has no `{name}`")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
