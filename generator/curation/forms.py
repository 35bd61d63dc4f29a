"""The issue forms by which visitors suggest, correct and propose: what they ask, as data and as the files of GitHub.

https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
Nothing here names a list or an address, so that the forms serve any list; the topics come from its ``topics.yaml``.
A file that begins with ``MARK`` is held in step with the topics; without that line it is a person's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from generator.disk import documents
from generator.errors import Problem
from generator.facts.identifiers import SCHEMES
from generator.models import RECORD_TYPES, Topic
from generator.settings import CORRECTION_FORM, SUGGESTION_FORM

FOLDER = Path(".github/ISSUE_TEMPLATE")
MARK = "# Written by `reading-list check --fix` from topics.yaml; delete this line to keep a form of your own.\n"
MAX_TOPICS = 4
MAX_WHY_WORDS = 35
SUMMARY_WORDS = range(40, 81)
DELETE = "delete"
"""The value by which a correction asks for a field to be emptied."""

FIELDS = {
    "Title": "title",
    "Authors": "authors",
    "Date": "issued",
    "Venue": "venue",
    **{f"{scheme.name} identifier": f"identifiers.{kind}" for kind, scheme in SCHEMES.items()},
    "Link to the paper": "links.paper",
    "Link to the code": "links.code",
    "Link to the project page": "links.project",
    "Link to the model": "links.model",
    "Link to the dataset": "links.dataset",
    "Type of paper": "type",
    "Topics": "topics",
    "Summary": "summary",
    "Why it is on the list": "why",
    "Reported results": "results",
}
"""What a correction may change: the field's name for readers, and in the record."""
TOPIC, PATH = "A topic", "A reading path"


@dataclass(frozen=True)
class Question:
    """One question of a form; its label is the heading above the answer in the issue."""

    id: str
    label: str
    kind: Literal["input", "textarea", "dropdown"]
    description: str
    placeholder: str = ""
    options: tuple[str, ...] = ()
    multiple: bool = False
    required: bool = False
    render: str = ""


@dataclass(frozen=True)
class Form:
    """An issue form: the file it stands in, how it introduces itself, and its questions in order."""

    kind: Literal["paper", "correction", "proposal"]
    file: str
    name: str
    description: str
    issue_label: str
    questions: tuple[Question, ...]


def forms(topics: Mapping[str, Topic]) -> tuple[Form, ...]:
    """Return the forms of a list with these topics. No two questions of them share a label."""
    return (_suggestion(topics), _correction(), _proposal(topics))


def topic_labels(topics: Mapping[str, Topic]) -> dict[str, str]:
    """Return what a form offers for each topic, and the topic's id: ``{"Compression: Pruning": "pruning"}``."""
    labels: dict[str, str] = {}
    for topic_id, topic in topics.items():
        label = f"{topic.group}: {topic.name}"
        labels[f"{label} ({topic_id})" if label in labels else label] = topic_id
    return labels


def _suggestion(topics: Mapping[str, Topic]) -> Form:
    questions = (
        Question(
            "paper",
            "Link or identifier",
            "input",
            "An arXiv id, a DOI, or an address at arXiv, doi.org, OpenReview, ACL Anthology or Hugging Face Papers. "
            "Not needed if you give a BibTeX entry below.",
            placeholder="1706.03762",
        ),
        Question(
            "title",
            "Title of the paper",
            "input",
            "As the paper prints it. Not needed if a BibTeX entry below has it.",
        ),
        Question(
            "bibtex",
            "BibTeX entry",
            "textarea",
            "If you have one. Title, authors, date and venue are taken from it.",
            render="bibtex",
        ),
        Question(
            "links",
            "Code, model, dataset or project page",
            "textarea",
            "The authors' own, one address per line.",
            placeholder="https://…",
        ),
        Question(
            "topics",
            "Topics",
            "dropdown",
            f"Up to {MAX_TOPICS}, the main one first.",
            options=tuple(topic_labels(topics)),
            multiple=True,
        ),
        Question("type", "Type of paper", "dropdown", "What it mainly offers.", options=RECORD_TYPES),
        Question(
            "why",
            "Why it belongs here",
            "textarea",
            f"One sentence of at most {MAX_WHY_WORDS} words, in your own words: what does a reader take away?",
            required=True,
        ),
    )
    return Form(
        "paper",
        SUGGESTION_FORM,
        "Suggest a paper",
        "A paper that this list should have",
        "suggestion",
        tuple(question for question in questions if question.kind != "dropdown" or question.options),
    )


