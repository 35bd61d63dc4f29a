/*
 * Read and to-read marks: kept in this browser's local storage only, shown on paper pages and lists, counted on topics
 * and reading paths, exported to and imported from a file. Everything on a page can be read without this script.
 *
 * `browse.js` builds on what is exported here.
 */

/** The site's root, whatever path it is published under. */
export const root = new URL("../", import.meta.url);

const KEY = `reading-list:${root.pathname}`;
const FORMAT = "reading-list-marks";
const VERSION = 1;
const STATES = new Set(["read", "to-read"]);
const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_MARKS = 100_000;

// --- the page's elements -----------------------------------------------------------------------------------------------

/** Make an element; `children` are elements or texts, and texts stay texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Save `text` as a file on the reader's device. */
export function save(text, name, media) {
  const address = URL.createObjectURL(new Blob([text], { type: media }));
  const link = element("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** Return the kind and id of the page an address leads to, such as `["papers", "loom"]`, or nothing. */
export function pageAt(address) {
  let url;
  try {
    url = new URL(address, document.baseURI);
  } catch {
    return null;
  }
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return null;
  const [kind, id, rest] = url.pathname.slice(root.pathname.length).replace(/(?:index)?\.html$/, "").split("/");
  return ID.test(id ?? "") && !rest ? [kind, id] : null;
}

// --- the list's data ---------------------------------------------------------------------------------------------------

const files = new Map();

async function load(name, read = (response) => response.json(), cache = "default") {
  const response = await fetch(new URL(`data/${name}`, root), { credentials: "same-origin", cache });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return read(response);
}

/** Fetch a file of the data folder once; the promise is the same for all who ask, and asked again after a failure. */
export function data(name, read) {
  if (!files.has(name)) {
    const answer = load(name, read);
    answer.catch(() => files.delete(name));
    files.set(name, answer);
  }
  return files.get(name);
}

/** Fetch a file past the browser's cache. What was fetched before is held until the new one is there. */
export async function again(name, read) {
  const found = await load(name, read, "reload");
  files.set(name, Promise.resolve(found));
  return found;
}

/** Fetch a file of one format. A browser may have kept one of another, of before the site was published anew. */
export async function versioned(name, version) {
  let found = await data(name);
  if (found.version !== version) found = await again(name);
  if (found.version !== version) throw new Error(`${name}: version ${found.version}`);
  return found;
}

/** Fetch the index of all papers. */
export async function catalogue() {
  const found = await versioned("catalogue.json", 1);
  marks.know(found.papers.id, found.redirects);
  return found;
}

// --- the store ---------------------------------------------------------------------------------------------------------

/** Return the marks in a text, and how many of its entries are none; throws where the text is no file of marks. */
function parse(text) {
  const held = JSON.parse(text);
  if (held === null || typeof held !== "object" || held.format !== FORMAT || typeof held.marks !== "object") {
    throw new TypeError("no file of reading marks");
  }
  const found = new Map();
  let refused = 0;
  for (const [id, mark] of Object.entries(held.marks ?? {})) {
    if (ID.test(id) && STATES.has(mark?.state) && found.size < MAX_MARKS) {
      found.set(id, { state: mark.state, at: isDay(mark.at) ? mark.at : "" });
    } else {
      refused += 1;
    }
  }
  const last = held.last;
  const valid = last && ID.test(last.id) && typeof last.title === "string";
  return { marks: found, refused, last: valid ? { id: last.id, title: last.title.slice(0, 300) } : null };
}

const isDay = (text) => typeof text === "string" && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text);

class Marks extends EventTarget {
  #marks = new Map();
  #last = null;
  #listed = null; // the ids of the list's papers, once they are known
  /** False where the browser keeps nothing, such as in some private windows. */
  kept = true;

  constructor() {
    super();
    this.#load();
    const hear = () => {
      this.#catchUp();
      this.#tell();
    };
    addEventListener("storage", (event) => (event.key === KEY || event.key === null) && hear());
    // A page that comes back as it was left has heard of nothing meanwhile, and would write over it.
    addEventListener("pageshow", (event) => event.persisted && hear());
  }

  #load() {
    this.#marks = new Map();
    this.#last = null;
    let text = null;
    try {
      text = localStorage.getItem(KEY);
      if (text === null) return;
      const found = parse(text);
      this.#marks = found.marks;
      this.#last = found.last;
    } catch {
      // Damaged data are put aside, not thrown away: someone may still mend them by hand.
      this.#try(() => localStorage.setItem(`${KEY}:damaged`, text));
    }
  }

  #try(action) {
    try {
      action();
      return true;
    } catch {
      return false;
    }
  }

  /** Take up what other tabs have kept meanwhile; not in place of what could not be kept, which only this page has. */
  #catchUp() {
    if (this.kept) this.#load();
  }

  #write() {
    this.kept = this.#try(() => localStorage.setItem(KEY, this.text()));
  }

  #keep() {
    this.#write();
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  get size() {
    return this.#marks.size;
  }

  /** The paper page opened last: its id and title. */
  get last() {
    return this.#counts(this.#last?.id) ? this.#last : null;
  }

  /** Marks of papers that were taken off the list are kept, for these may come back, but do not count. */
  #counts(id) {
    return !this.#listed || this.#listed.has(id);
  }

  /** Return `"read"`, `"to-read"` or an empty text. */
  of(id) {
    return this.#marks.get(id)?.state ?? "";
  }

  /** Return when a paper was marked. */
  at(id) {
    return this.#marks.get(id)?.at ?? "";
  }

  /** Return how many papers have this mark. */
  number(state) {
    let found = 0;
    for (const [id, mark] of this.#marks) found += mark.state === state && this.#counts(id) ? 1 : 0;
    return found;
  }

  /** Mark a paper, or take its mark away where `state` is empty. */
  set(id, state) {
    this.#catchUp();
    if (state) this.#marks.set(id, { state, at: new Date().toISOString() });
    else this.#marks.delete(id);
    this.#keep();
  }

  /** Note that a paper's page was opened. */
  open(id, title) {
    this.#catchUp();
    this.#last = { id, title };
    this.#write();
  }

  /** Learn which papers are on the list. What is noted of ids that they had before a rename or merge is carried over. */
  know(ids, redirects) {
    this.#listed = new Set(ids);
    this.#catchUp();
    let moved = false;
    for (const [old, now] of Object.entries(redirects)) {
      if (this.#last?.id === old) {
        this.#last.id = now;
        moved = true;
      }
      const mark = this.#marks.get(old);
      if (!mark) continue;
      this.#marks.delete(old);
      if (!this.#marks.has(now) || this.at(now) < mark.at) this.#marks.set(now, mark);
      moved = true;
    }
    if (moved) this.#keep();
  }

  /** Return all marks as the text of a file. */
  text() {
    const entries = [...this.#marks].sort(([a], [b]) => (a < b ? -1 : 1));
    const held = { format: FORMAT, version: VERSION, marks: Object.fromEntries(entries) };
    return `${JSON.stringify(this.#last ? { ...held, last: this.#last } : held, null, 1)}\n`;
  }

  /** Add the marks of a file; where both know a paper the later mark holds. Throws where the text is no such file. */
  add(text) {
    const found = parse(text);
    this.#catchUp();
    let changed = 0;
    for (const [id, mark] of found.marks) {
      const own = this.#marks.get(id);
      if (own && (own.at >= mark.at || own.state === mark.state)) continue;
      this.#marks.set(id, mark);
      changed += 1;
    }
    this.#keep();
    return { changed, same: found.marks.size - changed, refused: found.refused };
  }

  /** Forget everything. */
  clear() {
    this.#marks = new Map();
    this.#last = null;
    this.#keep();
  }
}

export const marks = new Marks();

// --- buttons -----------------------------------------------------------------------------------------------------------

const BUTTONS = [
  ["to-read", "To read"],
  ["read", "Read"],
];

/** Return the two buttons that mark a paper. In lists (`small`) they show no text, only a shape. */
export function buttons(id, title, small) {
  const made = BUTTONS.map(([state, label]) =>
    element(
      "button",
      {
        type: "button",
        class: `rl-mark rl-mark--${state}`,
        "data-paper": id,
        "data-state": state,
        "aria-pressed": String(marks.of(id) === state),
        "aria-label": small ? `${label}: ${title}` : null,
        title: small ? label : null,
      },
      small ? "" : label,
    ),
  );
  const group = element("span", { class: `rl-marks${small ? "" : " rl-marks--large"}` }, ...made);
  if (!small) {
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Your mark");
  }
  return group;
}

/** Show the marks as they are now on all buttons within `scope`. */
export function refresh(scope = document) {
  for (const button of scope.querySelectorAll(".rl-mark")) {
    const { paper, state } = button.dataset;
    const isPressed = marks.of(paper) === state;
    button.setAttribute("aria-pressed", String(isPressed));
    if (state === "read") button.closest("li")?.classList.toggle("rl-is-read", isPressed);
  }
}

// Said beside the mark, which looks like any other.
const UNKEPT = "Kept only while this page is open: the browser's storage is full or closed.";
const unkept = element("small", { class: "rl-unkept", role: "alert" }, UNKEPT);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".rl-mark");
  if (!button) return;
  const { paper, state } = button.dataset;
  marks.set(paper, marks.of(paper) === state ? "" : state);
  if (marks.kept) unkept.remove();
  else button.closest("li, .rl-mark-home")?.append(unkept);
});

