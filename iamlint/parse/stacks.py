"""Files that say which modules are run with which values: Terragrunt's are read but for those in JSON, Terraform's are not."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved

TERRAGRUNT_STACK = "terragrunt.stack.hcl"
_UNREAD = {
    ".tfstack.hcl": "the components of a Terraform stack",
    ".tfcomponent.hcl": "the components of a Terraform stack",
    ".tfdeploy.hcl": "the deployments of a Terraform stack",
    "terragrunt.hcl.json": "the inputs of a Terragrunt unit in JSON syntax",
}
ATMOS = ("atmos.yaml", "atmos.yml")
STACKS = (TERRAGRUNT_STACK, *_UNREAD)


def parse_stack(path: str, read: tuple[str, ...], files: Files) -> Facts:
    """Return what of a stack is not read, for the coverage; the units of Terragrunt's are root modules of their own."""
    facts = Facts(path, "stack", read)
    if path.endswith(TERRAGRUNT_STACK):
        from iamlint.parse.terraform.blocks import TEMPLATE
        from iamlint.parse.terraform.terragrunt_stack import Stack

        stack = Stack(path, files)
        facts.unresolved.extend(stack.unresolved)
        for problem in dict.fromkeys(stack.problems):
            if problem.message == TEMPLATE:
                facts.unresolved.append(Unresolved("the file is a template that has not been rendered", problem.at))
            else:
                facts.problems.append(problem)
        return facts
    if path.endswith(ATMOS):
        from iamlint.parse.terraform.atmos import left_open

        problems, unresolved = left_open(path, files)
        facts.problems.extend(problems)
        facts.unresolved.extend(unresolved)
        return facts
    what = next(what for suffix, what in _UNREAD.items() if path.endswith(suffix))
    facts.unresolved.append(Unresolved(f"{what} are not read", Place(path)))
    return facts
