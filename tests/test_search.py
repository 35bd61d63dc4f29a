"""Searching in a browser: what is found and why, by keys alone, on a phone, on both engines, and at wrong addresses."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Request, Response, Route, expect
from site_tools import PAYLOAD_FLAG, RECORDS, Site, library, real_site, scratch, serve, toy_site, zensical_site

from generator import store, wording
from generator.facts import titles
from generator.library import Library
from generator.models import Record
from generator.pages.rendering import unbroken
from generator.search import index, words

pytestmark = pytest.mark.browser

LIST = library(RECORDS)
TOTAL = len(LIST.records)
TRANSLATION = "a-novel-paradigm-boosting-translation-capabilities-of-large"
PHONE, DESK = (390, 844), (1280, 900)
BELOW = "some/list/"
"""The real site is served below this path, as on a project's Pages, though it was built without an address."""


@contextmanager
def _below(site: Site, name: str) -> Iterator[str]:
    assert site.status == 0, site.log
    root = scratch() / f"search-{name}"
    (root / BELOW).parent.mkdir(parents=True, exist_ok=True)
    if not (root / BELOW).exists():
        (root / BELOW).symlink_to(site.folder)
    with serve(root) as served:
        yield served + BELOW


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    with _below(real_site(), "real") as address:
        yield address


@pytest.fixture(scope="module")
def toy() -> Iterator[str]:
    site = toy_site()
    assert site.status == 0, site.log
    with serve(site.folder) as address:
        yield address


