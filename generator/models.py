"""The nouns of the list: an entry as a source shows it, and records, topics, sources and paths as the list keeps them.

Models are frozen. Text that comes in is checked by pydantic; a validator raises ``ValueError`` with a message that says
what is wrong and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from generator.facts import dates, identifiers, links, names
from generator.facts.hidden import text_fault
from generator.facts.ids import ID, MAX_ID, id_fault, source_id_fault, topic_fault
from generator.facts.titles import fold

RecordType = Literal["method", "analysis", "survey", "benchmark", "dataset", "report", "theory", "system"]
PROVEN_FIELDS = ("title", "authors", "author_count", "issued", "venue", "abstract")
"""The fields outside identifiers and links that sources give, and that have a provenance."""
LISTING_FORMATS = frozenset({"huggingface-text", "huggingface-json", "huggingface-page"})
"""The formats of captures of a listing, in which a paper can recur; a bibliography is none."""
RECORD_TYPES: tuple[str, ...] = get_args(RecordType)

_T = TypeVar("_T")

MAX_LINE = 1000
MAX_ABSTRACT = 100_000
MAX_COUNT = 999_999_999


def _refuse(fault: str | None, value: str) -> str:
    if fault is not None:
        raise ValueError(fault)
    return value


def _check_line(text: str) -> str:
    if text.isprintable() and "  " not in text:  # as nearly every line is
        return text
    return _refuse(text_fault(text), fold(text))


def _check_prose(text: str) -> str:
    _refuse(text_fault(text), text)
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n\n".join(filter(None, map(fold, paragraphs)))


def _check_partial_date(text: str) -> str:
    wrong = f"{text[:40]!r} is no date; write 2022, 2022-10 or 2022-10-31"
    return _refuse(None if dates.is_partial_date(text) else wrong, text)


def _check_day(text: str) -> str:
    return _refuse(None if dates.is_day(text) else f"{text[:40]!r} is no day; write it as 2022-10-31", text)


def _check_capture(text: str) -> str:
    wrong = f"{text[:40]!r} is no day; write 2025-12-09, or --12-09 where the year is not known"
    return _refuse(None if dates.is_day(text) or dates.is_yearless(text) else wrong, text)


def _without(fault_of: Callable[[str], str | None]) -> AfterValidator:
    def check(text: str) -> str:
        fault = fault_of(text)
        return _refuse(fault and f"{text[:80]!r} {fault}", text)

    return AfterValidator(check)


def _check_topic(text: str, info: ValidationInfo) -> str:
    fault = topic_fault(text, info.context or {})
    return _refuse(fault and f"{text[:80]!r} {fault}", text)


def _whole_number(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError(f"{value[:40]!r} is no whole number; write digits only")
    return value


Line = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE), AfterValidator(_check_line)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_check_prose)]
Abstract = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ABSTRACT), AfterValidator(_check_prose)]
PartialDate = Annotated[
    str, AfterValidator(_check_partial_date), Field(json_schema_extra={"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"})
]
Day = Annotated[str, AfterValidator(_check_day), Field(json_schema_extra={"pattern": r"^\d{4}-\d{2}-\d{2}$"})]
CaptureDay = Annotated[str, AfterValidator(_check_capture)]
_ID_SCHEMA = Field(json_schema_extra={"pattern": f"^{ID.pattern}$", "maxLength": MAX_ID})
Id = Annotated[str, _without(id_fault), _ID_SCHEMA]
TopicId = Annotated[str, AfterValidator(_check_topic), _ID_SCHEMA]
SourceId = Annotated[str, _without(source_id_fault)]
Url = Annotated[str, _without(links.fault), Field(json_schema_extra={"format": "uri"})]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT), BeforeValidator(_whole_number)]
Number = Annotated[int, Field(ge=1, le=MAX_COUNT), BeforeValidator(_whole_number)]


def _identifier(kind: str) -> AfterValidator:
    scheme = identifiers.SCHEMES[kind]

    def check(text: str) -> str:
        value = scheme.read(text)
        if value is None:
            raise ValueError(f"{text[:80]!r} {scheme.fault(text)}")
        return value

    return AfterValidator(check)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, revalidate_instances="always")


class PersonName(_Model):
    """An author's name where a source tells family and given name apart."""

    family: Line
    given: Line | None = None

    def __str__(self) -> str:
        return names.printed(self.family, self.given)


