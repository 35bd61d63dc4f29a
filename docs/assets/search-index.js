/*
 * Finding papers by words: reads the files that generator/search/index.py writes, only those that a query needs. The
 * search box, the browse page and the page of a wrong address ask here, so that they find the same.
 */

import { again, count, data, versioned } from "./marks.js";

const MANIFEST = "search/index.json";
const VERSION = 3;
const FIELD_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
const LONGEST_QUERY = 300;
const SHORTEST_PREFIX = 3; // shorter words are found whole only
const MOST_FILES = 3; // of words that one word of a query may load
const SHORTEST_MENDED = 4;
const [MANY_WORDS, FEW_PAPERS] = [4, 5]; // a sentence that fewer papers have in full finds those that lack one word
const SWAPPED = 0.8; // two letters in the wrong order count less than one error: all the letters are there
const MONTHS =
  "January February March April May June July August September October November December".split(" ");

export const FIELDS = { name: 1, title: 2, authors: 4, topics: 8, summary: 16, facts: 32 };
const WEIGHTS = [10, 6, 5, 4, 2, 3]; // by the place of the field's bit

// --- words -------------------------------------------------------------------------------------------------------------

// Accents, voicing marks of Kana, and the points of Hebrew and Arabic, which most texts leave out.
const ACCENT =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u3099\u309a]/g;
// Vowel signs of South and Southeast Asia are parts of words.
const LETTER = "(?:[\\p{L}\\p{N}]|(?=[\\u0900-\\u1cff])\\p{M})";
const WORD = new RegExp(`${LETTER}+(?:\\.${LETTER}+)*\\+*`, "gu");
const ARTICLE = "\u0627\u0644"; // of Arabic, written as one with its noun
// Chinese, Japanese, Thai, Lao, Burmese and Khmer part no words by spaces: there, each two letters in a row are a word.
const UNSPACED =
  "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff" +
  "\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\u{20000}-\\u{3ffff}";
const STRETCH = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
const EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u; // names print as one word
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");

function pairs(word) {
  if (!/[^\x00-\x7f]/.test(word)) return [word];
  return word.match(STRETCH).flatMap((stretch) => {
    if (!IS_UNSPACED.test(stretch)) return /[^.]/.test(stretch) ? [stretch] : [];
    const letters = [...stretch];
    return letters.length < 3 ? [stretch] : letters.slice(1).map((letter, at) => letters[at] + letter);
  });
}

