"""What the command line asks of a session; mirrors the flags of `check`."""

from __future__ import annotations

from iamlint.source.record import NamedTuple


class Options(NamedTuple):
    """The flags, as given. Empty `paths` mean the repository around the working directory."""

    paths: tuple[str, ...] = ()
    config: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    rule_dirs: tuple[str, ...] = ()
    untrusted: bool = False
    jobs: int = 0  # 0: as many as there are cores, when the work is worth it
    cache: bool = True
    also: tuple[str, ...] = ()  # absolute paths of files beside the repository's that have a say in what is printed
    as_of: str | None = None
    variants: tuple[str, ...] = ()  # the configured variants that are asked for; none: all
    stdin: bytes | None = None
    stdin_filename: str | None = None
    progress: object | None = None  # called as progress(done, total) while units are parsed
    timings: dict[str, tuple[float, int]] | None = None  # filled by `check` with what each rule took
