"""The obvious evaluator: docs/semantics.md read aloud, over plain JSON, known values only. No memory, no cleverness."""

import ipaddress
import re
from datetime import datetime

from iamlint.iam.catalogue import catalogue  # only for which services have RCPs


# fmt: off
def decide(request: dict, policies: dict) -> str:
    who = Caller(request["principal"])
    resource = request.get("resource") or "*"
    owner = request.get("resource_account") or (who.account if resource == "*" else resource.split(":")[4] or None)
    context = {key.lower(): values if isinstance(values, list) else [values] for key, values in request.get("context", {}).items()}
    context = {key: values for key, values in {**follows(who, owner), **context}.items() if values}
    service, name = request["action"].lower().split(":")

    def found(documents, effect, by_name=False):  # how each statement with this effect that matches names the caller
        for document, statement in ((one, statement) for one in documents or [] for statement in listed(one["Statement"])):
            named = names(statement, who, document.get("kind") == "trust", policies.get("boundary")) if by_name else "direct"
            if statement["Effect"] == effect and named and matches(statement, document, request["action"], resource, context):
                yield named

    identity, boundary, session = (None if who.kind == "root" else policies.get(layer) for layer in ("identity", "boundary", "session"))
    resources = [policies["resource"]] if policies.get("resource") else []
    scps = policies.get("scp", []) if who.is_aws and not who.service_linked else []
    rcps = policies.get("rcp", []) if service in catalogue().rcp_services and not who.service_linked else []
    if who.is_aws and (service, name) == ("sts", "getcalleridentity"):  # B16
        return "allow"
    mine = [*(identity or []), *(boundary or []), *(session or []), *(one for level in scps for one in level)] if who.is_aws else []
    if any(found(mine, "Deny")) or any(found([*resources, *(one for level in rcps for one in level), *(policies.get("endpoint") or [])], "Deny", True)):  # B3
        return "explicit_deny"
    open_gate = not policies.get("endpoint") or any(found(policies["endpoint"], "Allow", True))  # B14
    if not open_gate or not all(any(found(level, "Allow")) for level in scps):  # B12
        return "implicit_deny"
    granted = set(found(resources, "Allow", True))
    if not who.is_aws:  # B7, B8
        return "allow" if granted else "implicit_deny"
    allows = who.kind == "root" or any(found(identity, "Allow"))
    narrow = not boundary or any(found(boundary, "Allow"))
    narrow = narrow and (any(found(session, "Allow")) if session else who.kind != "federated-user")
    if owner != who.account:  # B6
        return "allow" if allows and narrow and granted else "implicit_deny"
    own = allows and narrow
    if (service == "sts" and ":role/" in resource) or (service == "kms" and ":key/" in resource):  # B9, B10
        own = own and "account" in granted
    return "allow" if own or "direct" in granted or ("role" in granted and narrow) else "implicit_deny"  # B4, B5

class Caller:
    def __init__(self, principal):
        self.kind, self.account, self.role, self.name = "", None, None, None
        self.is_aws = isinstance(principal, str)
        self.arn = principal if self.is_aws else next((text for key, text in principal.items() if key != "type"), "")
        self.type = "AWS" if self.is_aws else principal["type"]
        self.service_linked = self.is_aws and ":role/aws-service-role/" in self.arn
        if self.is_aws:
            self.account, tail = self.arn.split(":")[4], self.arn.split(":", 5)[5].split("/")
            self.kind, self.name = tail[0], tail[-1]
            if self.kind == "assumed-role":
                self.role = f"arn:aws:iam::{self.account}:role/{tail[1]}"

def follows(who, owner):  # B29
    kinds = {"root": "Account", "user": "User", "role": "AssumedRole", "assumed-role": "AssumedRole", "federated-user": "FederatedUser"}
    return {
        "aws:principalarn": [who.role or who.arn] if who.is_aws else [],
        "aws:principalaccount": [who.account] if who.is_aws else ["anonymous"] if who.type == "Anonymous" else [],
        "aws:resourceaccount": [owner] if owner else [],
        "aws:principaltype": [kinds[who.kind]] if who.is_aws else ["Anonymous"] if who.type == "Anonymous" else [],
        "aws:username": [who.name] if who.kind == "user" else [],
        "aws:principalisawsservice": ["false"] if who.is_aws else ["true"] if who.type == "Service" else [],
    }

def listed(value):
    return value if isinstance(value, list) else [value]

