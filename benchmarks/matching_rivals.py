"""Other ways to find which entries are one paper, each in a few lines; `matching.py` runs them in a venv of their own.

    python benchmarks/matching_rivals.py RIVAL ENTRIES.csv PAIRS.csv

Writes the pairs found, clusters closed; with a third column ``maybe`` where the rival would ask a person.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]
Found = tuple[Iterable[tuple[str, str]], Iterable[tuple[str, str]]]


def title_equality(rows: Rows) -> Found:
    """Equal titles, case and marks left out."""
    bearing = defaultdict(list)
    for row in rows:
        bearing[re.sub(r"\W+", "", row["title"].casefold())].append(row["id"])
    return [pair for ids in bearing.values() for pair in combinations(ids, 2)], []


def lsh_ratio(rows: Rows) -> Found:
    """MinHash-LSH over three-letter shingles of the title (datasketch), then a ratio of 90 or more (rapidfuzz)."""
    from datasketch import MinHash, MinHashLSH
    from rapidfuzz import fuzz

    index, sketches, titles = MinHashLSH(threshold=0.6, num_perm=64), {}, {}
    for row in rows:
        title = " ".join(re.findall(r"\w+", row["title"].casefold()))
        sketch = MinHash(num_perm=64)
        sketch.update_batch({title[at : at + 3].encode() for at in range(max(1, len(title) - 2))})
        index.insert(row["id"], sketch)
        sketches[row["id"]], titles[row["id"]] = sketch, title
    found = {
        tuple(sorted((name, other)))
        for name, sketch in sketches.items()
        for other in index.query(sketch)
        if other != name and fuzz.ratio(titles[name], titles[other]) >= 90
    }
    return found, []


def bib_dedupe(rows: Rows) -> Found:
    """Take the library as its documentation does: prep, block, match; its ``maybe`` is what a person is asked."""
    import pandas as pd
    from bib_dedupe import bib_dedupe as library

    names = {"authors": "author", "venue": "journal", "type": "ENTRYTYPE", "id": "ID"}
    fields = ("title", "author", "year", "journal", "volume", "number", "pages", "doi", "abstract")
    table = pd.DataFrame([{names.get(name, name): value or "" for name, value in row.items()} for row in rows])
    for name in fields:
        if name not in table:
            table[name] = ""
    table["ENTRYTYPE"] = table["ENTRYTYPE"].replace("", "article") if "ENTRYTYPE" in table else "article"
    matched = library.match(library.block(library.prep(table, cpu=1), cpu=1), cpu=1)
    pairs = [(row["ID_1"], row["ID_2"], row["duplicate_label"]) for _, row in matched.iterrows()]
    return [pair[:2] for pair in pairs if pair[2] == "duplicate"], [pair[:2] for pair in pairs if pair[2] == "maybe"]


def splink(rows: Rows) -> Found:
    """Fellegi and Sunter's model on DuckDB; blocks and comparisons as for bibliographies, probability 0.95."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = pd.DataFrame(
        {
            "unique_id": row["id"],
            "title": (title := " ".join(re.findall(r"\w+", row["title"].casefold()))) or None,
            "start": title[:15],
            "finish": title[-15:],
            "authors": " ".join(sorted(re.findall(r"\w{3,}", row.get("authors", "").casefold()))) or None,
            "year": row.get("year") or None,
            "pages": row.get("pages") or None,
        }
        for row in rows
    )
    some = [name for name in ("authors", "year", "pages") if table[name].notna().sum() > len(table) / 10]
    kinds: dict[str, Any] = {
        "authors": cl.JaroWinklerAtThresholds("authors", [0.92, 0.8]),
        "year": cl.ExactMatch("year"),
        "pages": cl.ExactMatch("pages"),
    }
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[cl.JaroWinklerAtThresholds("title", [0.98, 0.92, 0.85]), *(kinds[name] for name in some)],
        blocking_rules_to_generate_predictions=[block_on("start"), block_on("finish")],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(table), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("title")], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("start"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("title"))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs = list(zip(found["unique_id_l"], found["unique_id_r"], found["match_probability"], strict=True))
    return [pair[:2] for pair in pairs if pair[2] >= 0.95], [pair[:2] for pair in pairs if pair[2] < 0.95]


RIVALS: dict[str, Callable[[Rows], Found]] = {
    "title equality": title_equality,
    "LSH + ratio": lsh_ratio,
    "bib-dedupe": bib_dedupe,
    "splink": splink,
}


def closed(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return all pairs that clusters of ``pairs`` imply."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = name = root[root[name]]
        return name

    for a, b in pairs:
        root[find(a)] = find(b)
    clusters = defaultdict(list)
    for name in sorted(root):
        clusters[find(name)].append(name)
    return {pair for cluster in clusters.values() for pair in combinations(cluster, 2)}


def main() -> None:
    rival, table, output = sys.argv[1:]
    csv.field_size_limit(10**7)
    with Path(table).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sure, maybe = RIVALS[rival](rows)
    certain = closed(sure)
    with Path(output).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows((*pair, "") for pair in sorted(certain))
        writer.writerows((*pair, "maybe") for pair in {tuple(sorted(each)) for each in maybe} - certain)


if __name__ == "__main__":
    main()