// --- what pages show ---------------------------------------------------------------------------------------------------

/** Yield the links of this page's lists that lead to papers, each with the paper's id. */
function* paperLinks() {
  for (const link of document.querySelectorAll(".md-content li a.rl-title")) {
    const [kind, id] = pageAt(link.href) ?? [];
    if (kind === "papers") yield [link, id];
  }
}

function showList() {
  for (const [link, id] of paperLinks()) {
    const item = link.closest("li");
    item.classList.add("rl-is-markable");
    item.append(buttons(id, link.textContent, true));
  }
  refresh();
}

/** Return how much of some papers, id to link in order, the reader has read: `[bar] 7 of 31 read · 2 to read`, the next. */
function progress(papers) {
  const ids = [...papers.keys()];
  const read = ids.filter((id) => marks.of(id) === "read").length;
  const later = ids.filter((id) => marks.of(id) === "to-read").length;
  const text = `${read} of ${ids.length} read${later ? ` · ${later} to read` : ""}`;
  const line = [element("progress", { max: ids.length, value: read, "aria-hidden": "true" }), element("span", {}, text)];
  const next = papers.get(ids.find((id) => marks.of(id) !== "read"));
  if (!next) line.push(element("span", {}, "All read."));
  else if (read) line.push(element("a", { href: next.href, class: "rl-progress__next" }, `Continue: ${next.textContent}`));
  return line;
}

