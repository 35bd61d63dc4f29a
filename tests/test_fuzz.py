"""Any input at all ends in entries or in named problems, never in a traceback: every reader, and the records' loader.

A few hundred inputs on every run; ``make soak`` tries 100,000.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payloads import TEXTS
from site_tools import ROOT, TOY_RECORDS

from generator import faults, readers, store
from generator.curation import forms, issues
from generator.disk import documents
from generator.errors import InputError
from generator.facts import identifiers, ids, links, titles
from generator.models import Record
from generator.pages import formulas

ABSTRACT = "Toy words about nothing at all, told at some length and with patience. " * 9
# What the formats are made of; a token of one in another is a hostile input too.
TOKENS = [
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 11\n\n",
    "Get trending papers in your email inbox!\nSubscribe",
    "A Toy Loom",
    f"\n\n{ABSTRACT}\n\n",
    "\n\n",
    "\n",
    "  • 4 authors\n·\nFeb 3, 2024 7\n",
    "·",
    "Feb 30",
    "• Toy Org\n",
    "7",
    "-",
    "title,year,authors,doi\n",
    '"A, Toy",2020,"Loom, Ada and Weaver, Bo"\n',
    ",",
    '"',
    '""',
    "'",
    "=1+1",
    '[{"id": "a", "type": "article", "title": "A Toy"}]',
    '{"id":',
    '"type":',
    '"title":',
    '"author": [{"family": "x"}]',
    '"issued": {"date-parts": [[2020, 13, 99]]}',
    '"custom": {"sources": [{"from": "a/b:c", "fields": [1]}]}',
    "null",
    "[",
    "]",
    "{",
    "}",
    ":",
    "1e999",
    "-0",
    "9" * 5000,
    "NaN",
    "\\ud800",
    "\\u0000",
    "\\",
    "@article{a, title={A Toy}, year=2020, author={Loom, Ada and others}}\n",
    "@string{x = {y}}",
    "@",
    "title = ",
    "@comment{",
    "@preamble{",
    " # ",
    "author = {",
    "month = feb",
    "{\\'e}",
    "$\\frac{",
    "\\begin{a}",
    "\\url{",
    "%",
    "title: ",
    'issued: "2020-02-30"\n',
    "authors:\n- {family: a, given: b}\n",
    "topics: [a, b]\n",
    "&x ",
    "*x",
    "!!int ",
    "---\n",
    "|\n  ",
    "? ",
    "- ",
    "links: {code: https://[::gg]/}\n",
    "seen:\n- {source: a, position: 0}\n",
    "<<: ",
    "https://[::gg]/",
    "https://a@b",
    "http://0x7f.1",
    "arXiv:2301.00010v9",
    "10.1/",
    "### Paper\n\n",
    "_No response_\n",
    "TY  - JOUR\n",
    "ER  - \n",
    "<feed><entry><title>",
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry>',
    '<a data-props="',
    "&quot;",
    '"paper": {"id": "2301.00010"',
    '"publishedAt": 5',
    '"authors": [1, {"name": 2}]',
    "Dec 312",
    "<![CDATA[",
    "</title>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "&a;",
    "* [x](y)\n",
    "\x00",
    "\x0c",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\u200d",
    "\ufeff",
    "\U000e0041",
    "\U0010ffff",
    "ﬁ",
    "İ",
    "ß",
]
SEEDS = [
    f"{TOKENS[0]}A Toy Loom\n\n{ABSTRACT}\n\n  • 4 authors\n·\nFeb 3, 2024\n\nAnother Loom\n\n{ABSTRACT}\n",
    'id,title,authors,year,doi\na,A Toy,"Loom, Ada and Weaver, Bo",2020,10.5555/a\nb,"Two, Toys",,2021,\n',
    """[{"id": "a", "title": "A Toy", "author": [{"family": "Loom", "given": "Ada"}],
        "issued": {"date-parts": [[2020, 2]]}, "type": "article", "DOI": "10.5555/a"}]""",
    "@article{a,\n title={A {Toy}},\n author={Loom, Ada and others},\n year={2020},\n doi={10.5555/a}\n}\n",
    """[{"paper": {"id": "2301.00010", "authors": [{"name": "Ada Loom"}], "publishedAt": "2023-01-02T00:00:00.000Z",
        "title": "A Toy", "summary": "It weaves.", "upvotes": 3, "githubRepo": "https://github.com/toy/loom"},
        "publishedAt": "2023-01-05T00:00:00.000Z", "numComments": 2}]""",
    """<!doctype html><html><body><div class="x" data-target="DailyPapers" data-props="{&quot;dateString&quot;:
        &quot;2023-01-05&quot;,&quot;dailyPapers&quot;:[{&quot;paper&quot;:{&quot;id&quot;:&quot;2301.00010&quot;,
        &quot;title&quot;:&quot;A Toy&quot;}}]}"></div></body></html>""",
    """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2301.00010v2</id><title>A Toy</title>
        <published>2023-01-02T00:00:00Z</published><author><name>Ada Loom</name></author></entry></feed>""",
]
RECORD_SEEDS = [path.read_text(encoding="utf-8") for path in sorted((TOY_RECORDS / "papers").glob("*.yaml"))]


