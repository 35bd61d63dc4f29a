"""Makes a table of invented entries, with copies of some and papers that look like others, and the truth about it.

Every text is made of invented words that are drawn as real ones are: a few very often, most rarely (Zipf's law), in
titles of 6 to 13 words and abstracts of 1,000 to 1,500 characters. Of all entries

- 20 % are copies of another entry, as a second source would have it: other case, marks, hyphens, LaTeX, typographic
  quotes, a word divided, one slip in a long word, now and then a stop word
  more; half of the abstracts are touched, too;
- 10 % are siblings of another entry, and other papers: another number, version, part, size, language or word, a survey
  of it, a step towards it, an erratum, a reply; their abstracts are their own, or begin like the other's.

    python benchmarks/invented_entries.py --entries N --output FILE.csv --truth PAIRS.csv [--seed N]
"""

from __future__ import annotations

import argparse
import csv
import functools
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

COPIES, SIBLINGS = 0.20, 0.10
COLUMNS = ("id", "title", "abstract", "authors", "year")
_WORDS = 60_000
_STOPS = "of the for and in with a to on by".split()
_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru pla ste tri".split()
_ENDINGS = ("", "n", "r", "s", "ting", "tion", "ment", "ness", "l", "x")
_LANGUAGES = "Arabic Basque Czech Danish Estonian Finnish Greek Hindi Irish Japanese".split()


@dataclass(frozen=True)
class Invented:
    """An entry, and the number of the paper it is about."""

    paper: int
    title: str
    abstract: str
    authors: str
    year: int


@functools.cache
def _lexicon() -> list[str]:
    words: dict[str, None] = {}
    chance = random.Random(0)
    while len(words) < _WORDS:
        length = chance.choices((1, 2, 3, 4), (1, 6, 8, 3))[0]
        words["".join(chance.choices(_SYLLABLES, k=length)) + chance.choice(_ENDINGS)] = None
    return list(words)


