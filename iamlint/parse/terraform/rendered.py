"""`data.template_file`: what the provider `hashicorp/template` renders, which is what `templatefile` came to replace."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.functions_file import TemplateScope, at_one_place
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.template_parser import parse_template
from iamlint.parse.terraform.values import EvaluationError, as_text, derived
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resource import ResourceInstance


def rendered(instance: ResourceInstance) -> Located | None:
    """Return the text that the data source renders; None when it is given no template.

    Its template is a text, mostly a file's, and its variables are texts too (terraform-provider-template, "template_file").
    Raises `EvaluationError`.
    """
    body, place = instance.body(), instance.block.place
    template, given = body.get("template"), body.get("vars")
    if template is None or template.value is None:
        return None
    if not isinstance(template.value, str) or (given is not None and isinstance(given.value, Unknown)):
        return derived("template_file", place, template, *(() if given is None else (given,)))
    names: dict[str, Located] = {}
    if given is not None and given.value is not None:
        if not isinstance(given.value, dict):
            raise EvaluationError("`vars` must be a map", given.place)
        names = {name: _text(item) for name, item in given.value.items() if item.value is not None}
    scope = instance.module
    is_file = template.file is not None
    try:
        content = template.value.encode()
        node = scope.template(str(template.file), content) if is_file else parse_template(content, template.place.path)
        result = evaluate(node, Frame(TemplateScope(scope), names))
    except s.SyntaxProblem as problem:
        raise EvaluationError(problem.message, problem.place if is_file else template.place) from None
    except EvaluationError as problem:  # a template that stands in no file has no places
        raise EvaluationError(problem.message, problem.place if is_file else template.place) from None
    text = as_text(result, place)
    if is_file:
        return Located(text, place, segments=result.segments, tree=result.tree)
    return Located(at_one_place(text, template.place), place)


def _text(item: Located) -> Located:
    """Return a variable as the text that it is converted to."""
    value = as_text(item, item.place)
    return item if value is item.value else Located(value, item.place)
