"""The commands of upkeep, which ask the network: enrich, links."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from generator import escaping, store
from generator.cli.opening import configured, lacking, today, writing
from generator.cli.options import json_option, records_option
from generator.cli.printing import DONE, print_json, progress, say, show
from generator.curation.moves import record_of
from generator.disk import documents
from generator.errors import UsageError
from generator.wording import count

if TYPE_CHECKING:
    from generator.upkeep.enrichment import Enrichment
    from generator.upkeep.link_check import Finding
    from generator.upkeep.politeness import Clock
    from generator.upkeep.public_network import PublicNetwork

APIS = {"arxiv": "arXiv", "huggingface": "Hugging Face papers", "crossref": "Crossref"}
CACHE = Path(".cache") / "enrich.db"
"""Where answers are kept, beside mkdocs.yml; git does not see it."""


def enrich(options: argparse.Namespace, *, bases: Mapping[str, str] | None = None, clock: Clock | None = None) -> int:
    """Ask public databases for facts that records lack; ``bases`` and ``clock`` are for tests.

    Nothing reached is no fault of the records: it is said, nothing is changed, and the exit status is 0.
    """
    try:
        from generator.upkeep import apis, enrichment, politeness
    except ImportError as error:
        raise lacking("enrich", error.name) from None

    found = configured(options)
    contact = _contact(options.contact)
    place: Path = options.config.parent / CACHE
    cache = place if politeness.is_usable(place) else None
    if cache is None:
        say(f"note: {place}: answers cannot be kept there for the next run; delete it, or make it writable")
    budget = politeness.Budget(options.limit, options.minutes * 60, clock or politeness.Clock())

    with writing(found.records, dry_run=options.dry_run):
        contents = store.load_sound(found.records)
        names = _named(options.ids, contents)
        with (
            apis.connected(
                options.api or list(APIS),
                budget=budget,
                agent=politeness.user_agent(found.repo_url, contact),
                contact=contact,
                cache=cache,
                bases=bases or apis.BASES,
            ) as opened,
            progress("answers") as tell,
        ):
            done = enrichment.enrich(contents.records, names, opened, tell)
        changed = 0 if options.dry_run else enrichment.write(found.records, done)
    _tell_facts(options, done)
    if done.offline:
        say(f"offline: could not reach {' or '.join(APIS[name] for name in done.unreachable)}; nothing was changed")
        return DONE
    if options.summary:
        documents.write(options.summary, enrichment.summary(done, APIS))
    wrote = "nothing was written (--dry-run)" if options.dry_run else f"{count(changed, 'file')} changed"
    requests = ", ".join(f"{number} to {APIS[name]}" for name, number in done.requests.items()) or "none"
    say(f"{count(len(done.facts), 'fact')} for {count(len(done.records), 'record')}; requests: {requests}; {wrote}")
    return DONE


def enrich_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=enrich)
    _asking_options(parser)
    parser.add_argument(
        "--api", action="append", choices=sorted(APIS), help="ask only this one; may be given again (default: all)"
    )
    parser.add_argument(
        "--limit", type=_positive, default=1000, metavar="N", help="make at most N requests (default: 1000)"
    )
    parser.add_argument(
        "--contact", metavar="ADDRESS", help="an e-mail address that the servers may write to about these requests"
    )
    parser.add_argument("--dry-run", action="store_true", help="write no record")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="write the result here, for a pull request")


def _asking_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a command that asks the network."""
    records_option(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="ask only for these records (default: all)")
    json_option(parser)
    parser.add_argument(
        "--minutes", type=_positive, default=30, metavar="N", help="stop asking after N minutes (default: 30)"
    )


def _named(ids: Iterable[str], contents: store.Contents) -> list[str]:
    """Return the records that the user names, or all; raises UsageError for an id that is none."""
    for name in ids:
        record_of(contents, name)
    return list(ids) or list(contents.records)


