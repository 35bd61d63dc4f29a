"""What the words of an answer name: a paper, whether the list has it or not, or topics.

What names nothing is said in words; whoever asked puts them under the question.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from generator import readers
from generator.curation.forms import MAX_TOPICS, topic_labels
from generator.facts import identifiers, links, titles
from generator.models import Entry, Topic
from generator.store import Contents

KNOWN = "an arXiv id, a DOI, or an address at arXiv, doi.org, OpenReview, the ACL Anthology or Hugging Face Papers"
"""What tells a paper, as people are asked for it."""
_SCHEMELESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
_MARKS = "<>[]\"'“”.,;:!?"
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\((\S{1,2000})\)")


def pasted(text: str) -> tuple[tuple[str, ...], str]:
    """Return the identifiers and addresses that a person pasted, and the words beside them."""
    text = titles.fold(text)
    if " " in text and identifier(text):  # as "arXiv: 2210.17323"
        return (text,), ""
    words = list(filter(None, map(_bare, _MARKDOWN_LINK.sub(r" \1 \2 ", text).split())))
    found = tuple(word for word in words if is_identifier_or_address(word))
    return (found, " ".join(word for word in words if word not in found)) if found else ((), text)


def _bare(word: str) -> str:
    """Return a word without the marks of a sentence or of Markdown around it."""
    word = word.strip(_MARKS).removeprefix("(")
    return word.removesuffix(")").rstrip(_MARKS) if word.count(")") > word.count("(") else word


def is_identifier_or_address(text: str) -> bool:
    """Tell whether ``text`` is one, rather than words."""
    return (
        identifier(text) is not None
        or re.match(r"[a-z]+://\S+$", text) is not None
        or _SCHEMELESS.fullmatch(text) is not None
    )


def identifier(text: str) -> tuple[str, str] | None:
    """Return the kind and the value of the identifier that a text is, or that its address holds."""
    text = text.strip()
    text = f"https://{text}" if _SCHEMELESS.fullmatch(text) else text
    if found := identifiers.recognise(text):
        return found
    # Bare ids of the ACL Anthology cannot be mistaken for anything else, as those of OpenReview can.
    return ("acl", value) if (value := identifiers.acl(text)) else None


def url_of(text: str) -> str:
    """Return the URL that a text is, whole and without what only counts visitors; nothing where it is none."""
    return links.without_tracking(text if "://" in text else f"https://{text}" if _SCHEMELESS.fullmatch(text) else "")


def entry_of(text: str, format: str | None = None) -> tuple[Entry | None, str | None]:
    """Return the one entry that a bibliography's text holds, or what keeps it from being read."""
    reading = readers.read("", text.encode(errors="replace"), format=format)
    if reading.problems:
        problem = reading.problems[0]
        return None, f"line {problem.line}: {problem.message}" if problem.line else problem.message
    if len(reading.entries) > 1:
        return None, f"holds {len(reading.entries)} entries; give one, or read them all with `reading-list import`"
    entry = reading.entries[0]
    return replace(entry, doubts=(*entry.doubts, *(remark.message for remark in reading.remarks))), None


def record_named(text: str, contents: Contents) -> tuple[str, str | None]:
    """Return the id of the paper meant by an id (in capitals too), a former id, a page or a title; and why it is none.

    A paper that was taken off has its id still; what names no paper has an empty one.
    """
    text = titles.fold(text)
    for named in (text, _last_part(text), titles.long_slug(text)):  # a title may hold a slash; a phone writes Loom
        name = named.removesuffix(".yaml").removesuffix(".md")
        name = contents.redirects.get(name, name)
        if name not in contents.records and name not in contents.retracted:
            name = contents.titled.get(titles.key(named), "")
        if name in contents.records:
            return name, None
        if gone := contents.retracted.get(name):
            was = f"{gone.title[:200]!r} was taken off the list on {gone.retracted}: {gone.reason.rstrip('.')}"
            return name, f"{was}; if that was wrong, say so in a comment"
    return "", f"{text[:80]!r} is no record; write the last part of its page's address"


def _last_part(url: str) -> str:
    """Return what names the page of a URL; nothing where it is none."""
    try:
        parts = [part for part in urlsplit(url).path.split("/") if part and part != "index.html"]
    except ValueError:
        return ""
    return parts[-1] if "/" in url and parts else ""


def topics_named(names: Sequence[str], topics: Mapping[str, Topic]) -> tuple[tuple[str, ...], list[str]]:
    """Return the ids of the topics that are named by id, by name or as the forms offer them; and what names none."""
    known = {topic_id: topic_id for topic_id in topics}
    known |= {label.casefold(): topic_id for label, topic_id in topic_labels(topics).items()}
    known |= {topic.name.casefold(): topic_id for topic_id, topic in topics.items()}
    words = {word: topic_id for name, topic_id in known.items() for word in name.split() if len(word) > 4} | known
    found: list[str] = []
    faults: list[str] = []
    for name in filter(None, map(titles.fold, names)):
        topic_id = name if name in topics else known.get(name.casefold())  # a topic may be called as another's id is
        if topic_id is None:
            wanted = name[:80].casefold().rpartition(": ")[2]  # a label of the forms begins with the topic's group
            close = [other for other in known if wanted in other] if len(wanted) > 2 else []
            close = close or difflib.get_close_matches(wanted, words, 1, 0.75)
            remedy = f"write {topics[words[close[0]]].name!r}" if close else "choose one of the list's, in topics.yaml"
            faults.append(f"unknown topic {name[:80]!r}; {remedy}")
        elif topic_id not in found:
            found.append(topic_id)
    if len(found) > MAX_TOPICS:
        faults.append(f"{len(found)} are too many; keep the {MAX_TOPICS} that matter most")
    return tuple(found), faults
