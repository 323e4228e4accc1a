"""Every example of every built-in rule: it fires on the marked lines and nowhere else."""

import pytest

import iamlint_rules
from iamlint.testing import ExampleCase, examples_of


@pytest.mark.parametrize("case", examples_of(iamlint_rules), ids=str)
def test_example(case: ExampleCase) -> None:
    case.check()
