"""Random calls of Terraform's functions, with arguments of the right type mostly, and of any type now and then."""

from __future__ import annotations

import random

TEXTS = [
    '"a"', '"b-c"', '""', "var.env", '"x.y"', '"é ü"', '"Hello World"', '"a,b,,c"', '"10.0.0.0/8"', '"  x \\n"', '"1"', '"true"', '"5.50"',
    '"a\\r\\nb\\n"', '"aGVsbG8="', '"{\\"a\\":[1,null,\\"x\\"]}"', '"a: [1, yes, 2.50]\\nb: |-\\n  no\\n"', '"a,b\\n1,2\\n3,4\\n"', '"/[a-c]+/"',
    '"([a-z])-([a-z])"', '"(?P<k>[a-z])"', '"%s-%d"', '"%5.2f|%q|%v"', '"1h30m"', '"2020-02-29T10:00:00Z"', '"fd00::/56"',
]  # fmt: skip
NUMBERS = ["0", "1", "2", "2.5", "-3", "10", "100", "0.1", "0.2", "7.7", "local.map.x", "1e3", "-0.5", "255"]
BOOLS = ["true", "false", "local.flag"]
LISTS = [
    "local.list", "[]", '["q", "a", "q"]', "keys(local.map)", "local.users[*].name", "[1, 2, 3]", "[3, 1, 2]", "[true, false]", '["b", null, ""]',
    "[[1, 2], [3]]", '[["a"], [], ["b", "c"]]', 'toset(["z", "a"])', "toset([1, 2])", "[{ a = 1 }, { a = 2 }]", "var.nums", '["a", 1]',
]  # fmt: skip
OBJECTS = [
    "local.map", '{ k = "v" }', "{}", '{ a = 1, b = "x" }', '{ a = ["x", "y"], b = ["y"] }', "local.nested", "{ a = null }",
    'tomap({ a = "1", b = "2" })', "var.obj",
]  # fmt: skip
POOLS = {
    "t": TEXTS,
    "n": NUMBERS,
    "b": BOOLS,
    "l": LISTS,
    "o": OBJECTS,
    "a": TEXTS + NUMBERS + BOOLS + LISTS + OBJECTS + ["null"],
}

CALLS = """
abs:n ceil:n floor:n max:nnn min:nnn pow:nn signum:n chomp:t endswith:tt format:ta formatlist:tl indent:nt join:tl lower:t regex:tt
regexall:tt replace:ttt split:tt startswith:tt strcontains:tt strrev:t substr:tnn title:t trim:tt trimprefix:tt trimsuffix:tt trimspace:t
upper:t alltrue:l anytrue:l chunklist:ln coalesce:aa compact:l concat:ll contains:la distinct:l element:ln flatten:l index:la keys:o
length:a lookup:ota matchkeys:lll merge:oo one:l range:nn reverse:l setintersection:ll setproduct:ll setsubtract:ll setunion:ll
slice:lnn sort:l sum:l transpose:o values:o zipmap:ll base64decode:t base64encode:t csvdecode:t jsondecode:t jsonencode:a urlencode:t
yamldecode:t yamlencode:a timeadd:tt base64sha256:t md5:t sha1:t cidrhost:tn cidrnetmask:t cidrsubnet:tnn tobool:a tolist:a tomap:a
tonumber:a toset:a tostring:a can:a basename:t dirname:t parseint:tn
"""
_CALLS = [call.partition(":")[::2] for call in CALLS.split()]
_CHOSEN = {
    ("indent", 0): ["0", "2"], ("pow", 0): ["2", "10", "-3"], ("pow", 1): ["0", "3"], ("parseint", 1): ["10", "16", "36", "62"],
    ("timeadd", 0): ['"2020-02-29T10:00:00Z"'], ("timeadd", 1): ['"1h30m"', '"-10s"', '"24h"'], ("cidrhost", 0): ['"10.0.0.0/8"', '"fd00::/56"'],
    ("cidrsubnet", 0): ['"10.0.0.0/8"', '"fd00::/56"'], ("cidrsubnet", 1): ["0", "4", "8"],
}  # fmt: skip


def random_call(dice: random.Random) -> str:
    """Return a call, or an expression around arguments of calls."""
    if dice.random() < 0.15:
        one, two, number, other = (argument(dice, kind, None) for kind in "llnn")
        return dice.choice([
            f"(local.flag ? {one} : {two})", f"({number} {dice.choice('+-*/%')} {other})", f"[for x in {one} : x]", f"({one} == {two})",
            f'{{ for i, v in {one} : "${{i}}" => v... }}', f"{one}[*]",
        ])  # fmt: skip
    name, kinds = dice.choice(_CALLS)
    return f"{name}({', '.join(argument(dice, kind, (name, at)) for at, kind in enumerate(kinds))})"


def argument(dice: random.Random, kind: str, of: tuple[str, int] | None) -> str:
    """Return an argument of a kind, or of another."""
    if of in _CHOSEN and dice.random() < 0.9:
        return dice.choice(_CHOSEN[of])
    return dice.choice(POOLS["a" if dice.random() < 0.05 else kind])
