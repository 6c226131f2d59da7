"""Paths on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import click


class AnyPath(click.Path):
    """A path; an empty one is a mistake (an unset variable), never the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Refuse an empty path."""
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)
