"""A built site as its readers meet it: a page of every kind, served as GitHub Pages serves it, and a Chromium."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE = (390, 844)
DESK = (1280, 900)


def kinds(site: Path) -> dict[str, str]:
    """Return one page of every kind in a built site, as its address below the site's root by the kind's name.

    The kinds are what the site holds: the home page, each page of the first level (``papers``), and the fullest page
    of each folder (``papers-page``), so that kinds made later are found too. Pages that only lead on are left out.
    """
    found = {"home": ""}
    for folder in sorted(path for path in site.iterdir() if path.is_dir()):
        if (folder / "index.html").is_file():
            found[folder.name] = f"{folder.name}/"
        below = [page for page in sorted(folder.glob("*/index.html")) if not _leads_on(page)]
        if below:
            fullest = max(below, key=lambda page: (page.stat().st_size, page.as_posix()))
            found[f"{folder.name}-page"] = f"{folder.name}/{fullest.parent.name}/"
    if (site / "404.html").is_file():
        found["not-found"] = "404.html"
    return found


def _leads_on(page: Path) -> bool:
    return 'http-equiv="refresh"' in page.read_text(encoding="utf-8")


class PagesHandler(http.server.SimpleHTTPRequestHandler):
    """Answers as GitHub Pages does: text as gzip, ten minutes in the cache, 404.html for what is not there.

    Its documentation says nothing of these; they are the headers that it sends.
    """

    protocol_version = "HTTP/1.1"
    compressed = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".bib", ".ris", ".csv", ".map")
    extensions_map = {  # noqa: RUF012 - the base class has it so
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def send_head(self) -> BytesIO | None:
        """Send status and headers of the file asked for; return what is to follow."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            if not self.path.split("?")[0].endswith("/"):
                self.send_response(HTTPStatus.MOVED_PERMANENTLY)
                self.send_header("Location", self.path + "/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            path /= "index.html"
        status = HTTPStatus.OK
        if not path.is_file():
            status, path = HTTPStatus.NOT_FOUND, Path(self.directory) / "404.html"
            if not path.is_file():
                self.send_error(status)
                return None
        body = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Vary", "Accept-Encoding")
        if path.suffix in self.compressed and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)


@contextlib.contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve ``site`` on a free port of the loopback; yields the address, which ends in a slash."""
    with answering(functools.partial(PagesHandler, directory=str(site))) as address:
        yield address


@contextlib.contextmanager
def answering(handler: Callable[..., http.server.BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """Answer on a port of the loopback, a free one where none is named; yields the address, which ends in a slash."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def chromium() -> str | None:
    """Return the path of a Chromium: the one that CHROMIUM names, or one of this machine, or none."""
    candidates = (os.environ.get("CHROMIUM", ""), *BROWSERS)
    return next((path for name in candidates if name and (path := shutil.which(name))), None)


def launch_arguments() -> list[str]:
    """Return what Chromium needs to start here: its sandbox does not start for root, as in containers."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


def complaint(site: Path) -> str:
    """Return what is missing for looking at ``site`` in a browser, with the remedy, or nothing."""
    if chromium() is None:
        return f"no Chromium: name one in CHROMIUM, or install one of {', '.join(BROWSERS)}"
    if not (site / "index.html").is_file():
        return f"{site}: no site here; build it with `make site`"
    return ""
