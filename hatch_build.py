"""Names the files of wheel and sdist: the package and what `reading-list init` copies, and no stray file."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StarterHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the package, and in the wheel below generator/starter/files what pyproject.toml lists as ``starter``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to be added; an editable install finds them where they are."""
        if version == "editable":
            return
        root = Path(self.root)
        kept = runpy.run_path(str(root / "generator" / "starter" / "kept.py"))["kept"]  # an import would need all else
        copied = "generator/starter/files/" if self.target_name == "wheel" else ""
        for below, names in (("", ["generator"]), (copied, self.config["starter"])):
            for name in kept(root, names):
                if name not in self.config["left-out"]:
                    build_data["force_include"][str(root / name)] = below + name