Author = Line | PersonName


def family_first(author: str | PersonName) -> str:
    """Return a name as catalogues sort it, ``Family, Given``; one that no source divides stays as it is."""
    if isinstance(author, str):
        return author
    return f"{author.family}, {author.given}" if author.given else author.family


class Identifiers(_Model):
    """The identifiers of one paper, each in its normal form."""

    arxiv: Annotated[str, _identifier("arxiv")] | None = Field(
        None, description="arXiv id without version, such as 2210.17323"
    )
    doi: Annotated[str, _identifier("doi")] | None = Field(
        None, description="DOI in lower case, such as 10.1145/3292500.3330701"
    )
    openreview: Annotated[str, _identifier("openreview")] | None = Field(None, description="OpenReview forum id")
    acl: Annotated[str, _identifier("acl")] | None = Field(
        None, description="ACL Anthology id, such as 2020.acl-main.703"
    )


class Links(_Model):
    """Where the paper's own material lies."""

    paper: Url | None = Field(None, description="Where the paper is read, if no identifier leads there")
    code: Url | None = Field(None, description="The authors' own code")
    project: Url | None = Field(None, description="The paper's own page")
    model: Url | None = Field(None, description="Weights to download")
    dataset: Url | None = Field(None, description="Data to download")


class LinkNotes(_Model):
    """Links that a person has looked at: why the link check is to leave each alone."""

    paper: Line | None = Field(None, description="Why the link check leaves links.paper alone")
    code: Line | None = Field(None, description="Why the link check leaves links.code alone")
    project: Line | None = Field(None, description="Why the link check leaves links.project alone")
    model: Line | None = Field(None, description="Why the link check leaves links.model alone")
    dataset: Line | None = Field(None, description="Why the link check leaves links.dataset alone")


class Sighting(_Model):
    """One source entry that became this record: where it stood, and what it showed on the day of the capture."""

    source: SourceId = Field(description="Id of the source, from sources.yaml")
    line: Number | None = Field(None, description="The line of the file where the entry begins")
    position: Number = Field(description="The entry's number in the file, from 1")
    comments: Count | None = Field(None, description="Comments that the source counted on the day of its capture")
    upvotes: Count | None = Field(None, description="Upvotes that the source counted on the day of its capture")


class Correction(_Model):
    """What people put right in a record that readers had seen otherwise, and on which day."""

    day: Day = Field(description="The day it was put right")
    what: Line = Field(description="What was wrong, and what stands there now")


_PROVEN = {
    *PROVEN_FIELDS,
    "alternative_titles",
    *(f"identifiers.{kind}" for kind in Identifiers.model_fields),
    *(f"links.{kind}" for kind in Links.model_fields),
}


def _check_provenance(fields: Mapping[str, str]) -> Mapping[str, str]:
    for name in fields:
        if name not in _PROVEN:
            known = ", ".join(sorted(_PROVEN))
            raise ValueError(f"{name[:40]!r} is no field that a source gives; write one of {known}")
    return fields


