"""The public databases that are asked for facts: what they say becomes entries, and their abstracts are left there.

Chosen for what they allow a stranger. arXiv has a kept client, and Hugging Face its own; both can be given the polite
client. Crossref is open to all; its Python clients (habanero, crossrefapi) take no session, so that nothing could be
kept, paced or asked again through them, and it is asked directly: its answers are CSL-JSON, which this list reads.
OpenAlex wants a key since 2026, and its client (pyalex) has the address built in: it is not asked.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import arxiv
import httpx2
import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError

from generator.facts import identifiers, titles
from generator.models import Entry, Identifiers, Record
from generator.readers import csl_json
from generator.upkeep.politeness import Budget, LeaveAloneError, NoAnswerError, PoliteTransport, connect

_HITS = 5  # answers looked at of a search
_MAX_QUERY = 300

BASES = {
    "arxiv": "https://export.arxiv.org",
    "huggingface": "https://huggingface.co",
    "crossref": "https://api.crossref.org",
}
"""The APIs by their names on the command line, in the order in which they are asked, and where they live."""

PAUSES = {
    "arxiv": 3.0,  # https://info.arxiv.org/help/api/tou.html: one request every three seconds, one connection
    "huggingface": 1.0,  # https://huggingface.co/docs/hub/rate-limits: 500 in five minutes without an account
    "crossref": 1.0,  # https://www.crossref.org/documentation/retrieve-metadata/rest-api/access-and-authentication/
}
"""Seconds between two requests."""


@dataclass(frozen=True)
class Answer:
    """What an API says about one record: entries that may be the paper, or why there is no answer."""

    record: str
    entries: tuple[Entry, ...] = ()
    failure: str | None = None


class Api(Protocol):
    """One public database."""

    name: str
    title: str
    gives: frozenset[str]
    """The fields that it can tell, named as in a record's provenance."""
    dates_preprints: bool
    """Whether its dates are those of first appearance, as this list states them."""

    def answers(self, records: Mapping[str, Record]) -> Iterator[Answer]:
        """Ask about each record, by its identifier where it has one, else by its title. Raises LeaveAloneError."""


@contextlib.contextmanager
def _understanding() -> Iterator[None]:
    """Raise NoAnswerError where a client can make nothing of an answer."""
    try:
        yield
    except NoAnswerError:
        raise
    except httpx2.HTTPError as error:
        raise NoAnswerError(f"cannot be asked ({type(error).__name__})") from error
    except Exception as error:  # clients stumble over odd answers in ways of their own, and the run must go on
        raise NoAnswerError(f"gives an answer that cannot be read ({type(error).__name__})") from error


def _failing_alone(records: Mapping[str, Record], ask: Callable[[Record], tuple[Entry, ...]]) -> Iterator[Answer]:
    """Ask about one record after the other; a question without an answer does not end the asking."""
    for name, record in records.items():
        try:
            yield Answer(name, ask(record))
        except LeaveAloneError:
            raise
        except NoAnswerError as error:
            yield Answer(name, failure=str(error))


def _day(moment: Any) -> str | None:
    return moment.date().isoformat() if moment is not None else None