function showProgress() {
  const line = document.querySelector(".rl-progress");
  const papers = new Map();
  for (const [link, id] of paperLinks()) papers.set(id, link);
  if (!line || !papers.size) return;
  const show = () => line.replaceChildren(...progress(papers));
  marks.addEventListener("change", show);
  show();
}

function showPaper(id) {
  const home = document.querySelector(".rl-mark-home");
  if (!home) return; // the paper has moved, or was taken off the list
  home.replaceChildren(buttons(id, "", false));
  const title = document.querySelector(".md-content h1")?.cloneNode(true);
  for (const link of title?.querySelectorAll(".headerlink") ?? []) link.remove();
  marks.open(id, (title?.textContent ?? id).trim());
}

/** Add to each link to a topic or path how much of it has been read. Loads the catalogue, so only for who has marks. */
async function showCounts() {
  const links = [...document.querySelectorAll(".md-content li a")]
    .map((link) => [link, pageAt(link.href)])
    .filter(([, at]) => at && (at[0] === "topics" || at[0] === "paths"));
  if (!links.length || !marks.size) return;
  const lists = members(await catalogue());
  const notes = links.map(([link, at]) => {
    const note = element("span", { class: "rl-read-count" });
    (link.parentElement.querySelector("em") ?? link).after(note);
    return [note, lists.get(at.join("/")) ?? []];
  });
  const show = () => {
    for (const [note, ids] of notes) {
      const read = ids.filter((id) => marks.of(id) === "read").length;
      note.textContent = read ? `${read} read` : "";
    }
  };
  marks.addEventListener("change", show);
  show();
}

