"""What ``add`` asks on the terminal where it is given nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator import store
from generator.cli.printing import ask, say
from generator.curation import answers, suggestions
from generator.curation.suggestions import Suggestion
from generator.errors import UsageError
from generator.models import RECORD_TYPES


def asked(contents: store.Contents, *, fetches: bool) -> Suggestion:
    """Ask for a paper on the terminal; what is refused is asked again, and so is a title that nothing ``fetches``."""

    def title_fault(text: str) -> str | None:
        return None if text or fetches else "a record needs the title; write it, or stop and use --fetch"

    def topics_fault(text: str) -> str | None:
        _, faults = answers.topics_named(text.split(","), contents.topics)
        return "; ".join(faults) or None

    def type_fault(text: str) -> str | None:
        return f"write one of {', '.join(RECORD_TYPES)}" if text and text.lower() not in RECORD_TYPES else None

    say("A paper for the list. An empty line leaves an answer open.")
    suggestion = suggestions.of_answer(_ask("arXiv id, DOI or address"))
    title = _ask("Title", title_fault)
    say(f"Topics: {', '.join(contents.topics) or 'none yet'}")
    topics = _ask("Its topics, the main one first, commas between", topics_fault) if contents.topics else ""
    kind = _ask(f"Type ({', '.join(RECORD_TYPES)})", type_fault)
    why = _ask("Why it belongs on the list, in one sentence")
    return replace(suggestion, title=title, topics=tuple(topics.split(",")), type=kind, why=why)


def _ask(question: str, fault: Callable[[str], str | None] = lambda _: None) -> str:
    while True:
        line = ask(question)
        if not line:
            raise UsageError("the conversation ended early; nothing was written")
        if not (wrong := fault(line.strip())):
            return line.strip()
        say(wrong)
