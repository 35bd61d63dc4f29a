"""Checking: every message about a broken records folder, and what only needs its form mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from site_tools import write_record

from generator import checking, store
from generator.errors import WriteError
from generator.models import Path as ReadingPath
from generator.models import Source, Step
from generator.store.schema import SCHEMA_FILE, record_schema

BROKEN = Path(__file__).parent / "data" / "broken"
RECORD_FIELDS = (
    "title, alternative_titles, authors, author_count, issued, type, topics, identifiers, alternative_identifiers, "
    "venue, links, link_notes, summary, why, results, abstract, added, corrected, seen, provenance, not_same_as"
)
TYPES = "'method', 'analysis', 'survey', 'benchmark', 'dataset', 'report', 'theory', 'system'"
NO_TOPIC = "is no topic's id; write what stands above its name in topics.yaml, without the colon"
NO_ID = "is no id; use lower-case letters, digits and single hyphens, such as the-loom-at-rest"
SAME = "'good-loom' (equal title, nothing against it)"
NO_PERSON = "stands for people; write the names that are known, and 'others' after them"
NO_FIELDS = "the file: must be fields with values; write `field: value` lines"

MESSAGES = [
    ("papers/Bad_Name.yaml", 2, f"Bad_Name: the file's name {NO_ID}; rename it to the paper's id"),
    ("papers/anchored.yaml", 2, "anchors (&) and aliases (*) are not read; write the value out, or quote it"),
    ("papers/copied-loom.yaml", 2,
     ("copied-loom: is a former id of 'good-loom', and ids are never given again; give this file another name, delete "
     "it if it is that paper, or, if the two were merged by mistake, delete the line 'copied-loom' of redirects.yaml")),
    ("papers/copied-loom.yaml", 2,
     f"title: same paper as {SAME}; merge the two, or add `not_same_as: [good-loom]`"),
    ("papers/crooked.yaml", 1,
     ("crooked: is the id of a paper that was taken off the list on 2026-11-20 (Lost), and ids are never given again; "
     "give this file another name, or delete the paper from retracted.yaml if it is back")),
    ("papers/crooked.yaml", 1,
     f"not in canonical form from here on: `{store.RECORD_HEAD.strip()}` belongs here; run `reading-list check --fix`"),
    ("papers/doubled-key.yaml", 4, "issued: stands twice; keep one"),
    ("papers/doubled-key.yaml", 5, f"type: 'novel' is none of {TYPES}; write one of these"),
    ("papers/doubled-key.yaml", 6, "topics: unknown topic 'lomos'; write 'looms'"),
    ("papers/empty.yaml", 1, NO_FIELDS),
    ("papers/no-title.yaml", 2, "title: is missing; add it"),
    ("papers/no-title.yaml", 3, "summary: must be text; write one line of text"),
    ("papers/no-yaml.yaml", 2, "a quote opens here that this line does not close; close it where its text ends"),
    ("papers/not-a-record.yaml", 1, NO_FIELDS),
    ("papers/note-without-link.yaml", 3,
     "link_notes.code: the record has no code link; add it under links, or delete the note"),
    ("papers/notes.txt", None, "is no record; records are named <id>.yaml, so rename or move it"),
    ("papers/unknown-names.yaml", 3, "topics: 'looms' stands twice; keep one"),
    ("papers/unknown-names.yaml", 3,
     "topics: unknown topic 'ferries'; choose one of topics.yaml, or describe it there"),
    ("papers/unknown-names.yaml", 3, "topics: unknown topic 'lomos'; write 'looms'"),
    ("papers/unknown-names.yaml", 6, "seen: entry 1 of toy belongs to 'good-loom' already; delete one of the two"),
    ("papers/unknown-names.yaml", 7, "seen: unknown source 'tyo'; copy its id from sources.yaml"),
    ("papers/unknown-names.yaml", 8, "not_same_as: 'nobody' is no record; write the id of one"),
    ("papers/unknown-names.yaml", 8, "not_same_as: 'old-loom' has moved; write 'good-loom'"),
    ("papers/wrong-fields.yaml", 3, "autors: unknown field; write authors"),
    ("papers/wrong-fields.yaml", 4, "author_count: 'about four' is no whole number; write digits only"),
    ("papers/wrong-fields.yaml", 5, "issued: '2024-13-01' is no date; write 2022, 2022-10 or 2022-10-31"),
    ("papers/wrong-fields.yaml", 6, f"type: 'novel' is none of {TYPES}; write one of these"),
    ("papers/wrong-fields.yaml", 7, f"topics[1]: 'Big Looms' {NO_TOPIC}"),
    ("papers/wrong-fields.yaml", 8, "identifiers.arxiv: '2313.00001' is no arXiv identifier; write it like 2210.17323"),
    ("papers/wrong-fields.yaml", 8,
     "identifiers.doi: 'not a doi' is no DOI identifier; write it like 10.1145/3292500.3330701"),
    ("papers/wrong-fields.yaml", 8, "identifiers.isbn: unknown field; known are arxiv, doi, openreview, acl"),
    ("papers/wrong-fields.yaml", 9, "venue: is empty; fill it in or delete the field"),
    ("papers/wrong-fields.yaml", 11,
     "links.code: 'javascript:alert(1)' does not start with https:// or http://; write the whole address"),
    ("papers/wrong-fields.yaml", 12, "links.website: unknown field; known are paper, code, project, model, dataset"),
    ("papers/wrong-fields.yaml", 13, "results: must be a list; write `- item` lines or [item, item]"),
    ("papers/wrong-fields.yaml", 14, "added: 'May 2020' is no day; write it as 2022-10-31"),
    ("papers/wrong-fields.yaml", 16, "seen[1].position: is too small; write 1 or more"),
    ("papers/wrong-fields.yaml", 17, "seen[2].comments: '-2' is no whole number; write digits only"),
    ("papers/wrong-fields.yaml", 17,
     "seen[2].source: 'a b' is no source id; copy it from sources.yaml, or use letters, digits, dots and hyphens"),
    ("papers/wrong-fields.yaml", 18, f"not_same_as[1]: '../outside' {NO_ID}"),
    ("papers/wrong-fields.yaml", 19, f"colour: unknown field; known are {RECORD_FIELDS}"),
    ("papers/wrong-fields.yaml", 20, "authors[1]: is empty; fill it in or delete the field"),
    ("papers/wrong-fields.yaml", 20, "authors[2].given: must be text; write one line of text"),
    ("papers/wrong-fields.yaml", 20, "authors[3].family: is missing; add it"),
    ("papers/wrong-fields.yaml", 20, "authors[4]: must be text; write one line of text"),
    ("papers/wrong-fields.yaml", 20, f"authors[5]: 'et al.' {NO_PERSON}"),
    ("papers/wrong-fields.yaml", 20, f"authors[6]: 'Ida Loom et al.' {NO_PERSON}"),
    ("paths.yaml", 6, "first-steps.steps[2].paper: 'nobody' is no record; write the id of one"),
    ("paths.yaml", 8, "first-steps.steps[3].paper: 'old-loom' has moved; write 'good-loom'"),
    ("paths.yaml", 10, "first-steps.steps[4].paper: 'good-loom' stands on the path twice; keep one"),
    ("paths.yaml", 14, "steps: is empty; fill it in or delete the field"),
    ("redirects.yaml", 1, f"Bad Id: {NO_ID}"),
    ("redirects.yaml", 2, "chained: leads to another redirect; write 'good-loom'"),
    ("redirects.yaml", 4, "dangling: leads to 'nobody', which is no record; write the id of one"),
    ("redirects.yaml", 4, "dangling: stands in retracted.yaml too; delete one of the two"),
    ("redirects.yaml", 5, "listed: must name the id that answers instead; write `listed: new-id`"),
    ("retracted.yaml", 1, f"Bad Gone: {NO_ID}"),
    ("retracted.yaml", 4, "reason: is missing; add it"),
    ("retracted.yaml", 6, "retracted: 'sometime' is no day; write it as 2022-10-31"),
    ("sources.yaml", 9, "captured: 'yesterday' is no day; write 2025-12-09, or --12-09 where the year is not known"),
    ("sources.yaml", 10, "checksum: String should match pattern '^sha256:[0-9a-f]{64}$'; correct it"),
    ("sources.yaml", 11, "entries: 'many' is no whole number; write digits only"),
    ("topics.yaml", 7, "looms.start_here[2].paper: 'nobody' is no record; write the id of one"),
    ("topics.yaml", 9, "looms.start_here[3].paper: 'old-loom' has moved; write 'good-loom'"),
    ("topics.yaml", 17,
     "shuttles.start_here[1].paper: 'good-loom' does not have this topic; add it to the record, or choose another"),
    ("topics.yaml", 19, f"Bad Topic: {NO_ID}"),
    ("topics.yaml", 22, "group: is missing; add it"),
    ("topics.yaml", 22, "name: is missing; add it"),
    ("topics.yaml", 23, "colour: unknown field; known are name, group, description, start_here"),
    ("topics.yaml", 24, "looms: stands twice; keep one"),
]  # fmt: skip


def problems_of(folder: Path) -> list[tuple[str, int | None, str]]:
    """Return all problems of a records folder, the files named inside it."""
    found = checking.check(store.load(folder))
    return [(Path(each.path).relative_to(folder).as_posix(), each.line, each.message) for each in found]


def test_every_message_about_the_broken_folder() -> None:
    assert problems_of(BROKEN) == MESSAGES


def test_every_line_named_is_a_line_of_the_file() -> None:
    for name, line, message in MESSAGES:
        if line is not None:
            lines = (BROKEN / name).read_text("utf-8").splitlines() or [""]
            assert line <= len(lines), f"{name}: {message}"
            field = message.partition(":")[0].rpartition(".")[2].partition("[")[0]
            if field in RECORD_FIELDS.split(", ") and "missing" not in message:
                # A list item may stand on a line of its own, below its field.
                assert field in "\n".join(lines[max(0, line - 6) : line])


@pytest.mark.parametrize(
    ("topic", "remedy"),
    [
        ("lomos", "write 'looms'"),
        ("weaving-by-hand-and-foot", "write 'treadle-looms'"),  # its name, as an id would be made of it
        ("weavin", "write 'treadle-looms'"),
        ("loft", "choose one of topics.yaml, or describe it there"),
    ],
)
def test_a_topic_that_is_not_there_is_known_by_its_name(make_records: Make, topic: str, remedy: str) -> None:
    topics = f"{TOPICS}treadle-looms: {{name: Weaving by Hand and Foot, group: Weaving}}\n"
    folder = make_records({"topics.yaml": topics, "papers/a.yaml": f"title: A\ntopics: [{topic}]\n"})
    told = [problem.message for problem in checking.check(store.load(folder)) if problem.message.startswith("topics")]
    assert told == [f"topics: unknown topic {topic!r}; {remedy}"]


@pytest.mark.parametrize(
    ("topic", "remedy"),
    [
        ("Looms", "write 'looms'"),
        ("Lomos", "write 'looms'"),
        ("Weaving by hand & foot", "write 'treadle-looms'"),
        ("Ferries", "write what stands above its name in topics.yaml, without the colon"),
    ],
)
def test_a_topic_that_is_no_id_is_known_too(make_records: Make, topic: str, remedy: str) -> None:
    topics = f"{TOPICS}treadle-looms: {{name: Weaving by Hand and Foot, group: Weaving}}\n"
    folder = make_records({"topics.yaml": topics, "papers/a.yaml": f"title: A\ntopics: [{topic}]\n"})
    told = [problem.message for problem in store.load(folder).problems]
    assert told == [f"topics[1]: {topic!r} is no topic's id; {remedy}"]


def test_the_records_of_this_repository_have_no_problems() -> None:
    folder = BROKEN.parents[2] / "records"
    assert problems_of(folder) == []


HEAD = store.RECORD_HEAD
LOOM = f'{HEAD}title: "A Toy Loom of Good Repute"\n'
TOPICS = "looms: {name: Looms, group: Weaving}\n"


def with_schema(folder: Path) -> Path:
    (folder / SCHEMA_FILE).write_text(record_schema(store.load(folder).topics), "utf-8")
    return folder


Make = Callable[[Mapping[str, str]], Path]


@pytest.mark.parametrize(
    ("text", "line", "belongs"),
    [
        (LOOM.replace('"', "'"), 2, 'title: "A Toy Loom of Good Repute"'),
        (LOOM.removeprefix(HEAD), 1, HEAD.strip()),
        (f'{LOOM}topics:\n- looms\n', 3, "topics: [looms]"),
        (f"{LOOM}issued: 2020\n", 3, 'issued: "2020"'),
        (f'{HEAD}venue: V\ntitle: "A Toy Loom"\n', 2, 'title: "A Toy Loom"'),
        (f"{LOOM}summary: |\n  too\n  short\n", 4, "too short"),
        (LOOM.replace("\n", "\r\n"), 1, ""),
        (LOOM.removesuffix("\n"), 2, ""),
    ],
)  # fmt: skip
def test_what_is_only_out_of_form_is_named_and_mended(make_records: Make, text: str, line: int, belongs: str) -> None:
    folder = with_schema(make_records({"papers/loom.yaml": text, "topics.yaml": TOPICS}))
    found = problems_of(folder)
    checking.fix(store.load(folder))
    assert problems_of(folder) == []
    what = f": `{belongs}` belongs here" if belongs else ""
    message = f"not in canonical form from here on{what}; run `reading-list check --fix`"
    assert found == [("papers/loom.yaml", line, message)]


def test_what_nobody_sees_is_named_and_mended(make_records: Make) -> None:
    text = f"{LOOM}summary: |\n  One word\n".replace("Loom", "Lo\u00adom").replace("word", "wo\u200brd")
    folder = with_schema(make_records({"papers/loom.yaml": text}))
    message = "not in canonical form from here on: the invisible character U+00AD does not belong here"
    assert problems_of(folder) == [("papers/loom.yaml", 2, f"{message}; run `reading-list check --fix`")]
    checking.fix(store.load(folder))
    assert problems_of(folder) == []
    assert (folder / "papers/loom.yaml").read_text("utf-8") == f"{LOOM}summary: |\n  One word\n"


def test_mending_leaves_alone_what_is_wrong_or_right(make_records: Make) -> None:
    files = {
        "papers/wrong.yaml": "title:  'A Toy'\ncolour: red\n",
        "papers/right.yaml": LOOM,
        "topics.yaml": "looms: [\n",
    }
    folder = make_records(files)
    changed = checking.fix(store.load(folder))
    assert {name: (folder / name).read_text("utf-8") for name in files} == files
    assert changed == []  # the schema offers topics, which cannot be read


def test_a_person_may_say_that_two_records_are_not_the_same(make_records: Make) -> None:
    again = f"{LOOM}not_same_as: [loom]\n"
    folder = with_schema(make_records({"papers/loom.yaml": LOOM, "papers/another.yaml": again}))
    assert problems_of(folder) == []


@pytest.mark.parametrize("gone", ["a-gone", "z-gone"])
def test_a_paper_that_was_taken_off_is_known_again_whatever_its_id(make_records: Make, gone: str) -> None:
    notice = f'{gone}: {{title: "A Toy Loom of Good Repute", retracted: "2026-11-20", reason: Lost}}\n'
    folder = with_schema(make_records({"papers/loom.yaml": LOOM, "retracted.yaml": notice}))
    ((path, line, message),) = problems_of(folder)
    assert (path, line) == ("papers/loom.yaml", 2)
    assert gone in message


def test_papers_of_one_title_that_were_both_taken_off_are_no_problem(make_records: Make) -> None:
    notice = '{title: "A Toy Loom of Good Repute", retracted: "2026-11-20", reason: Lost}\n'
    folder = with_schema(make_records({"retracted.yaml": f"a-gone: {notice}b-gone: {notice}"}))
    assert problems_of(folder) == []


@pytest.mark.parametrize(
    ("one", "other", "doubt"),
    [
        ("{doi: 10.5555/a}", "{doi: 10.5555/a}", "doi identifier 10.5555/a, but the titles are far apart"),
        ("{arxiv: '2401.00001'}", "{arxiv: '2401.00001'}", "arxiv identifier 2401.00001, but the titles are far apart"),
        (
            "{arxiv: '2401.00001', doi: 10.5555/a}",
            "{arxiv: '2401.00002', doi: 10.5555/a}",
            "doi identifier 10.5555/a, but arxiv identifiers differ (2401.00001, 2401.00002)",
        ),
    ],
)
def test_records_of_one_identifier_are_named_until_a_person_tells_them_apart(
    make_records: Make, one: str, other: str, doubt: str
) -> None:
    ferry = f'{HEAD}title: "Ferries in Fog"\nidentifiers: {other}\n'.replace("'", '"')
    loom = f"{LOOM}identifiers: {one}\nadded: '2026-11-20'\n".replace("'", '"')
    folder = with_schema(make_records({"papers/ferry.yaml": ferry, "papers/loom.yaml": loom}))
    remedy = "correct it where it is wrong, merge the two if they are one paper, or add `not_same_as: [ferry]`"
    assert problems_of(folder) == [("papers/loom.yaml", 3, f"identifiers: 'ferry' has the same {doubt}; {remedy}")]
    make_records({"papers/ferry.yaml": f"{ferry}not_same_as: [loom]\n"})
    assert problems_of(folder) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [("colour: red\n", True), ("colour: red\nnot_same_as: [a]\n", False), ("identifiers: red\n", False)],
)
@pytest.mark.parametrize("duplicates", [True, False])  # as of the whole list, and of what a change touches
@pytest.mark.parametrize("held", ["identifiers:", "alternative_identifiers:\n-"])
def test_an_identifier_of_two_is_told_beside_other_faults(
    make_records: Make, more: str, told: bool, held: str, duplicates: bool
) -> None:
    shared = 'identifiers: {arxiv: "2301.00010"}\n'
    texts = {"a": LOOM + shared.replace("identifiers:", held), "b": LOOM + more}
    if "identifiers" not in more:
        texts["b"] = LOOM + shared + more
    folder = with_schema(make_records({f"papers/{name}.yaml": text for name, text in texts.items()}))
    found = checking.check(store.load(folder), duplicates=duplicates)
    message = checking.one_identifier("a", "same arxiv identifier 2301.00010")
    assert [problem.line for problem in found if problem.message == message] == ([3] if told else [])
    assert len(found) == 1 + told


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("seen:\n- {position: 2}\n", 4, "seen[1].source: is missing; add it"),
        ("authors:\n- {given: Ann}\n", 4, "authors[1].family: is missing; add it"),
        ("authors:\n- {family: Spindle, givn: Ann}\n", 4, "authors[1].givn: unknown field; write given"),
        (
            "authors: [Ada Loom, et al.]\n",
            3,
            "authors[2]: 'et al.' stands for people; write the names that are known, and 'others' after them",
        ),
        (
            "authors: [Ada Loom, others, Bo Weft]\n",
            3,
            "authors[2]: 'others' stands for people; write the names that are known, and 'others' after them",
        ),
        (
            "authors: [others]\n",
            3,
            "authors[1]: 'others' stands for people; write the names that are known, and 'others' after them",
        ),
        (
            "authors: [Ada and others]\n",
            3,
            "authors[1]: 'Ada and others' stands for people; write the names that are known, and 'others' after them",
        ),
    ],
)
def test_a_fault_inside_a_list_item_is_named_once(make_records: Make, text: str, line: int, message: str) -> None:
    folder = with_schema(make_records({"papers/loom.yaml": LOOM + text}))
    assert problems_of(folder) == [("papers/loom.yaml", line, message)]


def test_a_list_of_authors_may_end_with_others(make_records: Make) -> None:
    assert problems_of(with_schema(make_records({"papers/loom.yaml": LOOM + "authors: [Ada Loom, others]\n"}))) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"topics.yaml": "looms: [\n"},
        {"topics.yaml": "looms:\n  name: Looms\n"},
        {"topics.yaml": "looms: 5\n"},
        {"sources.yaml": "toy: [\n"},
        {"sources.yaml": "- toy\n"},
        {"sources.yaml": "another: 5\n"},
        {"papers/moved.yaml": "title: [\n"},
    ],
    ids=lambda broken: " ".join(broken.values()).strip(),
)
def test_one_fault_is_one_problem(make_records: Make, broken: dict[str, str]) -> None:
    source = Source(name="toy.txt", format="csv", checksum="sha256:" + "0" * 64, entries=1)
    good = {
        "papers/loom.yaml": f"{LOOM}topics: [looms]\nseen:\n- {{source: toy, position: 1}}\n",
        "papers/moved.yaml": f'{HEAD}title: "A Ferry"\n',
        "topics.yaml": TOPICS,
        "sources.yaml": store.table_text({"toy": source}),
        "redirects.yaml": "old: moved\n",
    }
    folder = with_schema(make_records(good))
    assert problems_of(folder) == []
    make_records(broken)
    assert [name for name, _, _ in problems_of(folder)] == list(broken)


def test_a_folder_that_is_not_read_is_one_problem(make_records: Make, tmp_path: Path) -> None:
    way = ReadingPath(title="Way", steps=(Step(paper="loom", why="First."),))
    paths, redirects = store.table_text({"way": way}), "old: loom\n"
    folder = make_records({"papers/loom.yaml": LOOM, "paths.yaml": paths, "redirects.yaml": redirects})
    with_schema(folder)
    assert problems_of(folder) == []
    (folder / "papers").rename(tmp_path / "elsewhere")
    (folder / "papers").symlink_to(tmp_path / "elsewhere")
    assert problems_of(folder) == [("papers", None, "is a symbolic link; put the folder itself here")]


@pytest.mark.parametrize(
    ("file", "text", "lines"),
    [
        ("paths.yaml", "way:\n  title: Way\n  steps:\n  - {paper: loom}\n  - {paper: nowhere, why: Next.}\n", [4, 5]),
        ("paths.yaml", "way:\n  steps:\n  - {paper: loom, why: A.}\n  - 5\n  - {paper: loom, why: B.}\n", [1, 4, 5]),
        ("topics.yaml", "looms:\n  name: Looms\n  start_here:\n  - {paper: nowhere, why: A.}\n", [1, 4]),
        ("topics.yaml", "looms:\n  group: Weaving\n  start_here:\n  - {paper: loom, why: A.}\n", [1, 4]),
    ],
)
def test_a_faulty_step_hides_no_other(make_records: Make, file: str, text: str, lines: list[int]) -> None:
    folder = with_schema(make_records({"papers/loom.yaml": LOOM, file: text}))
    assert [(name, line) for name, line, _ in problems_of(folder)] == [(file, line) for line in lines]


@pytest.mark.parametrize("schema", [None, "{}", "[" * 100_000, b"\xff"], ids=["none", "another", "deep", "no text"])
def test_a_schema_of_other_records_is_named_and_mended(make_records: Make, schema: str | bytes | None) -> None:
    folder = make_records({"papers/loom.yaml": LOOM, "topics.yaml": TOPICS})
    if schema is not None:
        (folder / SCHEMA_FILE).write_bytes(schema.encode() if isinstance(schema, str) else schema)
    message = "does not describe these records and topics; run `reading-list check --fix`"
    assert problems_of(folder) == [(SCHEMA_FILE, None, message)]
    checking.fix(store.load(folder))
    assert problems_of(folder) == []


def test_the_remedy_for_a_chain_is_its_end(make_records: Make) -> None:
    folder = make_records({"papers/loom.yaml": LOOM, "redirects.yaml": "a: b\nb: c\nc: loom\nx: y\ny: x\n"})
    found = {message.partition(":")[0]: message for _, _, message in problems_of(folder)}
    assert "write 'loom'" in found["a"]
    assert "write 'loom'" in found["b"]
    assert "write 'x'" not in found["x"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{LOOM}# a remark\n", 3),
        (f"{LOOM}venue: Toys # sure?\n", 3),
        (LOOM.replace("title", "# a remark\ntitle"), 2),
        (f"# a remark\n{LOOM}", 1),
    ],
)
def test_a_comment_is_named_and_never_lost(make_records: Make, text: str, line: int) -> None:
    folder = with_schema(make_records({"papers/loom.yaml": text, "topics.yaml": TOPICS}))
    assert problems_of(folder) == [("papers/loom.yaml", line, store.COMMENT)]
    assert checking.fix(store.load(folder)) == []
    path = folder / "papers/loom.yaml"
    assert path.read_text("utf-8") == text
    with pytest.raises(WriteError, match=f"loom.yaml:{line}: holds a comment"):
        write_record(folder, "loom", store.load(folder).records["loom"])
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("id: loom", "id: a record's id is the name of its file; delete this line"),
        ("not_same_as: [loom]", "not_same_as: names this record itself; delete it"),
    ],
)
def test_a_record_that_names_itself(make_records: Make, field: str, message: str) -> None:
    folder = with_schema(make_records({"papers/loom.yaml": f"{LOOM}{field}\n", "topics.yaml": TOPICS}))
    assert problems_of(folder) == [("papers/loom.yaml", 3, message)]