class ArXiv:
    """arXiv's API (https://info.arxiv.org/help/api/user-manual.html), through the package ``arxiv``."""

    name, title, dates_preprints = "arxiv", "arXiv", True
    gives = frozenset({"authors", "issued", "identifiers.arxiv", "identifiers.doi"})
    _BATCH = 100  # ids of one request

    def __init__(self, http: httpx2.Client, base: str) -> None:
        logging.getLogger("arxiv").addHandler(logging.NullHandler())  # what it logs quotes the answers
        self._http, self._base = http, base

    def answers(self, records: Mapping[str, Record]) -> Iterator[Answer]:
        """Ask for a hundred ids at once, then for the titles of records without an id."""
        known = {name: record.identifiers.arxiv for name, record in records.items() if record.identifiers.arxiv}
        waiting = list(known)
        while waiting:
            names, waiting = waiting[: self._BATCH], waiting[self._BATCH :]
            try:
                search = arxiv.Search(id_list=[known[name] for name in names], max_results=len(names))
                found = {entry.identifiers["arxiv"]: entry for entry in self._entries(search)}
            except LeaveAloneError:
                raise
            except NoAnswerError as error:
                yield from (Answer(name, failure=str(error)) for name in names)
                continue
            for name in names:
                entry = found.get(known[name])
                yield Answer(name, (entry,)) if entry else Answer(name, failure=f"does not show {known[name]}")

        others = {name: record for name, record in records.items() if name not in known}
        yield from _failing_alone(others, self._by_title)

    def _by_title(self, record: Record) -> tuple[Entry, ...]:
        words = " ".join(titles.tokens(titles.plain(record.title)))[:_MAX_QUERY]
        return self._entries(arxiv.Search(query=f'ti:"{words}"', max_results=_HITS))

    def _entries(self, search: arxiv.Search) -> tuple[Entry, ...]:
        # The pause and the retries are the transport's; it also keeps answers, and honours Retry-After.
        client = arxiv.Client(page_size=int(search.max_results), delay_seconds=0, num_retries=0)
        client.query_url_format = f"{self._base}/api/query?{{}}"
        client._session = self._http  # the package has no public way; it calls nothing but `get`
        found: list[Entry] = []
        with (
            _understanding(),
            contextlib.suppress(arxiv.UnexpectedEmptyPageError),
        ):  # the feed counts more than it holds
            for result in client.results(search):
                found.extend(self._entry(result, len(found) + 1))
        return tuple(found)

    def _entry(self, result: arxiv.Result, position: int) -> Iterator[Entry]:
        number = identifiers.arxiv(result.entry_id)
        if number is None:  # such as an error, which the API tells as an entry
            return
        doi = identifiers.doi(result.doi or "")
        found = {"arxiv": number} | ({"doi": doi} if doi else {})
        names = [author.name for author in result.authors]
        origin = f"https://arxiv.org/abs/{number}"
        yield _entry_of_preprint(self.name, position, result.title, names, _day(result.published), found, origin)


class HuggingFace:
    """Hugging Face's paper pages (https://huggingface.co/docs/huggingface_hub), through ``huggingface_hub``."""

    name, title, dates_preprints = "huggingface", "Hugging Face papers", True
    gives = frozenset({"authors", "issued", "identifiers.arxiv"})

    def __init__(self, http: httpx2.Client, base: str) -> None:
        huggingface_hub.set_client_factory(lambda: http)
        self._api = huggingface_hub.HfApi(endpoint=base, token=False)

    def answers(self, records: Mapping[str, Record]) -> Iterator[Answer]:
        """Ask for one record after the other."""
        return _failing_alone(records, self._ask)

    def _ask(self, record: Record) -> tuple[Entry, ...]:
        with _understanding():
            papers = enumerate(self._papers(record), start=1)
            found = [entry for place, paper in papers for entry in self._entry(paper, place)]
        return tuple(found)

    def _papers(self, record: Record) -> list[huggingface_hub.PaperInfo]:
        number = record.identifiers.arxiv
        if number is None:
            query = titles.plain(record.title)[:_MAX_QUERY]
            return list(self._api.list_papers(query=query, limit=_HITS, token=False))[:_HITS]
        try:
            return [self._api.paper_info(number)]
        except HfHubHTTPError as error:
            if error.response.status_code == 404:
                return []
            raise

    def _entry(self, paper: huggingface_hub.PaperInfo, position: int) -> Iterator[Entry]:
        number = identifiers.arxiv(paper.id) if isinstance(paper.id, str) else None
        if number and isinstance(paper.title, str):
            names = [author.name for author in paper.authors or ()]
            origin = f"https://huggingface.co/papers/{number}"
            issued = _day(paper.published_at)
            yield _entry_of_preprint(self.name, position, paper.title, names, issued, {"arxiv": number}, origin)


def _entry_of_preprint(
    api: str, position: int, title: str, names: Sequence[Any], issued: str | None, found: Mapping[str, str], origin: str
) -> Entry:
    complete = all(isinstance(name, str) and name.strip() for name in names)
    return Entry(
        file=api,
        line=None,
        position=position,
        key=f"{api}:{found['arxiv']}",
        title=titles.fold(title) or "untitled",
        authors=tuple(titles.fold(name) for name in names) if names and complete else None,
        issued=issued,
        identifiers=found,
        origins=dict.fromkeys(("authors", "issued", "identifiers.arxiv", "identifiers.doi"), origin),
    )


