"""Names of people: in which order their parts are printed."""

from __future__ import annotations

import re

# Han with its marks, Kana and Hangul, the last as syllables and as the letters that these are made of.
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def printed(family: str, given: str | None) -> str:
    """Return a name as readers see it; where it is written in an East Asian script, as there: 山田太郎, 김철수."""
    if not given:
        return family
    whole = f"{family}{given}"
    return whole if _EAST_ASIAN.fullmatch(whole) else f"{given} {family}"
