"""Puts the files that `reading-list init` copies into the wheel; an editable install finds them where they are."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StarterHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what pyproject.toml lists as ``starter`` below generator/starter/files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to be added; folders file by file, for some are left out."""
        if version == "editable":
            return
        root = Path(self.root)
        module = runpy.run_path(str(root / "generator" / "starter" / "kept.py"))  # an import would need all else
        for name in module["kept"](root, self.config["starter"]):
            if name not in self.config["left-out"]:
                build_data["force_include"][str(root / name)] = f"generator/starter/files/{name}"
