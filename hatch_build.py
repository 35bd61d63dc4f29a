"""Puts the files that `reading-list init` copies into the wheel; an editable install finds them where they are."""

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
        for name in self.config["starter"]:
            found = [root / name] if (root / name).is_file() else sorted((root / name).rglob("*"))
            for path in found:
                inside = path.relative_to(root).as_posix()
                if path.is_file() and "__pycache__" not in path.parts and inside not in self.config["left-out"]:
                    build_data["force_include"][str(path)] = f"generator/starter/files/{inside}"