class Record(_Model):
    """One paper on this list. The field order here is the order in the file."""

    title: Line = Field(description="As the source prints it, LaTeX kept")
    alternative_titles: tuple[Line, ...] = Field((), description="Other titles it is also known by, as its preprint's")
    authors: tuple[Author, ...] = Field((), description="In order, as printed; others at the end means there are more")
    author_count: Number | None = Field(None, description="When a source only counts the authors")
    issued: PartialDate | None = Field(None, description="Date of issue: 2022, 2022-10 or 2022-10-31")
    type: RecordType | None = Field(None, description="What kind of paper it is")
    topics: tuple[TopicId, ...] = Field((), description="Ids from topics.yaml, the primary one first")
    identifiers: Identifiers = Field(Identifiers(), description="Those of the paper, each in its normal form")
    alternative_identifiers: tuple[Identifiers, ...] = Field((), description="Other identifiers it is also known by")
    venue: Line | None = Field(None, description="Container title: journal, proceedings or conference")
    links: Links = Field(Links(), description="Where the paper's own material lies")
    link_notes: LinkNotes = Field(
        LinkNotes(), description="Why the link check leaves a link alone: its kind, and a reason in your words"
    )
    summary: Prose | None = Field(None, description="The list's own words: what it does, how")
    why: Line | None = Field(None, description="The list's own words: one sentence, why it is on this list")
    results: tuple[Line, ...] = Field((), description="Reported figures, each in its setting")
    abstract: Abstract | None = Field(None, description="Only where the list keeps abstracts")
    added: Day | None = Field(None, description="The day the record joined the list")
    corrected: tuple[Correction, ...] = Field((), description="What was put right later, each with its day")
    seen: tuple[Sighting, ...] = Field((), description="Every source entry that became this record")
    provenance: Annotated[Mapping[str, Line], AfterValidator(_check_provenance)] = Field(
        {}, description="Which source gave which field; fields without one are people's"
    )
    not_same_as: tuple[Id, ...] = Field((), description="A human's word: never merge these")

    @property
    def year(self) -> int | None:
        """The year of issue, where it is known."""
        return dates.year_of(self.issued)

    @property
    def author_names(self) -> tuple[str, ...]:
        """The authors' names as readers see them, in order."""
        return tuple(str(author) for author in self.authors)

    def value(self, name: str) -> Any:
        """Return the value of a field, or of one inside it, such as ``links.code``."""
        return attrgetter(name)(self)


class Step(_Model):
    """A paper to read, and why: to begin a topic with, or next on a reading path."""

    paper: Id
    why: Line


class Topic(_Model):
    """A topic of the list, in a group of related topics."""

    name: Line
    group: Line
    description: Prose | None = None
    start_here: tuple[Step, ...] = ()


class Path(_Model):
    """A reading path: papers in a sensible order for one named need."""

    title: Line
    description: Prose | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Source(_Model):
    """A file that entries came from."""

    name: Line
    format: Line
    captured: CaptureDay | None = Field(None, description="The capture's day, or --MM-DD where its year is not known")
    captured_inferred: bool = Field(False, description="true where the day, or its year, was worked out, not stated")
    checksum: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    entries: Count
    added: Day | None = Field(None, description="The day the source was first imported")

    @property
    def inferred(self) -> str | None:
        """What of the capture's date was worked out: its ``year``, which text dumps leave out, or the whole ``day``."""
        if not self.captured_inferred:
            return None
        return "year" if self.format == "huggingface-text" else "day"


class Retraction(_Model):
    """What stays of a record that was taken off the list: its address answers with this, and imports leave it off."""

    title: Line = Field(description="As the record had it")
    alternative_titles: tuple[Line, ...] = Field((), description="Its other titles: it is known by them too")
    retracted: Day = Field(description="The day the record was taken off the list")
    reason: Line = Field(description="Why, in a sentence for whoever follows an old link")
    identifiers: Identifiers = Identifiers()
    alternative_identifiers: tuple[Identifiers, ...] = ()
    seen: tuple[Sighting, ...] = ()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def numerous(cls: type[_T]) -> type[_T]:
    """Make a frozen dataclass of which there are millions.

    The type checker holds it frozen; at run time that would treble what it costs to make one.
    """
    return dataclass(slots=True)(cls)


@numerous
class Entry:
    """One paper as one source shows it. What the source does not state is ``None`` or empty."""

    file: str
    line: int | None
    position: int
    title: str
    abstract: str | None = None
    authors: tuple[str | PersonName, ...] | None = None
    author_count: int | None = None
    issued: str | None = None
    comments: int | None = None
    upvotes: int | None = None
    organization: str | None = None
    venue: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    kind: str | None = None
    key: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where a field of this entry came from, where the source itself names it."""
    doubts: tuple[str, ...] = ()
    """Warnings of the source about its own facts, for a person to decide."""
    database: str | None = None
    """The database that the entry was taken from, where a table of several names it."""

    @property
    def label(self) -> str:
        """The entry's own key in its file, else ``file:line``."""
        return self.key or f"{self.file}:{self.line or self.position}"
