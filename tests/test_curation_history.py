"""Every address that was ever published answers for ever: random histories of ids, each id followed to a page."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from site_tools import TOY_SETTINGS, write_record

from generator import checking, intake, pages, store
from generator.curation import moves
from generator.disk import documents
from generator.errors import UsageError
from generator.library import Library
from generator.models import Path as ReadingPath
from generator.models import Record, Step, Topic
from generator.store.schema import SCHEMA_FILE, record_schema

NAMES = [f"paper-{letter}" for letter in "abcdefghijkl"]
# No two alike, so that nothing but the history is at work.
TITLES = """Ferries of the north|Granite quarries at dusk|A lexicon for beekeepers|Why harbours silt|Measuring saffron
Kites over salt marsh|Cellos and humidity|The ledger of a postman|Glaze chemistry|Owls in orchards|Rope bridges tested
Sundials of Murcia""".replace("\n", "|").split("|")


class History(RuleBasedStateMachine):
    """A list that people add to, merge, rename and retract from, beside a plain account of what became of each id."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self.scratch.name)
        self.fate: dict[str, str] = {}  # every id that ever was, and the id that answers for it now
        self.gone: dict[str, str] = {}  # retracted ids, and why
        self.titles = iter(TITLES)

    def teardown(self) -> None:
        with self.scratch:
            self.follow_every_address()

    @property
    def listed(self) -> list[str]:
        return sorted({name for name in self.fate.values() if name not in self.gone})

    def pick(self, data: st.DataObject, *others: str) -> str:
        return data.draw(st.sampled_from([name for name in self.listed if name not in others]))

    @initialize()
    def begin(self) -> None:
        for name in ("keeper-one", "keeper-two"):
            write_record(self.folder, name, Record(title=next(self.titles), topics=("toys",)))
            self.fate[name] = name
        topic = Topic(name="Toys", group="Play", start_here=(Step(paper="keeper-one", why="Begin."),))
        steps = (Step(paper="keeper-two", why="First."), Step(paper="keeper-one", why="Then."))
        documents.write(self.folder / "topics.yaml", store.table_text({"toys": topic}))
        documents.write(self.folder / "paths.yaml", store.table_text({"way": ReadingPath(title="Way", steps=steps)}))
        documents.write(self.folder / SCHEMA_FILE, record_schema({"toys": topic}))

    @precondition(lambda self: len(self.fate) < len(TITLES))
    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        contents = store.load(self.folder)
        title = next(self.titles)
        # As an import names it: never by an id that was given before, however much the title asks for it.
        wanted = data.draw(st.sampled_from([*NAMES, *sorted(self.fate)])).replace("-", " ")
        (name,) = intake.new_ids([wanted], set(contents.given))
        assert name not in self.fate
        apart = tuple(data.draw(st.lists(st.sampled_from(self.listed), max_size=2, unique=True)) if self.listed else ())
        write_record(self.folder, name, Record(title=title, topics=("toys",), not_same_as=apart))
        self.fate[name] = name

    @precondition(lambda self: len(self.listed) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        keep = self.pick(data)
        other = self.pick(data, keep)
        contents = store.load(self.folder)
        try:
            edit = moves.merge(contents, keep, other)
        except UsageError as refused:
            assert "not the same" in str(refused)  # noqa: PT017 - not every merge is refused
            return
        moves.apply(contents, edit)
        self.fate = {name: keep if end == other else end for name, end in self.fate.items()}

    @precondition(lambda self: self.listed)
    @rule(data=st.data(), to=st.sampled_from(NAMES))
    def rename(self, data: st.DataObject, to: str) -> None:
        old = self.pick(data)
        contents = store.load(self.folder)
        if to in self.fate:
            with pytest.raises(UsageError, match="its id already" if to == old else "never given again"):
                moves.rename(contents, old, to)
            return
        moves.apply(contents, moves.rename(contents, old, to))
        self.fate = {name: to if end == old else end for name, end in self.fate.items()} | {to: to}

    @precondition(lambda self: self.listed)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        name = self.pick(data)
        contents = store.load(self.folder)
        reason = f"Reason number {len(self.gone)}."
        try:
            edit = moves.retract(contents, [name], reason, "2025-02-03")
        except UsageError as refused:
            assert "nothing else is on the path" in str(refused)  # noqa: PT017
            return
        moves.apply(contents, edit)
        self.gone[name] = reason

    @invariant()
    def the_list_is_in_order(self) -> None:
        if self.fate:
            contents = store.load(self.folder)
            assert checking.check(contents) == []
            assert (sorted(contents.records), sorted(contents.retracted)) == (self.listed, sorted(self.gone))

    def follow_every_address(self) -> None:
        contents = store.load(self.folder)
        site = {page.path: page.make() for page in pages.pages(Library.of(contents), TOY_SETTINGS)}
        for name, end in self.fate.items():
            text = site[f"papers/{name}.md"]
            if name != end:  # one step, never a chain
                (target,) = re.findall(r'http-equiv=\\"refresh\\" content=\\"0; url=\.\./([a-z0-9-]+)/\\"', text)
                assert target == end
                text = site[f"papers/{end}.md"]
            assert "http-equiv" not in text
            if end in self.gone:
                assert f"taken off the list on 3 February 2025: {self.gone[end]}" in text
            else:
                assert f'\ntitle: "{contents.records[end].title}"\n' in text


# Without shrinking, which would take minutes; a failing history is short enough to read.
History.TestCase.settings = settings(max_examples=20, stateful_step_count=14, phases=(Phase.generate,))
test_every_address_answers = History.TestCase