def _correction() -> Form:
    return Form(
        "correction",
        CORRECTION_FORM,
        "Correct a record",
        "A fact about a paper on this list that is wrong or missing",
        "correction",
        (
            Question(
                "record",
                "Which record",
                "input",
                "The address of the paper's page here, or the last part of it.",
                placeholder="name-of-the-paper",
                required=True,
            ),
            Question("field", "Which field", "dropdown", "One per correction.", options=tuple(FIELDS), required=True),
            Question(
                "value",
                "The right value",
                "textarea",
                f"As it should be; authors, topics and results one per line. To empty the field, write `{DELETE}`.",
                required=True,
            ),
            Question(
                "source",
                "Source of the fact",
                "input",
                "Where anybody can check it: an address, if there is one.",
                placeholder="https://…",
                required=True,
            ),
        ),
    )


def _proposal(topics: Mapping[str, Topic]) -> Form:
    groups = ", ".join(dict.fromkeys(topic.group for topic in topics.values()))
    return Form(
        "proposal",
        "propose-topic-or-path.yml",
        "Propose a topic or a reading path",
        "A question that several papers here share, or an order to read them in",
        "proposal",
        (
            Question("what", "What you propose", "dropdown", "One per proposal.", options=(TOPIC, PATH), required=True),
            Question(
                "name",
                "Name",
                "input",
                "For a topic, two or three words; for a path, the need it serves.",
                placeholder="From the basics to today",
                required=True,
            ),
            Question(
                "group",
                "Group of the topic",
                "input",
                f"Only for a topic. Groups so far: {groups}."
                if groups
                else "Only for a topic: a word or two for the group it belongs to.",
            ),
            Question(
                "description",
                "Description",
                "textarea",
                "50 to 120 words, your own: what the question or the need is, and how the papers answer it.",
                required=True,
            ),
            Question(
                "papers",
                "Papers",
                "textarea",
                "In order, one per line: the last part of the address of the paper's page here, a colon, and one "
                "sentence on why to read it at that point.",
                placeholder="name-of-the-paper: Begin here, because …",
                required=True,
            ),
        ),
    )


# --- files -----------------------------------------------------------------------------------------------------------


def texts(topics: Mapping[str, Topic]) -> dict[str, str]:
    """Return the files of ``.github/ISSUE_TEMPLATE`` by name."""
    found = {form.file: MARK + documents.dump(_form_data(form)) for form in forms(topics)}
    return found | {"config.yml": MARK + documents.dump({"blank_issues_enabled": True})}


def _form_data(form: Form) -> dict[str, Any]:
    return {
        "name": form.name,
        "description": form.description,
        "labels": [form.issue_label],
        "body": [_question_data(question) for question in form.questions],
    }


def _question_data(question: Question) -> dict[str, Any]:
    names = ("label", "description", "placeholder", "options", "multiple", "render")
    attributes = {name: value for name in names if (value := getattr(question, name))}
    data = {"type": question.kind, "id": question.id, "attributes": attributes}
    return data | ({"validations": {"required": True}} if question.required else {})


def check(folder: Path, topics: Mapping[str, Topic]) -> Iterator[Problem]:
    """Yield the generated forms in ``folder`` that do not belong to these topics."""
    for path, _ in _stale(folder, topics):
        yield Problem(str(path), None, "does not offer the topics of topics.yaml; run `reading-list check --fix`")


def fix(folder: Path, topics: Mapping[str, Topic]) -> list[Path]:
    """Rewrite the generated forms in ``folder``; return the files that changed. Raises WriteError."""
    return [path for path, text in list(_stale(folder, topics)) if documents.write(path, text)]


def _stale(folder: Path, topics: Mapping[str, Topic]) -> Iterator[tuple[Path, str]]:
    """Yield the files out of step with their right text; files that a person keeps or took away are left alone."""
    for name, text in texts(topics).items():
        try:
            held = (folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if held.startswith(MARK) and held != text:
            yield folder / name, text
