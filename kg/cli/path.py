"""Paths on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path


class AnyPath(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5, not to be subscripted before
    """A path; an empty one is a mistake (an unset variable), never the current folder."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 - click's signature
        """Refuse an empty path."""
        from pathlib import Path

        if value == "":
            self.fail("the path is empty", param, ctx)
        return Path(value)
