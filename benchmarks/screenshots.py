"""Takes pictures of a built site: every kind of page, the picture in the README, the card that links to the site show.

    python benchmarks/screenshots.py                 every kind of page, on phone and desk, light and dark
    python benchmarks/screenshots.py --readme        docs/assets/screenshot.png
    python benchmarks/screenshots.py --card          docs/assets/card.png

Build the site first (`make site`).
"""

from __future__ import annotations

import argparse
import base64
import html
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import built_site
from playwright.sync_api import Browser, sync_playwright

from generator import settings

REPOSITORY = Path(__file__).resolve().parent.parent
ASSETS = REPOSITORY / "docs" / "assets"
SIZES = {"phone": built_site.PHONE, "desk": built_site.DESK}
README_PAPER = "papers/gptq/"
CARD = (1200, 630)
"""The size that link previews want, https://developers.facebook.com/docs/sharing/webmasters/images."""

Scheme = Literal["light", "dark"]


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=built_site.chromium(), args=built_site.launch_arguments())
        yield started
        started.close()


def every_kind(browser: Browser, site: Path, target: Path) -> Iterator[Path]:
    """Photograph one page of every kind in whole, in both sizes and schemes; yield the files."""
    target.mkdir(parents=True, exist_ok=True)
    with built_site.serve(site) as address:
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                for kind, path in built_site.kinds(site).items():
                    file = target / f"{kind}-{size}-{scheme}.png"
                    file.write_bytes(_shot(browser, address + path, (width, height), scheme, whole=True))
                    yield file


def _shot(browser: Browser, address: str, size: tuple[int, int], scheme: Scheme, *, whole: bool = False) -> bytes:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    try:
        page = context.new_page()
        page.goto(address, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        return page.screenshot(full_page=whole)
    finally:
        context.close()


def _drawn(browser: Browser, text: str, size: tuple[int, int], target: Path) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(text, wait_until="load")
    page.evaluate("document.fonts.ready")
    target.write_bytes(page.screenshot())
    page.close()


def _data(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def readme(browser: Browser, site: Path, target: Path) -> None:
    """Lay a paper's page on a phone, in the dark, over the same on a wide screen."""
    with built_site.serve(site) as address:
        wide = _shot(browser, address + README_PAPER, (1280, 860), "light")
        phone = _shot(browser, address + README_PAPER, built_site.PHONE, "dark")
    text = f"""<style>
      body {{ background: #eae4da; margin: 0 }}
      img {{ box-shadow: 0 8px 30px #0003; position: absolute }}
      .wide {{ border-radius: 8px; left: 40px; top: 40px; width: 960px }}
      .phone {{ border-radius: 18px; border: 6px solid #0d1119; right: 40px; top: 96px; width: 264px }}
    </style>
    <img class="wide" src="{_data(wide, "image/png")}"><img class="phone" src="{_data(phone, "image/png")}">"""
    _drawn(browser, text, (1200, 730), target)


def card(browser: Browser, target: Path) -> None:
    """Draw the card of the site: its name and what it is. No count stands on it, so that it does not grow old."""
    own = settings.load(REPOSITORY / settings.CONFIG_FILE)
    fonts = "".join(
        f'@font-face {{ font-family: "{name}"; font-weight: 200 900; '
        f'src: url("{_data((ASSETS / "fonts" / file).read_bytes(), "font/woff2")}") }}\n'
        for name, file in (
            ("Card Serif", "source-serif-4-latin-wght-normal.woff2"),
            ("Card Sans", "inter-latin-wght-normal.woff2"),
        )
    )
    logo = _data((ASSETS / "logo.svg").read_bytes(), "image/svg+xml")
    text = f"""<style>{fonts}
      body {{ background: #fffdf9; box-sizing: border-box; color: #1d2330; display: flex; flex-direction: column;
        font: 30px/1.45 "Card Sans"; height: 630px; margin: 0; padding: 64px 80px 60px }}
      img {{ height: 112px; margin-bottom: auto; width: 112px }}
      h1 {{ font: 600 88px/1.06 "Card Serif"; letter-spacing: -0.015em; margin: 0 0 30px; text-wrap: balance }}
      p {{ border-top: 6px solid #a2410f; color: #4a5264; margin: 0; padding-top: 22px; text-wrap: balance }}
    </style>
    <img src="{logo}"><h1>{html.escape(own.site_name)}</h1><p>{html.escape(own.site_description)}</p>"""
    _drawn(browser, text, CARD, target)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures that the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description="Take pictures of a built site.")
    parser.add_argument("--site", type=Path, default=REPOSITORY / "site", help="the built site (default: site)")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "screenshots", help="folder of the pictures")
    parser.add_argument("--readme", action="store_true", help="only the picture in the README")
    parser.add_argument("--card", action="store_true", help="only the card that links to the site show")
    options = parser.parse_args(arguments)
    if complaint := built_site.complaint(options.site):
        print(complaint, file=sys.stderr)
        return 1
    with _browser() as browser:
        if options.readme:
            readme(browser, options.site, ASSETS / "screenshot.png")
        if options.card:
            card(browser, ASSETS / "card.png")
        if not options.readme and not options.card:
            for file in every_kind(browser, options.site, options.output):
                print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
