"""The models: what they take, what they refuse and the words they refuse it with."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from generator.facts.hidden import text_fault
from generator.facts.ids import id_fault
from generator.models import Entry, Path, PersonName, Record, Retraction, Source, Topic


def record(**fields: Any) -> Record:
    return Record.model_validate({"title": "A Toy Loom", **fields})


def faults(**fields: Any) -> list[tuple[str, str]]:
    """Return the place and the message of every fault of a record with ``fields``."""
    with pytest.raises(ValidationError) as caught:
        record(**fields)
    return [(".".join(map(str, each["loc"])), each["msg"]) for each in caught.value.errors()]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no id"),
        ("Upper", "no id"),
        ("two words", "no id"),
        ("a--b", "no id"),
        ("-a", "no id"),
        ("a-", "no id"),
        ("a/b", "no id"),
        ("..", "no id"),
        ("a.b", "no id"),
        ("ünï", "no id"),
        ("a\n", "no id"),
        ("con", "Windows"),
        ("lpt1", "Windows"),
        ("a" * 81, "80"),
    ],
)
def test_bad_ids_say_why(text: str, part: str) -> None:
    fault = id_fault(text)
    assert fault is not None
    assert part in fault


@pytest.mark.parametrize("text", ["gptq", "frozen-in-time", "1-5-pints", "console", "7", "a" * 80])
def test_good_ids(text: str) -> None:
    assert id_fault(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bell \x07", "U+0007"),
        ("nul \x00", "U+0000"),
        ("delete \x7f", "U+007F"),
        ("override \u202e", "U+202E"),
        ("isolate \u2066", "U+2066"),
        ("tag \U000e0041", "U+E0041"),
        ("mark \u200f", "U+200F"),
        ("arabic mark \u061c", "U+061C"),
        ("next \x85 line", "U+0085"),
        ("C1 \x9b", "U+009B"),
        ("deprecated \u206e", "U+206E"),
        ("no character \uffff", "U+FFFF"),
    ],
)
def test_hidden_characters_are_named(text: str, code: str) -> None:
    assert code in (text_fault(text) or "")
    assert any(code in message for _, message in faults(title=text))


@pytest.mark.parametrize("empty", "\u00ad\u180e\u200b\u2060\u2064\ufeff")
def test_what_has_neither_width_nor_meaning_parts_no_word(empty: str) -> None:
    held = record(title=f"Quanti{empty}zation", summary=f"One{empty} {empty}two.\n\nThr{empty}ee.")
    assert (held.title, held.summary) == ("Quantization", "One two.\n\nThree.")


@pytest.mark.parametrize(
    "text",
    [
        "\u182e\u180e\u1820",
        "می‌خواهم",
        "क्‍ष",
        "👩‍🔬 🏳️‍🌈",
        "שלום עולם",
        "مرحبا بالعالم",
        "e\u0301",
        "你好 한국어 ひらがな",
    ],
)
def test_joiners_and_other_scripts_stay(text: str) -> None:
    assert text_fault(text) is None
    assert record(title=text, summary=text).title == text


def test_an_id_of_another_script_is_told_by_the_letter() -> None:
    assert "U+043E (CYRILLIC SMALL LETTER O)" in (id_fault("lоom") or "")
    assert "U+FF41" in (id_fault("\uff41b") or "")


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"title": "x" * 1001}, "1000"),
        ({"authors": ["x" * 1001]}, "1000"),
        ({"venue": "x" * 1001}, "1000"),
        ({"why": "x" * 1001}, "1000"),
        ({"results": ["x" * 1001]}, "1000"),
        ({"summary": "x" * 10_001}, "10000"),
        ({"abstract": "x" * 100_001}, "100000"),
        ({"topics": ["x" * 81]}, "80"),
        ({"links": {"code": "https://a.example/" + "x" * 2048}}, "2048"),
    ],
)
def test_the_size_of_a_field_is_limited_and_named(fields: dict[str, Any], most: str) -> None:
    assert any(most in message for _, message in faults(**fields))
    assert all(len(message) < 300 for _, message in faults(**fields))


def test_half_a_character_is_no_text() -> None:
    # JSON can smuggle in what UTF-8 cannot write.
    assert "U+D800" in (text_fault("half \ud800") or "")
    assert [place for place, _ in faults(title="half \ud800")] == ["title"]


@pytest.mark.parametrize("text", ["ε and ∞", "中文", "עברית", "e\u0301", "👩\u200d🔬", "two\nlines"])
def test_ordinary_characters_pass(text: str) -> None:
    assert text_fault(text) is None


def test_text_is_brought_to_one_form() -> None:
    found = record(
        title=" A \u00a0 Toy\n Loom ",
        venue="Loom  Letters",
        summary="One  line\nbroken.\n\n \n\nA second  paragraph.\n",
    )
    assert (found.title, found.venue) == ("A Toy Loom", "Loom Letters")
    assert found.summary == "One line broken.\n\nA second paragraph."


def test_numbers_and_identifiers_come_as_text() -> None:
    found = record(author_count="4", issued="2022", identifiers={"arxiv": "arXiv:2301.00010v2", "doi": "10.1000/ABC"})
    assert found.author_count == 4
    assert found.issued == "2022"
    assert found.year == 2022
    assert found.identifiers.arxiv == "2301.00010"
    assert found.identifiers.doi == "10.1000/abc"


@pytest.mark.parametrize(
    ("fields", "place", "part"),
    [
        ({"title": ""}, "title", "at least 1"),
        ({"title": "\u00a0"}, "title", "at least 1"),
        ({"title": "\u200b"}, "title", "is empty"),
        ({"summary": "\u200b\n\n\u00ad"}, "summary", "is empty"),
        ({"title": "x" * 1001}, "title", "1000"),
        ({"issued": "2024-13-01"}, "issued", "write 2022, 2022-10 or 2022-10-31"),
        ({"issued": "--10-31"}, "issued", "is no date"),
        ({"issued": "no"}, "issued", "is no date"),
        ({"added": "2024-13"}, "added", "write it as 2022-10-31"),
        ({"added": "2024"}, "added", "write it as 2022-10-31"),
        ({"author_count": "0"}, "author_count", "greater than or equal to 1"),
        ({"author_count": "four"}, "author_count", "digits only"),
        ({"author_count": "4.0"}, "author_count", "digits only"),
        ({"author_count": "٤"}, "author_count", "digits only"),
        ({"author_count": "-1"}, "author_count", "digits only"),
        ({"author_count": "9" * 5000}, "author_count", "digits only"),
        ({"type": "novel"}, "type", "'method'"),
        ({"topics": ["Big Looms"]}, "topics.0", "'Big Looms' is no topic's id; write what stands above its name"),
        ({"identifiers": {"arxiv": "2313.00001"}}, "identifiers.arxiv", "write it like"),
        ({"identifiers": {"isbn": "1"}}, "identifiers.isbn", "not permitted"),
        ({"links": {"code": "javascript:alert(1)"}}, "links.code", "https://"),
        ({"not_same_as": ["../x"]}, "not_same_as.0", "lower-case"),
        ({"colour": "red"}, "colour", "not permitted"),
        ({"provenance": {"author": "a"}}, "provenance", "'author' is no field that a source gives"),
        ({"seen": [{"source": "a b", "position": "1"}]}, "seen.0.source", "no source id"),
        ({"seen": [{"source": "a", "position": "0"}]}, "seen.0.position", "greater than or equal to 1"),
        ({"author_count": 1_000_000_000}, "author_count", "less than or equal to 999999999"),
    ],
)
def test_bad_fields_are_refused_where_they_stand(fields: dict[str, Any], place: str, part: str) -> None:
    found = faults(**fields)
    assert [where for where, _ in found] == [place]
    assert part in found[0][1]


def test_models_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        record().title = "Another"  # type: ignore[misc]


def test_authors_are_names_or_family_and_given() -> None:
    found = record(authors=["The Guild of Toy Weavers", {"family": "van Loom", "given": "Ida"}, {"family": "Spindle"}])
    assert found.author_names == ("The Guild of Toy Weavers", "Ida van Loom", "Spindle")
    assert isinstance(found.authors[1], PersonName)


@pytest.mark.parametrize(
    ("family", "given", "printed"),
    [
        ("山田", "太郎", "山田太郎"),
        ("佐々木", "のぞみ", "佐々木のぞみ"),
        ("李", "明", "李明"),
        ("김", "철수", "김철수"),
        (unicodedata.normalize("NFD", "김"), "철수", unicodedata.normalize("NFD", "김") + "철수"),
        ("山田", None, "山田"),
        ("李", "Ming", "Ming 李"),
        ("van Loom", "Ida", "Ida van Loom"),
        ("Толстой", "Лев", "Лев Толстой"),
    ],
)
def test_east_asian_names_have_the_family_first(family: str, given: str | None, printed: str) -> None:
    assert record(authors=[PersonName(family=family, given=given)]).author_names == (printed,)


@pytest.mark.parametrize(
    ("captured", "fine"),
    [
        ("2025-12-09", True),
        ("--12-09", True),
        ("--02-29", True),
        ("2025", False),
        ("12-09", False),
        ("--13-09", False),
        ("--02-30", False),
    ],
)
def test_the_capture_day_of_a_source(captured: str, fine: bool) -> None:
    fields = {
        "name": "toy.txt",
        "format": "csv",
        "checksum": "sha256:" + "0" * 64,
        "entries": "1",
        "captured": captured,
    }
    if fine:
        assert Source.model_validate(fields).captured == captured
    else:
        with pytest.raises(ValidationError, match="is no day"):
            Source.model_validate(fields)


def test_an_entry_is_called_by_its_key_or_its_place() -> None:
    assert Entry("dump.txt", 12, 1, "A Toy Loom").label == "dump.txt:12"
    assert Entry("dump.json", None, 3, "A Toy Loom").label == "dump.json:3"
    assert Entry("dump.csv", 2, 1, "A Toy Loom", key="loom").label == "loom"


@pytest.mark.parametrize("model", [Record, Source, Topic, Path, Retraction], ids=lambda model: model.__name__)
def test_what_is_not_said_is_empty(model: type[BaseModel]) -> None:
    """Files leave out what has its default (``store.plain``): of something that would be lost."""
    defaults = {name: field.get_default() for name, field in model.model_fields.items() if not field.is_required()}
    for name, default in defaults.items():
        held = default.model_dump(exclude_none=True) if isinstance(default, BaseModel) else default
        assert not held, name