class _Voice:
    """Draws words; the numbers come from numpy in large lots, for a million abstracts have 200 million words."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self._weights = np.cumsum(1 / (np.arange(1, _WORDS + 1) + 2.7))
        self._weights /= self._weights[-1]
        self._lexicon = _lexicon()
        self._lot: list[int] = []

    def words(self, count: int) -> list[str]:
        if len(self._lot) < count:
            self._lot = np.searchsorted(self._weights, self._numbers.random(1_000_000)).tolist()
        lot, self._lot[-count:] = self._lot[-count:], []
        return [self._lexicon[number] for number in lot]

    def prose(self, length: int) -> str:
        """Return sentences of at least ``length`` characters."""
        sentences: list[str] = []
        size = 0
        while size < length:
            words = self.words(self.chance.randint(9, 24))
            for place in range(3, len(words), 4):
                words[place] = _STOPS[(place + len(words)) % len(_STOPS)]
            sentences.append(" ".join(words).capitalize() + ".")
            size += len(sentences[-1]) + 1
        return " ".join(sentences)

    def name(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=2)).capitalize()


def entries(count: int, seed: int = 0) -> Iterator[Invented]:
    """Yield ``count`` entries: originals, then copies and siblings of them in between; the same seed gives the same."""
    voice = _Voice(seed)
    chance = voice.chance
    pool: list[Invented] = []  # recent originals, of which copies and siblings are made
    papers = 0
    for _ in range(count):
        kind = chance.random()
        if pool and kind < COPIES + SIBLINGS:
            original = pool.pop(chance.randrange(len(pool)))
            if kind < COPIES:
                yield _copy(original, voice)
            else:
                yield _sibling(original, papers, voice)
                papers += 1
            continue
        made = _original(papers, voice)
        papers += 1
        pool.append(made)
        if len(pool) > 5_000:
            pool.pop(0)
        yield made


def _original(paper: int, voice: _Voice) -> Invented:
    chance = voice.chance
    words = voice.words(chance.randint(5, 10))
    for place in range(2, len(words), 3):
        words.insert(place, chance.choice(_STOPS))
    title = " ".join(word if word in _STOPS else word.capitalize() for word in words)
    if chance.random() < 0.5:
        version = chance.choice(("", "", "", "2", "-3", "-7B", " 1.5"))
        title = f"{voice.name()}{chance.choice(('', 'LM', 'Net', 'BERT'))}{version}: {title}"
    if chance.random() < 0.05:
        title += f" in {chance.choice(_LANGUAGES)}"
    authors = " and ".join(
        f"{voice.name()}{chance.choice(_SYLLABLES)}, {voice.name()}" for _ in range(chance.randint(1, 7))
    )
    return Invented(paper, title, voice.prose(chance.randint(950, 1_300)), authors, chance.randint(1995, 2025))


def _copy(original: Invented, voice: _Voice) -> Invented:
    chance = voice.chance
    title, abstract = original.title, original.abstract
    for _ in range(chance.randint(1, 2)):
        title = chance.choice((_case, _marks, _latex, _hyphens, _divide, _slip, _stop))(title, chance)
    if chance.random() < 0.5:
        words = abstract.split(" ")
        del words[chance.randrange(len(words))]
        abstract = " ".join(words).replace(". ", "; ", 1)
        abstract = chance.choice(
            (str, str.upper, lambda text: f"“{text}”", lambda text: text.replace("tion", "-tion", 2))
        )(abstract)
    authors, year = original.authors, original.year
    if chance.random() < 0.2:
        authors = " and ".join(f"{name.split(', ')[0]}, {name.split(', ')[1][0]}." for name in authors.split(" and "))
    return replace(
        original, title=title, abstract=abstract if chance.random() < 0.95 else "", authors=authors, year=year
    )


def _case(title: str, chance: random.Random) -> str:
    return chance.choice((title.lower(), title.upper(), title.capitalize()))


def _marks(title: str, chance: random.Random) -> str:
    return chance.choice((f"{title}.", title.replace(":", " -"), f"“{title}”", title.replace(" ", "  ", 1)))


def _latex(title: str, chance: random.Random) -> str:
    words = title.split(" ")
    place = chance.randrange(len(words))
    words[place] = chance.choice((rf"\emph{{{words[place]}}}", f"{{{words[place]}}}", f"${words[place]}$"))
    return " ".join(words)


def _hyphens(title: str, chance: random.Random) -> str:
    spaces = [place for place, char in enumerate(title) if char == " " and title[place - 1] != ":"]
    place = chance.choice(spaces)
    return f"{title[:place]}-{title[place + 1 :]}"


def _long_word(title: str, chance: random.Random) -> tuple[int, list[str]]:
    words = title.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 7 and word.isalpha()]
    return (chance.choice(long) if long else -1), words


def _divide(title: str, chance: random.Random) -> str:
    place, words = _long_word(title, chance)
    if place >= 0:
        words[place] = f"{words[place][:4]}-{words[place][4:]}"
    return " ".join(words)


def _slip(title: str, chance: random.Random) -> str:
    place, words = _long_word(title, chance)
    if place >= 0:
        word, at = words[place], chance.randint(2, 5)
        words[place] = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                f"{word[:at]}q{word[at:]}",
            )
        )
    return " ".join(words)


def _stop(title: str, chance: random.Random) -> str:
    words = title.split(" ")
    words.insert(chance.randint(1, len(words) - 1), "the")
    return " ".join(words)


def _sibling(original: Invented, paper: int, voice: _Voice) -> Invented:
    chance, title = voice.chance, original.title
    name, colon, rest = title.partition(": ")
    words = title.split(" ")
    other = voice.words(1)[0].capitalize()
    place = chance.randrange(1, len(words))
    swapped = " ".join((*words[:place], other if len(other) > 3 else f"{other}ton", *words[place + 1 :]))
    made = chance.choice(
        (
            f"{title} v2",
            f"{title}, Part II",
            f"{title} 2",
            f"Towards {title}",
            f"A Survey of {title}",
            f"An Analysis of {title}",
            f"Erratum: {title}",
            f"Reply to {title}",
            f"{title} in {chance.choice(_LANGUAGES)}" if title.split()[-1] not in _LANGUAGES else f"{title} Again",
            f"{title}: {' '.join(voice.words(4)).capitalize()}",
            f"{name}+{colon}{rest}" if colon else f"{title} Revisited",
            f"Ro{name}{colon}{rest}" if colon else f"On {swapped}",
            f"{name}-13B{colon}{rest}" if colon and not name[-1].isdigit() else swapped,
            f"{name}.5{colon}{rest}" if colon and name[-1].isdigit() else swapped,
            swapped,
        )
    )
    if made == title:  # the word drawn for another one was the same
        made = f"{title} 2"
    abstract = voice.prose(chance.randint(950, 1_300))
    if chance.random() < 0.3:
        abstract = original.abstract[:400] + abstract[400:]
    same_people = chance.random() < 0.5
    authors = original.authors if same_people else _original(paper, voice).authors
    return Invented(paper, made, abstract, authors, min(2025, original.year + chance.randint(0, 2)))


def write(count: int, table: Path, truth: Path, seed: int = 0) -> None:
    """Write a table of ``count`` entries, and the pairs of ids that are one paper."""
    first: dict[int, str] = {}
    with (
        table.open("w", encoding="utf-8", newline="") as entries_file,
        truth.open("w", encoding="utf-8", newline="") as truth_file,
    ):
        rows, pairs = csv.writer(entries_file), csv.writer(truth_file)
        rows.writerow(COLUMNS)
        pairs.writerow(("id1", "id2"))
        for number, entry in enumerate(entries(count, seed)):
            label = f"e{number:07}"
            rows.writerow((label, entry.title, entry.abstract, entry.authors, entry.year))
            if (other := first.setdefault(entry.paper, label)) != label:
                pairs.writerow((other, label))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the files that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description="Make a table of invented entries, and the truth about it.")
    parser.add_argument("--entries", type=int, default=100_000, metavar="N", help="how many (default: 100000)")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the table, as CSV")
    parser.add_argument(
        "--truth", type=Path, required=True, metavar="FILE", help="the pairs that are one paper, as CSV"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed gives another table (default: 0)"
    )
    options = parser.parse_args(arguments)
    write(options.entries, options.output, options.truth, options.seed)
    print(f"{options.entries} invented entries", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