/** Return the words of a text as texts are compared; `plain_words` and `folded` in generator/search/words.py do the same. */
export function foldWords(text) {
  let plain = /[^\x00-\x7f]/.test(text) ? text.normalize("NFKD").replace(ACCENT, "") : text;
  plain = plain.toLowerCase().replace(/[${}^\\'’ʼ`]/g, "").replaceAll("z", "s");
  const words = (plain.match(WORD) ?? []).flatMap(pairs);
  if (/[-‐‑]/.test(plain)) {
    for (const whole of plain.match(/[\p{L}\p{N}]+(?:[-‐‑][\p{L}\p{N}]+)+/gu) ?? []) {
      words.push(whole.replace(/[-‐‑]/g, ""));
    }
  }
  return words.map((word) => (word.length > 4 && word.startsWith(ARTICLE) ? word.slice(ARTICLE.length) : word));
}

// The first group is the identifier. Browsers leave out the scheme, and what they show may end in a version or a file's name.
const ARXIV_ADDRESS = new RegExp(
  String.raw`(?:https?://)?(?:\w+\.)?(?:(?:ar|alpha)xiv\.org|huggingface\.co)/(?:abs|pdf|html|overview|papers)/` +
    String.raw`([^\s?#]+?)(?:v\d+)?(?:\.pdf)?/?(?:[?#]\S*)?(?=\s|$)`,
  "gi",
);
const OTHER_ADDRESS = new RegExp(
  String.raw`(?:https?://)?(?:\w+\.)?(?:openreview\.net/\w+\?(?:\S*&)?id=|aclanthology\.org/|doi\.org/)` +
    String.raw`([^\s?#&]+?)(?:\.pdf)?/?(?:[?#&]\S*)?(?=\s|$)`,
  "gi",
);

/** Return the words a query asks for. An address of a paper counts as its identifier; commands of LaTeX do not count. */
function queryWords(query, stop) {
  const bare = query
    .replace(ARXIV_ADDRESS, "$1")
    .replace(OTHER_ADDRESS, "$1")
    .replace(/\b(?:arxiv|doi):\s*/gi, "")
    .replace(/\b(?:10\.48550\/)?arxiv\.(?=\d)/gi, "")
    .replace(/(?<![\w.])(\d{4}\.\d{4,5})v\d+(?![\w.])/gi, "$1")
    .replace(/\\[a-z]+\s*/gi, "")
    .replace(/([\p{L}\p{N}])[-‐‑](?=[\p{L}\p{N}])/gu, "$1 ");
  const words = [...new Set(foldWords(bare))];
  const telling = words.filter((word) => !stop.has(word));
  return (telling.length ? telling : words).slice(0, 12);
}

const HYPHENATED = /(?<![\p{L}\p{N}.])[\p{L}\p{N}]+(?:[-‐‑][\p{L}\p{N}]+)+(?!\.\p{N})/gu;
const ENDINGS = /(?:ations?|ating|ated?|ates|ions?|ings?|(?<!e)ed|es|e|(?<!s|ia)s)$/;

/**
 * Return a word without its ending, so that `pruning`, `pruned` and `prunes` are one, and as one spelling of English has
 * it: `modelling` is `modeling`, `behaviour` is `behavior` and `centre` is `center`. Nothing shorter than three letters.
 */
function stem(word) {
  const ending = ENDINGS.exec(word)?.[0] ?? "";
  let bare = word.slice(0, word.length - ending.length);
  if (bare.length < SHORTEST_PREFIX) bare = word;
  // The e of a short word tells it from others: `tuning` is of `tune`, but `lining` is not of the name Lin.
  else if (bare.length === SHORTEST_PREFIX && ending && ending !== "s") bare += "e";
  if (bare.length <= SHORTEST_PREFIX) return bare;
  return bare.replace(/([b-df-hj-np-tv-y])\1$/, "$1").replace(/(?<=...)our$/, "or").replace(/(?<=..[bt])er$/, "r");
}

/** Tell whether a word begins another; cifar10 does not begin cifar100. */
function begins(word, other) {
  return other.startsWith(word) && !(/\p{L}\p{N}+$/u.test(word) && /\p{N}/u.test(other[word.length]));
}

/**
 * Return how many typing errors lie between two words, and between the first and a beginning of the second: letters
 * missing, too many, wrong, or two in the wrong order. https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance
 * (optimal string alignment). Gives up beyond `limit`.
 */
export function errors(word, other, limit) {
  const width = word.length;
  let [before, last] = [null, Array.from({ length: width + 1 }, (_, at) => at)];
  let begun = width; // the fewest errors against any beginning of `other`
  for (let row = 1; row <= other.length; row += 1) {
    const now = [row];
    let least = row;
    for (let at = 1; at <= width; at += 1) {
      const same = word[at - 1] === other[row - 1];
      let cost = Math.min(last[at] + 1, now[at - 1] + 1, last[at - 1] + (same ? 0 : 1));
      if (at > 1 && row > 1 && word[at - 1] === other[row - 2] && word[at - 2] === other[row - 1]) {
        cost = Math.min(cost, before[at - 2] + SWAPPED);
      }
      now.push(cost);
      least = Math.min(least, cost);
    }
    begun = Math.min(begun, now[width]);
    if (least > limit) return { whole: Infinity, begun };
    [before, last] = [last, now];
  }
  return { whole: last[width], begun };
}

// --- the index ---------------------------------------------------------------------------------------------------------

/** Return one of the files that a manifest names. Files come with the first query that needs them, and are kept. */
const fileOf = (index, kind, number, read) => data(`search/${kind}-${index.files[kind][number]}.json`, read);

/** Return the number of a paper in the files, which begin with the oldest, from its place among the newest; and back. */
const fromOtherEnd = (index, number) => index.papers - 1 - number;

class SearchIndex {
  #terms = new Map();

  /** Fetch the manifest, so that a first query is quick. */
  open() {
    return versioned(MANIFEST, VERSION);
  }

  /** Fetch the manifest again, past the browser's cache. */
  async renew() {
    await again(MANIFEST);
    return this.open();
  }

  /** Ask the index; where the site was published anew since its manifest was read, ask the new one. */
  async #ask(question) {
    const index = await this.open();
    try {
      return await question(index);
    } catch (error) {
      const renewed = await this.renew();
      if (renewed.digest === index.digest) throw error;
      return question(renewed);
    }
  }

  /**
   * Find the papers that have every word of a query.
   *
   * Returns `papers`, their places among the newest, best first; `cards`, what the first `shown` of them show; `fields`,
   * for every paper the bits of the fields it was found in; `terms`, for each word of the query the word that was
   * `asked`, the `words` of the list it stands for, what it was `mended` to, and the fields of its own papers; `partly`,
   * where not all papers have all words, a sentence that says so; `query`, the query as it was answered; `mended`,
   * whether that differs; and `table`, the manifest. All of it is of one publication: in others, papers have other places.
   */
  find(text, shown = 0) {
    const query = text.slice(0, LONGEST_QUERY); // an address may have any
    return this.#ask(async (index) => {
      const asked = queryWords(await this.#joined(index, query), new Set(foldWords(index.stop)));
      const apart = await Promise.all(asked.map((word) => this.#term(index, word)));
      const { terms, named } = await this.#together(index, apart);
      const answer = answered(query, terms);
      // As `_whole` writes it.
      for (const [paper] of (await this.#look(index, `${foldWords(answer.query).join("")}.`)).papers) named.add(paper);
      const found = ranked(terms, index, named);
      const cards = await cardsOf(index, found.papers.slice(0, shown));
      return { ...found, ...answer, cards, terms, table: index };
    });
  }

  /**
   * Return terms with what each two in a row find written as one, as TinyViT is by `tiny vit`; and the papers that are
   * named by two in a row or whose venue is, as by `ICLR 2024` or `2024 ICLR`.
   */
  async #together(index, apart) {
    const terms = [...apart];
    const named = new Set();
    const words = apart.map(({ asked, mended }) => (mended ? foldWords(mended)[0] : asked));
    await Promise.all(
      apart.slice(1).map(async (_, at) => {
        const both = await this.#look(index, apart[at].asked + apart[at + 1].asked);
        if (both.papers.size) for (const place of [at, at + 1]) terms[place] = joint(terms[place], both);
        const [one, other] = words.slice(at, at + 2);
        const names = [`${one}${other}.`, ...(/^\d+$/.test(one) ? [`${other}${one}.`] : [])];
        for (const { papers } of await Promise.all(names.map((name) => this.#look(index, name)))) {
          for (const [paper] of papers) named.add(paper);
        }
      }),
    );
    return { terms, named };
  }

  /** Write names with a figure, such as GPT-4, as one word, where the list has them so. */
  async #joined(index, query) {
    for (const name of query.match(HYPHENATED) ?? []) {
      if (!/\p{N}/u.test(name)) continue;
      const whole = foldWords(name).at(-1);
      if ((await this.#look(index, whole)).papers.size) query = query.replaceAll(name, whole);
    }
    return query;
  }

  /** Return what one word finds; where it finds nothing, what the likeliest word for it finds. */
  #term(index, word) {
    const key = `${index.digest} ${word}`;
    if (!this.#terms.has(key)) {
      if (this.#terms.size > 200) this.#terms.clear();
      const answer = this.#look(index, word).then(async (found) => {
        const better = found.papers.size ? null : await this.#mend(index, word);
        return better ? { ...(await this.#look(index, foldWords(better)[0])), asked: word, mended: better } : found;
      });
      answer.catch(() => this.#terms.delete(key));
      this.#terms.set(key, answer);
    }
    return this.#terms.get(key);
  }

  /** Return the papers that have a word, one it begins, or one that differs in its ending. */
  async #look(index, word) {
    const base = stem(word);
    const start = base.length > SHORTEST_PREFIX ? base.replace(/[er]$/, "") : base; // all words of this stem begin so
    const its = fileWith(index.words, word);
    const numbers = [its];
    if (word.length >= SHORTEST_PREFIX) {
      const first = fileWith(index.words, start);
      for (let at = its + 1; numbers.length < MOST_FILES && index.words[at]?.startsWith(start); at += 1) numbers.push(at);
      for (let at = its - 1; numbers.length < MOST_FILES && at >= first; at -= 1) numbers.push(at);
    }
    const papers = new Map();
    const words = new Set();
    const files = await Promise.all(numbers.filter((at) => at >= 0).map((at) => fileOf(index, "words", at, wordFile)));
    for (const file of files) {
      for (let at = firstFrom(file.words, start); at < file.words.length && file.words[at].startsWith(start); at += 1) {
        const other = file.words[at];
        const whole = other === word;
        if (!whole && (word.length < SHORTEST_PREFIX || !(begins(word, other) || stem(other) === base))) continue;
        words.add(other);
        // A word that goes on is a guess, the more so the longer it is: rag is not the name Raghu.
        const worth = whole ? 1 : stem(other) === base ? 0.7 : (0.5 * word.length) / other.length;
        let paper = 0;
        for (const step of file.papers[at].split(" ")) {
          paper += parseInt(step.slice(1), 36);
          const bits = FIELD_DIGITS.indexOf(step[0]);
          add(papers, fromOtherEnd(index, paper), { bits, weight: weigh(bits) * worth });
        }
      }
    }
    return { asked: word, words, papers, mended: "" };
  }

  /** Return the word of the list that a mistyped one most likely stands for, as texts write it, or nothing. */
  async #mend(index, word) {
    if (word.length < SHORTEST_MENDED || /\p{N}/u.test(word)) return null;
    const limit = word.length < 8 ? 1 : 2;
    // A wrong initial is rare: a missing one or two in the wrong order are looked for, where the others lead nowhere.
    for (const initial of new Set([word[0], word[1]])) {
      const file = fileWith(index.spelling, initial);
      if (file < 0) continue;
      const { words, papers } = await fileOf(index, "spelling", file, spellingFile);
      let best = null;
      words.forEach((written, at) => {
        const other = written.replaceAll("z", "s");
        if (other.length < word.length - limit) return;
        // Another letter in four makes another word, cars of Carl.
        if (word.length === SHORTEST_MENDED && other.length === word.length && sorted(word) !== sorted(other)) return;
        const { whole, begun } = errors(word, other, limit);
        // Somebody may still be typing: a longer word counts by its beginning, behind the whole ones.
        const cost = Math.min(whole, begun + 1.5);
        if (cost > limit + 0.5) return;
        const number = parseInt(papers[at], 36);
        if (!best || cost < best.cost || (cost === best.cost && number > best.number)) best = { written, cost, number };
      });
      if (best) return best.written;
    }
    return null;
  }
}

/** Return the cards of papers, in the same order. */
function cardsOf(index, papers) {
  return Promise.all(
    papers.map(async (paper) => {
      const number = fromOtherEnd(index, paper);
      const part = await fileOf(index, "cards", Math.floor(number / index.cards));
      const [id, title, authors, issued, venue, type, topics, facts, text] = part[number % index.cards];
      return { id, title, authors, issued, venue, type, topics, facts: facts ? facts.split("\t") : [], text };
    }),
  );
}

const sorted = (word) => [...word].sort().join("");

/** Return the place of the first entry of a sorted list that is not less than `word`. */
function firstFrom(list, word) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return the number of the file that a word is in, by the first words of all files; or -1 where it is before them. */
function fileWith(firsts, word) {
  const at = firstFrom(firsts, word);
  return firsts[at] === word ? at : at - 1;
}

/** Return how to read a file of words whose papers are parted so. */
const partedBy = (mark) => async (response) => {
  const { words, papers } = await response.json();
  return { words: words.split(" "), papers: papers.split(mark) };
};
const wordFile = partedBy(",");
const spellingFile = partedBy(" ");

/** Add what a word finds in a paper to what is known of it. */
function add(papers, paper, { bits, weight }) {
  const held = papers.get(paper) ?? { bits: 0, weight: 0 };
  papers.set(paper, { bits: held.bits | bits, weight: Math.max(held.weight, weight) });
}

/** Return a term with what it finds together with its neighbour; what it was mended to counts no longer. */
function joint(term, both) {
  const { asked, words, papers } = term.mended ? { asked: term.asked, words: [], papers: [] } : term;
  const found = new Map(papers);
  for (const [paper, its] of both.papers) add(found, paper, its);
  return { asked, words: new Set([...words, ...both.words]), papers: found, mended: "" };
}

/** Return what a word's places in a paper are worth: the best of them, and a little for each other. */
function weigh(bits) {
  let [best, sum] = [0, 0];
  WEIGHTS.forEach((weight, at) => {
    if (!(bits & (1 << at))) return;
    best = Math.max(best, weight);
    sum += weight;
  });
  return best + (sum - best) / 5;
}

/**
 * Return the papers that have all words, those `named` as the query says and then the best first; where a sentence has
 * few such papers, then those that lack one word, and where there are none, those that have some. A letter alone, as of
 * `Y. Bengio`, need not be there.
 */
function ranked(terms, { papers: size }, named) {
  const held = new Map();
  const isLetter = ({ asked }) => /^[a-z]$/.test(asked);
  const needed = terms.every(isLetter) ? terms : terms.filter((term) => !isLetter(term));
  for (const term of terms) {
    const rarity = Math.log(1 + size / term.papers.size);
    const needs = Number(needed.includes(term));
    for (const [paper, { bits, weight }] of term.papers) {
      const known = held.get(paper) ?? { bits: 0, score: 0, words: 0 };
      held.set(paper, { bits: known.bits | bits, score: known.score + weight * rarity, words: known.words + needs });
    }
  }
  const having = (number) => [...held].filter(([, { words }]) => words >= number);
  let all = having(needed.length);
  let partly = "";
  if (!all.length) {
    all = having(1);
    if (all.length) partly = "No paper has all of these words. With some of them: ";
  } else if (all.length < FEW_PAPERS && needed.length >= MANY_WORDS) {
    const more = having(needed.length - 1);
    if (more.length > all.length) partly = "Few papers have all of these words. With all or all but one: ";
    all = more;
  }
  const first = ([paper]) => Number(named.has(paper));
  all.sort((a, b) => b[1].words - a[1].words || first(b) - first(a) || b[1].score - a[1].score || a[0] - b[0]);
  return { papers: all.map(([paper]) => paper), fields: new Map(all.map(([paper, { bits }]) => [paper, bits])), partly };
}

/** Return the query with the mended words in their places. */
function answered(query, terms) {
  let text = query.trim();
  let mended = false;
  for (const term of terms) {
    if (!term.mended) continue;
    mended = true;
    const parts = text.split(/([\s\-‐‑]+)/);
    text = parts.map((part) => (foldWords(part).includes(term.asked) ? term.mended : part)).join("");
  }
  return { query: text, mended };
}

export const searchIndex = new SearchIndex();

// --- for readers -------------------------------------------------------------------------------------------------------

/** Return authors, venue and date on one line, as `byline` in generator/wording.py writes them. */
export function byline(names, venue, issued) {
  const parts = [];
  if (typeof names === "number") {
    if (names) parts.push(count(names, "author"));
  } else {
    const all = names.split("\t");
    const cut = all.at(-1) === "others"; // then nobody knows how many
    if (all.length > 3 + cut) parts.push(`${all[0]} and ${cut ? "" : `${all.length - 1} `}others`);
    else parts.push(all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all[0]);
  }
  if (venue) parts.push(venue.replace(/ (?=\d{4}$)/, "\u00a0"));
  if (issued && !(issued.length === 4 && venue?.includes(issued))) parts.push(inWords(issued));
  return parts.join(" · ");
}

/** Write a date for readers, as `in_words` in generator/facts/dates.py does, in one piece where a line is broken. */
export function inWords(day) {
  const [year, month, date] = day.startsWith("--") ? ["", ...day.slice(2).split("-")] : day.split("-");
  return [Number(date), MONTHS[month - 1], year].filter(Boolean).join("\u00a0");
}

/** Return the topics and reading paths whose names have the words of a query, as `{ href, name, papers, kind }`. */
export function places({ terms, table }) {
  const isAskedFor = (folded) =>
    terms.length &&
    terms.every(({ asked, words }) =>
      folded.some((word) => words.has(word) || (asked.length >= SHORTEST_PREFIX && word.startsWith(asked))),
    );
  const of = (kind, label, list) =>
    list
      .filter(([, name, papers, initials = ""]) => papers && isAskedFor(foldWords(`${name} ${initials}`))) // paths have none
      .sort(([, a], [, b]) => a.length - b.length)
      .map(([id, name, papers]) => ({ href: `${kind}/${id}/`, name, papers, kind: label }));
  return [...of("topics", "Topic", table.topics).slice(0, 2), ...of("paths", "Reading path", table.paths).slice(0, 1)];
}

const TOKEN = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\p{M}.'’ʼ`^{}$\\\\+]*[\\p{L}\\p{N}\\p{M}+])?";
const TOKENS = new RegExp(`(${TOKEN}(?:[-‐‑]${TOKEN})*)`, "u");

/** Return a text in pieces, `[piece, whether it is a word that the query found]`; the pieces together are the text. */
export function pieces(text, terms) {
  const found = (word) =>
    terms.some(
      ({ asked, words }) =>
        words.has(word) || (asked.length > 4 && word.endsWith(asked)) || (EAST_ASIAN.test(asked) && word.includes(asked)),
    );
  return text.split(TOKENS).flatMap((part, at) => {
    if (at % 2 === 0) return part ? [[part, false]] : [];
    const words = foldWords(part);
    if (!/[-‐‑]/.test(part)) return [[part, words.some(found)]];
    const its = part.split(/([-‐‑])/).map((each) => [each, foldWords(each).some(found)]);
    return its.some(([, hit]) => hit) || !found(words.at(-1)) ? its : [[part, true]];
  });
}

const LONGEST = 200; // characters of a passage

/**
 * Return the sentence of a text with the most of the words that the query found, in pieces; or nothing. Words that the
 * text `above` it has already, the title, count little.
 */
export function passage(text, terms, above = "") {
  const hits = (its) => its.filter(([, hit]) => hit).map(([word]) => foldWords(word).at(-1));
  const known = new Set(hits(pieces(above, terms)));
  let best = null;
  for (const sentence of text.split(/(?<=[.!?])\s+|\n/)) {
    const its = pieces(sentence, terms);
    const value = [...new Set(hits(its))].reduce((sum, word) => sum + (known.has(word) ? 1 : 10), 0);
    if (value && (!best || value > best.value)) best = { its, value };
  }
  return best && cut(best.its);
}

/** Cut a long sentence before the first word found and behind what fits. */
function cut(its) {
  if (its.reduce((sum, [word]) => sum + word.length, 0) <= LONGEST) return its;
  let first = its.findIndex(([, hit]) => hit);
  for (let before = 0; first > 0 && before < LONGEST / 3; ) before += its[--first][0].length;
  let last = first;
  for (let size = 0; last < its.length && size < LONGEST; last += 1) size += its[last][0].length;
  return [...(first ? [["… ", false]] : []), ...its.slice(first, last), ...(last < its.length ? [[" …", false]] : [])];
}
