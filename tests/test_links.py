"""Web addresses: which may be printed, what they lead to, and which ones a text names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.facts import links


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/toy/loom",
        "http://example.com",
        "HTTPS://Example.COM/Path",
        "https://example.com:8443/a?b=c&d=%20#e",
        "https://bücher.example/straße",
        "https://xn--bcher-kva.example/",
        "https://en.example.org/wiki/Loom_(weaving)",
        "https://example.com./",
        "https://faß.example/",
        "https://例え.jp/",
        "https://παράδειγμα.δοκιμή/",
        "https://مثال.إختبار/",
        "https://東京tower.jp/",
    ],
)
def test_safe_addresses(url: str) -> None:
    assert links.fault(url) is None
    assert links.is_safe(url)


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("javascript:alert(1)", "https://"),
        ("data:text/html,x", "https://"),
        ("ftp://example.com/", "https://"),
        ("//example.com/", "https://"),
        ("example.com", "https://"),
        ("https:/example.com", "https://"),
        ("https:example.com", "https://"),
        ("", "https://"),
        (" https://example.com", "white space"),
        ("https://exa mple.com", "white space"),
        ("https://example.com/\n", "white space"),
        ("https://example.com/\u00a0", "white space"),
        ("https://example.com/\u202egpj", "control character"),
        ("https://example.com/\x00", "control character"),
        ("https://example.com/<script>", "%XX"),
        ('https://example.com/"', "%XX"),
        ("https://example.com/{a}", "%XX"),
        ("https://example.com\\@evil.example/", "%XX"),
        ("https://user:word@example.com/", "user information"),
        ("https://github.com@evil.example/", "user information"),
        ("https://", "host name"),
        ("https://localhost/", "host name"),
        ("https://printer.local/", "host name"),
        ("https://a..b.example/", "host name"),
        ("https://-a.example/", "host name"),
        ("https://127.0.0.1/", "number"),
        ("https://[::1]/", "number"),
        ("https://[::gg]/", "valid"),
        ("https://[v1.x]/", "host name"),
        ("https://[::ffff:127.0.0.1]/", "number"),
        ("https://127.0.0.1./", "number"),
        ("http://127。0。0。1/", "number"),
        ("http://①②⑦.⓪.⓪.①/", "number"),
        ("http://0x7f000001/", "host name"),
        ("http://0x7f.1/", "host name"),
        ("http://0177.0.0.1/", "host name"),
        ("http://2130706433/", "host name"),
        ("http://127.1/", "host name"),
        ("http://256.256.256.256/", "host name"),
        ("http://LOCALHOST./", "host name"),
        ("http://a.localhost/", "host name"),
        ("http://router.local./", "host name"),
        ("http://metadata.google.internal/", "host name"),
        ("http://host.localdomain/", "host name"),
        ("http://1.0.0.127.in-addr.arpa/", "host name"),
        ("http://toy.onion/", "host name"),
        ("https://%6c%6fcalhost/", "host name"),
        ("https://example.com%2f@evil.example/", "user information"),
        ("https://@example.com/", "user information"),
        ("https://example.com:0/", "valid"),
        ("https://example.com../", "host name"),
        ("https://a_b.example.com/", "host name"),
        ("https://xn--/", "host name"),
        ("https://xn--a.com/", "host name"),
        ("https://gіthub.com/", "Cyrillic and Latin"),
        ("https://xn--gthub-n2e.com/", "Cyrillic and Latin"),
        ("https://gοοgle.com/", "Greek and Latin"),
        ("https://аррӏе.com/", "look like Latin"),
        ("https://[::1", "valid"),
        ("https://example.com:port/", "valid"),
        ("https://example.com:99999/", "valid"),
        ("https://example.com/" + "a" * 2048, "2048"),
    ],
)
def test_unsafe_addresses_say_why(url: str, part: str) -> None:
    fault = links.fault(url)
    assert fault is not None
    assert part in fault
    assert not links.is_safe(url)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://github.com/toy/loom", "code"),
        ("https://www.github.com/toy/loom", "code"),
        ("https://gitlab.com/toy/loom", "code"),
        ("https://gitlab.university.example/toy/loom", "code"),
        ("https://bitbucket.org/toy/loom", "code"),
        ("https://huggingface.co/toy/loom-7b", "model"),
        ("https://huggingface.co/datasets/toy/threads", "dataset"),
        ("https://huggingface.co/spaces/toy/loom", "project"),
        ("https://huggingface.co/toy", "project"),
        ("https://huggingface.co/docs/toy", "project"),
        ("https://huggingface.co/papers/2301.00001", None),
        ("https://hf.co/toy/loom-7b", "model"),
        ("https://gist.github.com/toy/1", "code"),
        ("https://zenodo.org/records/1", "dataset"),
        ("https://toy.github.io/loom/", "project"),
        ("https://loom.example/", "project"),
        ("https://loom.example/datasets/yarn", "project"),
        ("https://arxiv.org/abs/2301.00001", None),
        ("https://doi.org/10.1000/toy", None),
        ("https://openreview.net/forum?id=toytoytoy", None),
        # A report is no code, wherever it lies.
        ("https://github.com/toy/loom/blob/main/Loom_Report.pdf", None),
        ("https://huggingface.co/toy/loom-7b/resolve/main/report.PDF?download=true", None),
        ("https://loom.example/a-toy.pdf", None),
        # A host alone is no repository.
        ("https://github.com/", "project"),
        # A look-alike host is not the host.
        ("https://github.com.evil.example/toy", "project"),
        ("https://notgithub.com/toy", "project"),
    ],
)
def test_kinds(url: str, kind: str | None) -> None:
    assert links.kind_of(url) == kind


LOOM = "https://github.com/toy/loom"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Code: {LOOM}", [LOOM]),
        (f"Code: {LOOM}.", [LOOM]),
        (f"Code ({LOOM}).", [LOOM]),
        (f"Code ({LOOM}.)", [LOOM]),
        (f"Is it {LOOM}?!", [LOOM]),
        (f"{LOOM}, and {LOOM};", [LOOM]),
        (f"{LOOM}{{{LOOM}}}.", [LOOM]),
        (f"{LOOM}{{this https URL}}.", [LOOM]),
        (f"\\url{{{LOOM}}}.", [LOOM]),
        (f"\\href{{{LOOM}}}{{our code}}", [LOOM]),
        (f"<{LOOM}>", [LOOM]),
        (f"[code]({LOOM})", [LOOM]),
        (f"**{LOOM}**", [LOOM]),
        ("github.com/toy/loom.", [LOOM]),
        ("www.github.com/toy/loom", ["https://www.github.com/toy/loom"]),
        (f"{LOOM}… and {LOOM}。", [LOOM]),
        (f"“{LOOM}” {LOOM}\u200b", [LOOM]),
        ("see huggingface.co/toy/loom-7b", ["https://huggingface.co/toy/loom-7b"]),
        ("https://en.example.org/wiki/Loom_(weaving).", ["https://en.example.org/wiki/Loom_(weaving)"]),
        ("(https://en.example.org/wiki/Loom_(weaving)).", ["https://en.example.org/wiki/Loom_(weaving)"]),
        ("https://loom.example/a?b=1&c=2.", ["https://loom.example/a?b=1&c=2"]),
        ("https://github.com/toy/loom.js!", ["https://github.com/toy/loom.js"]),
        ("mail me@github.com/toy or notgithub.com/toy", []),
        ("https://127.0.0.1/loom and http://localhost/", []),
        ("no address here: http:// or https", []),
        ("", []),
    ],
)
def test_addresses_in_a_text(text: str, found: list[str]) -> None:
    assert list(links.in_text(text)) == found


def test_the_first_of_each_kind_counts() -> None:
    text = (
        "Data at https://huggingface.co/datasets/toy/threads, code at https://github.com/toy/loom (older: "
        "https://github.com/toy/old-loom), a page at https://toy.github.io, cited from https://arxiv.org/abs/2301.00001."
    )
    assert list(links.by_kind(text).items()) == [
        ("code", LOOM),
        ("project", "https://toy.github.io"),
        ("dataset", "https://huggingface.co/datasets/toy/threads"),
    ]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://toy.example/a?utm_source=x&utm_medium=y#b", "https://toy.example/a#b"),
        ("https://toy.example/a?id=1&fbclid=Zz&page=2", "https://toy.example/a?id=1&page=2"),
        ("https://toy.example/?a?utm_source=x", "https://toy.example/?a?utm_source=x"),
        ("https://toy.example/a?", "https://toy.example/a?"),
        ("https://toy.example/utm_source=x#?gclid=1", "https://toy.example/utm_source=x#?gclid=1"),
        ("", ""),
    ],
)
def test_what_only_tells_who_sent_a_reader_is_left_out(url: str, kept: str) -> None:
    assert links.without_tracking(url) == kept


def test_hosts_are_shown_in_ascii_and_whole() -> None:
    assert links.with_ascii_host("https://bücher.example:8443/straße?q=é#f") == (
        "https://xn--bcher-kva.example:8443/straße?q=é#f"
    )
    assert links.with_ascii_host("https://faß.example/") == "https://xn--fa-hia.example/"
    assert links.with_ascii_host("https://[::gg]/ü") == "https://[::gg]/ü"
    assert links.shown("https://bücher.example/x") == "xn--bcher-kva.example/x"
    # A host that begins like another one is not cut before its end.
    long = "github.com." + "a" * 60 + "." + "b" * 60 + ".evil.example"
    assert links.shown(f"https://{long}/{'c' * 99}") == f"{long}/…"
    assert links.shown(f"https://a.example/{'c' * 99}") == "a.example/" + "c" * 69 + "…"


@pytest.mark.parametrize("text", ["https://[::gg]/", "https://[", "", "https://[v1.x]/"])
def test_what_is_no_address_has_no_kind(text: str) -> None:
    links.kind_of(text)
    assert not links.is_safe(text)


def test_an_address_without_end_is_passed_over() -> None:
    assert list(links.in_text(f"https://a.example/{')' * 100_000} {LOOM}")) == [LOOM]


@given(st.text(alphabet=st.sampled_from("htps:/.{}()[]<>\\@ agibuco\u202e\n"), max_size=60))
def test_whatever_is_found_is_safe_and_stands_in_the_text(noise: str) -> None:
    text = f"{LOOM} {noise}https://a.example/{noise}"
    found = list(links.in_text(text))
    assert found
    for url in found:
        assert links.is_safe(url)
        assert url.removeprefix("https://") in text
