"""The day of the checked revision, so that a run repeats."""

from __future__ import annotations

from iamlint.project.discovery import git_top


def commit_date(root: str) -> str:
    """Return the date of the commit that is checked out (ISO), else today's."""
    if git_top(root) is not None:
        import subprocess

        command = ["git", "-C", root, "show", "-s", "--format=%cs", "HEAD"]
        try:
            done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603  fixed words
        except OSError:
            done = None
        if done is not None and done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    from datetime import date

    return date.today().isoformat()
