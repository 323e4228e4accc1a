"""The floor under `managed`: walk, read, parse, and three trivial rules. No positions, no messages, no semantics: not a tool."""

import json
import os
import sys


def main(folder: str) -> int:
    """Count what the three rules find."""
    found = 0
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            document = json.loads(file.read())
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            if statement["Effect"] != "Allow":
                continue
            actions = statement.get("Action", ())
            actions = [actions] if isinstance(actions, str) else actions
            found += "*" in actions
            found += any(action.endswith(":*") for action in actions)
            found += statement.get("Resource") == "*" and "Condition" not in statement
    return found


if __name__ == "__main__":
    print(main(sys.argv[1]))
