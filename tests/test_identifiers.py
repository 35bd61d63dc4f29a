"""Identifiers: what people paste, in the one form the list keeps, and where it leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.facts import identifiers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2210.17323", "2210.17323"),
        (" 2210.17323v2 ", "2210.17323"),
        ("arXiv:2210.17323", "2210.17323"),
        ("arxiv: 2210.17323v1", "2210.17323"),
        ("https://arxiv.org/abs/2210.17323v2", "2210.17323"),
        ("http://www.arxiv.org/pdf/2210.17323.pdf", "2210.17323"),
        ("https://arxiv.org/pdf/2210.17323v3", "2210.17323"),
        ("https://arxiv.org/html/2210.17323v1/", "2210.17323"),
        ("https://export.arxiv.org/abs/2210.17323", "2210.17323"),
        ("https://huggingface.co/papers/2210.17323", "2210.17323"),
        ("https://hf.co/papers/2210.17323", "2210.17323"),
        ("https://ar5iv.labs.arxiv.org/html/2210.17323", "2210.17323"),
        ("https://www.alphaxiv.org/overview/2210.17323v1", "2210.17323"),
        ("https://arxiv.org/html/2210.17323v2#S1", "2210.17323"),
        ("10.48550/arXiv.2210.17323", "2210.17323"),
        ("https://doi.org/10.48550/ARXIV.2210.17323", "2210.17323"),
        ("2301.00010", "2301.00010"),
        ("0704.0001", "0704.0001"),
        ("1412.6980", "1412.6980"),
        ("1501.00001", "1501.00001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136v1", "math/0309136"),
        ("2301.0001", None),
        ("1412.69801", None),
        ("1501.0001", None),
        ("0703.0001", None),
        ("0612.34567", None),
        ("2313.00001", None),
        ("2300.00001", None),
        ("2301.1", None),
        ("2301.00010v", None),
        ("https://evil.example/abs/2210.17323", None),
        ("https://arxiv.org/list/cs.CL/2210", None),
        ("https://[arxiv.org/abs/2210.17323", None),
        ("", None),
    ],
)
def test_arxiv(text: str, expected: str | None) -> None:
    assert identifiers.arxiv(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("doi:10.1145/ABC.Def", "10.1145/abc.def"),
        ("doi:http://dx.doi.org/10.1145/abc", "10.1145/abc"),
        ("DOI 10.1145/abc", "10.1145/abc"),
        ("doi.org/10.1145/abc", "10.1145/abc"),
        ("https://doi.org/10.1145/ABC", "10.1145/abc"),
        ("http://dx.doi.org/10.1145/abc", "10.1145/abc"),
        ("https://doi.org/10.1002/%28SICI%291097", "10.1002/(sici)1097"),
        ("https://dl.acm.org/doi/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true", "10.1145/3292500.3330701"),
        ("https://link.springer.com/content/pdf/10.1007/978-3-030-58452-8_13.pdf", "10.1007/978-3-030-58452-8_13"),
        ("https://www.frontiersin.org/articles/10.3389/fnins.2020.00001/full", "10.3389/fnins.2020.00001"),
        ("https://iopscience.iop.org/article/10.1088/1742-6596/1/1/012001/meta", "10.1088/1742-6596/1/1/012001"),
        ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0123456", "10.1371/journal.pone.0123456"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf", "10.1101/2020.01.01.123456"),
        ("https://doi.org/10.1145/abc.pdf", "10.1145/abc.pdf"),  # only a publisher's own address has pages
        (
            "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
            "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        ),
        (
            "https://doi.org/10.1175/1520-0469(1994)051%3C0001:LOOM%3E2.0.CO;2",
            "10.1175/1520-0469(1994)051<0001:loom>2.0.co;2",
        ),
        ("10.1145/abc</a>", None),
        ("10.1145/<script>alert(1)</script>", None),
        ("10.1145/1:2<3", None),
        (f"10.1145/<{':' * 100_000}", None),
        ("https://example.org/10.1145", None),
        ("https://example.org/?id=10.1145", None),
        ("https://example.org/10.1145/a%20b", None),
        ("https://example.org/10.1145/<b>", None),
        (f"https://example.org/10.1145/{'a' * 3000}", None),
        ("10.1145/", None),
        ("10.11/abc", None),
        ("11.1145/abc", None),
        ("10.1145/a b", None),
        ('10.1145/"><script>', None),
        ("10.1145/a{b}", None),
        ("", None),
    ],
)
def test_doi(text: str, expected: str | None) -> None:
    assert identifiers.doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcbBPnfwxS", "tcbBPnfwxS"),
        ("https://openreview.net/forum?id=tcbBPnfwxS", "tcbBPnfwxS"),
        ("https://openreview.net/pdf?id=tcbBPnfwxS", "tcbBPnfwxS"),
        ("https://openreview.net/attachment?id=tcbBPnfwxS&name=pdf", "tcbBPnfwxS"),
        ("https://openreview.net/forum?id=tcbBPnfwxS&noteId=abc", "tcbBPnfwxS"),
        ("https://openreview.net/group?id=toy.example", None),
        ("short", None),
        ("has space!", None),
    ],
)
def test_openreview(text: str, expected: str | None) -> None:
    assert identifiers.openreview(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020.acl-main.703", "2020.acl-main.703"),
        ("https://aclanthology.org/2020.acl-main.703/", "2020.acl-main.703"),
        ("https://www.aclweb.org/anthology/N19-1423.pdf", "N19-1423"),
        ("P18-1031", "P18-1031"),
        ("https://aclanthology.org/2020.acl-main.703v2.pdf", "2020.acl-main.703"),
        ("https://aclanthology.org/2020.acl-main.703.bib", "2020.acl-main.703"),
        ("acl-main.703", None),
    ],
)
def test_acl(text: str, expected: str | None) -> None:
    assert identifiers.acl(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://arxiv.org/abs/2210.17323", ("arxiv", "2210.17323")),
        # arXiv's own DOIs are arXiv ids.
        ("10.48550/arXiv.2210.17323", ("arxiv", "2210.17323")),
        ("doi:10.1145/abc", ("doi", "10.1145/abc")),
        ("https://aclanthology.org/2020.acl-main.703", ("acl", "2020.acl-main.703")),
        ("https://openreview.net/forum?id=tcbBPnfwxS", ("openreview", "tcbBPnfwxS")),
        ("https://openreview.net/", None),
        # Any ten letters could be an OpenReview id.
        ("tcbBPnfwxS", None),
        ("https://github.com/toy/loom", None),
        ("A Loom of One's Own", None),
    ],
)
def test_recognise(text: str, expected: tuple[str, str] | None) -> None:
    assert identifiers.recognise(text) == expected


@pytest.mark.parametrize("scheme", identifiers.SCHEMES.values(), ids=lambda scheme: scheme.kind)
def test_examples_are_in_normal_form_and_lead_back(scheme: identifiers.Scheme) -> None:
    assert scheme.read(scheme.example) == scheme.example
    assert scheme.read(scheme.url(scheme.example)) == scheme.example


@given(st.from_regex(r"10\.[0-9]{4}/[!-~]{1,12}", fullmatch=True))
def test_a_doi_in_normal_form_stays_and_leads_back(text: str) -> None:
    value = identifiers.doi(text)
    if value is not None:
        assert identifiers.doi(value) == value
        assert identifiers.doi(identifiers.SCHEMES["doi"].url(value)) == value


@pytest.mark.parametrize(
    "text", ["٢٣٠١.٠٠٠٠١", "２３０１.00001", "10.٥٥٥٥/toy", "٢٠٢٠.acl-main.1", "https://[::gg]/abs/2301.00001"]
)
def test_figures_of_other_scripts_are_no_identifier(text: str) -> None:
    assert [kind for kind, scheme in identifiers.SCHEMES.items() if scheme.read(text)] == []
    assert identifiers.recognise(text) is None
