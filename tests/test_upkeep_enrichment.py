"""Enrichment: the real clients ask a server here; what is taken, what is not, and that all else stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from databases import ABSTRACT, Databases, Paper, arxiv_entry, atom, crossref_list, crossref_work, huggingface_paper
from site_tools import write_record
from stand_in import Reply, Server, Waits, as_json, serving

from generator import checking, store
from generator.disk import documents
from generator.models import Record, Sighting
from generator.store.schema import SCHEMA_FILE, record_schema
from generator.upkeep import apis, enrichment
from generator.upkeep.enrichment import Enrichment, Fact
from generator.upkeep.politeness import Budget

TITLE = "Loom: Weaving Sentences without a Shuttle in Hand"
PAPER = Paper(TITLE, arxiv="2210.00001", doi="10.5555/loom.1", venue=("Proceedings of Weaving 2022",))
ABS = "https://arxiv.org/abs/2210.00001"
WORK = "https://api.crossref.org/works/10.5555/loom.1"
PROVEN: dict[str, Any] = {"provenance": {"title": "dump", "identifiers.arxiv": "dump"}}
BY_ID = Record(title=TITLE, identifiers={"arxiv": "2210.00001"}, **PROVEN)


@pytest.fixture
def world() -> Iterator[tuple[Databases, Server]]:
    databases = Databases()
    with serving(databases) as server:
        yield databases, server


def run(
    server: Server, records: Mapping[str, Record], *names: str, cache: Path | None = None, limit: int = 1000
) -> Enrichment:
    """Ask the databases of these names (default: all) for all records."""
    waits = Waits()
    with apis.connected(
        names or tuple(apis.BASES),
        budget=Budget(limit, 1e6, waits.clock),
        agent="toy/1",
        cache=cache,
        bases=dict.fromkeys(apis.BASES, server.base),
    ) as opened:
        return enrichment.enrich(records, records, opened)


World = tuple[Databases, Server]


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_each_database_gives_what_it_knows(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    done = run(server, {"loom": BY_ID})
    assert done.facts == [
        Fact("loom", "authors", "Ada Weaver, Bo Spindle", ABS),
        Fact("loom", "issued", "2022-10-31", ABS),
        Fact("loom", "venue", "Proceedings of Weaving 2022", WORK),
        Fact("loom", "identifiers.doi", "10.5555/loom.1", WORK),
    ]
    record = done.records["loom"]
    assert record.provenance == {
        "title": "dump",
        "authors": ABS,
        "issued": ABS,
        "identifiers.arxiv": "dump",
        "identifiers.doi": WORK,
        "venue": WORK,
    }
    assert (record.title, record.seen, record.abstract) == (TITLE, (), None)
    assert done.doubts == []
    # Hugging Face knows nothing that arXiv did not say, and is not asked.
    assert done.requests == {"arxiv": 1, "huggingface": 0, "crossref": 1}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("arxiv", {"authors", "issued"}),
        ("huggingface", {"authors", "issued"}),
        ("crossref", {"authors", "issued", "venue", "identifiers.doi"}),
    ],
)
def test_each_database_alone(world: World, name: str, fields: set[str]) -> None:
    databases, server = world
    databases.papers = [PAPER]
    record = BY_ID if name != "crossref" else BY_ID.model_copy(update={"authors": (), "issued": "2022"})
    if name == "crossref":  # which does not know the arXiv id: the year must agree
        fields = fields - {"issued"}
    done = run(server, {"loom": record}, name)
    assert {fact.field for fact in done.facts} == fields
    origin = {"arxiv": ABS, "huggingface": "https://huggingface.co/papers/2210.00001", "crossref": WORK}[name]
    assert {fact.source for fact in done.facts} == {origin}


@pytest.mark.parametrize("name", ["arxiv", "huggingface"])
def test_a_record_without_identifier_is_found_by_its_title(world: World, name: str) -> None:
    databases, server = world
    databases.papers = [PAPER, Paper("Loom Weaving", arxiv="2211.00002")]
    record = Record(title=TITLE, authors=("Ada Weaver",), issued="2022")
    done = run(server, {"loom": record}, name)
    assert [(fact.field, fact.value) for fact in done.facts] == [("identifiers.arxiv", "2210.00001")]
    # A long title is enough where nothing else is known.
    done = run(server, {"loom": Record(title=TITLE)}, name)
    assert [fact.field for fact in done.facts] == ["authors", "issued", "identifiers.arxiv"]


def test_ids_are_asked_for_by_the_hundred(world: World) -> None:
    databases, server = world
    databases.papers = [Paper(f"A Loom of {n} Threads", arxiv=f"2210.{n:05}") for n in range(1, 251)]
    records = {
        f"loom-{n}": Record(title=f"A Loom of {n} Threads", identifiers={"arxiv": f"2210.{n:05}"})
        for n in range(1, 251)
    }
    done = run(server, records, "arxiv")
    assert (done.requests, len(done.records)) == ({"arxiv": 3}, 250)
    assert [len(asked.query["id_list"].split(",")) for asked in server.asked] == [100, 100, 50]


def test_a_vague_date_becomes_a_day(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    for held, origin in (
        ("2022-10", "derived from the arXiv id"),
        ("2022-11", "derived from the arXiv id"),
        ("2022", "x"),
    ):
        record = BY_ID.model_copy(update={"issued": held, "provenance": {"issued": origin}})
        done = run(server, {"loom": record}, "arxiv")
        assert Fact("loom", "issued", "2022-10-31", ABS, held) in done.facts


def test_a_publication_may_follow_its_preprint(world: World) -> None:
    databases, server = world
    databases.papers = [Paper(TITLE, doi="10.5555/loom.1", venue=("Weaving",), published=(2024, 5))]
    record = Record(title=TITLE, authors=("Ada Weaver",), issued="2022-10-31", identifiers={"arxiv": "2210.00001"})
    assert {fact.field for fact in run(server, {"loom": record}, "crossref").facts} == {"venue", "identifiers.doi"}
    databases.papers[0].published = (2025,)
    assert run(server, {"loom": record}, "crossref").facts == []


@pytest.mark.parametrize(("held", "expected"), [("2022", []), (None, ["2022-05"])])
def test_a_publication_dates_only_what_has_no_date(world: World, held: str | None, expected: list[str]) -> None:
    databases, server = world
    databases.papers = [Paper(TITLE, doi="10.5555/loom.1", published=(2022, 5))]
    provenance = {"issued": "dump"} if held else {}
    record = Record(title=TITLE, issued=held, identifiers={"doi": "10.5555/loom.1"}, provenance=provenance)
    facts = run(server, {"loom": record}, "crossref").facts
    assert [fact.value for fact in facts if fact.field == "issued"] == expected


def test_a_work_without_a_title_is_no_answer(world: World) -> None:
    databases, server = world
    work = crossref_work(Paper("", ("Ada Weaver",), doi="10.5555/l", venue=("Looms",)))
    databases.broken = {"/works": crossref_list([work])}
    done = run(server, {"loom": Record(title=TITLE, identifiers={"doi": "10.5555/l"})}, "crossref")
    assert (done.facts, done.doubts) == ([], [])


def test_of_a_series_and_a_volume_the_volume_is_the_venue(world: World) -> None:
    databases, server = world
    databases.papers = [Paper(TITLE, doi="10.5555/l", venue=("Lecture Notes in Looms", "Weaving &amp; Spinning 2022"))]
    record = Record(title=TITLE, identifiers={"doi": "10.5555/l"}, provenance={"title": "dump"})
    assert run(server, {"loom": record}, "crossref").records["loom"].venue == "Weaving & Spinning 2022"


# --- what stays -------------------------------------------------------------------------------------------------------


def test_what_people_wrote_is_not_touched(world: World) -> None:
    databases, server = world
    databases.papers = [Paper(TITLE, arxiv="2210.00001", author_doi="10.5555/other")]
    record = Record(
        title=TITLE,
        authors=("A. Weaver",),
        issued="2022",
        venue="Weaving",
        identifiers={"arxiv": "2210.00001"},
        provenance={"identifiers.doi": "editor: the publisher withdrew it"},
    )
    done = run(server, {"loom": record}, "arxiv")
    assert (done.facts, done.records, done.doubts, server.asked) == ([], {}, [], [])


def test_only_what_is_lacking_is_taken(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    seen = (Sighting(source="dump", position=1),)
    record = BY_ID.model_copy(
        update={"authors": ("Somebody Else",), "issued": "2021-01-01", "seen": seen,
                "provenance": {"authors": "zzz", "issued": "zzz", "title": "zzz"}}
    )  # fmt: skip
    done = run(server, {"loom": record}, "arxiv")
    assert done.facts == []  # though "https://…" would come before "zzz"
    assert [str(doubt) for doubt in done.doubts] == [
        "loom: arXiv says authors: Ada Weaver, Bo Spindle, but the record has Somebody Else, from zzz",
        "loom: arXiv says issued: 2022-10-31, but the record has 2021-01-01, from zzz",
    ]
    record = record.model_copy(
        update={"provenance": {"authors": "editor: as printed", "issued": "editor: of the talk"}}
    )
    assert run(server, {"loom": record}, "arxiv").doubts == []  # decided


@pytest.mark.parametrize(
    ("authors", "origin", "taken"),
    [
        (("A. Weaver", "others"), "dump", True),
        (("A. Weaver", "others"), "editor: a collaboration", False),
        (("A. Weaver", "others"), None, False),
        (("Ada Weaver", "Bo Spindle", "others"), "dump", False),
        (("Somebody Else", "others"), "dump", False),
    ],
)
def test_a_cut_list_of_authors_is_completed(
    world: World, authors: tuple[str, ...], origin: str | None, taken: bool
) -> None:
    databases, server = world
    databases.papers = [PAPER]
    held = BY_ID.model_copy(update={"authors": authors, "provenance": {"authors": origin} if origin else {}})
    done = run(server, {"loom": held}, "arxiv")
    found = [(fact.value, fact.before) for fact in done.facts if fact.field == "authors"]
    assert found == ([("Ada Weaver, Bo Spindle", "A. Weaver and others")] if taken else [])
    told = (
        []
        if taken or origin != "dump"
        else [
            f"loom: arXiv says authors: Ada Weaver, Bo Spindle, but the record has {', '.join(authors[:-1])} and others"
        ]
    )
    assert [str(doubt) for doubt in done.doubts] == told


def test_names_written_otherwise_are_no_conflict(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    authors = ("A. Weaver", {"family": "Spindle", "given": "B."})
    record = Record(title=TITLE, authors=authors, provenance={"authors": "dump"}, identifiers={"arxiv": "2210.00001"})
    done = run(server, {"loom": record}, "arxiv")
    assert (done.doubts, {fact.field for fact in done.facts}) == ([], {"issued"})


def test_a_second_run_changes_nothing_and_asks_nobody(world: World, tmp_path: Path) -> None:
    databases, server = world
    databases.papers = [PAPER, Paper("A Thread of Another Colour Altogether", arxiv="2301.00002")]
    records = {
        "loom": BY_ID,
        "thread": Record(title="A Thread of Another Colour Altogether", identifiers={"arxiv": "2301.00002"}),
    }
    first = run(server, records, cache=tmp_path / "answers.db")
    assert set(first.records) == {"loom", "thread"}
    asked = len(server.asked)
    again = run(server, first.records, cache=tmp_path / "answers.db")
    assert again.facts == []
    # Of the thread, Crossref knows no publication; that answer was kept.
    assert [each.path for each in server.asked[asked:]] == ["/api/query"]
    third = run(server, first.records, cache=tmp_path / "answers.db")
    assert (third.facts, sum(third.requests.values())) == ([], 0)


# --- doubts -----------------------------------------------------------------------------------------------------------

OTHER = ("Cy Carder", "Di Dyer")
ALL = set(enrichment.FIELDS)


@pytest.mark.parametrize(
    ("record", "paper", "kept_out", "doubt"),
    [
        (
            Record(title="An Entirely Different Matter", identifiers={"arxiv": "2210.00001"}),
            PAPER,
            {"authors", "issued"},
            "same arxiv identifier 2210.00001, but the titles are far apart",
        ),
        (
            BY_ID.model_copy(update={"author_count": 3, "provenance": {"author_count": "dump"}}),
            PAPER,
            {"authors"},
            "says authors: Ada Weaver, Bo Spindle, but dump counts 3 authors",
        ),
        (
            BY_ID.model_copy(update={"issued": "2021-05", "provenance": {"issued": "derived from the arXiv id"}}),
            PAPER,
            {"issued"},
            "says issued: 2022-10-31, but the record says 2021-05",
        ),
        (BY_ID, Paper(TITLE, ("Ada Weaver", "Ada Weaver"), arxiv="2210.00001"), {"authors"}, "a name stands twice"),
        (Record(title=TITLE, authors=OTHER), PAPER, ALL, "equal title, but the authors differ"),
        (Record(title=TITLE, issued="2021"), PAPER, ALL, "equal title, but the years differ (2021, 2022)"),
        (
            Record(title="Loom Threads"),
            Paper("Loom Threads", arxiv="2210.00001"),
            ALL,
            "equal title, but one of 11 letters proves little alone",
        ),
        (
            Record(title="A Loom of Many Threads"),
            Paper("A Loom of Many Threads", arxiv="2210.00001"),
            ALL,
            "equal title, but neither authors nor year to compare",
        ),
    ],
)
def test_where_there_is_a_doubt_nothing_is_taken(
    world: World, record: Record, paper: Paper, kept_out: set[str], doubt: str
) -> None:
    databases, server = world
    databases.papers = [paper]
    done = run(server, {"loom": record}, "arxiv")
    assert not {fact.field for fact in done.facts} & kept_out
    assert doubt in "\n".join(map(str, done.doubts))


def test_two_papers_with_one_title_are_a_doubt(world: World) -> None:
    databases, server = world
    databases.papers = [Paper(TITLE, doi=f"10.5555/{n}", venue=("Weaving",)) for n in (1, 2)]
    record = Record(title=TITLE, authors=PAPER.authors, issued="2022")
    done = run(server, {"loom": record}, "crossref")
    assert done.facts == []
    assert "more than one paper with this title (crossref:10.5555/1, crossref:10.5555/2)" in str(done.doubts[0])


@pytest.mark.parametrize(
    "held", [{"identifiers": {"arxiv": "2210.00001"}}, {"alternative_identifiers": [{"arxiv": "2210.00001"}]}]
)
def test_an_identifier_of_another_record_is_not_taken(world: World, held: Any) -> None:
    databases, server = world
    databases.papers = [PAPER]
    records = {
        "loom": Record(title=TITLE, authors=PAPER.authors, issued="2022"),
        "owner": Record(title=TITLE, not_same_as=("loom",), **held),
    }
    done = run(server, records, "arxiv")
    assert not [fact for fact in done.facts if fact.record == "loom"]
    assert "loom: arXiv says identifiers.arxiv: 2210.00001, but it is that of owner" in map(str, done.doubts)


def test_an_identifier_is_given_to_one_record_alone(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    record = Record(title=TITLE, authors=PAPER.authors, issued="2022")
    done = run(server, {"loom": record, "twin": record}, "crossref")
    assert [fact.record for fact in done.facts if fact.field == "identifiers.doi"] == ["loom"]
    assert "twin: Crossref says identifiers.doi: 10.5555/loom.1, but it is that of loom" in map(str, done.doubts)


# --- odd answers ------------------------------------------------------------------------------------------------------

HTML = Reply(200, "<!doctype html><title>Maintenance</title><p>Come back later", {"Content-Type": "text/html"})
ERROR = atom(
    [
        """<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_1</id><title>Error</title>
        <summary>incorrect id format for 1</summary><updated>2024-01-01T00:00:00Z</updated>
        <published>2024-01-01T00:00:00Z</published><author><name>arXiv api core</name></author></entry>"""
    ]
)
DEEP = Reply(200, "[" * 100_000, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "reply",
    [
        HTML,
        ERROR,
        DEEP,
        Reply(200, ""),
        Reply(400, "no"),
        Reply(404, ""),
        Reply(200, b"\xff\xfe\x00" * 50),
        Reply(200, "{", {"Content-Type": "application/json"}),
        as_json(None),
        as_json([]),
        as_json([None, 1, "x", [], {"id": 5, "title": 7, "authors": "x", "publishedAt": 3}]),
        as_json({"id": {"a": 1}, "title": [], "authors": [5], "publishedAt": "yesterday"}),
        as_json({"message": {"items": [None, 5, {"DOI": 5, "title": "x", "author": {"a": 1}, "issued": 7}]}}),
        as_json({"message": {"items": {"a": 1}}}),
        as_json({"message": "x"}),
        atom(["<entry><id>http://arxiv.org/abs/2210.00001v1</id></entry>"]),
        atom([arxiv_entry(PAPER).replace("2022-10-31T13:42:59Z", "yesterday")]),
        atom([], total=10**9),
        atom(["<entry>" * 2000]),
        Reply(302, headers={"Location": "/api/query"}),
        Reply(302, headers={"Location": "ftp://127.0.0.1/x"}),
        Reply(302, headers={"Location": "http://[broken"}),
    ],
    ids=range(22),
)  # fmt: skip
def test_no_answer_stops_the_run_or_becomes_a_fact(world: World, reply: Reply) -> None:
    databases, server = world
    databases.broken = {"/": reply}
    done = run(server, {"loom": BY_ID, "thread": Record(title="A Thread", identifiers={"doi": "10.5555/t"})})
    assert (done.facts, done.records, done.offline) == ([], {}, False)


def test_a_feed_that_promises_more_keeps_what_it_gave(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    records = {"loom": BY_ID, "thread": Record(title="A Thread", identifiers={"arxiv": "2210.00002"})}
    databases.broken = {"/api/query": atom([arxiv_entry(PAPER)], total=2)}
    done = run(server, records, "arxiv")
    assert {fact.record for fact in done.facts} == {"loom"}
    assert [str(doubt) for doubt in done.doubts] == ["thread: arXiv does not show 2210.00002"]


HOSTILE = [
    "Eve \x1b[31mRed",
    "Eve \u202e evE",
    "<script>alert(1)</script>",
    "{Eve}",
    "Eve\u0000",
    "e" * 300,
    "@maintainer see #1",
    "[Eve](https://evil.example)",
    "!!python/object:x {a: 1}",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("api", ["huggingface", "crossref"])
def test_hostile_names_and_venues_are_refused(world: World, api: str, name: str) -> None:
    databases, server = world
    paper = Paper(TITLE, ("Ada Weaver", name), arxiv="2210.00001", doi="10.5555/loom.1", venue=(name,))
    databases.broken = {
        "/api/papers": as_json(huggingface_paper(paper)),
        "/works": crossref_list([crossref_work(paper)]),
    }
    record = Record(title=TITLE, identifiers={"arxiv": "2210.00001", "doi": "10.5555/loom.1"})
    done = run(server, {"loom": record}, api)
    assert not {fact.field for fact in done.facts} & {"authors", "venue"}
    assert done.doubts
    text = enrichment.summary(done, {})
    for raw in ("\x1b", "\u0000", "<script", "<b>", "@maintainer", "#1 ", "](https://evil"):
        assert raw not in text


def test_a_crowd_of_authors_does_not_burst_the_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 2**16)
    databases, server = world
    crowd = tuple(
        f"Weaver {chr(65 + n // 676)}{chr(65 + n // 26 % 26)}{chr(97 + n % 26)} of the Guild" for n in range(4000)
    )
    databases.papers = [Paper(TITLE, crowd, arxiv="2210.00001")]
    done = run(server, {"loom": BY_ID}, "arxiv")
    assert done.facts == []
    assert "gives more than a record's file can hold" in str(done.doubts[0])


def test_no_abstract_comes_in(world: World, tmp_path: Path) -> None:
    databases, server = world
    databases.papers = [PAPER]
    done = run(server, {"loom": BY_ID})
    assert ABSTRACT.split(":")[0] not in store.record_text(done.records["loom"]) + enrichment.summary(done, {})
    assert all("abstract" not in asked.query.get("select", "") for asked in server.asked)


# --- servers in trouble -----------------------------------------------------------------------------------------------


def test_one_server_in_trouble_does_not_keep_the_others(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    databases.broken = {"/api/query": Reply(503)}
    done = run(server, {"loom": BY_ID})
    assert {fact.source for fact in done.facts} == {"https://huggingface.co/papers/2210.00001", WORK}
    assert str(done.doubts[0]) == "loom: arXiv answers 503"
    assert not done.offline


def test_the_limit_holds_over_all_servers(world: World) -> None:
    databases, server = world
    databases.papers = [PAPER]
    records = {f"loom-{n}": Record(title=f"A Loom of {n} Threads") for n in range(1, 30)}
    done = run(server, records, limit=7)
    assert len(server.asked) == 7
    assert "arXiv is asked no more: the limit of 7 requests is reached; the next run goes on" in map(str, done.doubts)


def test_crossref_hears_whom_to_write_to(world: World) -> None:
    server = world[1]
    waits = Waits()
    with apis.connected(
        ["crossref"], budget=Budget(9, 1e6, waits.clock), agent="toy/1", contact="list@example.org",
        bases={"crossref": server.base},
    ) as opened:  # fmt: skip
        enrichment.enrich({"loom": BY_ID}, ["loom"], opened)
    assert server.asked[0].query["mailto"] == "list@example.org"
    assert server.asked[0].headers["user-agent"].startswith("toy/1 ")
    assert apis.PAUSES["arxiv"] >= 3  # arXiv's terms of use


# --- the text for a pull request --------------------------------------------------------------------------------------


def test_the_summary_is_a_table_that_mentions_nobody() -> None:
    facts = [
        Fact("loom", "issued", "2022-10-31", ABS, "2022-10"),
        Fact("loom", "authors", "Ada | Weaver, @bo *Spindle* #12 <b> `x`", ABS),
    ]
    done = Enrichment({"loom": BY_ID}, facts, [enrichment.Doubt("thread", "arXiv", "says | @x")], {"arxiv": 2})
    text = enrichment.summary(done, {"arxiv": "arXiv"})
    lines = text.split("\n")
    assert lines[0].startswith("2 facts for 1 record, asked from arXiv.")
    assert lines[2] == "| Record | Field | Value | Before | Source |"
    assert lines[4].count("|") == 6
    assert lines[5].count("|") == 6
    assert "[arxiv&#46;org&#47;abs&#47;2210&#46;00001](https://arxiv.org/abs/2210.00001)" in lines[4]
    assert "### Not taken" in lines
    assert not {"@", "*", "`", "<b"} & set(text.replace("<code>", ""))


def test_a_long_summary_still_fits_into_a_pull_request() -> None:
    facts = [Fact(f"loom-{n}", "authors", "Ada Weaver, " * 40, ABS) for n in range(2000)]
    doubts = [enrichment.Doubt(f"loom-{n}", "arXiv", "x" * 400) for n in range(2000)]
    text = enrichment.summary(Enrichment({}, facts, doubts, {"arxiv": 1}), {})
    assert len(text) < 65_536
    assert text.count("more are not shown") == 2


# --- the records as they are written ----------------------------------------------------------------------------------


def test_written_records_pass_the_check(world: World, tmp_path: Path) -> None:
    databases, server = world
    databases.papers = [PAPER]
    folder = tmp_path / "records"
    write_record(folder, "loom", Record(title=TITLE, identifiers={"arxiv": "2210.00001"}, added="2026-01-01"))
    documents.write(folder / SCHEMA_FILE, record_schema({}))
    done = run(server, store.load(folder).records)
    assert enrichment.write(folder, done) == 1
    assert enrichment.write(folder, done) == 0
    assert checking.check(store.load(folder)) == []
    assert json.dumps(store.load(folder).records["loom"].authors[0]) == '"Ada Weaver"'