class Crossref:
    """Crossref's REST API (https://api.crossref.org), of which only the fields of a citation are asked for."""

    name, title, dates_preprints = "crossref", "Crossref", False
    gives = frozenset({"authors", "issued", "venue", "identifiers.doi"})
    _FIELDS = "DOI,title,subtitle,author,issued,container-title,type,volume,issue,page"
    _TYPES = ("journal-article", "proceedings-article", "book-chapter")

    def __init__(self, http: httpx2.Client, base: str, contact: str | None = None) -> None:
        self._http, self._base = http, base
        # With an address to write to, requests go to the "polite pool".
        self._contact = {"mailto": contact} if contact else {}

    def answers(self, records: Mapping[str, Record]) -> Iterator[Answer]:
        """Ask for one record after the other: by DOI, else by title and authors."""
        return _failing_alone(records, self._ask)

    def _ask(self, record: Record) -> tuple[Entry, ...]:
        doi = record.identifiers.doi
        if doi and "," not in doi:  # which would begin another filter
            question = {"filter": f"doi:{doi}", "rows": "1"}
        else:
            words = " ".join([titles.plain(record.title), *record.author_names[:1]])
            kinds = ",".join(f"type:{kind}" for kind in self._TYPES)
            question = {"query.bibliographic": words[:_MAX_QUERY], "filter": kinds, "rows": str(_HITS)}

        with _understanding():
            parameters = {**question, "select": self._FIELDS, **self._contact}
            answer = self._http.get(f"{self._base}/works", params=parameters).raise_for_status()
            works = [self._csl(work) for work in answer.json()["message"]["items"][:_HITS]]
            reading = csl_json.read(self.name, json.dumps(works), None)
        return reading.entries

    def _csl(self, work: Any) -> dict[str, Any]:
        """Return what was asked for of a work, as CSL-JSON that says where it came from."""
        doi = identifiers.doi(str(work.get("DOI", ""))) or ""
        origin = {"from": f"{BASES[self.name]}/works/{doi}", "fields": ["authors", "date", "venue", "doi"]}
        stated = {name: work.get(name) for name in self._FIELDS.split(",")}
        return {**stated, "id": f"{self.name}:{doi}", "custom": {"sources": [origin]}}


def fetch(opened: Iterable[tuple[Api, PoliteTransport]], wanted: Mapping[str, str]) -> tuple[Entry | None, list[str]]:
    """Return what the first database that knows a paper with one of the identifiers ``wanted`` says of it.

    The second value tells why a database gave no answer that can be used.
    """
    record = Record(title="-", identifiers=Identifiers(**wanted))
    silent: list[str] = []
    for api, _ in opened:
        if not api.gives & {f"identifiers.{kind}" for kind in wanted}:
            continue
        try:
            for answer in api.answers({"": record}):
                for entry in answer.entries:
                    if any(wanted.get(kind) == value for kind, value in entry.identifiers.items()):
                        return entry, silent
                silent.append(f"{api.title} {answer.failure or 'does not know it'}")
        except LeaveAloneError as error:
            silent.append(f"{api.title} {error}")
    return None, silent


@contextlib.contextmanager
def connected(
    names: Sequence[str],
    *,
    budget: Budget,
    agent: str,
    contact: str | None = None,
    cache: Path | None = None,
    bases: Mapping[str, str] = BASES,
) -> Iterator[list[tuple[Api, PoliteTransport]]]:
    """Give the APIs of these names, in the order of BASES, each with the transport that counts what it is asked.

    ``budget`` is shared by all, ``agent`` the User-Agent, ``contact`` an e-mail address for Crossref, ``cache`` the
    file in which answers are kept; ``bases`` may lead elsewhere.
    """
    with contextlib.ExitStack() as stack:
        found: list[tuple[Api, PoliteTransport]] = []
        network = httpx2.HTTPTransport()
        for name in (name for name in BASES if name in names):
            transport = PoliteTransport(network, pause=PAUSES[name], budget=budget, agent=agent)
            http = stack.enter_context(connect(transport, cache))
            if name == "arxiv":
                found.append((ArXiv(http, bases[name]), transport))
            elif name == "huggingface":
                found.append((HuggingFace(http, bases[name]), transport))
                stack.callback(huggingface_hub.close_session)
            else:
                found.append((Crossref(http, bases[name], contact), transport))
        yield found
