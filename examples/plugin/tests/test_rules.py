"""All that a rule package needs: every example of every rule is a small repository that is checked for real."""

import acme_iamlint_rules
import pytest

from iamlint.testing import examples_of


@pytest.mark.parametrize("case", examples_of(acme_iamlint_rules), ids=str)
def test_example(case):
    case.check()
