"""Acme's rules. iamlint looks through the modules of this package for `Rule` values; there is nothing to register."""
