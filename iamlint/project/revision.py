"""The day of the checked revision, so that a run repeats."""

from __future__ import annotations

from iamlint.project.discovery import git_top


def commit_date(root: str) -> str:
    """Return the date of the commit that is checked out (ISO), else today's."""
    if git_top(root) is not None:
        from iamlint.project.git_output import git
        from iamlint.project.seen import commit_date_command

        printed = git(commit_date_command(root))
        if printed is not None and printed.strip():
            return printed.decode("ascii", "replace").strip()
    from datetime import date

    return date.today().isoformat()


def described(root: str) -> str:
    """Return the commit that is checked out, with `+` when the working tree differs from it; nothing outside of git."""
    if not root or git_top(root) is None:
        return ""
    commit = _git(root, "rev-parse", "HEAD")
    if not commit:
        return ""
    return f"{commit}+" if _git(root, "status", "--porcelain", "--", root) else commit


def _git(root: str, *words: str) -> str:
    import subprocess

    command = ["git", "--no-optional-locks", "-C", root, *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603  fixed words
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
