"""The command review: pairs that may be one paper, side by side on the terminal, and a person's answers."""

from __future__ import annotations

import argparse
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from generator import escaping, intake, readers, store
from generator.cli.curation_commands import tell
from generator.cli.opening import configured, today, writing
from generator.cli.options import day, records_option
from generator.cli.printing import DONE, PROBLEMS, ask, print_json, problem_json, say, show
from generator.curation import review as reviewing
from generator.curation.review import PossibleMatch, Queue, Session
from generator.errors import Problem, ReadingListError, WriteError
from generator.facts import dates, titles
from generator.facts.names import listed
from generator.models import Record
from generator.wording import count, shorten

_MIN_WIDTH, _MAX_WIDTH = 40, 100
_BETWEEN = " │ "
_ROWS: tuple[tuple[str, Callable[[Record], str]], ...] = (
    ("title", lambda record: titles.plain(record.title)),
    ("authors", lambda record: listed(record.author_names) or (str(record.author_count or ""))),
    ("issued", lambda record: dates.in_words(record.issued) if record.issued else ""),
    ("venue", lambda record: record.venue or ""),
    ("identifiers", lambda record: ", ".join(f"{k} {v}" for k, v in record.identifiers.model_dump().items() if v)),
    ("links", lambda record: ", ".join(filter(None, record.links.model_dump().values()))),
    ("topics", lambda record: ", ".join(record.topics)),
    ("summary", lambda record: shorten(record.summary or record.abstract or "")),
    ("seen", lambda record: ", ".join(f"{seen.source}, entry {seen.position}" for seen in record.seen)),
    ("added", lambda record: record.added or ""),
)
_HELP = "s, r: one paper, left or right id stays; d: two papers; l: later; q: quit"


def review(options: argparse.Namespace) -> int:
    """Walk a person through the pairs that may be one paper."""
    found = configured(options)
    with writing(found.records, dry_run=options.list or options.json):
        contents = store.load_sound(found.records)
    problems: tuple[Problem, ...] = ()
    if options.files:
        readings, checksums = intake.read_files(options.files, format=options.format)
        done = intake.plan(
            contents, readings, checksums, today=options.added or today(), keep_abstracts=found.keep_abstracts
        )
        queue, problems = reviewing.of_import(contents, done), done.problems
    else:
        queue = reviewing.of_records(contents)
    for problem in problems:
        say(str(problem))
    if options.json:
        pairs = [_as_json(queue, pair) for pair in queue.pairs]
        print_json({"review": pairs, "problems": list(map(problem_json, problems))})
    elif options.list:
        for pair in queue.pairs:
            show(f"{_name(queue, pair.keep)} and {_name(queue, pair.other)}: {_reason(pair)}")
    else:
        _walk(Session(contents, queue), queue)
    return PROBLEMS if problems else DONE


def review_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=review)
    records_option(parser)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="entries to hold against the list (default: its records)"
    )
    parser.add_argument("--format", choices=sorted(readers.READERS), help="the files' format (default: by content)")
    parser.add_argument(
        "--added", type=day, metavar="DATE", help="the day that new records join the list (default: today)"
    )
    parser.add_argument("--list", action="store_true", help="print the pairs, ask nothing")
    parser.add_argument("--json", action="store_true", help="print the pairs as JSON, ask nothing")


def _as_json(queue: Queue, pair: PossibleMatch) -> dict[str, object]:
    entries = [label for name in (pair.keep, pair.other) for label in queue.labels.get(name, ())]
    found = {"a": pair.keep, "b": pair.other, "score": pair.verdict.score, "reason": pair.verdict.reason}
    return found | ({"entries": entries} if entries else {})


def _name(queue: Queue, name: str) -> str:
    return ", ".join(queue.labels[name]) if name in queue.labels else name


def _reason(pair: PossibleMatch) -> str:
    return f"{pair.verdict.reason} ({pair.verdict.score:.2f})"


def _walk(session: Session, queue: Queue) -> None:
    number = 0
    while pair := session.pair:
        number += 1
        _show(f"Pair {number} of {number + len(session) - 1}: {_reason(pair)}")
        sides = [(_name(queue, name), session.record(name)) for name in (pair.keep, pair.other)]
        say("\n".join([*side_by_side(sides, _width()), ""]))
        if not _answer(session, pair):
            break
    left = session.later + len(session)
    say(f"{count(session.answered, 'answer')} kept, {count(left, 'pair')} left for another time")


def _answer(session: Session, pair: PossibleMatch) -> bool:
    """Ask until there is an answer, and act on it; tell whether to go on."""
    may_keep_other = not session.is_pending(pair.other)
    choice = "[s]ame, keep the left  [r]ight" if may_keep_other else "[s]ame"
    while True:
        line = ask(f"{choice}  [d]ifferent  [l]ater  [q]uit")
        answer = line.strip().lower()
        if not line or answer in ("q", "quit"):
            if not line:
                say("")
            return False
        if answer in ("l", "later"):
            session.leave(pair)
            return True
        try:
            if answer in ("s", "same"):
                written = session.same()
            elif answer in ("r", "right") and may_keep_other:
                written = session.same(keep_other=True)
            elif answer in ("d", "different"):
                written = session.different()
            else:
                _show(_HELP)
                continue
        except WriteError:
            raise
        except ReadingListError as error:  # such as a record that somebody has moved in the meantime
            say(f"{error}; nothing was written")
            session.leave(pair)
            return True
        for edit in written:
            tell(session.folder, edit)
        say("")
        return True


# --- side by side ----------------------------------------------------------------------------------------------------


def side_by_side(sides: Sequence[tuple[str, Record]], width: int) -> Iterator[str]:
    """Yield two records as lines of at most ``width`` cells, field by field; ``=`` marks what is equal in both."""
    (left, one), (right, other) = sides
    column = (width - len(_BETWEEN)) // 2
    yield from _columns(left, right, column)
    for name, read in _ROWS:
        a, b = read(one), read(other)
        if a or b:
            mark = " =" if titles.key(a) == titles.key(b) else ""
            yield f"- {name}{mark} ".ljust(width, "-")
            if a == b:
                yield from _wrapped(escaping.terminal(a), width)
            else:
                yield from _columns(a or "(not known)", b or "(not known)", column)


def _columns(left: str, right: str, width: int) -> Iterator[str]:
    one, other = (list(_wrapped(escaping.terminal(text), width)) for text in (left, right))
    for place in range(max(len(one), len(other))):
        a = one[place] if place < len(one) else ""
        b = other[place] if place < len(other) else ""
        yield f"{a}{' ' * (width - _cells(a))}{_BETWEEN}{b}".rstrip()


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Break a text into lines of at most ``width`` cells, at spaces where it can be."""
    line = ""
    for word in text.split(" "):
        if line and _cells(line) + 1 + _cells(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            yield line
        line = ""
        for char in word:
            if _cells(line) + _cells(char) > width:
                yield line
                line = ""
            line += char
    yield line


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes (https://www.unicode.org/reports/tr11/)."""
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def _width() -> int:
    return max(_MIN_WIDTH, min(_MAX_WIDTH, shutil.get_terminal_size((80, 24)).columns))


def _show(text: str) -> None:
    say("\n".join(_wrapped(escaping.terminal(text), _width())))
