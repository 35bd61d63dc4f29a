"""Comments: our words, and code spans around everybody else's."""

from __future__ import annotations

import html
import re

import markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator import escaping
from generator.curation.comments import told
from generator.curation.nearness import Nearest
from generator.curation.plans import Fault, Plan
from generator.facts.hidden import without_hidden
from generator.matching.comparison import Verdict
from generator.settings import Settings

NEAR = Nearest("two", "Two @x", Verdict("same", 1.0, "why"))
LABELS = {"title": "Title of the paper"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "`plain`"),
        ("@octocat #1", "`@octocat #1`"),
        ("a `b` c", "``a `b` c``"),
        ("`b`", "`` `b` ``"),
        ("`b", "`` `b ``"),
        ("``", "``` `` ```"),
        (" ", "`   `"),
        ("", "`   `"),
        ("a\n\nb", "`a b`"),
        ("a\x00\x1b[31mb", "`a[31mb`"),
        ("a\u202eb\u2066c\u200fd\ufeff", "`abcd`"),
        ("\\`", "`` \\` ``"),
    ],
)
def test_code_spans(text: str, expected: str) -> None:
    assert escaping.github_code(text) == expected


@given(st.text(max_size=80) | st.text("`\\ @#<>&\n[]()*_|$", max_size=30))
@example("`")
@example("\\")
@example("``` \n `")
def test_a_code_span_holds_all_and_shows_it(text: str) -> None:
    found = markdown.markdown(f"- before {escaping.github_code(text)} after")
    match = re.fullmatch(r"<ul>\n<li>before <code>([^<]*)</code> after</li>\n</ul>", found)
    assert match
    assert html.unescape(match[1]).strip() == without_hidden(escaping.clean(text)).strip()


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (
            Plan("paper", "looms", "Looms @x", {"papers/looms.yaml": "…"}, remarks=("near to #1",)),
            (
                "Thank you. This paper was written down: `Looms @x`\n\n- `records/papers/looms.yaml`\n\n"
                "A person reads it before it joins the list.\n\nTo look at:\n\n- `near to #1`\n"
            ),
        ),
        (
            Plan("paper", faults=(Fault("title", "is missing; write it"), Fault("", "@x"), Fault("type", "is #1"))),
            (
                "Thank you. This paper cannot be written yet. What is missing or wrong:\n\n"
                "- **Title of the paper**: `is missing; write it`\n- `@x`\n- `type: is #1`\n\n"
                "Edit the text of the issue; every change is read anew.\n"
            ),
        ),
        (
            Plan("paper", faults=(Fault("", "x"),), duplicate=NEAR),
            (
                "Thank you. This paper is on the list already, so nothing was written:\n\n- `two`, `Two @x`: `why`\n\n"
                "If the two are different papers, say here what tells them apart; a person will look at it.\n"
            ),
        ),
    ],
    ids=["written", "refused", "there already"],
)
def test_comments(plan: Plan, expected: str) -> None:
    assert told(plan, LABELS, [f"records/{name}" for name in plan.writes], Settings()) == expected


@pytest.mark.parametrize("plan", [Plan(duplicate=NEAR), Plan(faults=(Fault("", "x"),), near=(NEAR,))])
def test_another_paper_is_named_with_its_page(plan: Plan) -> None:
    line = "- `two`, `Two @x`: `why`, see <https://toy.example/list/papers/two/>\n"
    assert line in told(plan, LABELS, [], Settings(site_url="https://toy.example/list/"))


def test_a_comment_stays_short() -> None:
    comment = told(
        Plan("topic", faults=tuple(Fault("", f"{n} {'x' * 900}") for n in range(999))), LABELS, [], Settings()
    )
    assert comment.count("\n- ") == 21
    assert "- and 979 more\n" in comment
    assert max(map(len, comment.split("\n"))) < 410