/** Return the ids on each topic and path, by its address. */
function members(list) {
  const { id, topics } = list.papers;
  const found = new Map(list.topics.map(([topic]) => [`topics/${topic}`, []]));
  topics.forEach((numbers, paper) => {
    for (const number of numbers) found.get(`topics/${list.topics[number][0]}`).push(id[paper]);
  });
  for (const [path, , steps] of list.paths) found.set(`paths/${path}`, steps.map((step) => id[step]));
  return found;
}

/**
 * Return what leads a reader on, each with its link: the paper opened last, the paths begun, what is to be read. A path
 * is begun with its first step: a later one may have been read for itself, or on another path.
 */
function waysOn({ papers: { id, title }, paths }) {
  const lines = [];
  const link = (address, text) => element("a", { href: new URL(address, root).href }, text);
  if (marks.last && marks.of(marks.last.id) !== "read") {
    lines.push(["Opened last", link(`papers/${marks.last.id}/`, marks.last.title)]);
  }
  const begun = paths
    .map(([, name, steps]) => {
      const next = steps.findIndex((step) => marks.of(id[step]) !== "read");
      const at = steps.map((step) => (marks.of(id[step]) === "read" ? marks.at(id[step]) || "0" : ""));
      return { name, steps, next, at: at.reduce((a, b) => (a > b ? a : b), "") };
    })
    .filter((path) => path.next > 0)
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  for (const { name, steps, next } of begun.slice(0, 2)) {
    lines.push([`${name}, step ${next + 1} of ${steps.length}`, link(`papers/${id[steps[next]]}/`, title[steps[next]])]);
  }
  const later = marks.number("to-read");
  if (later) lines.push(["Your reading list", link("papers/?mark=to-read", `${count(later, "paper")} to read`)]);
  return lines;
}

/** Offer the ways on. Nothing for a first visit, which need not load the catalogue: it says which papers count. */
async function showContinue(before) {
  const lines = marks.size || marks.last ? waysOn(await catalogue()) : [];
  document.querySelector(".rl-continue")?.remove(); // of when this page was last seen
  if (!lines.length) return;
  before.before(
    element(
      "section",
      { class: "rl-continue", "aria-labelledby": "rl-continue" },
      element("h2", { id: "rl-continue" }, "Continue where you were"),
      element("ul", {}, ...lines.map(([what, where]) => element("li", {}, element("span", {}, what), " ", where))),
    ),
  );
}

function start() {
  // A wrong address may look like a paper's.
  const here = document.querySelector(".rl-lost") ? null : pageAt(location.href);
  const kind = here?.[0] ?? location.pathname.slice(root.pathname.length).replace(/(?:index\.html|\/)$/, "");
  showList();
  if (here?.[0] === "papers") showPaper(here[1]);
  else if (here && (kind === "topics" || kind === "paths")) showProgress();
  else if (!here && ["", "topics", "paths"].includes(kind)) {
    // On the first page only, above what begins there: elsewhere it would push a list from under the reader's finger.
    const first = kind === "" && document.querySelector(".md-content h2");
    // What cannot be loaded is left out: the page says the same without it.
    Promise.all([first && showContinue(first), showCounts()]).catch(() => {});
    addEventListener("pageshow", (event) => first && event.persisted && showContinue(first).catch(() => {}));
  }
  marks.addEventListener("change", () => refresh());
  // Named here and not on the page: engines differ in what they make of a relative address within a page's HTML.
  if (document.querySelector(".rl-cite")) import("./cite.js");
  if (document.querySelector(".rl-map")) import("./map.js");
}

start();
