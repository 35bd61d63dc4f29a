"""Web addresses: which are safe to print, what they point to, and which ones a text names."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import SplitResult, urlsplit, urlunsplit

KINDS = ("paper", "code", "project", "model", "dataset")
MAX_LENGTH = 2048

_CODE_HOSTS = {
    "github.com",
    "gist.github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "gitee.com",
    "sourceforge.net",
}
_DATA_HOSTS = {"zenodo.org", "figshare.com", "kaggle.com", "data.mendeley.com", "osf.io"}
_MODEL_HOSTS = {"huggingface.co", "hf.co"}
_MODEL_HOST_PAGES = {"spaces", "blog", "docs", "learn", "posts", "tasks", "models", "datasets"}
_LITERATURE_HOSTS = {
    "arxiv.org",
    "doi.org",
    "dx.doi.org",
    "openreview.net",
    "aclanthology.org",
    "proceedings.mlr.press",
    "semanticscholar.org",
    "scholar.google.com",
}
_BARE_HOSTS = r"(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co|hf\.co)/"
# An address ends at white space, at what no address holds, and at marks that only close a clause.
_IN_TEXT = re.compile(
    rf"(?:https?://|(?<![\w./@-]){_BARE_HOSTS})[^\s<>\"'|\\^`{{}}\[\]…“”‘’、。，；：！？（）\u200b-\u200d\ufeff]+",
    re.IGNORECASE,
)
_WHITE = re.compile("[\x00-\x20\x7f-\xa0]")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})", re.IGNORECASE)
# Names of no public server: https://www.iana.org/assignments/special-use-domain-names, and the usual private ones.
_RESERVED_SUFFIXES = (
    ".local", ".localhost", ".localdomain", ".internal", ".intranet", ".private", ".lan", ".home", ".corp", ".test",
    ".invalid", ".arpa", ".onion", ".alt",
)  # fmt: skip
_PUBLIC = "has a host name that does not exist as a public one; copy the address from the browser once more"
# Scripts that are written together; any other two in one label make a look-alike (https://www.unicode.org/reports/tr39/).
_WRITTEN_TOGETHER = frozenset({"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# Letters of Cyrillic and Greek that are drawn as Latin ones; a label of nothing else reads as a Latin word.
_DRAWN_AS_LATIN = frozenset("асԁеһіїјӏорԛѕԝхуѵгоοινκαρυτγω")
_TRACKING = re.compile("(?:utm_[a-z]+|fbclid|gclid|igshid|mc_[ce]id)=", re.IGNORECASE)
_MOST_SHOWN = 80
"""How many characters of an address readers see, its host always whole."""


def fault(url: str) -> str | None:
    """Say why ``url`` may not be printed as a link, or ``None`` where it may.

    Allowed is plain ``http`` or ``https`` with ``//``, a public host name, no user information, no control
    characters or white space, at most 2,048 characters (RFC 3986 for the form; the rest is this list's rule).
    """
    if len(url) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters; shorten it"
    if _WHITE.search(url) or not url.isprintable():
        return "holds white space or a control character; write the address without it"
    if re.match(r"https?://", url, re.IGNORECASE) is None:
        return "does not start with https:// or http://; write the whole address"
    if set(url) & set('<>"\\^`{|}'):
        return "holds a character that addresses must encode; write it as %XX"
    try:
        parts = urlsplit(url)
        if parts.port == 0:
            raise ValueError("port 0 is nobody's")
    except ValueError:
        return "is not a valid web address; copy it from the browser once more"
    return _host_fault(parts)


def _host_fault(parts: SplitResult) -> str | None:
    if "@" in parts.netloc:
        return "holds user information before the host; leave it out"
    host = ascii_host(parts)
    if host is None:
        return _PUBLIC
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return "names a machine by its number; write the host's name"
    if f".{host}".endswith(_RESERVED_SUFFIXES) or not _HOST.fullmatch(host):
        return _PUBLIC
    return _lookalike_fault(host)


def _lookalike_fault(host: str) -> str | None:
    """Say which label of a host in ASCII form looks like another word, or ``None``."""
    if "xn--" not in host:
        return None
    import idna  # slow to import, and few hosts need it

    labels = host.split(".")
    for label in labels:
        if not label.startswith("xn--"):
            continue
        try:
            letters = [char for char in idna.ulabel(label) if char.isalpha()]
        except UnicodeError:
            return _PUBLIC
        scripts = {unicodedata.name(char, "?").split()[0].split("-")[0] for char in letters}
        if len(scripts) > 1 and not scripts <= _WRITTEN_TOGETHER:
            mixed = " and ".join(sorted(script.capitalize() for script in scripts))
            return (
                f"has a host name that mixes {mixed} letters ({label}), as look-alikes do; write the real host's name"
            )
        if set(letters) <= _DRAWN_AS_LATIN and labels[-1].isascii() and not labels[-1].startswith("xn--"):
            return f"has a host name of letters that look like Latin ones ({label}); write the real host's name"
    return None


def ascii_host(parts: SplitResult) -> str | None:
    """Return the host in its ASCII (punycode) form, lower case, or ``None`` where it has none.

    International names follow UTS 46 as browsers do, https://www.unicode.org/reports/tr46/.
    """
    host = (parts.hostname or "").removesuffix(".")
    if host.isascii():
        return host.lower() or None
    import idna  # slow to import, and few hosts need it

    try:
        return idna.encode(host, uts46=True).decode("ascii").lower() or None
    except UnicodeError:
        return None


def with_ascii_host(url: str) -> str:
    """Return ``url`` with its host in ASCII (punycode) form, which no look-alike can imitate; others as they are."""
    if url.isascii() or "//" not in url:
        return url
    try:
        parts = urlsplit(url)
        host = None if (parts.hostname or "").isascii() else ascii_host(parts)
        return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host)) if host else url
    except ValueError:
        return url


def shown(url: str) -> str:
    """Return a safe address as readers see it: without its scheme, the host whole and in ASCII, a long rest cut."""
    url = with_ascii_host(url)
    text = url.partition("//")[2]
    host = len(re.split("[/?#]", text, maxsplit=1)[0])
    return text if len(text) <= max(_MOST_SHOWN, host) else f"{text[: max(_MOST_SHOWN - 1, host + 1)]}…"


def without_tracking(url: str) -> str:
    """Return an address without the parameters that only tell who sent its reader, such as ``utm_source``."""
    address, mark, fragment = url.partition("#")
    address, asks, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if not _TRACKING.match(part))
    return f"{address}{asks if kept or not query else ''}{kept}{mark}{fragment}"


def is_safe(url: str) -> bool:
    """Tell whether ``url`` may be printed as a link."""
    return fault(url) is None


def kind_of(url: str) -> str | None:
    """Tell by its host what a link leads to: ``code``, ``project``, ``model``, ``dataset``; ``None`` for literature.

    A PDF is literature on every host, such as a report in a repository. What is no address at all is ``None`` too.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (ascii_host(parts) or "").removeprefix("www.")
    path = parts.path.strip("/")
    if host in _LITERATURE_HOSTS or path.lower().endswith(".pdf"):
        return None
    if (host in _CODE_HOSTS and path) or (host.startswith(("gitlab.", "git.")) and path):
        return "code"
    if host in _DATA_HOSTS or (host in _MODEL_HOSTS and path.startswith("datasets/")):
        return "dataset"
    if host in _MODEL_HOSTS:
        first = path.split("/")[0]
        if first == "papers":
            return None
        return "project" if first in _MODEL_HOST_PAGES or "/" not in path else "model"
    return "project"


def may_be_paper(url: str) -> bool:
    """Tell whether an entry's address may be where the paper is read: it is safe, and no known host of its material."""
    return is_safe(url) and kind_of(url) in (None, "project")


def of_entry(addresses: Iterable[str], held: Mapping[str, str]) -> dict[str, str]:
    """Return the links that the ``addresses`` of an entry are, the first of each kind.

    Code, model and dataset are told by the host. What else there is, is the paper's where no identifier is ``held``: on
    an unknown host, that is more often the publisher's than the project's.
    """
    found: dict[str, str] = {}
    for url in filter(is_safe, addresses):
        kind = kind_of(url)
        if kind in ("code", "model", "dataset"):
            found.setdefault(kind, url)
        elif not held:
            found.setdefault("paper", url)
    return found


def in_text(text: str) -> Iterator[str]:
    r"""Yield the addresses that ``text`` names, in order, each once.

    Cleaned are full stops and brackets that belong to the sentence, the ``{…}`` twin that LaTeX's ``\href`` leaves
    behind, and a missing scheme before well-known hosts. What is no safe address is left out.
    """
    seen = set()
    for match in _IN_TEXT.finditer(text):
        if len(match[0]) > 2 * MAX_LENGTH:  # no address, and long work to find its end
            continue
        url = match[0].rstrip(".,;:!?*")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:!?*")
        if not url.lower().startswith("http"):
            url = f"https://{url}"
        if url not in seen and is_safe(url):
            seen.add(url)
            yield url


def by_kind(text: str) -> dict[str, str]:
    """Return the first address of each kind that ``text`` names: ``{"code": "https://…"}``, ordered as ``KINDS``."""
    found: dict[str, str] = {}
    for url in in_text(text):
        kind = kind_of(url)
        if kind:
            found.setdefault(kind, url)
    return {kind: found[kind] for kind in KINDS if kind in found}
