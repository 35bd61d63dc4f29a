"""What is wrong with a record or an entry, in words: what pydantic finds, as field, fault and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from generator.facts.hidden import EMPTY_FAULT
from generator.facts.identifiers import SCHEMES
from generator.models import MAX_ABSTRACT, MAX_LINE, Entry, Record

Place = tuple[str | int, ...]
"""Where in the data of a model something stands: keys, and numbers of list items from 0."""
_KINDS = {"model_type", "dict_type", "string_type"}  # faults of a value that is of another kind


def spell(place: Place) -> str:
    """Write a place as people read it: ``links.code``, ``authors[2]`` (counted from 1)."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        elif text:
            text += f".{part[:80]}"
        else:
            text = part[:80]
    return text


def explain(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Say what a fault found by pydantic means, and what to write instead."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        if fault["loc"] == ("id",) and model is Record:
            return "a record's id is the name of its file; delete this line"
        known = _fields(model, fault["loc"])
        close = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
        return f"unknown field; {f'write {close[0]}' if close else 'known are ' + ', '.join(known)}"
    if kind == "missing":
        return "is missing; add it"
    if kind == "literal_error":
        expected = context.get("expected", "").replace(" or ", ", ")
        return f"{str(fault['input'])[:40]!r} is none of {expected}; write one of these"
    if kind == "tuple_type":
        return "must be a list; write `- item` lines or [item, item]"
    if kind in ("model_type", "dict_type"):
        return "must be fields with values; write {field: value}"
    if kind == "string_type":
        return "must be text; write one line of text"
    if kind == "string_unicode":
        return "holds half of a character (a lone surrogate); delete it"
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters; shorten it"
    if kind in ("string_too_short", "too_short"):
        return EMPTY_FAULT
    if kind.startswith("greater_than"):
        return f"is too small; write {context.get('ge', 1)} or more"
    if kind.startswith("less_than"):
        return f"is too large; write {context['le']:,} or less"
    return f"{fault['msg']}; correct it"


def _fields(model: type[BaseModel], place: Place) -> list[str]:
    """Return the field names of the model that stands at a place, its last part left out."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def faults_in(
    model: type[BaseModel], data: Mapping[str, Any], topics: Mapping[str, str] | None = None
) -> Iterator[tuple[Place, str]]:
    """Yield what keeps ``data`` from being a ``model``: the place in the data, and the fault with its remedy.

    ``topics`` are the names of the list's topics by id, where they are known: one of them may be the remedy.
    """
    try:
        model.model_validate(data, context=topics)
    except ValidationError as error:
        faults = [(_place(data, fault), fault) for fault in error.errors(include_url=False)]
        # An author is text or fields, so pydantic finds a faulty one wrong as either. "Of another kind" is told only
        # where nothing else is wrong at that place or inside it, and once.
        told = {place[:end] for place, fault in faults for end in range(len(place) + (fault["type"] not in _KINDS))}
        for place, fault in faults:
            if fault["type"] not in _KINDS or place not in told:
                told.add(place)
                yield place, explain(fault, model)


def _place(data: Any, fault: Mapping[str, Any]) -> Place:
    """Return where in the data a fault is: on the way there pydantic adds names of union members."""
    place: list[str | int] = []
    for part in fault["loc"]:
        is_there = part in data if isinstance(data, Mapping) else isinstance(part, int)
        if is_there:
            place.append(part)
            data = data[part]
    return (*place, fault["loc"][-1]) if fault["type"] == "missing" else tuple(place)


def faults_of(entry: Entry, printable: bool = False) -> Iterator[str]:
    """Yield what keeps an entry from becoming a record, as ``field: what is wrong, and what to write instead``.

    ``printable`` tells that all its text is known to be.
    """
    if _is_plain(entry, printable):
        return
    fields = {name: getattr(entry, name) for name in ("title", "authors", "author_count", "venue", "abstract")}
    stated = {name: value for name, value in fields.items() if value not in (None, ())}
    stated |= {"identifiers": dict(entry.identifiers), "links": dict(entry.links)}
    yield from (f"{spell(place)}: {what}" for place, what in faults_in(Record, stated))


def _is_plain(entry: Entry, printable: bool) -> bool:
    """Tell, at a hundredth of the cost, that an entry surely has no fault, as most have not.

    Text of printable characters holds no controls, and nothing invisible; the lengths are those of the model.
    """
    if entry.links or entry.author_count is not None:
        return False
    lines = [entry.title] if entry.venue is None else [entry.title, entry.venue]
    for author in entry.authors or ():
        if isinstance(author, str):
            lines.append(author)
        else:
            lines += (author.family,) if author.given is None else (author.family, author.given)
    texts = lines if entry.abstract is None else [*lines, entry.abstract]
    return (
        (printable or "".join(texts).isprintable())
        and all(map(str.strip, texts))
        and max(map(len, lines)) <= MAX_LINE
        and len(entry.abstract or "") <= MAX_ABSTRACT
        and all(SCHEMES[kind].read(value) for kind, value in entry.identifiers.items())
    )