def glob(pattern, text):
    expression = "".join({"*": ".*", "?": ".", "\0": r"\*", "\1": r"\?"}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None

def arn_glob(pattern, text):  # B18
    parts = pattern.split(":", 5), text.split(":", 5)
    if len(parts[0]) < 6 and pattern.endswith("*"):
        return glob(pattern, text)
    return len(parts[0]) == len(parts[1]) and all(map(glob, *parts))

def names(statement, who, trust, bounded):  # B19, B20
    if "NotPrincipal" in statement:
        written = listed(statement["NotPrincipal"].get("AWS", []))
        needed = [{who.account, f"arn:aws:iam::{who.account}:root"}, {who.arn}, {who.role or who.arn}][: 1 if who.kind == "root" else 3]
        exempt = who.is_aws and not bounded and all(set(written) & either for either in needed)
        return None if exempt else "direct"
    if statement.get("Principal", "*") == "*":
        return "direct"
    grades = set()
    for kind, values in statement["Principal"].items():
        for value in listed(values):
            if kind == "AWS" and value == "*" and (who.is_aws or not trust):
                grades.add("direct")
            elif kind == who.type and value == who.arn:
                grades.add("role" if who.kind == "role" else "direct")
            elif kind == "AWS" and who.is_aws and value in (who.account, f"arn:aws:iam::{who.account}:root"):
                grades.add("direct" if who.kind == "root" else "account")
            elif kind == "AWS" and who.role and value == who.role:
                grades.add("role")
    return next((grade for grade in ("direct", "role", "account") if grade in grades), None)

def matches(statement, document, action, resource, context):
    new = document.get("Version") == "2012-10-17"
    patterns = listed(statement.get("Action", statement.get("NotAction")))
    if any(glob(pattern.lower(), action.lower()) for pattern in patterns) is ("NotAction" in statement):  # B17, B21
        return False
    patterns = [fill(text, context, new) for text in listed(statement.get("Resource", statement.get("NotResource", "*")))]
    if any(text is not None and arn_glob(text, resource) for text in patterns) is ("NotResource" in statement):
        return False
    conditions = statement.get("Condition", {}).items()
    return all(met(operator, key, listed(values), context, new) for operator, keys in conditions for key, values in keys.items())

def fill(text, context, new, literal=("\0", "\1")):  # B28
    for body in re.findall(r"\$\{([^}]*)\}", text) if new else []:
        key, _, default = body.partition(",")
        got = context.get(key.strip().lower(), [])
        if len(got) != 1 and not default and body not in "*?$":
            return None
        value = body if body in "*?$" else got[0] if len(got) == 1 else default.strip().strip("'")
        text = text.replace("${" + body + "}", value.replace("*", literal[0]).replace("?", literal[1]), 1)
    return text

def met(operator, key, wanted, context, new):  # B22–B27
    quantifier, _, operator = operator.rpartition(":")
    base = operator.removesuffix("IfExists")
    got = context.get(key.lower())
    if base == "Null":
        return quantifier == "ForAllValues" if quantifier else any((text == "true") is (got is None) for text in wanted)
    if got is None:
        return operator.endswith("IfExists") or (quantifier == "ForAllValues" if quantifier else "Not" in base)
    fits = [any(fit(base.replace("Not", ""), text, value, context, new) for text in wanted) is not ("Not" in base) for value in got]
    return any(fits) if quantifier == "ForAnyValue" else all(fits)

def fit(base, wanted, got, context, new):
    if base.startswith(("String", "Arn")):
        wanted = fill(wanted, context, new, ("*", "?") if base.startswith("StringEquals") else ("\0", "\1"))
        if base.startswith("StringEquals") and wanted is not None:
            return wanted.lower() == got.lower() if base.endswith("IgnoreCase") else wanted == got
        return wanted is not None and (glob(wanted, got) if base == "StringLike" else arn_glob(wanted, got))
    if base in ("Bool", "IpAddress"):
        return wanted == got.lower() if base == "Bool" else ipaddress.ip_address(got) in ipaddress.ip_network(wanted, strict=False)
    a, b = (float(text) if base.startswith("Numeric") else datetime.fromisoformat(text) for text in (got, wanted))
    return {"Equals": a == b, "LessThan": a < b, "LessThanEquals": a <= b, "GreaterThan": a > b, "GreaterThanEquals": a >= b}[base.removeprefix("Numeric").removeprefix("Date")]
