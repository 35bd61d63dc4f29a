"""The benchmarks' view of a built site: which kinds of page it has, and what the server answers."""

from __future__ import annotations

import gzip
import http.client
from pathlib import Path
from urllib.parse import urlsplit

import built_site
import pytest


@pytest.fixture
def site(tmp_path: Path) -> Path:
    pages = {
        "index.html": "home",
        "404.html": "nothing here",
        "papers/index.html": "all",
        "papers/short/index.html": "x",
        "papers/full/index.html": "x" * 2000,
        "papers/moved/index.html": '<meta http-equiv="refresh">' + "x" * 9000,
        "later/index.html": "a kind that is made later",
        "data/papers.json": "{}",
        "assets/logo.png": "\x00",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_kinds_are_what_the_site_holds(site: Path) -> None:
    assert built_site.kinds(site) == {
        "home": "",
        "later": "later/",
        "papers": "papers/",
        "papers-page": "papers/full/",
        "not-found": "404.html",
    }


@pytest.mark.parametrize(
    ("path", "status", "body", "packed"),
    [
        ("/", 200, "home", True),
        ("/papers/full/", 200, "x" * 2000, True),
        ("/papers", 301, "", False),
        ("/data/papers.json?v=1", 200, "{}", True),
        ("/assets/logo.png", 200, "\x00", False),
        ("/nowhere/", 404, "nothing here", True),
        ("/../../etc/passwd", 404, "nothing here", True),
    ],
)
def test_the_server_answers_as_pages_does(site: Path, path: str, status: int, body: str, packed: bool) -> None:
    with built_site.serve(site) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
    assert answer.status == status
    assert (answer.getheader("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(data) if packed else data).decode() == body
    if status == 200:
        assert answer.getheader("Cache-Control") == "max-age=600"


def test_what_is_missing_is_said(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built_site, "chromium", lambda: "/usr/bin/chromium")
    assert built_site.complaint(site) == ""
    assert "make site" in built_site.complaint(tmp_path / "empty")
    monkeypatch.setattr(built_site, "chromium", lambda: None)
    assert "CHROMIUM" in built_site.complaint(site)
