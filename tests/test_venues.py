"""Venues: journals are told from proceedings by their names, and which year is cited with them."""

from __future__ import annotations

import pytest

from generator.facts.venues import agree, cited_date, container, is_journal, placed, without_preprint

JOURNALS = """
Neural Computation
Computers in Biology and Medicine (2024)
Future Generation Computer Systems 149 (2023)
SCIENCE CHINA Information Sciences 2025
IEEE TPAMI 2023
IEEE Access (2024) 96017-96050
IEEE/ACM TASLP
ACM TOMS
ACM CSUR
IEEE Transactions on Robotics 2024
TMLR
PLOS ONE 2023
JAMA 2023
Nature Communications 14, 8192 (2023)
NeuroImage
Oral Oncology
Demography 61
BMC Bioinformatics 24
Proceedings of the IEEE
Proceedings of the IEEE 110 (2022)
Proceedings of the ACM on Programming Languages
Proc. VLDB Endow. 16
Proceedings of the National Academy of Sciences
Journal of Physics: Conference Series
Zeitschrift für Webkunst
機織り
"""
PROCEEDINGS = """
ICLR
ICASSP 2022
NeurIPS 2023
NeurIPS2023
ICML’23
CoRL 2024
3DV 2024
*SEM 2022
ACM MM 2023
ESEC/FSE 2022
ACL-IJCNLP 2021
KDD 2025 (V.1)
IEEE S&P
NeurIPS D&B
ICLR 2024 Oral
EMNLP (Findings)
Findings of EMNLP 2023
NeurIPS 2023 Datasets and Benchmarks Track
NeurIPS Datasets and Benchmarks
EMNLP System Demonstrations
ICLR Blogposts 2024
ICML Oral
Interspeech 2022
Toy Conference on Looms
Int. Conf. on Looms
CVPR Workshops
Workshop on Nature-Inspired Looms
Annual Meeting of the Weavers
World Congress of Weavers
Proceedings of the IEEE Conference on Looms
Proceedings of the IEEE/CVF Winter Loom Show
Advances in Neural Information Processing Systems 34
Lecture Notes in Computer Science
Jahrestagung der Weber
Congrès des tisserands
情報処理学会全国大会
Konferenz der Weber
"""


@pytest.mark.parametrize("venue", JOURNALS.strip().splitlines())
def test_a_venue_is_a_journal(venue: str) -> None:
    assert is_journal(venue)


@pytest.mark.parametrize("venue", PROCEEDINGS.strip().splitlines())
def test_unless_its_name_says_proceedings(venue: str) -> None:
    assert not is_journal(venue)


@pytest.mark.parametrize(
    ("venue", "issued", "wanted"),
    [
        ("COLM 2024", "2023-12-01", "2024"),
        ("IEEE Access (2024) 96017-96050", "2023-12", "2024"),
        ("NeurIPS2023", "2024-01-05", "2023"),
        ("COLM 2024", "2024-05-31", "2024-05-31"),
        ("COLM 2024", None, "2024"),
        ("COLM", "2023-12-01", "2023-12-01"),
        ("ICML’23", "2022", "2022"),
        ("Looms 45(2), 1998-2004", "2011", "2011"),
        ("Looms 1998:7", "2011", "2011"),
        ("Looms 120242", "2011", "2011"),
        ("Looms 2021 (2022)", "2020", "2020"),
        ("Looms 1997", "1996-12", "1997"),
        ("Looms & yarn (1982)", "2020-11-24", "2020-11-24"),
        ("Journal of looms (Bethesda, Md. : 1985)", "2020", "2020"),
        (None, "2023-12-01", "2023-12-01"),
        (None, None, None),
    ],
)
def test_the_year_that_a_venue_states_is_cited(venue: str | None, issued: str | None, wanted: str | None) -> None:
    assert cited_date(venue, issued) == wanted


@pytest.mark.parametrize(
    ("venue", "issued", "wanted"),
    [("COLM 2024", "2024-05-31", "2024"), ("COLM", "2023-12", "2023"), (None, "2023-12-01", "2023-12-01")],
)
def test_the_month_of_a_preprint_is_none_of_its_venue(venue: str | None, issued: str, wanted: str) -> None:
    assert cited_date(venue, issued, "2312.00001") == wanted


