"""What pages tell machines: only facts of the record, and text that stays text where it is printed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from site_tools import RECORDS, TOY_RECORDS, TOY_SETTINGS, library

from generator import escaping, metadata
from generator.facts import links
from generator.library import Library
from generator.models import Identifiers, PersonName, Record
from generator.settings import Settings

PUBLISHED = replace(TOY_SETTINGS, site_url="https://toy-list.example.org/looms/")
LISTS = [pytest.param(TOY_RECORDS, id="toy"), pytest.param(RECORDS, id="real")]
TRAPS = [
    "</script><script>alert(1)</script>",
    "<!-- <script> x",
    "]]></SCRIPT >",
    "\u2028\u2029",
    "\"'\\ \x00\ud800 &amp; &lt;",
    "{{ 7*7 }} {% raw %} ${x}",
    "--- # : | > - ? [ ] { }",
    "你好, مرحبا 🙂 𝒳",
]
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@cache
def _library(folder: Path) -> Library:
    return library(folder)


def _toy(record_id: str) -> Record:
    return _library(TOY_RECORDS).records[record_id]


# --- citation tags ---------------------------------------------------------------------------------------------------


def test_highwire_tags_of_a_journal_article() -> None:
    assert metadata.highwire("two-names", _toy("two-names"), PUBLISHED) == [
        ("citation_title", "Two Names, One Loom"),
        ("citation_author", "van der Loom, Chi-Wen"),
        ("citation_author", "Spindle"),
        ("citation_author", "Toy Weavers' Union"),
        ("citation_publication_date", "2021/12/24"),
        ("citation_journal_title", "Journal of Toy Weaving"),
        ("citation_doi", "10.5555/loom.2021(7)_1"),
        ("citation_public_url", "https://doi.org/10.5555/loom.2021(7)_1"),
        ("citation_abstract_html_url", "https://doi.org/10.5555/loom.2021(7)_1"),
    ]


def test_highwire_tags_of_a_preprint_at_a_conference() -> None:
    assert metadata.highwire("braided-attention", _toy("braided-attention"), PUBLISHED) == [
        ("citation_title", "B³raid: Weaving α-Sparse Strands into Attention & Back, 100% in O(n²) < O(n³)"),
        *[("citation_author", name) for name in ("Ada Toymaker", "Bo Spindle", "Chi-Wen Loom", "Dörte Ärmel")],
        ("citation_publication_date", "2023"),
        ("citation_conference_title", "Toy Conference on Looms"),
        ("citation_arxiv_id", "2305.99901"),
        ("citation_public_url", "https://arxiv.org/abs/2305.99901"),
        ("citation_abstract_html_url", "https://arxiv.org/abs/2305.99901"),
        ("citation_pdf_url", "https://arxiv.org/pdf/2305.99901"),
    ]


def test_nothing_is_said_that_the_record_does_not_say() -> None:
    bare = Record(title="A Loom")
    assert metadata.highwire("loom", bare, Settings()) == [("citation_title", "A Loom")]
    assert metadata.highwire("loom", bare, PUBLISHED)[1:] == [
        ("citation_abstract_html_url", "https://toy-list.example.org/looms/papers/loom/")
    ]
    assert metadata.json_ld("loom", bare, Settings(), {}) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "name": "A Loom",
    }


@pytest.mark.parametrize(
    ("issued", "wanted"), [("2022", "2022"), ("2022-10", "2022/10"), ("2022-10-31", "2022/10/31"), (None, None)]
)
def test_dates_are_as_precise_as_they_are_known(issued: str | None, wanted: str | None) -> None:
    record = Record(title="A Loom", issued=issued)
    assert dict(metadata.highwire("loom", record, PUBLISHED)).get("citation_publication_date") == wanted
    assert metadata.json_ld("loom", record, PUBLISHED, {}).get("datePublished") == issued


@pytest.mark.parametrize("arxiv", ["2210.17323", "hep-th/9901001", None])
def test_only_arxiv_has_a_pdf(arxiv: str | None) -> None:
    record = Record(title="A Loom", identifiers=Identifiers(arxiv=arxiv, doi="10.5555/loom", acl="2021.toy-main.7"))
    tags = dict(metadata.highwire("loom", record, PUBLISHED))
    assert tags.get("citation_pdf_url") == (f"https://arxiv.org/pdf/{arxiv}" if arxiv else None)


@pytest.mark.parametrize("folder", LISTS)
def test_every_record_has_its_tags(folder: Path) -> None:
    for record_id, record in _library(folder).records.items():
        tags = metadata.highwire(record_id, record, PUBLISHED)
        names = [name for name, _ in tags]
        assert names.count("citation_author") == len(record.authors)
        assert len(set(names)) == len(names) - max(0, len(record.authors) - 1)
        assert all(content and content == escaping.clean(content) for _, content in tags)
        assert all(links.is_safe(content) for name, content in tags if name.endswith("_url"))


# --- JSON-LD ---------------------------------------------------------------------------------------------------------


def test_json_ld_of_a_paper() -> None:
    each = _library(TOY_RECORDS)
    assert metadata.json_ld("two-names", each.records["two-names"], PUBLISHED, each.topics) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "name": "Two Names, One Loom",
        "author": [
            {"@type": "Person", "name": "Chi-Wen van der Loom", "givenName": "Chi-Wen", "familyName": "van der Loom"},
            {"name": "Spindle"},
            {"name": "Toy Weavers' Union"},
        ],
        "datePublished": "2021-12-24",
        "isPartOf": {"@type": "Periodical", "name": "Journal of Toy Weaving"},
        "about": [
            {
                "@type": "DefinedTerm",
                "name": "Weaving & knotting",
                "url": "https://toy-list.example.org/looms/topics/weaving/",
            }
        ],
        "identifier": [{"@type": "PropertyValue", "propertyID": "DOI", "value": "10.5555/loom.2021(7)_1"}],
        "sameAs": ["https://doi.org/10.5555/loom.2021(7)_1"],
        "mainEntityOfPage": "https://toy-list.example.org/looms/papers/two-names/",
    }


def test_proceedings_are_no_periodical() -> None:
    held = metadata.json_ld("x", Record(title="x", venue="ICLR 2024"), PUBLISHED, {})
    assert held["isPartOf"] == {"@type": "CreativeWork", "name": "ICLR 2024"}


def test_machines_are_told_that_a_list_of_authors_is_cut() -> None:
    record = Record(title="x", authors=("Ada", "Bo", "others"))
    data = metadata.json_ld("x", record, PUBLISHED, {})
    assert (data["author"], data["creditText"]) == ([{"name": "Ada"}, {"name": "Bo"}], "Ada, Bo and others")
    named = [content for name, content in metadata.highwire("x", record, PUBLISHED) if name == "citation_author"]
    assert named == ["Ada", "Bo", "others"]


def test_topics_that_the_list_does_not_know_are_left_out() -> None:
    record = Record(title="A Loom", topics=("weaving", "unknown"))
    named = metadata.json_ld("loom", record, Settings(), _library(TOY_RECORDS).topics)
    assert named["about"] == [{"@type": "DefinedTerm", "name": "Weaving & knotting", "termCode": "weaving"}]
    assert "about" not in metadata.json_ld("loom", record, Settings(), {})


def test_the_text_of_a_paper_is_left_out() -> None:
    record = Record(title="A Loom", abstract="Abstract words.", summary="Summary words.")
    assert "words" not in json.dumps(metadata.json_ld("loom", record, PUBLISHED, {}))


def _script(record: Record, record_id: str = "loom") -> tuple[str, Any, dict[str, Any]]:
    """Print a record's JSON-LD on a page; return the script's text, the element behind it and the data."""
    data = metadata.json_ld(record_id, record, PUBLISHED, {})
    page = f'<body><script type="application/ld+json">{escaping.script_json(data)}</script><p id="after">x</p>'
    body = html5lib.parse(page, namespaceHTMLElements=False).find("body")
    script, after = list(body)
    return script.text, after, data


def _hostile(text: str) -> Record:
    name = PersonName.model_construct(family=text, given=text)
    return Record.model_construct(title=text, authors=(text, name), venue=text, topics=(text,), issued="2024")


@given(st.sampled_from(TRAPS) | st.text(st.characters(codec=None), min_size=1, max_size=40))
def test_json_ld_cannot_close_its_script(text: str) -> None:
    said, after, data = _script(_hostile(text))
    assert json.loads(said) == json.loads(json.dumps(data))
    assert after.attrib == {"id": "after"}
    assert not set(said) & set("<>&\u2028\u2029")


@pytest.mark.parametrize("folder", LISTS)
def test_json_ld_of_every_record(folder: Path) -> None:
    for record_id, record in _library(folder).records.items():
        said, after, data = _script(record, record_id)
        assert json.loads(said) == data
        assert after.get("id") == "after"
        assert len(data.get("author", [])) == len(record.authors)
        places = [*record.identifiers.model_dump().values(), record.links.paper]
        assert len(data.get("sameAs", [])) == sum(value is not None for value in places)
        assert all(links.is_safe(url) for url in data.get("sameAs", []))


# --- where they are printed ------------------------------------------------------------------------------------------


@given(st.sampled_from(TRAPS) | st.text(min_size=1, max_size=40))
def test_tags_are_printed_in_attributes(text: str) -> None:
    said = escaping.html(text)
    for name, content in metadata.highwire("loom", _hostile(text), PUBLISHED):
        page = f'<head><meta name="{name}" content="{escaping.html(content)}"><meta name="after">'
        tags = html5lib.parse(page, namespaceHTMLElements=False).find("head")
        assert [tag.get("name") for tag in tags] == [name, "after"]
        if name == "citation_conference_title":
            assert escaping.html(tags[0].get("content")) == said


@pytest.mark.parametrize("folder", LISTS)
def test_front_matter_carries_them(folder: Path) -> None:
    """Front matter written as JSON, as pages are, comes back as it was; both engines read it as YAML."""
    each = _library(folder)
    for record_id, record in each.records.items():
        pairs = [[name, escaping.html(text)] for name, text in metadata.highwire(record_id, record, PUBLISHED)]
        script = escaping.script_json(metadata.json_ld(record_id, record, PUBLISHED, each.topics))
        front = f"citation: {json.dumps(pairs, ensure_ascii=False)}\njson_ld: {json.dumps(script, ensure_ascii=False)}"
        assert yaml.safe_load(front) == {"citation": pairs, "json_ld": script}


# --- OpenSearch ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Loom", 'Toy List & Loom <of> "many" words', "L" * 60, "a " * 900, *TRAPS])
def test_opensearch(text: str) -> None:
    settings = replace(PUBLISHED, site_name=text, site_description=text)
    root = ElementTree.fromstring(metadata.opensearch(settings).encode())
    assert [child.tag.removeprefix(OPENSEARCH) for child in root] == [
        "ShortName",
        "LongName",
        "Description",
        "InputEncoding",
        "Url",
    ]
    for name, most in (("ShortName", 16), ("LongName", 48), ("Description", 1024)):
        said = root.findtext(f"{OPENSEARCH}{name}") or ""
        assert len(said) <= most
        assert escaping.clean(text).startswith(said)
        assert bool(said) == bool(escaping.clean(text))
    assert root[-1].attrib == {
        "type": "text/html",
        "template": "https://toy-list.example.org/looms/papers/?find={searchTerms}",
    }


@pytest.mark.parametrize(
    ("name", "short"),
    [("Efficient Training Reading List", "Efficient"), ("Efficient Models", "Efficient Models")],
)
def test_opensearch_cuts_between_words_and_braces_of_the_address_are_no_parameters(name: str, short: str) -> None:
    settings = Settings(site_name=name, site_url="https://x.example.org/{a}")
    root = ElementTree.fromstring(metadata.opensearch(settings))
    assert root.findtext(f"{OPENSEARCH}ShortName") == short
    assert root.findtext(f"{OPENSEARCH}Description") == f"Search {name}"
    assert root[-1].get("template") == "https://x.example.org/%7Ba%7D/papers/?find={searchTerms}"


def test_opensearch_needs_an_address() -> None:
    assert metadata.opensearch(TOY_SETTINGS) == ""
