"""What a run leaves for the next one to know: JSON behind its digest, in a cache that can be deleted at any time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from generator.disk import documents


def read(path: Path) -> Any:
    """Return what was noted; ``None`` where there is no note, or not the one that was left."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return json.loads(text) if digest == _digest(text) else None


def write(path: Path, said: Any) -> None:
    """Leave a note. Raises WriteError."""
    text = json.dumps(said, separators=(",", ":"))
    documents.write(path, f"{_digest(text)}\n{text}", durable=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