def _contact(mail: str | None) -> str | None:
    if mail is not None and not re.fullmatch(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", mail, re.ASCII):
        raise UsageError(f"{mail!r} is no e-mail address; write it as list@example.org")
    return mail


def _tell_facts(options: argparse.Namespace, done: Enrichment) -> None:
    if options.json:
        print_json(
            {
                "facts": [
                    {
                        "record": fact.record,
                        "field": fact.field,
                        "value": fact.value,
                        "before": fact.before,
                        "source": fact.source,
                    }
                    for fact in done.facts
                ],
                "doubts": [
                    {"record": doubt.record or None, "api": doubt.api, "message": doubt.message}
                    for doubt in done.doubts
                ],
                "asked": done.asked,
                "requests": done.requests,
                "offline": done.offline,
            }
        )
    else:
        for fact in done.facts:
            before = f" (was {fact.before})" if fact.before else ""
            show(f"{fact.record}: {fact.field}: {fact.value}{before}, from {fact.source}")
    for doubt in done.doubts:
        if doubt.record or not done.offline:
            say(escaping.terminal(f"not taken: {doubt}" if doubt.record else f"note: {doubt}"))


def links(options: argparse.Namespace, *, network: PublicNetwork | None = None, clock: Clock | None = None) -> int:
    """Find links of records that are dead or have moved; ``network`` and ``clock`` are for tests.

    What a link is like is no fault of the records folder: the exit status is 0 whatever is found.
    """
    try:
        from generator.upkeep import link_check, politeness
    except ImportError as error:
        raise lacking("links", error.name) from None

    found = configured(options)
    contents = store.load_sound(found.records)
    wanted = link_check.links_of(contents.records, _named(options.ids, contents), papers=options.papers)
    state = link_check.read_state(options.state) if options.state else {}
    if state is None:
        say(f"note: {options.state}: holds no state of a link check; the days are counted anew")
        state = {}
    checker = link_check.Checker(
        agent=politeness.user_agent(found.repo_url),
        budget=politeness.Budget(0, options.minutes * 60, clock or politeness.Clock()),
        network=network,
    )
    with progress("links") as tell:
        findings = checker.check(wanted, tell)
    offline = link_check.is_offline(findings)
    findings = link_check.with_days(link_check.unjudged(findings) if offline else findings, state, today())
    if not offline:
        if options.report:
            documents.write(options.report, link_check.report(findings))
        if options.state:
            asked = {link.url for link in wanted}
            others = link_check.links_of(contents.records, contents.records, papers=True)
            unasked = [link_check.Finding(link, "unchecked", "") for link in others if link.url not in asked]
            link_check.write_state(options.state, link_check.state_of([*findings, *unasked], state))
    _tell_links(options, findings, offline)
    numbers = [f"{number} {kind}" for kind, number in link_check.counted(findings).items() if number]
    if offline:
        say("offline: no server could be reached; no link was judged, no report written; run it again with a network")
    else:
        say(f"{count(len(findings), 'link')}: {', '.join(numbers) or 'none'}")
    return DONE


def links_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.set_defaults(run=links)
    _asking_options(parser)
    parser.add_argument("--papers", action="store_true", help="check the addresses of identifiers too")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the result here, for an issue")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep here since when links are dead; read first, then written"
    )


def _tell_links(options: argparse.Namespace, findings: Iterable[Finding], offline: bool) -> None:
    if options.json:
        print_json(
            {
                "links": [
                    {
                        "record": finding.link.record,
                        "field": finding.link.field,
                        "link": finding.link.url,
                        "kind": finding.kind,
                        "said": finding.said,
                        "address": finding.moved_to,
                        "since": finding.since,
                    }
                    for finding in findings
                ],
                "offline": offline,
            }
        )
    elif not offline:
        for finding in findings:
            if finding.kind != "alive":
                said = f"to {finding.moved_to}" if finding.moved_to else finding.said
                place = f"{finding.link.record}: {finding.link.field}"
                show(f"{finding.kind}: {place}: {finding.link.url}: {said}")


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,6}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0; write digits only")
    return int(text)
