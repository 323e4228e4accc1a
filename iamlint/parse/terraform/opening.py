"""Root modules as they are run: with what Terragrunt gives them, and with the outputs of others of the repository."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parse.context import Context, of_unit
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.module import Module, Outputs
from iamlint.parse.terraform.root import Root
from iamlint.parse.terraform.variable_files import give_variables
from iamlint.source.files import Files
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.terragrunt import Terragrunt

_DEEPEST = 5


class Others:
    """The root modules whose outputs are read, each opened once. `readers` wait for the outputs of the one being opened."""

    def __init__(
        self,
        files: Files,
        context: Context,
        interesting: Callable[[str, str], bool] | None,
        opened: dict[tuple[str, str, bool], Module],
        readers: tuple[str, ...],
    ) -> None:
        self._files = files
        self._context = context
        self._interesting = interesting
        self._opened = opened
        self._readers = readers

    def open(self, folder: str, workspace: str | None = None, *, defaults_open: bool = False) -> Module | None:
        """Return another root module, in a workspace (None: the one of the reader); None when that goes round in a circle.

        With open defaults, nothing is known in it that hangs on how one run of it differs from another.
        """
        known = self._opened.get((folder, workspace or "", defaults_open))
        if known is not None:
            return known
        if folder in self._readers or len(self._readers) >= _DEEPEST:
            return None
        from iamlint.parse.terraform.computed import ComputedAttributes

        context = of_unit(self._context, folder)
        if workspace is not None:
            context = context._replace(workspace=workspace)
        if defaults_open:  # what the configuration says of variables holds for one of the runs
            context = context._replace(variables={}, variable_files=())
        computed = ComputedAttributes(context)
        module = open_top(
            folder, self._files, context, computed, self._interesting, self._opened, self._readers, defaults_open=defaults_open
        )
        give_variables(module)
        self._opened[folder, workspace or "", defaults_open] = module
        return module

    def let_go(self) -> None:
        """Take the evaluations of these root modules apart."""
        opened = list(self._opened.values())
        self._opened.clear()  # they share it
        for module in opened:
            module.root.let_go()

    def read(self) -> dict[str, None]:
        """Return the files that were read for them."""
        return {path: None for module in self._opened.values() for path in module.root.own_paths()}

    def outputs(self, folder: str) -> Located | None:
        """Return the outputs of the unit in a folder, None when they are not in the repository."""
        held = list(self._files.under(folder))
        if held and not any(path.endswith(("terragrunt.hcl", ".tf", ".tofu", ".tf.json", ".tofu.json")) for path in held):
            return None
        module = self.open(folder)
        if module is None or not module.syntax.paths:
            return None
        return Located(Outputs(module), Place(module.syntax.paths[0]))


def open_top(
    folder: str,
    files: Files,
    context: Context,
    computed: Any,
    interesting: Callable[[str, str], bool] | None,
    opened: dict[tuple[str, str, bool], Module] | None = None,
    readers: tuple[str, ...] = (),
    *,
    defaults_open: bool = False,
) -> Module:
    """Return the module of a unit, with what Terragrunt gives it; variable files are still to be read.

    With open defaults, those of variables (in Terragrunt, of the environment's) are taken for unknown.
    """
    others = Others(files, context, interesting, {} if opened is None else opened, (*readers, folder))
    if ".tfdeploy." in folder:
        from iamlint.parse.terraform.deployments import open_deployment

        deployed = open_deployment(folder, files, context, computed, interesting)
        if deployed is not None:
            deployed.root.others, deployed.root.defaults_open = others, defaults_open
            return deployed
    config = _terragrunt(folder, files, others, defaults_open)
    where = folder if config is None or config.module is None else config.module
    root = Root(where, files, context, computed, interesting)
    root.others, root.defaults_open = others, defaults_open
    top = Module(root, where)
    if config is not None:
        _configure(top, config)
    return top


def _terragrunt(folder: str, files: Files, others: Others, defaults_open: bool) -> Terragrunt | None:
    if ".y" in folder:
        from iamlint.parse.terraform.atmos import read_atmos

        found = read_atmos(folder, files)
        if found is not None:
            return found
    held = list(files.under(folder))
    if held and not any(path.endswith("terragrunt.hcl") for path in held):
        return None
    from iamlint.parse.terraform.terragrunt import read_terragrunt

    return read_terragrunt(folder, files, others.outputs, defaults_open=defaults_open)


def _configure(top: Module, config: Terragrunt) -> None:
    """Give a root module what Terragrunt gives it; files that it generates are part of the module."""
    from iamlint.parse.terraform.adapters import adapter_file
    from iamlint.parse.terraform.syntax import SyntaxProblem

    root = top.root
    for path in config.read:
        root.read(path)
    if config.module is None:
        unknown = f"the source of the module is not known{config.why and ': '}{config.why}"
        root.unresolve(f"module `{config.source}` is not in the repository" if config.source else unknown, config.place)
    for problem in config.problems:
        root.take(problem)
    if config.outranks:
        root.last_given = config.inputs
    else:
        top.given.update(config.inputs)
    if config.workspace is not None:
        root.context = root.context._replace(workspace=config.workspace)
    top.others_given = config.others
    root.passed_files = config.variable_files
    if config.account is not None:
        root.context = root.context._replace(account=config.account)
    for path, contents, skipped in config.generated:
        is_there = any(name.rpartition("/")[2] == path for name in top.syntax.paths)
        if isinstance(contents.value, str) and not (is_there and skipped):
            try:
                top.syntax.add(adapter_file(contents.value, contents.place), is_there)
            except SyntaxProblem as problem:
                root.unresolve(f"a generated file is not HCL: {problem.message}", contents.place)