@pytest.mark.parametrize(
    ("venue", "wanted"),
    [
        ("Loom Communications 14, 8192 (2023)", ("Loom Communications", "14", "8192")),
        ("IEEE Access (2024) 96017–96050", ("IEEE Access", None, "96017-96050")),
        ("Journal of Looms 149 (2023)", ("Journal of Looms", "149", None)),
        ("Journal of Looms 9 (1997) e1012", ("Journal of Looms", "9", "e1012")),
        ("Journal of Looms 9, L1–L9 (1997)", ("Journal of Looms", "9", "L1-L9")),
        ("IEEE TPAMI 2023", ("IEEE TPAMI", None, None)),
        ("Loom Studies (LS) (2023)", ("Loom Studies (LS)", None, None)),
        ("织机学报 2020", ("织机学报", None, None)),
        ("Looms 45(2), 1998-2004", ("Looms 45(2), 1998-2004", None, None)),
        ("Journal of Looms", ("Journal of Looms", None, None)),
        ("ICML 2023", ("ICML 2023", None, None)),  # the name of one edition
    ],
)
def test_a_journal_is_cited_apart_from_volume_pages_and_year(venue: str, wanted: tuple[str | None, ...]) -> None:
    assert container(venue) == wanted


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (("Loom Communications", "14", "8192--8199", 2023), "Loom Communications 14, 8192-8199 (2023)"),
        (("Loom Communications", "14", "e12", 2023), "Loom Communications 14, e12 (2023)"),
        (("Loom Communications", "14", None, 2023), "Loom Communications 14 (2023)"),
        (("Loom Communications", "14", "3 pages", 2023), "Loom Communications 14 (2023)"),
        (("IEEE Access", None, "96017-96050", 2024), "IEEE Access (2024) 96017-96050"),
        (("Loom Communications", None, None, 2023), "Loom Communications"),
        (("Loom Communications", "14", "8192", None), "Loom Communications"),
        (("Loom Communications", "XIV", "8192", 2023), "Loom Communications"),
        (("Loom Communications 14, 8192 (2023)", "14", "8192", 2023), "Loom Communications 14, 8192 (2023)"),
        (("Proceedings of Looms", "139", "1-12", 2021), "Proceedings of Looms"),
        (("ICML 2021", "139", "1-12", 2021), "ICML 2021"),
    ],
)
def test_a_venue_says_of_a_journal_where_a_paper_stands(
    place: tuple[str, str | None, str | None, int | None], wanted: str
) -> None:
    assert placed(*place) == wanted
    if wanted != place[0]:
        name, volume, pages = container(wanted)
        assert (name, volume) == place[:2]
        assert pages is None or pages == (place[2] or "").replace("--", "-")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Loom Communications 14, 8192 (2023)", "Loom communications", True),
        ("Loom Communications 14, 8192 (2023)", "Loom Communications 14 (2023)", True),
        ("Loom Communications 14, 8192 (2023)", "Loom Communications 15 (2023)", False),
        ("Loom Communications 14, 8192 (2023)", "Loom Communications 14, 8193 (2023)", False),
        ("Loom Communications", "Loom Studies", False),
        ("ICML 2021", "ICML 2022", False),
    ],
)
def test_venues_agree_as_far_as_both_say_where_a_paper_stands(one: str, other: str, same: bool) -> None:
    assert agree(one, other) is agree(other, one) is same


@pytest.mark.parametrize(
    ("venue", "kept"),
    [
        ("ICLR 2024 (arXiv 2310.12345)", "ICLR 2024"),
        ("ICLR 2024 [arXiv:2310.12345]", "ICLR 2024"),
        ("NeurIPS 2023, arXiv:2310.12345", "NeurIPS 2023"),
        ("Journal of Looms (arXiv preprint arXiv:2310.12345)", "Journal of Looms"),
        ("Proceedings of the Loom Workshop; arXiv 2310.12345", "Proceedings of the Loom Workshop"),
        ("ICLR 2024", "ICLR 2024"),
        ("arXiv (Cornell University)", None),
        ("Cornell University (arXiv)", None),
        ("Preprint (arXiv:2310.12345)", None),
        ("HAL (arXiv 2310.12345)", None),
        ("Submitted 2024 (arXiv 2310.12345)", None),
        ("Loom Studies", "Loom Studies"),
        ("CoRR 2023 (arXiv 2310.12345)", None),
        ("arXiv preprint arXiv:2310.12345, 2023", None),
    ],
)
def test_a_venue_loses_what_only_says_that_the_paper_is_on_arxiv(venue: str, kept: str | None) -> None:
    assert without_preprint(venue) == kept