@st.composite
def broken(draw: st.DrawFn, seeds: list[str]) -> str:
    """Return a seed cut to pieces and put together with tokens, or tokens alone."""
    text = draw(st.sampled_from(["", *seeds]))
    for _ in range(draw(st.integers(0, 4))):
        at, end = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        piece = draw(st.sampled_from(TOKENS) | st.sampled_from(TEXTS) | st.text(max_size=12))
        kind = draw(st.sampled_from("insert cut replace double truncate".split()))
        text = {
            "insert": text[:at] + piece + text[at:],
            "cut": text[:at] + text[min(end, at + 200) :],
            "replace": text[:at] + piece + text[min(end, at + 9) :],
            "double": text[:at] + 2 * text[at : at + 300] + text[at + 300 :],
            "truncate": text[:at],
        }[kind]
    return text


FORMS = forms.forms({})
FORMATS = st.sampled_from([None, *readers.READERS])
CAPTURED = st.sampled_from([None, "2024-02-29"])


def assert_read(data: bytes, format: str | None, captured: str | None) -> None:
    """Read an input; either there are entries fit for records, or problems that a person can act upon."""
    reading = readers.read("toy", data, format=format, captured=captured)
    assert bool(reading.entries) != bool(reading.problems)
    for problem in (*reading.problems, *reading.remarks):
        assert problem.path == "toy"
        assert problem.message
        assert len(problem.message) < 1000
        assert len(str(problem).splitlines()) == 1
    for entry in reading.entries:
        assert list(faults.faults_of(entry)) == []
        assert titles.slug(entry.title) == "" or ids.id_fault(titles.slug(entry.title)) in (
            None,
            "is a reserved file name on Windows; add a word",
            "is the name of a page of the site; add a word",
        )


def assert_loaded(folder: Path, text: str) -> None:
    """Load a records folder with one such record; it becomes a record that is written and read back, or problems."""
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    (papers / "toy.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    contents = store.load(folder)
    for problem in contents.problems:
        assert problem.message
        assert len(str(problem).splitlines()) == 1
    assert bool(contents.records) != bool(contents.problems)
    for record in contents.records.values():
        written = store.record_text(record)
        again = documents.parse("toy", written)
        assert again.problems == ()
        assert Record.model_validate(again.data) == record


def assert_text_is_taken(text: str) -> None:
    """Hand a text to whatever looks at single texts."""
    for url in links.in_text(text):
        assert links.is_safe(url)
    links.fault(text), links.kind_of(text), links.with_ascii_host(text), links.shown(text)
    for scheme in identifiers.SCHEMES.values():
        value = scheme.read(text)
        assert value is None or (value.isascii() and scheme.read(value) == value and links.is_safe(scheme.url(value)))
    identifiers.recognise(text)
    assert "\n" not in titles.plain(text)
    assert "\n" not in titles.from_latex(text)
    titles.tokens(text), titles.long_slug(text)
    with contextlib.suppress(InputError):
        issues.read("toy", text.encode("utf-8", "surrogatepass"), FORMS)
    mathml = formulas.mathml(text[:200])
    assert not re.search(r"<script|\b(href|style|class|id|on\w+)=", mathml or "", re.IGNORECASE)


QUICK = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@QUICK
@given(broken(SEEDS), FORMATS, CAPTURED)
def test_readers_read_or_name_what_is_wrong(text: str, format: str | None, captured: str | None) -> None:
    assert_read(text.encode("utf-8", "surrogatepass"), format, captured)


@QUICK
@given(st.binary(max_size=60), st.sampled_from(SEEDS), FORMATS)
def test_readers_read_bytes(noise: bytes, seed: str, format: str | None) -> None:
    assert_read(seed.encode()[: len(noise) * 9] + noise + seed.encode(), format, None)
    assert_read(noise, format, None)


@settings(QUICK)
@given(text=broken(RECORD_SEEDS))
def test_the_loader_loads_or_names_what_is_wrong(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert_loaded(_folder(tmp_path_factory), text)


@QUICK
@given(broken(TEXTS))
def test_texts_are_taken(text: str) -> None:
    assert_text_is_taken(text)


_FOLDERS: dict[str, Path] = {}


def _folder(factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a run."""
    return _FOLDERS.setdefault("loader", factory.mktemp("records"))


def test_the_inputs_reach_what_they_should() -> None:
    # Guards the tests above: they would pass as well if every seed were refused at the door.
    assert [readers.read("toy", seed.encode()).problems for seed in SEEDS] == [()] * len(SEEDS)
    assert {readers.read("toy", seed.encode()).format for seed in SEEDS} <= set(readers.READERS)
    assert (ROOT / "tests" / "test_fuzz.py").exists()


# --- many more -------------------------------------------------------------------------------------------------------


def many(share: float) -> settings:
    """Return settings for a share of 100,000 inputs, other ones each time."""
    return settings(max_examples=int(100_000 * share), derandomize=False, suppress_health_check=list(HealthCheck))


@pytest.mark.soak
@many(0.45)
@given(broken(SEEDS), FORMATS, CAPTURED)
def test_soak_readers(text: str, format: str | None, captured: str | None) -> None:
    assert_read(text.encode("utf-8", "surrogatepass"), format, captured)


@pytest.mark.soak
@many(0.1)
@given(st.binary(max_size=200), st.sampled_from(SEEDS), FORMATS)
def test_soak_bytes(noise: bytes, seed: str, format: str | None) -> None:
    assert_read(seed.encode()[: len(noise) * 9] + noise + seed.encode(), format, None)


@pytest.mark.soak
@many(0.25)
@given(text=broken(RECORD_SEEDS))
def test_soak_loader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert_loaded(_folder(tmp_path_factory), text)


@pytest.mark.soak
@many(0.2)
@given(broken(TEXTS))
def test_soak_texts(text: str) -> None:
    assert_text_is_taken(text)
