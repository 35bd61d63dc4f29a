"""Matching as a whole run: files of any size and order, any hash seed, and the answer to "why?"."""

from __future__ import annotations

import csv
import gc
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import invented_entries
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_tools import write_record

from generator import cli, intake, matching, readers
from generator.faults import _is_plain, faults_in
from generator.matching import blocking, match
from generator.matching.comparison import Verdict, compare
from generator.matching.evidence import lines
from generator.matching.explanation import Explanation, explain
from generator.matching.items import Item, first_page, item_of_entry
from generator.matching.shelf import Shelf, Shelved
from generator.models import Entry, PersonName, Record

ROOT = Path(__file__).resolve().parent.parent
TEXT = "We weave cloth of two colours by day and by night and count the threads that break in either of the two. " * 4


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A table of 1,200 invented entries, and the pairs that are one paper."""
    folder = tmp_path_factory.mktemp("invented")
    invented_entries.write(1_200, folder / "entries.csv", folder / "truth.csv", seed=7)
    return folder / "entries.csv", folder / "truth.csv"


def duplicates(*arguments: str | Path, seed: str = "0") -> Any:
    command = [sys.executable, "-m", "generator", "duplicates", "--records", "none", "--json", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def unordered(found: Any) -> tuple[Any, Any]:
    pairs = sorted(
        (*sorted((pair["a"], pair["b"])), pair["verdict"], pair["score"], pair["reason"]) for pair in found["pairs"]
    )
    return pairs, sorted(sorted(cluster) for cluster in found["clusters"])


def test_neither_hash_seed_nor_order_nor_division_into_files_changes_anything(
    table: tuple[Path, Path], tmp_path: Path
) -> None:
    entries, truth = table
    with entries.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    random.Random(3).shuffle(rows)
    parts = [tmp_path / "part1.csv", tmp_path / "part2.csv"]
    for path, some in zip(parts, (rows[:400], rows[400:]), strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *some])
    found = duplicates(entries, seed="1")
    assert found == duplicates(entries, seed="2")
    assert unordered(found) == unordered(duplicates(*parts, seed="3")) == unordered(duplicates(*parts[::-1], seed="4"))
    with truth.open(encoding="utf-8", newline="") as file:
        true = {frozenset(row) for row in list(csv.reader(file))[1:]}
    same = {frozenset((pair["a"], pair["b"])) for pair in found["pairs"] if pair["verdict"] == "same"}
    assert len(true) > 200
    assert same <= true
    assert len(same) >= 0.97 * len(true)


def test_invented_entries_are_the_same_for_one_seed_and_have_what_they_state() -> None:
    made = list(invented_entries.entries(1_000, seed=1))
    assert made == list(invented_entries.entries(1_000, seed=1))
    assert made != list(invented_entries.entries(1_000, seed=2))
    copies = len(made) - len({entry.paper for entry in made})
    assert 0.15 < copies / len(made) < 0.25
    assert all(900 < len(entry.abstract) < 1_600 for entry in made if entry.abstract)


# --- reading for matching --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
def test_a_table_read_row_by_row_is_the_table_read_whole(tmp_path: Path, prefix: bytes) -> None:
    data = (ROOT / "tests" / "data" / "listings" / "table.csv").read_bytes()
    path = tmp_path / "table.csv"
    path.write_bytes(prefix + data.replace(b"\n", b"\r\n"))
    whole = [item_of_entry(entry) for entry in readers.read(str(path), path.read_bytes()).entries]
    items, problems = intake.read_items([str(path)])
    assert problems == []
    assert len(items) == len(whole) > 0
    for one, other in zip(items, whole, strict=True):
        assert (one.abstract, one.people, one.families) == (other.abstract, other.people, other.families)
        assert (one.label, one.title, one.identifiers) == (other.label, other.title, other.identifiers)


BAD = {
    "not UTF-8": (b"id,title\n1,Cloth\n2,\xff\n", "UTF-8"),
    "a NUL": (b"id,title\n1,Cl\0oth\n", "binary"),
    "an empty title": (b"id,title\n1,Cloth\n2,\n", "title: is empty"),
    "a control character": (b"id,title\n1,Clo\x1bth\n", "control character"),
    "nothing in it": (b"id,title\n", "holds no entry"),
    "an open quote": (b'id,title\n1,"Cloth\n', "no CSV"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("beginning", [12, 2**20], ids=["behind the beginning", ""])
@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_a_bad_table_among_good_ones_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str, beginning: int
) -> None:
    monkeypatch.setattr(readers, "_BEGINNING", beginning)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(b"id,title\n1,Cloth at Night\n")
    bad.write_bytes(data)
    items, problems = intake.read_items([str(bad), str(good), str(tmp_path / "missing.csv")])
    assert [item.label for item in items] == ["1"]
    assert [message in str(problem) for problem in problems] == [True, False]
    assert "cannot be read" in str(problems[1])


def test_texts_laid_aside_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "_IN_MEMORY", 40)
    shelf = Shelf()
    texts = [f"Loom {number}: größer, 布, \U0001f9f6" * (number % 4) for number in range(60)]
    laid = [shelf.lay(text) for text in texts]
    assert [shelf.read(place.begin, place.length) for place in laid] == texts
    item = item_of_entry(Entry("toy", 1, 1, "Cloth", abstract=texts[3]), shelf)
    assert isinstance(item.laid_abstract, Shelved)
    assert item.abstract == texts[3]


LINES = st.text(st.sampled_from("ab é\u2019\u00a0\u200b\u202e\n\x1b布 "), max_size=6)


@given(
    LINES,
    st.none() | LINES,
    st.none() | LINES,
    st.lists(LINES | st.builds(PersonName.model_construct, family=LINES, given=st.none() | LINES), max_size=2),
)
def test_what_is_plain_has_no_fault(title: str, venue: str | None, abstract: str | None, authors: list[Any]) -> None:
    entry = Entry("toy", 1, 1, title, venue=venue, abstract=abstract, authors=tuple(authors))
    stated = {"title": title, "venue": venue, "abstract": abstract, "authors": entry.authors}
    if _is_plain(entry, printable=False):
        assert list(faults_in(Record, {name: value for name, value in stated.items() if value not in (None, ())})) == []


def test_an_extent_is_no_page() -> None:
    assert [first_page(text) for text in ("215 p", "vi, 120 pages", "S12-9", "e588", "110-117", "")] == [
        "",
        "",
        "s12",
        "e588",
        "110",
        "",
    ]


# --- why? ------------------------------------------------------------------------------------------------------------


def item(title: str, label: str, **fields: Any) -> Item:
    return item_of_entry(Entry("toy", 1, 1, title, key=label, **fields))


def why(*items: Item) -> Explanation:
    forth, back = explain(items, [0], [1]), explain(items, [1], [0])
    assert forth == back
    return forth


def test_why_not_when_no_block_is_shared() -> None:
    found = why(item("Weaving Cloth at Night", "a"), item("Sailing to Harbours in a Storm", "b"))
    assert not found.was_compared
    assert not found.blocks
    assert "never compared: they share no block" in found.decision


def test_why_not_when_too_many_share_the_block() -> None:
    middle = [item(f"A Very Common Beginning of {n} Looms and Nothing", f"{n:03}") for n in range(100)]
    found = explain(middle, [0], [99])
    assert found.blocks
    assert not found.was_compared
    assert f"more than {blocking.BLOCK_CAP} others" in found.decision


def test_why_and_why_not_by_a_rule() -> None:
    one, other = (
        item("Weaving Cloth at Night", "a", abstract=TEXT),
        item("Weaving the Cloth at Night", "b", abstract=TEXT),
    )
    found = why(one, other)
    assert found.together
    assert "stop words" in found.decision
    assert ("abstract", "100% of the shorter one stands in the other") in found.compared
    parts = why(item("Weaving Cloth at Night", "a"), item("Weaving Cloth at Night, Part II", "b"))
    assert not parts.together
    assert "two papers: the part numbers" in parts.decision
    assert why(item("Editorial", "a"), item("Editorial", "b")).decision.startswith("a person must decide")


def test_why_not_when_the_clusters_hold_what_is_apart() -> None:
    ids = [{"identifiers": {"arxiv": "2301.00001"}}, {}, {"identifiers": {"arxiv": "2301.00002"}}]
    one, bridge, other = (item("A Loom of Great Renown", label, **each) for label, each in zip("abc", ids, strict=True))
    items = [one, other, bridge]
    together = next(cluster for cluster in match(items).clusters if len(cluster) == 2)
    left = next(place for place in range(3) if place not in together)
    found = explain(items, [left], [next(place for place in together if items[place].label == "b")])
    assert not found.together
    assert "are kept apart, because" in found.decision
    assert "arxiv identifiers differ" in found.decision


def test_why_together_by_others() -> None:
    # Letters turned round: neighbours are one, the ends would be asked about; the last one lies on no way to it.
    words = ["Representation", "Reprseentaiton", "Reprseentaitno", "Representation"]
    items = [item(f"{word} of Looms", label, abstract=TEXT) for word, label in zip(words, "acbd", strict=True)]
    assert match(items).clusters == ((0, 1, 2, 3),)
    found = explain(items, [0], [2])
    assert found.verdict.kind == "review"
    assert found.decision == "a and b are one paper, because others join them: c"


def test_why_nobody_is_asked() -> None:
    facts = {"authors": ("Ida Loom", "Jan Ferry"), "issued": "2020", "venue": "Proceedings of Looms"}
    titles = ["Weaving Red Cloth by Night with Care", "Weaving Red Cloth by Night with Ease"]
    items = [
        item(title, f"{source}{n}", database=source, **facts)
        for n, title in enumerate(titles)
        for source in ("one", "two")
    ]
    assert match(items).clusters == ((0, 1), (2, 3))
    assert match(items).review == ()
    assert "nobody is asked" in explain(items, [0], [3]).decision


def test_lines_name_every_field_that_one_of_them_has() -> None:
    full = {"issued": "2020", "venue": "Looms", "volume": "1", "number": "2", "pages": "3-4", "authors": ("Ida Loom",)}
    one = item(
        "Cloth", "a", identifiers={"doi": "10.1000/a"}, links={"code": "https://code.example/x"}, abstract=TEXT, **full
    )
    names = ["title", "doi", "abstract", "authors", "year", "venue", "volume", "number", "first page", "code"]
    assert [name for name, _ in lines(one, item("Cloth", "b"))] == names
    assert lines(item("Cloth at Night", "a"), item("Cloth by Night", "b")) == [("title", "differs in at | by")]


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mkdocs.yml").write_text("site_name: Toy\n", "utf-8")
    Path("a.csv").write_text(
        "id,title,year\nx,Weaving Cloth at Night,2020\ny,Weaving Cloth at Night,2020\n"
        "z,Weaving Cloth at Night 2,2020\nn,\x41n Odd \u202ename,2020\n".replace("\u202e", ""),
        "utf-8",
    )
    return tmp_path


def test_duplicates_print_what_was_compared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["duplicates", "a.csv"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == ["same: x and y: equal title, nothing against it (1.00)", "  title: equal", "  year: equal (2020)"]
    assert gc.isenabled()


def test_duplicates_explain_two_ids(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["duplicates", "a.csv", "--explain", "x", "z"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("x and z are two papers: the numbers in the titles differ (2)\n")
    assert "compared because they share" in out
    assert cli.main(["duplicates", "a.csv", "--json", "--explain", "y", "x"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["a"], found["b"], found["verdict"], found["together"]) == ("y", "x", "same", True)
    assert cli.main(["duplicates", "a.csv", "--explain", "x", "nobody"]) == 2
    assert "nobody: is no entry of these files and no record; write the id of one" in capsys.readouterr().err
    assert cli.main(["duplicates", "a.csv", "--explain", "x", "x"]) == 2


def test_of_an_id_in_several_files_that_is_explained_which_was_found(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("u.csv").write_text("id,title\n1,Weaving by the Sea\n2,A Loom at Rest\n3,Knots\n", "utf-8")
    Path("v.csv").write_text("id,title\n1,A Loom at Rest\n2,Threads\n3,Knots\n", "utf-8")
    for one, other in (("1", "2"), ("2", "1"), ("3", "3")):
        assert cli.main(["duplicates", "u.csv", "v.csv", "--explain", one, other]) == 0
        title = "Knots" if one == "3" else "A Loom at Rest"
        decision, *shown = capsys.readouterr().out.splitlines()
        assert "never compared" not in decision
        assert shown[:2] == [f"  {one}: {title}", f"  {other}: {title}"]


def test_two_records_are_explained_without_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("loom", "shuttle"):
        write_record(Path("records"), name, Record(title=f"A {name} at rest"))
    assert cli.main(["duplicates", "--explain", "loom", "shuttle"]) == 0
    assert capsys.readouterr().out.startswith("loom and shuttle ")
    assert cli.main(["duplicates"]) == 2
    assert "name the files to read, or two ids with --explain" in capsys.readouterr().err


def test_a_pair_for_review_says_in_json_what_was_compared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.csv").write_text("id,title\np,Editorial\nq,Editorial\n", "utf-8")
    assert cli.main(["duplicates", "b.csv", "--json"]) == 0
    [pair] = json.loads(capsys.readouterr().out)["pairs"]
    assert pair["verdict"] == "review"
    assert pair["compared"] == {"title": "equal"}


def test_what_records_are_to_each_other_is_no_news(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"issued": "2020", "alternative_identifiers": [{"doi": "10.5555/a"}]}
    records = {
        "cloth": Record(title="Weaving Cloth at Night", **known),
        "knots": Record(title="Knots of the Seven Seas", **known),
    }
    for name, record in (records | dict.fromkeys(("one", "other"), Record(title="Editorial"))).items():
        write_record(Path("records"), name, record)
    assert cli.main(["duplicates", "a.csv", "--json"]) == 0
    out, said = capsys.readouterr()
    found = json.loads(out)
    assert {name for pair in found["pairs"] for name in (pair["a"], pair["b"])} == {"x", "y", "cloth"}
    assert not any("compared" in pair for pair in found["pairs"])  # which tells why a person is asked
    assert [set(cluster) for cluster in found["clusters"]] == [{"x", "y", "cloth"}]
    assert said == "4 entries, 1 cluster of one paper, 0 pairs for review\n"


def test_many_entries_of_one_title_are_compared_once() -> None:
    many = [
        item_of_entry(Entry("toy", number, number, "A Loom of Many Threads", key=str(number))) for number in range(3000)
    ]
    compared = 0

    def count(one: Item, other: Item) -> Verdict:
        nonlocal compared
        compared += 1
        return compare(one, other)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "compare", count)
        found = matching.match(many)
    assert [len(cluster) for cluster in found.clusters] == [3000]
    assert compared < 10  # a product of the clusters would be four million


@pytest.mark.parametrize("years", [(None,), (None, "2001", "2005")], ids=["none apart", "some apart"])
@pytest.mark.parametrize("count", [100, 400])
def test_entries_of_one_title_that_all_differ_cost_each_as_much_as_in_a_short_list(
    count: int, years: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        item_of_entry(
            Entry("toy", n, n, "A Loom of Many Threads", f"{TEXT} {n}", issued=years[n % len(years)], key=str(n))
        )
        for n in range(count)
    ]
    compared = 0

    def counting(one: Item, other: Item) -> Verdict:
        nonlocal compared
        compared += 1
        return compare(one, other)

    monkeypatch.setattr(matching, "compare", counting)
    found = matching.match(many)
    assert compared <= 32 * count
    assert max(map(len, found.clusters)) <= 50
    assert any("together they are more than 50 entries that differ" in pair.verdict.reason for pair in found.review)
    again = matching.match(many[::-1])
    labels = [
        {frozenset(items[n].label for n in each) for each in done.clusters}
        for items, done in ((many, found), (many[::-1], again))
    ]
    assert labels[0] == labels[1]
