"""Invented papers, shown as the public databases show theirs: arXiv in Atom, Hugging Face and Crossref in JSON.

The forms are those of https://info.arxiv.org/help/api/user-manual.html, https://huggingface.co/docs/hub/api and
https://api.crossref.org; the contents are invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from stand_in import Asked, Reply, as_json

ABSTRACT = "An abstract that no record may hold: looms weave threads of every colour into cloth that nobody has seen."


@dataclass
class Paper:
    """One invented paper. ``venue`` and ``doi`` are what Crossref knows, ``author_doi`` what arXiv was told."""

    title: str
    authors: tuple[str, ...] = ("Ada Weaver", "Bo Spindle")
    arxiv: str | None = None
    day: str = "2022-10-31"
    on_huggingface: bool = True
    doi: str | None = None
    author_doi: str | None = None
    venue: tuple[str, ...] = ()
    published: tuple[int, ...] = (2022, 12)
    type: str = "proceedings-article"


def key(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


@dataclass
class Databases:
    """Answers as all three databases do. ``broken`` replaces the answers to paths that begin so."""

    papers: list[Paper] = field(default_factory=list)
    broken: dict[str, Reply] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        for path, reply in self.broken.items():
            if asked.path.startswith(path):
                return reply
        if asked.path == "/api/query":
            return self._arxiv(asked)
        if asked.path == "/api/papers/search":
            query = asked.query["q"]
            found = [paper for paper in self.papers if paper.arxiv and paper.on_huggingface]
            return as_json([huggingface_paper(paper) for paper in found if key(paper.title) in key(query)])
        if asked.path.startswith("/api/papers/"):
            number = asked.path.removeprefix("/api/papers/")
            found = [paper for paper in self.papers if paper.arxiv == number and paper.on_huggingface]
            return as_json(huggingface_paper(found[0])) if found else missing()
        assert asked.path == "/works"
        return self._crossref(asked)

    def _arxiv(self, asked: Asked) -> Reply:
        numbers = asked.query.get("id_list", "")
        words = key(asked.query.get("search_query", "").removeprefix("ti:"))
        found = [
            paper
            for paper in self.papers
            if paper.arxiv and (paper.arxiv in numbers.split(",") if numbers else key(paper.title) == words)
        ]
        return atom(arxiv_entry(paper) for paper in found)

    def _crossref(self, asked: Asked) -> Reply:
        doi = next((each[4:] for each in asked.query["filter"].split(",") if each.startswith("doi:")), None)
        words = key(asked.query.get("query.bibliographic", ""))
        found = [
            paper
            for paper in self.papers
            if paper.doi and (paper.doi == doi if doi else words.startswith(key(paper.title)))
        ]
        return crossref_list([crossref_work(paper) for paper in found])


def missing() -> Reply:
    return Reply(404, json.dumps({"error": "Paper not found"}), {"Content-Type": "application/json"})


def arxiv_entry(paper: Paper) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
    doi = f"<arxiv:doi>{paper.author_doi}</arxiv:doi>" if paper.author_doi else ""
    return f"""<entry>
    <id>http://arxiv.org/abs/{paper.arxiv}v2</id>
    <updated>2024-01-01T00:00:00Z</updated>
    <published>{paper.day}T13:42:59Z</published>
    <title>{escape(paper.title)}</title>
    <summary>  {ABSTRACT}
</summary>
    {authors}{doi}
    <arxiv:comment>12 pages</arxiv:comment>
    <link href="http://arxiv.org/abs/{paper.arxiv}v2" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/{paper.arxiv}v2" rel="related" type="application/pdf"/>
    <arxiv:primary_category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""


def atom(entries: Iterable[str], total: int | None = None, **headers: str) -> Reply:
    shown = list(entries)
    return Reply(
        200,
        f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom">
  <link href="http://arxiv.org/api/query?id_list=" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: id_list=</title>
  <id>http://arxiv.org/api/cHxbiOdZaP56ODnBPIenZhzg5f8</id>
  <updated>2024-01-01T00:00:00-05:00</updated>
  <opensearch:totalResults>{len(shown) if total is None else total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <opensearch:itemsPerPage>100</opensearch:itemsPerPage>
  {"".join(shown)}
</feed>""",
        {"Content-Type": "application/atom+xml; charset=UTF-8", **headers},
    )


def huggingface_paper(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.arxiv,
        "authors": [
            {"_id": f"{number:024}", "name": name, "hidden": False} for number, name in enumerate(paper.authors)
        ],
        "publishedAt": f"{paper.day}T13:42:59.000Z",
        "submittedOnDailyAt": "2022-11-02T00:00:00.000Z",
        "title": paper.title,
        "summary": ABSTRACT,
        "upvotes": 7,
        "discussionId": "000000000000000000000001",
        "ai_keywords": ["loom"],
    }


def crossref_work(paper: Paper) -> dict[str, Any]:
    people = [name.rpartition(" ") for name in paper.authors]
    return {
        "DOI": paper.doi,
        "type": paper.type,
        "title": [paper.title],
        "container-title": list(paper.venue),
        "author": [
            {"given": given, "family": family, "sequence": "additional", "affiliation": []}
            for given, _, family in people
        ],
        "issued": {"date-parts": [list(paper.published)]},
        "page": "1-12",
        "abstract": f"<jats:p>{ABSTRACT}</jats:p>",
    }


def crossref_list(works: list[Any]) -> Reply:
    message = {"facets": {}, "total-results": len(works), "items": works, "items-per-page": 5}
    return as_json({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})
