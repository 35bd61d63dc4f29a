"""Papers alike: by the words of title, summary and reason, and by shared topics."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, pairwise

from generator.facts import titles
from generator.models import Record

_STOP_WORDS = frozenset(
    """a ability ablation about above achieve achieved achieving across affected after ahead all alongside also
    always among an and another any application applications approach are around as at badly base be beat beats
    because been before being believing below beside between both build builds built but by can cannot change
    changes check checks claim claims come comes complex could cure cures data dataset datasets detail details
    directly do does down drop drops during each earlier easier easily easy effective efficient either else end ends
    enhance enhanced enhancing even every example examples fall falls far few first fit fits fix fixes for found
    from further get gets give given gives good great had hard harder has have help helps here how if improve
    improved improves improving in inform instead into is it its itself judged judging just keep keeps kind kinds
    large last lead leads learn learned learning less let like little long made make makes making many matter
    matters may mean means method methods middle might missing model models more most mostly much must name named
    names nearly need needs network networks neural never new no nor not novel of off often on once one ones only
    onto or other otherwise our out over own paper part parts per pick picks plus pre pre-trained pre-training
    pretrained pretraining produce produces project proper rather real replace report reported reports result
    results right run runs same second set sets short should show shows side sides similar simple simply since
    single small so some something still such suffer suffers systematic take takes task tasks technical term terms
    than that the their them then there these they thing things this those through to together too toward towards
    train trained training trains two under understand understanding until up use used uses using usual usually
    version versus very via was way we weigh well were what when where whereas which while who whole whom whose why
    will with within without work works would write writes wrong yet you your""".split()
)
# What only joins words, in the languages of many papers; English ones that say something are left in.
_JOINING_WORDS = frozenset(
    """aan al als am au auch auf aus aux avec bei bij bis ce ces chez com comme como con contra cette dal dalla dans das
    dat de degli dei del della delle dem den der deren des di die do dos du durch een ein eine einem einen einer eines
    el elle en entre es est et für gegen gli het ihr ihre im ist la las le les leur leurs lo los mais met mit más
    na naar nach nel nella nicht niet no oder ohne om op ou para par pas pela pelo per pero por pour que qui sa sans
    se sein seine ses sich sie sin sind sobre sont sous su sul sulla sur sus te tot tra uit um uma un una und une unter
    van vers vom von voor vor wie wird wurde zijn zu zum zur zwischen über où во для за из или как на не об от по при
    что أو إلى على عن في مع من או אל את על עם של""".split()
)
_SILENT_WORDS = _STOP_WORDS | _JOINING_WORDS
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# A word in more papers than this says little, and skipping it keeps the cost near-linear.
_COMMONEST = 200
_TERMS = 24
# A paper is compared with so many, those of its rarest terms first. In lists of up to 10,000 none has as many;
# in a larger one, what is common to more papers tells less than the rare terms that found these.
_ENOUGH = 500
_TOPIC_WEIGHT = 0.35
_MOST_RELATED = 5


@dataclass(frozen=True)
class Relation:
    """A related paper and why it is one: shared topics, and the terms that weigh most, as :func:`terms_of` has them."""

    id: str
    score: float
    topics: tuple[str, ...]
    words: tuple[str, ...]


def related(
    records: Mapping[str, Record], weights: Mapping[str, Mapping[str, float]], *, of: Iterable[str]
) -> dict[str, tuple[Relation, ...]]:
    """Return the papers related to each record ``of`` these, the closest first; ties are broken by id.

    ``weights`` are those of :func:`term_weights` for all records.
    """
    ids = sorted(records)
    numbers = {record_id: number for number, record_id in enumerate(ids)}
    postings = _postings(weights[record_id] for record_id in ids)
    masks = _masks(records[record_id].topics for record_id in ids)
    found = {}
    for record_id in of:
        terms = _rarest(weights[record_id], postings)
        scores = _scores(terms, postings)
        scores.pop(numbers[record_id], None)
        mask = masks[numbers[record_id]]
        for other, its in scores.items():
            if shared := mask & masks[other]:
                scores[other] = its + _TOPIC_WEIGHT * (shared.bit_count() / (mask | masks[other]).bit_count())
        # Only what may be among the closest is put in order; scores alike to nine digits are equal.
        least = sorted(scores.values(), reverse=True)[:_MOST_RELATED][-1] - 1e-8 if scores else 0.0
        ranked = sorted([(-round(score, 9), other) for other, score in scores.items() if score >= least])
        relations = []
        for _, other in ranked[:_MOST_RELATED]:
            near = ids[other]
            common = tuple(topic for topic in records[record_id].topics if topic in records[near].topics)
            relations.append(Relation(near, round(scores[other], 3), common, _why(terms, weights[near])))
        found[record_id] = tuple(relations)
    return found


_Postings = Mapping[str, tuple["array[int]", "array[float]"]]
"""For each term the numbers of the papers that have it, and its weight in each; arrays, for these are read most."""


def _postings(weights: Iterable[Mapping[str, float]]) -> _Postings:
    postings: defaultdict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("i"), array("d")))
    for number, terms in enumerate(weights):
        for term, weight in terms.items():
            papers, its = postings[term]
            papers.append(number)
            its.append(weight)
    return postings


def _rarest(terms: Mapping[str, float], postings: _Postings) -> Mapping[str, float]:
    """Return the terms, or of many the rarest: as many as have :data:`_ENOUGH` papers."""
    if sum([len(postings[term][0]) for term in terms]) <= _ENOUGH:
        return terms
    rarest = sorted(terms, key=lambda term: len(postings[term][0]))
    papers = accumulate(len(postings[term][0]) for term in rarest)
    return {term: terms[term] for term, number in zip(rarest, papers, strict=True) if number <= _ENOUGH}


def _scores(terms: Mapping[str, float], postings: _Postings) -> dict[int, float]:
    """Return by number the papers that have some of these terms, and how alike they are."""
    scores: dict[int, float] = {}
    for term, weight in terms.items():
        for other, its in zip(*postings[term]):  # noqa: B905 - they are of one length, and looked at most
            scores[other] = scores.get(other, 0.0) + weight * its
    return scores


def _masks(topics: Iterable[Collection[str]]) -> list[int]:
    """Return sets of topics as numbers, a bit for each topic."""
    bits: dict[str, int] = {}
    return [sum(bits.setdefault(topic, 1 << len(bits)) for topic in {*each}) for each in topics]


def term_weights(records: Mapping[str, Record]) -> dict[str, dict[str, float]]:
    """Return for each record its weightiest terms, scaled to unit length (tf-idf)."""
    counts = {record_id: Counter(_terms(record)) for record_id, record in records.items()}
    frequency = Counter(chain.from_iterable(counts.values()))
    rarity = {
        term: math.log(1 + len(records) / number) for term, number in frequency.items() if 1 < number <= _COMMONEST
    }
    weights = {}
    for record_id, terms in counts.items():
        scored = [(-(1 + math.log(number)) * its, term) for term, number in terms.items() if (its := rarity.get(term))]
        kept = sorted(scored)[:_TERMS]
        length = math.sqrt(sum(weight * weight for weight, _ in kept))
        weights[record_id] = {term: -weight / length for weight, term in kept}
    return weights


def _terms(record: Record) -> list[str]:
    """Return a record's words and pairs of neighbouring words, the title's twice; plurals count as singulars."""
    found: list[str] = []
    for text, times in ((titles.plain(record.title), 2), (record.summary, 1), (record.why, 1), (record.abstract, 1)):
        if text:
            words = [*map(_telling, _WORD.findall(text))]
            pairs = [f"{one} {other}" for one, other in pairwise(words) if one and other]
            found += (*filter(None, words), *pairs) * times
    return found


def terms_of(text: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """Yield the telling words of a text and the pairs of neighbouring ones as terms, each with where it stands.

    A term is in lower case, its words cut to what singular and plural have in common: not a word to show to anybody.
    """
    places = [(_telling(match[0]), match) for match in _WORD.finditer(text)]
    for term, match in places:
        if term:
            yield term, [match]
    for (one, first), (other, second) in pairwise(places):
        if one and other:
            yield f"{one} {other}", [first, second]


@lru_cache(maxsize=2**17)
def _telling(word: str) -> str:
    """Return a word in lower case and the singular, or nothing where it says nothing."""
    word = word.casefold()
    single = _singular(word)
    if word.isdigit() or len(single) < 2 or not _SILENT_WORDS.isdisjoint((word, single)):
        return ""
    return single


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _why(terms: Mapping[str, float], others: Mapping[str, float]) -> tuple[str, ...]:
    """Return up to three shared terms, the weightiest first; a term inside a longer one that is named is left out."""
    named: list[str] = []
    words: set[str] = set()
    for _, term in sorted([(-terms[term] * others[term], term) for term in terms.keys() & others.keys()]):
        if words.isdisjoint(its := term.split()):
            named.append(term)
            words.update(its)
        if len(named) == 3:
            break
    return tuple(named)
