"""What a contributor is told in the issue: what became of a contribution, or exactly what is missing.

The words are ours; whatever came from the issue or a record stands in code spans, where GitHub runs nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator import metadata
from generator.curation.nearness import Nearest
from generator.curation.plans import Fault, Plan
from generator.escaping import github_code
from generator.facts import titles
from generator.settings import Settings

_SHOWN = 20
"""How many faults are told at once; a hostile body may have thousands."""
_LONGEST = 400
_WORDS = {"paper": "This paper", "correction": "This correction", "topic": "This topic", "path": "This reading path"}


def told(plan: Plan, labels: Mapping[str, str], written: Sequence[str], settings: Settings) -> str:
    """Return the comment on a plan, as Markdown; ``labels`` are the questions that the plan's faults name by id."""
    this = _WORDS.get(plan.kind or "", "This")
    if plan.duplicate:
        lines = [
            "Thank you. This paper is on the list already, so nothing was written:",
            "",
            _neighbour(plan.duplicate, settings),
            "",
            "If the two are different papers, say here what tells them apart; a person will look at it.",
        ]
    elif plan.faults:
        lines = [f"Thank you. {this} cannot be written yet. What is missing or wrong:", ""]
        lines += _faults(plan.faults, labels)
        lines += [_neighbour(each, settings) for each in plan.near]
        lines += ["", "Edit the text of the issue; every change is read anew."]
    else:
        lines = [f"Thank you. {this} was written down: {_code(plan.title)}", ""]
        lines += [f"- {_code(path)}" for path in written]
        lines += ["", "A person reads it before it joins the list."]
    if plan.remarks:
        lines += ["", "To look at:", "", *(f"- {_code(remark)}" for remark in plan.remarks[:_SHOWN])]
    return "\n".join(lines) + "\n"


def _faults(found: Sequence[Fault], labels: Mapping[str, str]) -> list[str]:
    """Return faults as the lines of a list, each under the question that it is about."""
    lines = []
    for fault in found[:_SHOWN]:
        label = labels.get(fault.field)
        lines.append(f"- **{label}**: {_code(fault.message)}" if label else f"- {_code(str(fault))}")
    return lines + ([f"- and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else [])


def _neighbour(each: Nearest, settings: Settings) -> str:
    page = settings.url(metadata.paper_path(each.id))
    see = f", see <{page}>" if page else ""
    return f"- {_code(each.id)}, {_code(each.title)}: {_code(each.verdict.reason)}{see}"


def _code(text: str | None) -> str:
    text = titles.fold(text or "")
    return github_code(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
