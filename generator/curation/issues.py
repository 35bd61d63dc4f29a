"""The Markdown that GitHub makes of a filled-in issue form, read back into the answers.

GitHub writes ``### Label``, a blank line and the answer for each question, in the order of the form, be it answered or
not. So a body is split only at the labels of its form. Where such a line stands twice, somebody's answer imitates it;
which one is the form's cannot be known, and the body is refused. Any other heading, front matter, code or markup inside
an answer is the answer's text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.curation.forms import Form, Question
from generator.errors import InputError, Problem

MAX_CHARACTERS = 65_536
"""The longest body that GitHub accepts, https://docs.github.com/en/rest/issues/issues (error ``body is too long``)."""
_BOX = re.compile(r"- \[([ xX])\] (.+)")


@dataclass(frozen=True)
class Issue:
    """An issue's form and the answers to it by the questions' ids; a question without an answer is left out."""

    path: str
    form: Form
    answers: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where the heading of each question stands."""
    unread: str = ""
    """What stands before the first heading, where GitHub writes nothing."""

    def answer(self, question_id: str) -> str:
        """Return the answer to a question, or nothing where there is none."""
        return self.answers.get(question_id, "")


def read(path: str, data: bytes, forms: Sequence[Form]) -> Issue:
    """Read an issue's body. Raises InputError where it is no text, too long, of no form, or imitates a heading."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(path, line, f"byte {error.start + 1} is not UTF-8; save the body as UTF-8") from None
    if len(text) > MAX_CHARACTERS:
        raise _refusal(path, None, f"holds {len(text)} characters; an issue has at most {MAX_CHARACTERS}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    form = _form_of(lines, forms)
    if form is None:
        names = ", ".join(f"“{form.name}”" for form in forms)
        raise _refusal(path, None, f"is no form of this list; open an issue with one of the forms {names}")
    places: list[tuple[int, Question]] = []
    for question in form.questions:
        found = [number for number, line in enumerate(lines) if _is_heading(line, question)]
        if len(found) > 1:
            where = f"stands on the lines {' and '.join(str(number + 1) for number in found[:5])}"
            raise _refusal(
                path, found[1] + 1, f"{question.label}: the heading {where}; take it out of the answer that holds it"
            )
        places += [(number, question) for number in found]
    if places != sorted(places, key=lambda place: place[0]):
        raise _refusal(path, places[0][0] + 1, "the headings are not in the order of the form; restore their order")
    answers = {}
    ends = [number for number, _ in places[1:]] + [len(lines)]
    for (start, question), end in zip(places, ends, strict=True):
        if answer := _answer("\n".join(lines[start + 1 : end]), question):
            answers[question.id] = answer
    unread = "\n".join(lines[: places[0][0]]).strip()
    return Issue(path, form, answers, {question.id: number + 1 for number, question in places}, unread)


def chosen(answer: str, options: Sequence[str]) -> tuple[list[str], str]:
    """Return which ``options`` a dropdown's answer names, and what of it is none of them.

    GitHub joins choices with a comma and a space, which may stand inside an option too; the longest that fits counts.
    Of checkboxes (``- [x] option``), by which a list of its own may ask instead, the ticked ones count.
    """
    found: list[str] = []
    rest = answer.strip()
    boxes = [_BOX.fullmatch(line) for line in rest.split("\n")]
    if all(boxes):
        rest = "\n".join(box[2] for box in boxes if box and box[1] != " ")
    while rest:
        fitting = [option for option in options if rest == option or rest.startswith((f"{option},", f"{option}\n"))]
        if not fitting:
            break
        option = max(fitting, key=len)
        found += [option] if option not in found else []
        rest = rest[len(option) :].lstrip(",\n ")
    return found, rest


def _form_of(lines: Sequence[str], forms: Sequence[Form]) -> Form | None:
    """Return the form whose heading stands first: GitHub writes nothing before it."""
    return next(
        (form for line in lines for form in forms for question in form.questions if _is_heading(line, question)), None
    )


def _is_heading(line: str, question: Question) -> bool:
    return line.startswith("### ") and line[4:].strip() == question.label


def _answer(text: str, question: Question) -> str:
    text = text.strip()
    text = _unfenced(text) if question.render else text
    is_open = text == "_No response_" or (question.kind == "dropdown" and text == "None")
    return "" if is_open else text


def _unfenced(text: str) -> str:
    """Return what stands inside the code fence that GitHub puts around answers which are shown as code."""
    first, *inner = text.split("\n")
    fence = first[: len(first) - len(first.lstrip("`"))]
    return "\n".join(inner[:-1]).strip() if len(fence) > 2 and inner and inner[-1] == fence else text


def _refusal(path: str, line: int | None, message: str) -> InputError:
    return InputError(Problem(path, line, message))
