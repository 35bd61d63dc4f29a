"""An issue's body back into answers: split at the form's own labels alone, and never where that is not certain."""

from __future__ import annotations

import pytest

from generator.curation import issues
from generator.curation.forms import Form, Question
from generator.errors import InputError

ASK = Form(
    "paper",
    "ask.yml",
    "Ask",
    "",
    "",
    (
        Question("one", "One", "input", ""),
        Question("two", "Two", "textarea", "", render="bibtex"),
        Question("three", "Three", "dropdown", "", options=("A", "A, b", "None of these")),
    ),
)
TELL = Form("correction", "tell.yml", "Tell", "", "", (Question("four", "Four", "input", ""),))
FORMS = (ASK, TELL)


def answers(text: str) -> dict[str, str]:
    return dict(issues.read("body", text.encode(), FORMS).answers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("### One\n\na\n\n### Two\n\nb\n\n### Three\n\nA", {"one": "a", "two": "b", "three": "A"}),
        ("### One\r\n\r\na\r\n\r\n### Two\r\n\r\nb\r\nc\r\n", {"one": "a", "two": "b\nc"}),
        ("### One\n\n_No response_\n\n### Two\n\n_No response_\n\n### Three\n\nNone", {}),
        ("### One\n\nNone", {"one": "None"}),
        ("### One  \n\na\n\n### Three\n\nA", {"one": "a", "three": "A"}),
        ("### Four\n\n### One\n\n### Two", {"four": "### One\n\n### Two"}),
        (
            "### One\n\n#### Two\n\n## Three\n\n ### Two\n\n###Two",
            {"one": "#### Two\n\n## Three\n\n ### Two\n\n###Two"},
        ),
        (
            "### One\n\na\n\n### Two\n\n```bibtex\n@a{b}\n```\n\n### Three\n\nA",
            {"one": "a", "two": "@a{b}", "three": "A"},
        ),
        ("### Two\n\n````\n```\nx\n```\n````", {"two": "```\nx\n```"}),
        ("### Two\n\n```bibtex\n_No response_\n```", {}),
        ("### Two\n\n```bibtex\n```", {}),
        ("### Two\n\n```bibtex\nnot closed", {"two": "```bibtex\nnot closed"}),
        ("### One\n\n```\nx\n```", {"one": "```\nx\n```"}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_answers(text: str, expected: dict[str, str]) -> None:
    assert answers(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "is no form of this list"),
        ("Dear all", None, "“Ask”, “Tell”"),
        ("### one\n\nx", None, "is no form of this list"),
        ("### One\n\na\n\n### One\n\nb", 5, "One: the heading stands on the lines 1 and 5"),
        ("### One\n\n### Two\n\nb\n\n### Two\n\nc", 7, "Two: the heading stands on the lines 3 and 7"),
        ("### One\n\na\r### Two\r\n\n### Two\n\nc", 6, "Two: the heading stands on the lines 4 and 6"),
        ("### Two\n\na\n\n### One\n\nb", 5, "not in the order of the form"),
        ("### One\n" + "x" * 65_536, None, "holds 65544 characters"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_refusals(text: str, line: int | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        answers(text)
    assert caught.value.problem.line == line
    assert message in caught.value.problem.message


def test_lines_and_what_was_not_read() -> None:
    issue = issues.read("body", b"---\ntitle: x\n---\n\n### One\n\na\n\n### Three\n\nA", FORMS)
    assert (issue.form, issue.lines, issue.unread) == (ASK, {"one": 5, "three": 9}, "---\ntitle: x\n---")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", ([], "")),
        ("A", (["A"], "")),
        ("A, b", (["A, b"], "")),
        ("A, A, b", (["A", "A, b"], "")),
        ("A, b, A", (["A, b", "A"], "")),
        ("A\nA, b", (["A", "A, b"], "")),
        ("A, A", (["A"], "")),
        ("A, C", (["A"], "C")),
        ("B, A", ([], "B, A")),
        ("Ab", ([], "Ab")),
        ("- [x] A\n- [ ] A, b\n- [X] None of these", (["A", "None of these"], "")),
        ("- [ ] A\n- [ ] A, b", ([], "")),
        ("- [x] A\n- [x] C", (["A"], "C")),
        ("- [x] A\nB", ([], "- [x] A\nB")),
    ],
)
def test_choices_may_hold_commas(answer: str, expected: tuple[list[str], str]) -> None:
    assert issues.chosen(answer, ("A", "A, b", "None of these")) == expected