@dataclass
class Visit:
    """A visitor with a browser of their own, and what the pages did that they should not."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def box(self) -> Locator:
        return self.page.locator("#rl-search")

    @property
    def status(self) -> Locator:
        return self.page.locator(".rl-search__status")

    def open(self, path: str = "about/") -> Page:
        self.page.goto(self.address + path)
        self.page.locator("form.rl-search.rl-is-ready").wait_for()
        return self.page

    def ask(self, query: str, *, among: int = 8) -> list[str]:
        """Search and return the texts of the results, once the status speaks of this query."""
        self.box.fill("")
        expect(self.status).to_have_text("")
        self.box.fill(query)
        expect(self.status).not_to_have_text(re.compile("^(Searching…)?$"))
        return self.page.get_by_role("option").all_inner_texts()[:among]

    def result(self, paper: str) -> Locator:
        return self.page.locator(f'.rl-hit[href$="/papers/{paper}/"]')


@contextmanager
def _visit(browser: Browser, address: str, size: tuple[int, int] = DESK, **options: Any) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    page = context.new_page()
    visit = Visit(page, address)

    def on_request(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            visit.foreign.append(request.url)

    def on_dialog(dialog: Dialog) -> None:
        visit.said.append(dialog.message)
        dialog.dismiss()

    page.on("request", on_request)
    page.on("console", lambda message: visit.said.append(message.text))
    page.on("pageerror", lambda error: visit.said.append(str(error)))
    page.on("dialog", on_dialog)
    try:
        yield visit
        assert (visit.foreign, visit.said) == ([], [])
    finally:
        context.close()


@pytest.fixture(scope="module")
def asking(browser: Browser, real: str) -> Iterator[Visit]:
    """One visit for all questions that leave the page as it is."""
    with _visit(browser, real) as started:
        started.open()
        yield started


@pytest.fixture
def visit(browser: Browser, real: str) -> Iterator[Visit]:
    with _visit(browser, real) as started:
        yield started


# --- what is found, and why -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "paper", "label", "marks"),
    [
        ("S2IP", "s2ip-llm", "Title", ["S²IP"]),
        ("$\\textbf{S}^2$IP-LLM", "s2ip-llm", "Title", ["S²IP", "LLM"]),
        ("AstroM3", "astrom3", "Title", ["AstroM³"]),
        ("astrom$^3$", "astrom3", "Title", ["AstroM³"]),
        ("post training quantisation gptq", "gptq", "Title", ["Quantization"]),
        ("frantar", "gptq", "Author", ["Frantar"]),
        ("training ctp", "ctp", "Title", ["Pretraining"]),  # a word written as one with another
        ("low precision gptq", "gptq", "Topic", ["precision"]),
        ("peft galore", "galore", "Topic", ["PEFT"]),
        ("billion gptq", "gptq", "Summary", ["billion"]),
        ("2210.17323", "gptq", "Facts", ["2210.17323"]),
        ("https://arxiv.org/abs/2210.17323v2", "gptq", "Facts", ["2210.17323"]),
        ("arxiv.org/pdf/2210.17323.pdf", "gptq", "Facts", ["2210.17323"]),
        ("arXiv: 2210.17323v2", "gptq", "Facts", ["2210.17323"]),
        ("doi:10.48550/arXiv.2210.17323", "gptq", "Facts", ["2210.17323"]),
        ("www.alphaxiv.org/abs/2210.17323v1?tab=x", "gptq", "Facts", ["2210.17323"]),
        ("https://huggingface.co/papers/2210.17323#community", "gptq", "Facts", ["2210.17323"]),
        ("https://openreview.net/forum?id=tEYskw1VY2&noteId=x", "mamba", "Facts", ["tEYskw1VY2"]),
        ("openreview.net/pdf?noteId=x&id=tEYskw1VY2", "mamba", "Facts", ["tEYskw1VY2"]),
        ("https://aclanthology.org/2024.findings-naacl.42.pdf", TRANSLATION, "Facts", ["2024.findings", "naacl.42"]),
        ("aclanthology.org/2024.findings-naacl.42/", TRANSLATION, "Facts", ["2024.findings", "naacl.42"]),
        ("doi.org/10.18653/v1/2024.findings-naacl.42", TRANSLATION, "Facts", ["10.18653"]),
        ("october 2022 gptq", "gptq", "Facts", ["October", "2022"]),
    ],
)
def test_a_paper_is_found_and_the_reason_said(
    asking: Visit, typed: str, paper: str, label: str, marks: list[str]
) -> None:
    asking.ask(typed)
    result = asking.result(paper)
    expect(result).to_be_visible()
    assert label in result.locator(".rl-hit__label").all_inner_texts()
    marked = result.locator("mark").all_inner_texts()
    assert set(marks) <= set(marked)
    expect(asking.status).not_to_contain_text("Showing results for")
    assert not re.search(r"\$|\\", result.inner_text())


@pytest.mark.parametrize(
    ("typed", "instead", "paper"),
    [
        ("quantisaton", "quantisation", "gptq"),  # a letter missing
        ("qunatization gptq", "quantisation gptq", "gptq"),  # two the wrong way round, and the other spelling
        ("Frantaar", "frantar", "gptq"),  # one too many, in a name
        ("fratnar 2022", "frantar 2022", "gptq"),
        ("gpqt", "gptq", "gptq"),
        ("uqantization gptq", "quantisation gptq", "gptq"),  # even at the beginning
        ("quantizatoin-aware", "quantisation-aware", "efficientqat"),
        ("quntizat gptq", "quantisation gptq", "gptq"),  # while it is typed
        ("weigts gptq", "weights gptq", "gptq"),  # not weighs, which fewer papers have
        ("langauge trustworthy medical", "language trustworthy medical", "conceptclip"),  # whose title has that slip
    ],
)
def test_a_typing_error_is_mended_and_that_is_said(asking: Visit, typed: str, instead: str, paper: str) -> None:
    asking.ask(typed)
    expect(asking.status.locator("strong")).to_have_text(
        re.compile(instead.replace("sation", "[sz]ation"), re.IGNORECASE)
    )
    expect(asking.status).to_contain_text("Showing results for")
    expect(asking.result(paper)).to_be_visible()


def test_lottery_tikcet(asking: Visit) -> None:
    assert asking.ask("Lottery tikcet")
    expect(asking.status.locator("strong")).to_have_text("Lottery ticket")
    marks = asking.page.locator(".rl-hit").first.locator("mark").all_inner_texts()
    assert {mark.lower() for mark in marks} >= {"lottery", "ticket"}


def test_every_name_with_a_figure_is_found(asking: Visit) -> None:
    having: dict[str, set[int]] = {}
    for number, record_id in enumerate(LIST.newest_first):
        record = LIST.records[record_id]
        text = " ".join([titles.plain(record.title), record.summary or "", record.why or "", *record.results])
        for name in re.findall(r"(?<![\w.-])[A-Za-z]+-\d+[A-Za-z]?(?![\w.-])", text):  # GPT-4, ResNet-50, ImageNet-1k
            having.setdefault(name, set()).add(number)
    assert len(having) > 50
    found = asking.page.evaluate(
        """async (asked) => {
            const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
            const found = await Promise.all(asked.map((name) => searchIndex.find(name)));
            return found.map(({ papers, partly }) => [papers, partly]);
        }""",
        [*having, *(name.replace("-", " ") for name in having)],
    )
    lost = [
        name
        for name, (papers, partly) in zip([*having, *having], found, strict=True)
        if partly or having[name] - {*papers}
    ]
    assert lost == []
    # As one word it finds less: not what has another model's number and the same letters elsewhere.
    fewer = [len(papers) for papers, _ in found[: len(having)]], [len(papers) for papers, _ in found[len(having) :]]
    assert sum(fewer[0]) < sum(fewer[1])


def test_the_line_below_a_title_is_that_of_the_pages(asking: Visit) -> None:
    people = ["Ada", "Ada\tBo", "Ada\tBo\tCy\tDi", "Ada\tothers", "Ada\tBo\tCy\tothers", "Ada\tBo\tCy\tDi\tothers"]
    lines = asking.page.evaluate(
        """async (asked) => {
            const { byline } = await import(new URL("../assets/search-index.js", location.href).href);
            return asked.map((names) => byline(names, "Loom", "2022-10"));
        }""",
        people,
    )
    records = [Record(title="x", authors=tuple(names.split("\t")), venue="Loom", issued="2022-10") for names in people]
    assert lines == [html.unescape(unbroken(wording.byline(record))) for record in records]


def test_a_name_that_prints_as_one_word_is_marked_by_a_part_of_it(asking: Visit) -> None:
    pieces = asking.page.evaluate(
        """async () => {
            const { pieces } = await import(new URL("../assets/search-index.js", location.href).href);
            return pieces("山田太郎 Loom", [{ asked: "太郎", words: new Set() }]);
        }"""
    )
    assert pieces == [["山田太郎", True], [" ", False], ["Loom", False]]


def test_a_paper_asked_for_by_its_name_comes_first(asking: Visit) -> None:
    names = [titles.plain(LIST.records[record_id].title).partition(":")[0] for record_id in LIST.newest_first]
    found = asking.page.evaluate(
        """async (asked) => {
            const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
            return Promise.all(asked.map(async (name) => (await searchIndex.find(name)).papers[0]));
        }""",
        names,
    )
    assert {"Mamba", "Monarch", "PRE"} <= set(names)
    assert [names[paper] for paper in found] == names


@pytest.mark.parametrize(
    ("query", "paper"),
    [
        ("tiny vit", "tinyvit"),
        ("mask llm", "maskllm"),
        ("qwen 2.5", "qwen2-5-technical-report"),
        ("code t5", "codet5"),
        ("efficient qat", "efficientqat"),
        ("mambda", "mamba"),  # not NetMamba
    ],
)
def test_a_name_is_found_with_a_space_or_an_error_in_it(asking: Visit, query: str, paper: str) -> None:
    assert asking.ask(query)
    expect(asking.status).not_to_contain_text("these words")
    expect(asking.page.locator(".rl-hit").first).to_have_attribute("href", re.compile(f"/papers/{paper}/$"))


@pytest.mark.parametrize("query", ["ICLR 2024", "iclr 2024", "2024 ICLR", "iclr24", "ICLR '24", "training 2024 ICRL"])
def test_papers_of_the_venue_asked_for_come_first(asking: Visit, query: str) -> None:
    """A paper of ICLR 2025 has both words too, where it came out in 2024."""
    venues = [LIST.records[LIST.newest_first[number]].venue for number in _ranked(asking, query)]
    first = [venue == "ICLR 2024" for venue in venues]
    assert any(first)
    assert first == sorted(first, reverse=True)


def test_of_papers_worth_the_same_the_newest_comes_first(asking: Visit) -> None:
    found = _ranked(asking, "alistarh")  # an author of each
    assert len(found) > 1
    assert found == sorted(found)


def test_accents_and_case_do_not_count(asking: Visit) -> None:
    accented = [
        (record_id, name)
        for record_id, record in LIST.records.items()
        for name in record.author_names
        if not name.isascii() and all(word.isascii() is False or word.isalpha() for word in name.split())
    ]
    record_id, name = accented[0]
    plain = " ".join(words.plain_words(name))
    assert plain.isascii()
    for typed in (plain, plain.upper(), name):
        asking.ask(typed)
        expect(asking.result(record_id)).to_be_visible()


def test_both_spellings_find_the_same(asking: Visit) -> None:
    assert asking.ask("optimization") == asking.ask("optimisation") != []
    assert len(asking.ask("PRUNED")) == 8


@pytest.mark.parametrize(
    "alike",
    [
        ["fine-tuning", "fine-tuned", "fine-tune"],  # the stem of a short word too
        ["behavior", "behaviour"],
        ["modeling", "modelling"],
        ["center", "centre"],
        ["distillation", "distilation"],  # a double letter forgotten
        ["gain", "gained"],  # at the end of one file of words and the beginning of the next
    ],
)
def test_forms_and_spellings_of_a_word_find_the_same_papers(asking: Visit, alike: list[str]) -> None:
    found = [_papers(asking, word) for word in alike]
    assert found[0]
    assert all(its == found[0] for its in found)


def test_a_short_word_is_not_taken_for_a_name_that_begins_it(asking: Visit) -> None:
    lin = {
        number
        for number, record_id in enumerate(LIST.newest_first)
        if any("Lin" in name.split() for name in LIST.records[record_id].author_names)
    }
    assert lin
    assert not lin <= _papers(asking, "lines")
    assert _papers(asking, "iteration")
    assert _papers(asking, "speeds") >= _papers(asking, "speed")
    assert _papers(asking, "cars") == set()  # though there is a Carl


def test_a_name_that_only_begins_with_the_word_comes_behind_what_has_the_word(asking: Visit) -> None:
    first, *others = [LIST.records[LIST.newest_first[number]] for number in _ranked(asking, "rag")]
    assert "RAG" in (first.summary or "") + (first.why or "")
    assert any(name.split()[-1].startswith("Rag") for other in others for name in other.author_names)


def _papers(asking: Visit, query: str) -> set[int]:
    return set(_ranked(asking, query))


def _ranked(asking: Visit, query: str) -> list[int]:
    found: list[int] = asking.page.evaluate(
        """async (query) => {
            const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
            return (await searchIndex.find(query)).papers;
        }""",
        query,
    )
    return found


def test_a_topic_is_offered_for_its_initials_too(asking: Visit) -> None:
    topic = "knowledge-distillation"
    assert f"Topic · {len(LIST.by_topic[topic])} papers" in asking.ask("KD")[0]
    assert {LIST.newest_first[number] for number in _papers(asking, "KD")} >= {*LIST.by_topic[topic]}


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("Y. Bengio", "Bengio"),  # who is printed with the first name in full
        ("papers by Chelsea Finn", "Chelsea Finn"),
        ("lora vs quantization", "lora quantization"),
        ("red whale", "redwhale"),  # alone, whale is a slip
        ("long-context", "long context"),
        ("llama-2024", "llama 2024"),  # no name of the list
    ],
)
def test_what_says_nothing_is_passed_over(asking: Visit, query: str, same: str) -> None:
    assert _papers(asking, query) == _papers(asking, same) != set()


def test_of_a_sentence_one_word_may_be_lacking(asking: Visit) -> None:
    asking.ask("save GPU memory in fine-tuning")
    expect(asking.status).to_contain_text("Few papers have all of these words. With all or all but one:")
    found = _ranked(asking, "save GPU memory in fine-tuning")
    every = [len(_papers(asking, word) & {*found}) for word in ("save", "GPU", "memory")]
    assert min(every) < len(found)
    assert found[0] in _papers(asking, "save GPU memory")
    assert _papers(asking, "save GPU memory") < _papers(asking, "GPU memory")  # few words narrow


def test_a_topic_is_offered_itself(visit: Visit) -> None:
    page = visit.open()
    topic, name = next((topic, each.name) for topic, each in LIST.topics.items() if "pruning" in each.name.lower())
    visit.ask("pruning")
    first = page.get_by_role("option").first
    expect(first).to_have_text(f"{name} Topic · {len(LIST.by_topic[topic])} papers")
    visit.box.press("ArrowDown")
    visit.box.press("Enter")
    page.wait_for_url(f"{visit.address}topics/{topic}/")


def test_the_month_of_issue_is_a_fact(asking: Visit) -> None:
    found = asking.ask("march 2024")
    expect(asking.status).not_to_contain_text("Showing results for")
    assert found
    assert all("March\u00a02024" in text for text in found)


def test_of_a_long_query_only_the_beginning_is_asked(asking: Visit) -> None:
    """An address can hold a thousand names, and each asks for a file."""
    names = " ".join(f"{first}{second}-1" for first in "abcdefghijklmnopqrstuvwxyz" for second in "aeiou")
    query = asking.page.evaluate(
        """async (query) => {
            const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
            return (await searchIndex.find(query)).query;
        }""",
        f"gptq {names}",
    )
    assert query == f"gptq {names}"[:300].strip()


def test_nothing_found_is_said_and_all_words_come_before_some(asking: Visit) -> None:
    page = asking.page
    for typed in ("∞", "mamba7", "x.qzzv"):  # no word, another model's name, nothing that begins with its second letter
        assert asking.ask(typed) == []
        expect(asking.status).to_have_text(f"Nothing found for “{typed}”.")
    assert asking.ask("xqzzyxw") == []
    expect(asking.status).to_have_text("Nothing found for “xqzzyxw”.")
    way_on = page.get_by_role("link", name="Browse all papers")
    expect(way_on).to_have_attribute("href", re.compile("/papers/$"))
    expect(page.get_by_role("listbox")).to_have_count(0)  # neither for who hears the page
    assert asking.ask("gptq astronomy")
    expect(asking.status).to_contain_text("No paper has all of these words")
    expect(asking.result("gptq")).to_be_visible()


def test_all_results_are_in_the_list_too(visit: Visit) -> None:
    page = visit.open()
    for typed in ("quantisaton", "pruning", "time series forecasting"):
        visit.open()
        visit.ask(typed)
        number = int(re.findall(r"([\d,]+) paper", visit.status.inner_text())[0])
        visit.box.press("Enter")
        page.wait_for_url(f"{visit.address}papers/?find={quote(typed).replace('%20', '+')}")
        page.locator(".rl-browse.rl-is-ready").wait_for()
        expect(page.locator("#rl-count")).to_contain_text(f"{number} of {TOTAL} papers")
    visit.open()
    visit.ask("gptq astronomy")  # no paper has both
    some = re.findall(r"(\d+) paper", visit.status.inner_text())[0]
    expect(page.get_by_role("link", name=f"All {some} in the list")).to_be_visible()
    visit.box.press("Enter")
    expect(page.locator("#rl-count")).to_contain_text(
        f"No paper has all of these words. With some of them: {some} of {TOTAL} papers"
    )
    expect(page.locator(".rl-rows > li")).to_have_count(min(int(some), 100))
    page.go_back()
    visit.open("papers/?find=quantisaton")
    expect(page.locator("#rl-count")).to_contain_text(re.compile("Showing results for “quanti[sz]ation”"))


# --- by keys, on a phone, without scripts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "opens"),
    [
        ({"key": "л", "code": "KeyK"}, True),  # Russian
        ({"key": "k", "code": "KeyV"}, True),  # Dvorak
        ({"key": "t", "code": "KeyK"}, False),
        ({"key": "k", "metaKey": True}, False),  # with Control
        ({"key": "k", "altKey": True}, False),
        ({"key": "k", "shiftKey": True}, False),
        ({}, False),
    ],
)
def test_the_shortcut_is_found_on_any_layout(visit: Visit, key: dict[str, Any], opens: bool) -> None:
    page = visit.open()
    page.evaluate(
        """key => document.body.dispatchEvent(
          Object.assign(new Event("keydown", { bubbles: true }), { ctrlKey: true, metaKey: false, ...key }))""",
        key,
    )
    assert visit.box.evaluate("box => box === document.activeElement") == opens
    page.keyboard.press("Escape")
    expect(visit.box).not_to_be_focused()


def test_by_keys_alone(visit: Visit) -> None:
    page = visit.open()
    link = page.locator("article a[href]").first
    link.focus()
    for key in ("/", "s", "k"):  # letters alone are for who speaks to the browser
        page.keyboard.press(key)
        expect(link).to_be_focused()
    for key in ("Control+k", "Meta+k"):
        page.keyboard.press(key)
        expect(visit.box).to_be_focused()
        page.keyboard.type("pruning s/k")  # in the place of what was asked before
        expect(visit.box).to_have_value("pruning s/k")
        page.keyboard.press("Escape")
        expect(link).to_be_focused()
        expect(visit.box).to_have_attribute("aria-expanded", "false")
        expect(visit.box).to_have_value("pruning s/k")
    visit.box.evaluate("box => box.value = ''")
    page.keyboard.press("Control+k")
    page.keyboard.type("pruning")
    options = page.get_by_role("option")
    expect(options.nth(3)).to_be_visible()
    expect(visit.box).to_have_attribute("aria-expanded", "true")
    last = options.count() - 1
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1), ("ArrowUp", last)):
        page.keyboard.press(key)
        expect(visit.box).to_be_focused()
        if at < 0:
            assert visit.box.get_attribute("aria-activedescendant") is None
        else:
            assert visit.box.get_attribute("aria-activedescendant") == options.nth(at).get_attribute("id")
            expect(options.nth(at)).to_have_attribute("aria-selected", "true")
            expect(options.nth(at)).to_be_in_viewport()
        assert page.locator("[aria-selected=true]").count() == (at >= 0)
    target = options.nth(last).get_attribute("href")
    assert target
    page.keyboard.press("Enter")
    page.wait_for_url(target)


def test_typing_takes_a_choice_back(visit: Visit) -> None:
    page = visit.open()
    visit.ask("mamba")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.type(" lottery")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visit.address}papers/?find=mamba+lottery")


def test_reasons_are_told_apart(asking: Visit) -> None:
    asking.ask("low precision gptq")
    expect(asking.result("gptq")).to_have_accessible_name(
        re.compile(r"Title Topic Quantisation and low precision( |$)")
    )


def test_it_is_a_combobox_with_a_listbox_and_a_live_count(visit: Visit) -> None:
    page = visit.open()
    box = page.get_by_role("combobox", name="Search papers")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    controlled = box.get_attribute("aria-controls")
    visit.ask("pruning")
    assert page.get_by_role("listbox", name="Results").get_attribute("id") == controlled
    expect(page.locator("[role=status].rl-search__status")).to_contain_text("papers")
    expect(page.locator(".rl-search__panel")).to_have_attribute("tabindex", "-1")  # Firefox stops at what scrolls
    page.locator("h1").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    visit.ask("pruning")
    visit.box.blur()  # as for another window
    expect(page.get_by_role("listbox")).to_be_visible()
    visit.box.focus()
    # Tab leaves through the link to all results, and what is left closes.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".rl-search__all")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_on_a_phone_it_covers_the_page_and_gives_it_back(browser: Browser, real: str) -> None:
    with _visit(browser, real, PHONE, has_touch=True) as visit:
        page = visit.open("papers/gptq/")
        expect(visit.box).to_be_hidden()
        button = page.get_by_role("button", name="Search papers")
        button.tap()
        expect(visit.box).to_be_focused()
        visit.ask("quantization")
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window
        out = page.evaluate(
            """() => [...document.querySelectorAll(".rl-search *")].filter(each => each.getClientRects().length
              && (each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1))
              .map(each => each.outerHTML.slice(0, 80))"""
        )
        assert out == []
        expect(visit.box).to_be_in_viewport()
        for name in ("Search papers", "Close the search"):
            area = page.get_by_role("button", name=name).bounding_box()
            assert area is not None
            assert min(area["width"], area["height"]) >= 24
        page.get_by_role("button", name="Close the search").tap()
        expect(visit.box).to_be_hidden()
        expect(button).to_be_focused()
        button.tap()
        visit.ask("pruning")
        page.get_by_role("option").nth(2).tap()
        page.wait_for_url(re.compile(rf"{re.escape(real)}(papers|topics|paths)/(?!gptq/)[^/]+/$"))
        button.tap()
        visit.ask("pruning")
        button.tap()
        page.wait_for_url(f"{real}papers/?find=pruning")


def test_without_scripts_nothing_offers_a_search_and_that_is_said(browser: Browser, real: str) -> None:
    for size in (DESK, PHONE):
        with _visit(browser, real, size, java_script_enabled=False) as visit:
            page = visit.page
            page.goto(f"{real}papers/?find=gptq")
            expect(page.get_by_role("search")).to_have_count(0)
            expect(page.locator(".rl-browse > noscript > p")).to_be_visible()
            assert page.locator(".rl-rows > li").count() == TOTAL


# --- hostile, stale and broken ----------------------------------------------------------------------------------------


def test_no_script_of_a_hostile_record_runs(browser: Browser, toy: str) -> None:
    with _visit(browser, toy) as visit:
        page = visit.open()
        for query in ("onerror", "mallory", "hyperlink", "passwd", "<script>window.pwned=1</script>"):
            found = visit.ask(query)
            assert any("<img src=x" in text or "<script>" in text for text in found), query
            results = page.locator(".rl-search__panel")
            assert results.locator("script, img, [onclick], [onerror], [style]").count() == 0
            assert "&lt;" not in results.inner_text()
        for option in page.get_by_role("option").all():
            assert (option.get_attribute("href") or "").startswith(toy)
        visit.ask('"><img src=x onerror=window.pwned=1>xqzzyxw')
        page.goto(f"{toy}papers/?find={quote('<img src=x onerror=window.pwned=1>')}")
        page.locator(".rl-browse.rl-is-ready").wait_for()
        assert page.evaluate(f"window.{PAYLOAD_FLAG}") is None


def test_a_site_published_anew_is_searched_anew(browser: Browser, real: str) -> None:
    manifest = json.loads((real_site().folder / "data" / "search" / "index.json").read_text(encoding="utf-8"))
    old: list[Route] = []

    def first_an_old_one(route: Route) -> None:
        if old:
            route.continue_()
        else:
            old.append(route)
            gone = {kind: [f"gone{name}" for name in names] for kind, names in manifest["files"].items()}
            route.fulfill(json={**manifest, "digest": "gone000000", "files": gone})

    with _visit(browser, real) as visit:
        visit.page.route("**/data/search/index.json", first_an_old_one)
        visit.open()
        visit.ask("frantar")
        expect(visit.result("gptq")).to_be_visible()
        assert old
        assert all("404" in text for text in visit.said)  # the file that has gone
        visit.said.clear()


@pytest.mark.parametrize("before", ["another list", "another format"])
@pytest.mark.parametrize("stays", [True, False])
def test_what_a_browser_kept_of_an_older_publication_misleads_nobody(
    browser: Browser, tmp_path: Path, before: str, stays: bool
) -> None:
    """The kept list of files names some that are gone, and numbers the papers otherwise."""
    for each in real_site().folder.iterdir():
        (tmp_path / each.name).symlink_to(each)
    (tmp_path / "data").unlink()
    folder = tmp_path / "data" / "search"
    older = dict(index.files(LIST))
    if before == "another format":
        older = {index.MANIFEST: '{"version": 1}'}
    newer = dict(index.files(_without_the_newest()))
    with serve(tmp_path, kept=True) as address, _visit(browser, address) as visit:
        _publish(folder, older)
        page = visit.open()
        page.evaluate(  # its words are there, the papers it shows are not yet
            """async () => {
                const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
                await searchIndex.find("quantization").catch(() => {});
            }"""
        )
        _publish(folder, newer)
        if not stays:
            visit.open()
        found = visit.ask("quantization")
        with _visit(browser, address) as other:
            other.open()
            assert found == other.ask("quantization") != []
        assert all("404" in text for text in visit.said)  # the files that have gone
        visit.said.clear()


def _without_the_newest() -> Library:
    contents = store.load(RECORDS)
    records = {record_id: each for record_id, each in contents.records.items() if record_id != LIST.newest_first[0]}
    return Library.of(dataclasses.replace(contents, records=records))


def _publish(folder: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_an_index_that_cannot_be_loaded_is_said(browser: Browser, real: str) -> None:
    with _visit(browser, real) as visit:
        visit.page.route("**/data/search/words-*", lambda route: route.abort())
        page = visit.open()
        visit.ask("frantar")
        expect(visit.status).to_contain_text("could not be loaded")
        visit.box.press("Enter")
        page.wait_for_url(f"{real}papers/?find=frantar")
        expect(page.locator("#rl-count")).to_have_text("The search could not be loaded; these are all papers.")
        assert page.locator(".rl-rows > li").count() == 100
        visit.said.clear()


def test_what_was_found_before_is_found_without_a_network(visit: Visit) -> None:
    page = visit.open()
    before = visit.ask("frantar")
    page.context.set_offline(True)
    visit.ask("lottery")
    expect(visit.status).to_contain_text("could not be loaded")
    expect(page.locator(".rl-search__all")).to_be_hidden()  # it was of what was found before
    assert visit.ask("frantar") == before
    page.context.set_offline(False)
    assert visit.ask("lottery")
    expect(visit.status).not_to_contain_text("could not")
    visit.said.clear()


def test_who_types_before_the_script_has_come_is_answered(visit: Visit) -> None:
    held: list[Route] = []
    visit.page.route("**/assets/search.js", lambda route: held.append(route))
    with visit.page.expect_request("**/assets/search.js"):
        visit.page.goto(f"{visit.address}about/", wait_until="commit")
    visit.box.fill("frantar")
    visit.box.focus()
    held[0].continue_()
    visit.page.wait_for_load_state()
    expect(visit.result("gptq")).to_be_visible()


def test_a_late_answer_is_announced(visit: Visit) -> None:
    held: list[Route] = []
    visit.page.route("**/data/search/words-*", lambda route: held.append(route))
    visit.open()
    visit.box.fill("frantar")
    expect(visit.status).to_have_text("Searching…")
    expect(visit.status).to_be_visible()
    for route in held:
        route.continue_()
    expect(visit.result("gptq")).to_be_visible()
    expect(visit.status).not_to_contain_text("Searching")


def test_an_answer_in_time_is_not_called_late_and_none_comes_to_a_closed_search(visit: Visit) -> None:
    visit.page.clock.install()
    page = visit.open()
    visit.ask("frantar")
    page.clock.fast_forward(2000)
    expect(visit.status).to_have_text("1 paper")
    held: list[Route] = []
    page.route("**/data/search/words-*", lambda route: held.append(route), times=1)
    with page.expect_request("**/data/search/words-*"):
        visit.box.fill("pruning")
    visit.box.press("Escape")
    held[0].continue_()
    page.evaluate(
        """async () => {
            const { searchIndex } = await import(new URL("../assets/search-index.js", location.href).href);
            await searchIndex.find("pruning", 8);
        }"""
    )
    expect(visit.box).to_have_attribute("aria-expanded", "false")


def test_a_page_that_came_back_is_searched_on_with_the_field_in_focus(visit: Visit) -> None:
    page = visit.open()
    visit.ask("frantar")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type(" gptq")
    expect(visit.result("gptq")).to_be_visible()


@pytest.mark.parametrize("key", [{"isComposing": True}, {"keyCode": 229}])
def test_a_key_of_an_input_method_closes_nothing(visit: Visit, key: dict[str, Any]) -> None:
    visit.open()
    visit.ask("frantar")
    visit.box.evaluate(
        "(box, key) => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, ...key }))", key
    )
    expect(visit.result("gptq")).to_be_visible()
    visit.box.press("Escape")
    expect(visit.result("gptq")).to_be_hidden()


def test_a_path_is_found_by_words_that_no_paper_has(browser: Browser, toy: str) -> None:
    with _visit(browser, toy) as visit:
        page = visit.open()
        assert visit.ask("cloth") == ["From thread to cloth\nReading path · 3 papers"]
        expect(visit.status).to_have_text("No paper has these words.")
        expect(page.locator(".rl-search__all")).to_have_text("Browse all papers")
        assert visit.ask("nothing yet") == []  # a topic without papers


def test_answers_come_in_the_order_of_the_questions(browser: Browser, real: str) -> None:
    """A slow answer to an earlier query does not replace that to a later one."""
    held: list[Route] = []
    with _visit(browser, real) as visit:
        visit.page.route("**/data/search/cards-*", lambda route: route.continue_() if held else held.append(route))
        page = visit.open()
        with page.expect_request("**/data/search/cards-*"):
            visit.box.fill("frantar")
        visit.box.fill("astrom3")
        expect(visit.result("astrom3")).to_be_visible()
        with page.expect_event("requestfinished", lambda request: request.url == held[0].request.url):
            held[0].continue_()
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        expect(visit.status).to_have_text("1 paper")
        expect(page.locator(".rl-search__all")).to_have_text("In the list, with filters")
        expect(visit.result("astrom3")).to_be_visible()


def test_errors_are_counted_as_people_make_them(asking: Visit) -> None:
    page = asking.page
    pairs = [
        ("ticket", "ticket"),
        ("tikcet", "ticket"),
        ("tiket", "ticket"),
        ("tickett", "ticket"),
        ("tocket", "ticket"),
    ]
    counted = page.evaluate(
        "async ([script, pairs]) => { const { errors } = await import(script);"
        " return pairs.map(([a, b]) => errors(a, b, 2).whole); }",
        [f"{asking.address}assets/search-index.js", pairs],
    )
    assert counted == [0, 0.8, 1, 1, 1]
    far = page.evaluate(
        "async script => { const { errors } = await import(script); const { whole } = errors('loom', 'galaxy', 2);"
        " return whole > 2; }",
        f"{asking.address}assets/search-index.js",
    )
    assert far is True


def test_a_first_query_loads_little(visit: Visit) -> None:
    """As sent without compression; compressed it is about a third, see benchmarks/search.py."""
    page = visit.open()
    loaded: list[tuple[str, int]] = []

    def on_response(response: Response) -> None:
        if not response.url.endswith("/favicon.svg"):  # the browser asks for the icon when it likes
            loaded.append((response.url, len(response.body())))

    page.on("response", on_response)
    visit.ask("quantization")
    expect(visit.result("gptq")).to_be_visible()
    assert all("/data/search/" in url for url, _ in loaded), loaded
    assert 0 < sum(size for _, size in loaded) < 150_000


# --- wrong addresses --------------------------------------------------------------------------------------------------


@contextmanager
def _lost(browser: Browser, address: str, path: str, page_text: str, **options: Any) -> Iterator[Page]:
    """Open a wrong address, which a host answers with ``404.html``, as GitHub Pages does."""
    with _visit(browser, address, **options) as visit:
        visit.page.route(
            address + path, lambda route: route.fulfill(status=404, body=page_text, content_type="text/html")
        )
        visit.page.goto(address + path)
        yield visit.page
        visit.said[:] = [text for text in visit.said if "404" not in text]  # the browser tells of the address itself
        visit.foreign[:] = [url for url in visit.foreign if not url.startswith(address.removesuffix(BELOW))]


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("papers/gptqq/", "papers/gptq/"),
        ("papers/gptq.html", "papers/gptq/"),
        ("%47ptq", "papers/gptq/"),
        ("topics/quantisaton/", "topics/quantization/"),
        ("a/b/c/astrom3/", "papers/astrom3/"),
        ("papers/accurate-post-training-quantisation/index.html", "papers/gptq/"),
    ],
)
def test_a_wrong_address_is_offered_what_it_may_mean(browser: Browser, real: str, path: str, offered: str) -> None:
    text = real_site().html("404.html")
    with _lost(browser, real, path, text) as page:
        expect(page.locator(f'.rl-lost a[href="{real}{offered}"]')).to_be_visible()
        expect(page).to_have_title(re.compile("^Page not found"))
        for facts in page.locator(".rl-lost small").all():
            expect(facts).to_have_css("display", "block")  # on a line of their own, as elsewhere
        # It is no paper: nothing to mark, nothing to go on with.
        assert page.locator("article .rl-mark").count() == 0
        assert "This page" not in (page.evaluate("Object.values(localStorage).join()") or "")
        # Built without its address and served below a path, the page still finds its style and leads to the site.
        page.wait_for_function("[...document.styleSheets].some(sheet => sheet.href?.endsWith('/assets/list.css'))")
        page.get_by_role("link", name="all papers").click()
        page.wait_for_url(f"{real}papers/")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_is_offered_late_takes_nothing_from_who_types(browser: Browser, real: str, size: tuple[int, int]) -> None:
    with _visit(browser, real, size) as visit:
        held: list[Route] = []
        visit.page.route("**/data/search/index.json", lambda route: held.append(route))
        visit.page.route("**/papers/gptqq/", lambda route: route.fulfill(body=real_site().html("404.html")))
        with visit.page.expect_request("**/data/search/index.json"):
            visit.page.goto(f"{real}papers/gptqq/")
        field = visit.page.locator(".rl-lost__form input")
        field.press_sequentially("mixture")
        place = field.bounding_box()
        held[0].continue_()
        expect(visit.page.locator(".rl-lost a").first).to_be_visible()
        expect(field).to_have_value("mixture")
        assert field.bounding_box() == place
        expect(visit.page.locator(".md-footer")).not_to_be_in_viewport()
        visit.said.clear()
        visit.foreign.clear()


def test_the_folder_of_a_wrong_address_is_not_asked_for(browser: Browser, real: str) -> None:
    with _lost(browser, real, "PAPERS/GPTQ/", real_site().html("404.html")) as page:
        field = page.locator(".rl-lost__form input")
        expect(field).to_have_value("GPTQ")
        field.focus()
        expect(field).to_have_css("outline-style", "solid")
        field.press("Enter")
        page.wait_for_url(f"{real}papers/?find=GPTQ")


def test_a_wrong_address_that_means_nothing_is_offered_nothing(browser: Browser, real: str) -> None:
    with _lost(browser, real, "xqzzyxw/", real_site().html("404.html")) as page:
        page.evaluate(
            """async (assets) => {
                await import(`${assets}not-found.js`);
                const { searchIndex } = await import(`${assets}search-index.js`);
                await searchIndex.find("xqzzyxw");
            }""",
            f"{real}assets/",
        )
        expect(page.locator(".rl-lost")).to_be_empty()


def test_a_wrong_address_of_a_published_site(browser: Browser) -> None:
    """The toy site knows its address; it is served below the path that the address has."""
    site = toy_site()
    root = scratch() / "published"
    root.mkdir(exist_ok=True)
    if not (root / "looms").exists():
        (root / "looms").symlink_to(site.folder)
    with serve(root) as served, _lost(browser, f"{served}looms/", "papers/braidd/", site.html("404.html")) as page:
        # Once the id of this paper; the address leads on, and its words are in the index.
        link = page.locator(f'.rl-lost a[href="{served}looms/papers/braided-attention/"]')
        expect(link).to_be_visible()
        page.locator(".rl-lost__form").get_by_role("button", name="Search").click()
        page.wait_for_url(re.compile(rf"{re.escape(served)}looms/papers/\?find="))


def test_a_hostile_address_is_text(browser: Browser, real: str) -> None:
    path = "papers/%3Cimg%20src=x%20onerror=window.pwned=1%3E%ZZ/gptq"
    with _lost(browser, real, path, real_site().html("404.html")) as page:
        expect(page.locator(".rl-lost a").first).to_be_visible()
        assert page.locator(".rl-lost img").count() == 0
        assert page.evaluate(f"window.{PAYLOAD_FLAG}") is None


def test_a_wrong_address_without_scripts_has_ways_on(browser: Browser, toy: str) -> None:
    text = toy_site().html("404.html").replace("/looms/", "/")
    with _lost(browser, toy, "x/y/", text, java_script_enabled=False) as page:
        assert page.locator("article h1").inner_text() == "This page is not here"
        links = page.locator("article p a").evaluate_all("links => links.map(link => link.href)")
        assert links == [toy, f"{toy}papers/", f"{toy}topics/", f"{toy}years/"]
        expect(page.get_by_role("search")).to_have_count(0)  # neither in the header, for nothing would be found
        begins = "document.querySelector('article h1').getBoundingClientRect().x"
        here = page.evaluate(begins)
        page.goto(f"{toy}years/")
        assert page.evaluate(begins) == here  # where every page without a menu begins


# --- the other engine ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_zensical_has_the_same_search(browser: Browser) -> None:
    site = zensical_site()
    with _below(site, "zensical") as address:
        for size in (DESK, PHONE):
            with _visit(browser, address, size) as visit:
                page = visit.open("papers/gptq/")
                assert page.locator("form.rl-search").count() == 1
                page.keyboard.press("Control+k")
                expect(visit.box).to_be_focused()
                visit.ask("quantisaton")
                expect(visit.result("gptq")).to_be_visible()
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        with _lost(browser, address, "papers/gptqq/", site.html("404.html")) as page:
            expect(page.locator(f'.rl-lost a[href="{address}papers/gptq/"]')).to_be_visible()
