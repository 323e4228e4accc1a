"""iamlint: who can reach what, read from the files of a repository.

Nothing but the version is imported here, so that `import iamlint` stays as cheap as `iamlint --version` needs it.
The public API for rules is `iamlint.rulekit`; for tests of rules and policies, `iamlint.testing`.
"""

__version__ = "0.1.0"
