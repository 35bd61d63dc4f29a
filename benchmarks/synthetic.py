"""Makes a records folder of invented papers, as long and as linked as the real ones, for measuring large lists.

Every word, name and address here is invented: the texts copy lengths, word frequencies and link density of the real
list, not its content. The same seed and number of papers give the same bytes.

    python benchmarks/synthetic.py --papers 10000 --output DIR
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import get_args

from generator import intake, store
from generator.disk import documents
from generator.models import (
    Identifiers,
    Links,
    Record,
    RecordType,
    Sighting,
    Source,
    Step,
    Topic,
)
from generator.models import Path as ReadingPath
from generator.store.schema import SCHEMA_FILE, record_schema

REPOSITORY = Path(__file__).resolve().parent.parent
DAY = "2026-11-20"
# Shares and means below are those of the 373 real records.
_BIBLIOGRAPHY = "invented-bibliography"
_PAPERS_A_DUMP = 100
_PAPERS_A_SUBJECT = 8
_SUBJECT_WORDS = 12
_SUBJECT_SHARE = 0.15
_NAMES_A_PAPER = 28  # so many names to draw from that nine of ten stand on one paper only
_YEARS = {2017: 2, 2018: 3, 2019: 7, 2020: 8, 2021: 29, 2022: 49, 2023: 113, 2024: 126, 2025: 33}
_AUTHORS = {0: 7, 1: 3, 2: 8, 3: 12, 4: 14, 5: 15, 6: 13, 7: 10, 8: 6, 9: 4, 10: 4, 12: 3, 16: 3, 30: 2}
_RESULTS = {0: 42, 1: 32, 2: 12, 3: 9, 4: 5}
_TOPICS = {1: 34, 2: 53, 3: 13}
_TYPES: dict[RecordType, int] = {kind: 284 if kind == "method" else 13 for kind in get_args(RecordType)}

# The commonest first: a word's place decides how often it is drawn.
_COMMON = """the of and a to in for with that on is by as it from are its than one at which when or be not each so but
only can same into has while more no most between over after does how where an both few all them some such then less
until before every without under already rather along within across almost""".split()
_PLAIN = """model training data language tokens weights layer network method learning paper scale task cost images text
gradient memory loss step accuracy speed budget rate batch small large early late first second half sparse dense shared
frozen fast slow cheap costly simple plain steady narrow wide deep shallow long short clean noisy rare common hidden
outer inner single double mixed joint local global exact rough random fixed moving learned chosen kept dropped added
merged split copied cut grown pruned packed padded masked ranked sorted sampled filtered scored measured compared
tested tuned adapted warmed cooled stacked folded routed cached stored reused rebuilt repeated halved doubled head
block cell unit gate path graph tree list table field frame patch pixel word phrase sentence document corpus page
query answer label score rank order shape size depth width length angle window margin threshold schedule optimiser
scheduler teacher student expert router adapter prompt prefix suffix vector matrix tensor kernel filter channel stream
buffer queue worker device cluster node link bandwidth latency throughput energy power heat budget hour day week run
seed curve slope bound proof limit error noise bias drift shift gap gain loss trade balance choice rule recipe trick
habit plan aim reason question finding sign signal trace sample subset share part whole mixture source target domain
region area border centre edge corner surface volume speech audio video scene object motion sensor map robot code
program test bug patch release paper study survey record index archive figure chart note claim evidence""".split()
_STARTS = ("", "re", "co", "un", "de", "en", "sub", "iso", "pre", "mis", "out", "para", "over", "semi")
_STEMS = """brel cand dorv elmin farn gost hild ivar jund kelt lorn mavet nolt orbin pasker quill rast selv tamb ulder
vint wessel yarn zorb blen crad drom fenn glim harv isk jolt krend luma mirt nevel ostra pling qued rilk stav trog
umbel varr wint yold zemm aster bodin corv delf emmer fust gravel hort inkel jasp kolm lind morg nask opal prend
rond sund telk unda vold weft""".split()
_ENDINGS = ("", "s", "ing", "ed", "er", "al", "ion", "ity", "ive", "ment", "ness", "ise", "able", "ary", "ics", "oid")
_GIVEN = """Ada Bero Cilo Dara Emin Fila Goro Hani Ilsa Jovi Kasi Lemo Mira Nuri Ovid Pela Quin Rano Sefa Tivo Uma Vero
Wilo Xani Yora Zeno""".split()
_VENUES = ("Invented Conference", "Workshop on Nothing", "Journal of Examples", "CIM", "NIT", "EXPL Findings", "ICEX")
_GROUPS = {
    "Making models smaller": ("Pruning", "Quantisation", "Distillation"),
    "Making training cheaper": ("Optimisers", "Schedules", "Distributed training"),
    "Choosing data": ("Data selection", "Mixtures", "Curricula"),
    "Carrying knowledge over": ("Transfer", "Continual training", "Model merging"),
}


@dataclass(frozen=True)
class SyntheticList:
    """An invented list: what a records folder holds, as models."""

    records: Mapping[str, Record]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    paths: Mapping[str, ReadingPath]


@dataclass(frozen=True)
class _Subject:
    """What a handful of papers have in common: a topic and some rare words."""

    topic: str
    words: tuple[str, ...]


class _Voice:
    """Draws words as texts do (Zipf's law), from a vocabulary that grows with the list (Heaps' law)."""

    def __init__(self, papers: int, chance: random.Random) -> None:
        self.chance = chance
        size = max(1000, round(400 * papers**0.5))
        known = [*_COMMON, *dict.fromkeys(_PLAIN)]
        self.words = known + [invented_word(number) for number in range(size - len(known))]
        self._sums = list(accumulate(1 / rank for rank in range(1, size + 1)))
        self._content_sums = list(accumulate(1 / rank**0.5 for rank in range(1, size + 1 - len(_COMMON))))

    def draw(self, count: int, own: Sequence[str]) -> list[str]:
        drawn = self.chance.choices(self.words, cum_weights=self._sums, k=count)
        return [self.chance.choice(own) if self.chance.random() < _SUBJECT_SHARE else word for word in drawn]

    def content(self, count: int) -> list[str]:
        """Return words that carry meaning, as titles have them."""
        return self.chance.choices(self.words[len(_COMMON) :], cum_weights=self._content_sums, k=count)

    def around(self, mean: int, spread: float) -> int:
        return max(5, round(self.chance.gauss(mean, spread)))

    def sentence(self, count: int, own: Sequence[str], end: str = ".") -> str:
        words = self.draw(count, own)
        if self.chance.random() < 0.3:
            words[count // 2] += ","
        if self.chance.random() < 0.15:
            words[-2] = self.figure()
        return " ".join([words[0].capitalize(), *words[1:]]) + end

    def prose(self, count: int, own: Sequence[str]) -> str:
        sentences = []
        while count > 0:
            length = min(self.chance.randint(9, 19), count)
            length += count - length if count - length < 5 else 0
            sentences.append(self.sentence(length, own))
            count -= length
        return " ".join(sentences)

    def figure(self) -> str:
        number = self.chance.randint(11, 97)
        return self.chance.choice((f"{number / 10}x", f"{number}%", f"{number}B", f"{number}M"))


def invented_word(number: int) -> str:
    """Return the invented word of this number; neighbours look unlike each other."""
    total = len(_STARTS) * len(_STEMS) * len(_ENDINGS)
    turn, place = divmod(number, total)
    place = place * 7919 % total  # prime to the total, so that every word comes up once
    place, ending = divmod(place, len(_ENDINGS))
    start, stem = divmod(place, len(_STEMS))
    further = _STEMS[turn % len(_STEMS)] if turn else ""
    return f"{_STARTS[start]}{_STEMS[stem]}{further}{_ENDINGS[ending]}"


def _person(number: int) -> str:
    number = number * 7919 % (len(_GIVEN) * 27 * len(_STEMS) ** 2)  # neighbours look unlike each other
    number, given = divmod(number, len(_GIVEN))
    number, initial = divmod(number, 27)
    number, first = divmod(number, len(_STEMS))
    middle = f" {chr(64 + initial)}." if initial else ""
    return f"{_GIVEN[given]}{middle} {_STEMS[first].capitalize()}{_STEMS[number % len(_STEMS)]}"


def invent(papers: int, *, topics: Mapping[str, Topic] | None = None, seed: int = 0) -> SyntheticList:
    """Return an invented list of ``papers`` papers under the names of ``topics``, or under some of its own."""
    chance = random.Random(seed)
    voice = _Voice(papers, chance)
    named = _named_topics(topics, voice)
    subjects = [
        _Subject(chance.choice(list(named)), tuple(voice.content(_SUBJECT_WORDS)))
        for _ in range(max(1, papers // _PAPERS_A_SUBJECT))
    ]
    made = [_record(number, papers, chance.choice(subjects), list(named), voice) for number in range(papers)]
    ids = intake.new_ids([record.title for record in made], set())
    records = dict(sorted(zip(ids, made, strict=True)))
    starts = {
        topic: tuple(Step(paper=paper, why=voice.sentence(15, voice.words)) for paper in _with_topic(records, topic, 3))
        for topic in named
    }
    described = {topic: item.model_copy(update={"start_here": starts[topic]}) for topic, item in named.items()}
    return SyntheticList(records, described, _sources(papers), _paths(list(records), voice))


def _named_topics(topics: Mapping[str, Topic] | None, voice: _Voice) -> dict[str, Topic]:
    if topics:
        return {name: topic.model_copy(update={"start_here": ()}) for name, topic in topics.items()}
    return {
        name.casefold().replace(" ", "-"): Topic(name=name, group=group, description=voice.prose(30, voice.words))
        for group, names in _GROUPS.items()
        for name in names
    }


def _with_topic(records: Mapping[str, Record], topic: str, count: int) -> list[str]:
    found = (record_id for record_id, record in records.items() if topic in record.topics)
    return [record_id for record_id, _ in zip(found, range(count), strict=False)]


def _record(number: int, papers: int, subject: _Subject, topics: Sequence[str], voice: _Voice) -> Record:
    chance = voice.chance

    def weighed(weights: Mapping[int, int]) -> int:
        return chance.choices(list(weights), weights=list(weights.values()))[0]

    year, month = weighed(_YEARS), chance.randint(1, 12)
    issued = f"{year}-{month:02}" + (f"-{chance.randint(1, 28):02}" if chance.random() < 0.42 else "")
    has_arxiv, has_venue = chance.random() < 0.93, chance.random() < 0.52
    identifiers = Identifiers(
        arxiv=f"{year % 100:02}{month:02}.{number % 100_000:05}" if has_arxiv else None,
        doi=f"10.5555/{year}.{number:06}" if chance.random() < 0.11 else None,  # 10.5555 is the prefix for tests
        openreview=f"Inv{number:07}" if chance.random() < 0.08 else None,
        acl=f"{year}.invented-long.{number}" if chance.random() < 0.03 else None,
    )
    links = Links(
        code=f"https://code.example.org/{chance.choice(_STEMS)}/{number}" if chance.random() < 0.24 else None,
        project=f"https://{chance.choice(_STEMS)}.example.org/{number}/" if chance.random() < 0.05 else None,
        model=f"https://models.example.org/{number}" if chance.random() < 0.02 else None,
    )
    count = weighed(_AUTHORS)
    authors = dict.fromkeys(_person(chance.randrange(_NAMES_A_PAPER * papers)) for _ in range(count))
    others = [topic for topic in topics if topic != subject.topic]
    origin = f"example/papers-{chance.choice(_STEMS)}:data/{year}/{month:02}.json"
    dump, place = divmod(number, _PAPERS_A_DUMP)
    given = {
        "title": _dump_id(dump),
        "authors": origin if authors else None,
        "issued": "derived from the arXiv id" if has_arxiv and len(issued) == 7 else origin,
        "identifiers.arxiv": origin if has_arxiv else None,
        "identifiers.doi": origin if identifiers.doi else None,
        "venue": origin if has_venue else None,
        "links.code": _dump_id(dump) if links.code else None,
    }
    return Record(
        title=_title(voice),
        authors=tuple(authors),
        author_count=len(authors) if authors and chance.random() < 0.15 else None,
        issued=issued,
        type=chance.choices(list(_TYPES), weights=list(_TYPES.values()))[0],
        topics=(subject.topic, *chance.sample(others, min(len(others), weighed(_TOPICS) - 1))),
        identifiers=identifiers,
        venue=f"{chance.choice(_VENUES)} {year}" if has_venue else None,
        links=links,
        summary=voice.prose(voice.around(64, 6), subject.words),
        why=voice.sentence(voice.around(23, 3.5), subject.words),
        results=tuple(_result(voice, subject) for _ in range(weighed(_RESULTS))),
        added=DAY,
        seen=(
            Sighting(
                source=_dump_id(dump),
                line=7 + 4 * place,
                position=place + 1,
                comments=chance.randint(1, 9) if chance.random() < 0.035 else None,
            ),
            Sighting(source=_BIBLIOGRAPHY, line=1 + 20 * number, position=number + 1),
        ),
        provenance={name: source for name, source in given.items() if source},
    )


def _title(voice: _Voice) -> str:
    """Return a title; three of five have a name before a colon, one of a hundred has a formula."""
    chance = voice.chance
    words = [word.capitalize() for word in voice.content(chance.randint(5, 9))]
    words.insert(len(words) // 2, chance.choice(("for", "with", "of", "by", "in", "without")))
    if chance.random() < 0.01:
        words[0] = rf"$\alpha^{{{chance.randint(2, 9)}}}$-{words[0]}"
    if chance.random() < 0.6:
        name = f"{chance.choice(_STEMS).capitalize()}{chance.choice(_STEMS)[:3].upper()}"
        return f"{name}{chance.choice(('', '', '-LM', '+', ' 2'))}: {' '.join(words)}"
    return " ".join(words)


def _result(voice: _Voice, subject: _Subject) -> str:
    setting = voice.sentence(voice.chance.randint(3, 6), subject.words, end="")
    return f"{setting}: {voice.figure()} {' '.join(voice.draw(7, subject.words))}"


def _dump_id(number: int) -> str:
    return f"invented-dump-{number:04}"


def _sources(papers: int) -> dict[str, Source]:
    """Return a dump for every hundred papers, and a bibliography of them all, as the real list has."""
    sources = {
        _dump_id(number): Source(
            name=f"{_dump_id(number)}.txt",
            format="huggingface-text",
            captured=DAY,
            checksum=f"sha256:{number:064x}",
            entries=min(_PAPERS_A_DUMP, papers - number * _PAPERS_A_DUMP),
            added=DAY,
        )
        for number in range(-(-papers // _PAPERS_A_DUMP))
    }
    whole = Source(
        name="Invented bibliography", format="csl-json", checksum=f"sha256:{0:064x}", entries=papers, added=DAY
    )
    return {**sources, _BIBLIOGRAPHY: whole}


def _paths(ids: Sequence[str], voice: _Voice, count: int = 5, steps: int = 8) -> dict[str, ReadingPath]:
    paths = {}
    for number in range(count if ids else 0):
        chosen = voice.chance.sample(ids, min(steps, len(ids)))
        paths[f"invented-path-{number + 1}"] = ReadingPath(
            title=" ".join(voice.content(5)).capitalize(),
            description=voice.prose(30, voice.words),
            steps=tuple(Step(paper=paper, why=voice.sentence(15, voice.words)) for paper in chosen),
        )
    return paths


def write(invented: SyntheticList, folder: Path) -> None:
    """Write an invented list as a records folder in canonical form. Raises WriteError."""
    files = {
        "topics.yaml": store.table_text(invented.topics),
        "sources.yaml": store.table_text(dict(sorted(invented.sources.items()))),
        "paths.yaml": store.table_text(invented.paths),
        SCHEMA_FILE: record_schema(invented.topics),
    }
    for name, text in files.items():
        documents.write(folder / name, text, durable=False)
    for record_id, record in invented.records.items():
        documents.write(folder / store.record_file(record_id), store.record_text(record), durable=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the folder that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description="Make a records folder of invented papers.")
    parser.add_argument("--papers", type=int, default=10_000, metavar="N", help="how many papers (default: 10000)")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where: a new or empty folder")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed gives another list (default: 0)")
    options = parser.parse_args(arguments)
    if options.papers < 0:
        parser.error("--papers must be 0 or more")
    if options.output.exists() and (not options.output.is_dir() or any(options.output.iterdir())):
        parser.error("--output must be a new or empty folder")
    own = store.load(REPOSITORY / "records").topics
    write(invent(options.papers, topics=own, seed=options.seed), options.output)
    print(f"{options.papers} invented papers", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
