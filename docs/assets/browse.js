/*
 * The browse page: filter, facets, sort, selection and its export, all from the compact index in `data/catalogue.json`.
 * The state stands in the address, so a view can be shared and the back button leads to the view before. Without this
 * script, which browse-start.js loads, the page shows a plain list.
 */

import { again, buttons, catalogue, count, data, element, marks, refresh, root, save } from "./marks.js";
import { FIELDS, byline, foldWords, inWords, searchIndex } from "./search-index.js";

const PAGE = 100;
const AT_ONCE = 24; // rows shown with each letter typed; the rest of the page follows in the first pause
const LINKS = { code: 1, project: 2, model: 4, dataset: 8 };
const LINK_NAMES = { code: "Code", project: "Project page", model: "Model", dataset: "Dataset" };
const MARK_NAMES = { unread: "Unread", "to-read": "To read", read: "Read" };
const SORTS = { match: "best match first", newest: "newest first", title: "by title", comments: "most comments first", added: "added last first" };

// --- words -------------------------------------------------------------------------------------------------------------

/** Return the words of a query that fold to these, as the reader typed them. */
function asTyped(folded, query) {
  const typed = query.split(/\s+/).filter((part) => foldWords(part).some((word) => folded.includes(word)));
  return (typed.length ? typed : folded).join(", ");
}

// --- the list ----------------------------------------------------------------------------------------------------------

/** What the page knows of all papers: columns by number, orders and facets. */
class List {
  #orders = new Map();

  constructor(found) {
    this.table = found;
    Object.assign(this, found.papers);
    this.size = this.id.length;
    this.stated = new Map(found.comments.map(([paper, number, capture]) => [paper, [number, found.captures[capture]]]));
    this.number = new Map(this.id.map((id, paper) => [id, paper]));
    this.facets = this.#facets();
    // The search numbers the papers from the newest on.
    this.searched = new Int32Array(this.size);
    this.order("newest").forEach((paper, at) => (this.searched[paper] = at));
  }

  #facets() {
    const { topics, types, paths } = this.table;
    const on = Array.from({ length: this.size }, () => []);
    paths.forEach(([, , steps], path) => steps.forEach((step) => on[step].includes(path + 1) || on[step].push(path + 1)));
    for (const numbers of on) if (numbers.length) numbers.unshift(0);
    const years = [...new Set(this.issued.map((day) => day.slice(0, 4)))].sort().reverse();
    const yearAt = new Map(years.map((year, at) => [year, at]));
    const kinds = Object.keys(LINKS);
    const marked = Object.keys(MARK_NAMES);
    const none = topics.length;
    return [
      facet("mark", "Your marks", marked.map((mark) => [mark, MARK_NAMES[mark]]), (paper) => {
        const state = marks.of(this.id[paper]);
        return state === "read" ? [2] : state ? [0, 1] : [0];
      }),
      facet("has", "Has", kinds.map((kind) => [kind, LINK_NAMES[kind]]), (paper) =>
        kinds.flatMap((kind, at) => (this.links[paper] & LINKS[kind] ? [at] : [])), { all: true }),
      facet("topic", "Topic", [...topics.map(([id, name]) => [id, name]), ["unsorted", "Unsorted"]], (paper) =>
        this.topics[paper].length ? this.topics[paper] : [none], { first: 10, byCount: true }),
      facet("year", "Year", years.map((year) => [year || "undated", year || "Undated"]), (paper) => [
        yearAt.get(this.issued[paper].slice(0, 4)),
      ], { first: 6 }),
      facet("type", "Type", [...types.map((type) => [type, capital(type)]), ["none", "Not stated"]],
        (paper) => [this.type[paper] < 0 ? types.length : this.type[paper]], { first: 8, byCount: true }),
      facet("path", "Reading path", [["any", "On any path"], ...paths.map(([id, title]) => [id, title])],
        (paper) => on[paper], { first: 4 }),
    ];
  }

  /** Return the numbers of all papers in an order. */
  order(name) {
    if (!this.#orders.has(name)) {
      const all = Array.from({ length: this.size }, (_, paper) => paper); // the catalogue is by title
      const { issued, added, stated } = this;
      if (name === "newest") all.sort((a, b) => (issued[a] < issued[b] ? 1 : issued[a] > issued[b] ? -1 : a - b));
      else if (name !== "title") {
        const rank = this.searched;
        // The days' table is sorted, so its indexes compare as the days do.
        const value = name === "added" ? (paper) => added[paper] : (paper) => stated.get(paper)?.[0] ?? -1;
        all.sort((a, b) => value(b) - value(a) || rank[a] - rank[b]);
      }
      this.#orders.set(name, all);
    }
    return this.#orders.get(name);
  }

  /** Return what the search finds, or nothing where nothing is asked for; says so where it cannot be loaded. */
  async search(query) {
    if (!query) return null;
    try {
      const found = await searchIndex.find(query);
      // Both go by numbers: of two publications, one would name the papers of the other wrongly.
      if (found.table.edition !== this.table.edition) return { failed: true, outdated: true };
      return found;
    } catch (error) {
      console.warn(error);
      return { failed: true };
    }
  }

  /** Return which papers answer to a view, in its order, and how many answer to each option of each facet. */
  find(view, answer) {
    const found = answer?.fields;
    const sort = sortOf(view, answer);
    const order = sort === "match" ? answer.papers.flatMap((at) => this.order("newest")[at] ?? []) : this.order(sort);
    const wanted = this.facets.map((one) => one.wanted(view));
    const tallies = this.facets.map((one) => new Int32Array(one.options.length));
    const papers = [];
    const { facets } = this;
    const tally = (at, paper) => {
      const its = facets[at].of(paper);
      for (let each = 0; each < its.length; each += 1) tallies[at][its[each]] += 1;
    };
    papers: for (const paper of order) {
      if (found && !found.has(this.searched[paper])) continue;
      let failed = -1; // the facet that keeps this paper out
      for (let at = 0; at < facets.length; at += 1) {
        if (!wanted[at] || answers(facets[at].of(paper), wanted[at], facets[at].all)) continue;
        if (failed !== -1) continue papers;
        failed = at;
      }
      // An option's number says how many there would be with it in place of the others of its facet.
      if (failed === -1) {
        papers.push(paper);
        for (let at = 0; at < facets.length; at += 1) tally(at, paper);
      } else if (!facets[failed].all) {
        tally(failed, paper);
      }
    }
    return { papers, tallies };
  }

  /** Return authors, venue and date on one line. */
  byline(paper) {
    return byline(this.authors[paper], this.table.venues[this.venue[paper]], this.issued[paper]);
  }

  /** Return the words of an answer that a paper has in its summary alone. */
  onlyInSummary(paper, answer) {
    const terms = (answer?.terms ?? []).filter(({ papers }) => papers.get(this.searched[paper])?.bits === FIELDS.summary);
    return terms.map(({ asked, mended }) => (mended ? foldWords(mended)[0] : asked));
  }
}

function facet(key, label, options, of, { all = false, first = 99, byCount = false } = {}) {
  const at = new Map(options.map(([value], index) => [value, index]));
  const known = []; // only the marks of a paper can change
  return {
    key,
    label,
    options: options.map(([value, name]) => ({ value, name })),
    of: key === "mark" ? of : (paper) => (known[paper] ??= of(paper)),
    all,
    first,
    byCount,
    /** Return what a view chooses, in the order of the options, with names; what the list does not have, without. */
    chosen: (view) => [
      ...options.filter(([value]) => view[key].has(value)),
      ...[...view[key]].filter((value) => !at.has(value)).map((value) => [value, ""]),
    ],
    wanted: (view) => (view[key].size ? new Set([...view[key]].map((value) => at.get(value))) : null),
  };
}

function answers(its, wanted, all) {
  if (all) return [...wanted].every((option) => its.includes(option));
  for (const option of its) if (wanted.has(option)) return true;
  return false;
}

/** Return the order of a view: the one chosen; where none is, the best match of what is asked for, or the newest. */
function sortOf({ sort }, answer) {
  const best = answer?.fields ? "match" : "newest";
  return sort === "match" ? best : sort || best;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// --- the state in the address ------------------------------------------------------------------------------------------

// The text stands under `find`: at `q` Material would open its own search.
function readView(facets) {
  const given = new URLSearchParams(location.search);
  const view = { q: given.get("find") ?? "", sort: Object.hasOwn(SORTS, given.get("sort") ?? "") ? given.get("sort") : "" };
  for (const one of facets) view[one.key] = new Set(given.getAll(one.key).filter(Boolean));
  return view;
}

function addressOf(view, facets) {
  const wanted = new URLSearchParams();
  if (view.q.trim()) wanted.set("find", view.q.trim());
  for (const one of facets) for (const [value] of one.chosen(view)) wanted.append(one.key, value);
  if (view.sort) wanted.set("sort", view.sort);
  const query = wanted.toString();
  return location.pathname + (query ? `?${query}` : "");
}

// --- the exports -------------------------------------------------------------------------------------------------------

// A selection is picked out of the files of the whole list by its ids; the formats are written in one place only, in
// generator/exports/__init__.py. Entries of a BibTeX file are parted by blank lines, which no field can hold.
const EXPORTS = {
  bibtex: {
    file: "papers.bib",
    media: "application/x-bibtex",
    pick: (text, ids) =>
      text
        .split(/\n\n+/)
        .filter((entry) => ids.has(/^@\w+\{([^,\s]+),/.exec(entry)?.[1]))
        .map((entry) => `${entry.trim()}\n\n`),
  },
  ris: {
    file: "papers.ris",
    media: "application/x-research-info-systems",
    pick: (text, ids) =>
      (text.match(/^TY  - [^]*?^ER  - *(?:\r?\n)+/gm) ?? []).filter((entry) =>
        ids.has(/^ID  - (\S+)/m.exec(entry)?.[1]),
      ),
  },
  "csl-json": {
    file: "papers.csl.json",
    media: "application/vnd.citationstyles.csl+json",
    read: (response) => response.json(),
    pick: (items, ids) => items.filter((item) => ids.has(item.id)),
    join: (items) => `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]\n`,
  },
};

/** Return the entries of the papers with these ids as the text of one file, or nothing where the file lacks one. */
async function exported(format, ids) {
  const { file, pick, read = (response) => response.text(), join = (entries) => entries.join("") } = EXPORTS[format];
  for (const fetched of [data, again]) {
    const entries = pick(await fetched(file, read), ids);
    if (entries.length === ids.size) return join(entries);
  }
  return "";
}

// --- the page ----------------------------------------------------------------------------------------------------------

class Page {
  #rows = new Map();
  #options = [];
  #picked = new Set();
  #papers = [];
  #shown = PAGE;
  #frame = 0;
  #asked = "";
  #typed = 0;
  #rest = 0;
  #query = location.search;

  constructor(home, list, view, answer) {
    this.list = list;
    this.home = home;
    const at = (selector) => home.querySelector(selector);
    this.input = at("#rl-q");
    this.sort = at("#rl-sort");
    this.facets = at(".rl-facets");
    this.done = at("#rl-done");
    this.rows = at(".rl-rows");
    this.status = at("#rl-count");
    this.chips = at(".rl-chips");
    this.all = at("#rl-all");
    this.more = at("#rl-more");
    this.bar = at(".rl-picked");
    this.said = at("#rl-picked");
    this.keep = at(".rl-keep");

    this.view = view;
    this.answer = answer; // to the text `answered`
    this.answered = view.q.trim();
    this.#buildFacets();
    this.#listen();
    this.#listenToMarks();
    const before = history.state ?? {};
    this.#shown = Number.isInteger(before.shown) ? before.shown : PAGE;
    this.#picked = new Set(before.picked?.flatMap((id) => list.number.get(id) ?? []));
    home.classList.add("rl-is-ready");
    home.querySelector(".rl-more")?.remove();
    this.keep.hidden = false;
    this.#renderAll();
    this.#return(before.row);
  }

  // --- state

  /** Take a new view; the one before stays behind the back button. */
  #go(change, typing = false) {
    Object.assign(this.view, change);
    this.#shown = PAGE;
    clearTimeout(this.#typed);
    if (typing) this.#typed = setTimeout(() => this.#write(true), 250);
    else this.#write(false);
    this.#later(typing);
  }

  /** Write the view to the address. A burst of typing is one step for the back button. */
  #write(typing) {
    clearTimeout(this.#typed);
    this.#typed = 0;
    const address = addressOf(this.view, this.list.facets);
    if (address === location.pathname + location.search) return;
    const state = { typing };
    if (typing && history.state?.typing) history.replaceState(state, "", address);
    else history.pushState(state, "", address);
    this.#query = location.search;
  }

  #flush() {
    if (this.#typed) this.#write(true);
  }

  #later(typing = false) {
    if (this.answer?.failed) this.answered = null; // asked again with whatever one does next
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#frame = requestAnimationFrame(() => this.#renderAll(typing));
  }

  /** Return the first row in sight, its id and where it stands, once the reader has scrolled into the list. */
  #place() {
    const edge = this.rows.getBoundingClientRect().top;
    if (edge > 0) return null;
    const row = [...this.rows.children].find((each) => each.getBoundingClientRect().bottom > 60);
    return row ? { id: row.querySelector(".rl-mark").dataset.paper, top: row.getBoundingClientRect().top } : null;
  }

  /** Scroll a row to where it stood. Not the page to its height: rows out of sight have heights that are guesses. */
  #return(to, again = 3) {
    const row = to && this.#rows.get(this.list.number.get(to.id))?.item;
    if (!row?.isConnected || !Number.isFinite(to.top)) return;
    scrollBy({ top: row.getBoundingClientRect().top - to.top, behavior: "instant" });
    if (again) requestAnimationFrame(() => this.#return(to, again - 1));
  }

  // --- building

  #buildFacets() {
    const all = this.facets.querySelector(".rl-facets__all");
    const { tallies } = this.list.find({ ...emptyView(this.list.facets) });
    this.#options = this.list.facets.map((one, at) => {
      const made = one.options.map(({ value, name }, index) => {
        const box = element("input", { type: "checkbox", name: one.key, value, autocomplete: "off" });
        const number = element("span", { class: "rl-option__count" });
        const label = element("label", { class: "rl-option" }, box, element("span", { class: "rl-option__name" }, name), number);
        return { box, label, number, value, total: tallies[at][index] };
      });
      const options = made.filter((option) => option.total || one.key === "mark");
      const toggle = element("button", { type: "button", class: "rl-quiet rl-facet__all", hidden: true });
      const set = element("fieldset", { class: `rl-facet rl-facet--${one.key}` }, element("legend", {}, one.label), toggle);
      const group = { made, options, set, toggle, open: false };
      toggle.addEventListener("click", () => {
        group.open = !group.open;
        this.#arrange(one, group);
      });
      // A facet that tells no paper from another is left out.
      if (options.length > 1 || options[0]?.total < this.list.size) all.append(set);
      return group;
    });
  }

  #listen() {
    const { input, sort, facets, rows } = this;
    input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#write(false);
      this.#later();
    });
    input.addEventListener("input", () => this.#go({ q: input.value }, true));
    input.addEventListener("change", () => {
      this.#flush();
      history.replaceState({ ...history.state, typing: false }, "");
    });
    input.addEventListener("focus", () => searchIndex.open().catch(() => {}));
    sort.addEventListener("change", () => {
      this.#go({ sort: sort.value === sortOf({ sort: "" }, this.answer) ? "" : sort.value });
    });
    facets.addEventListener("change", ({ target }) => {
      const chosen = new Set(this.view[target.name]);
      if (target.checked) chosen.add(target.value);
      else chosen.delete(target.value);
      this.#go({ [target.name]: chosen });
    });
    this.done.addEventListener("click", () => {
      facets.open = false;
      facets.scrollIntoView();
      facets.querySelector("summary").focus({ preventScroll: true });
    });
    rows.addEventListener("change", ({ target }) => {
      const paper = Number(target.value);
      if (target.checked) this.#picked.add(paper);
      else this.#picked.delete(paper);
      this.#pick(this.#rows.get(paper), paper);
      this.#renderPicked();
    });
    this.chips.addEventListener("click", ({ target }) => {
      const chip = target.closest("button");
      if (!chip) return;
      const place = [...this.chips.children].indexOf(chip);
      const { facet: key, value } = chip.dataset;
      if (key === "q") this.#go({ q: "" });
      else if (key) this.#go({ [key]: new Set([...this.view[key]].filter((one) => one !== value)) });
      else this.#go(emptyView(this.list.facets, this.view.sort));
      cancelAnimationFrame(this.#frame);
      this.#renderAll();
      (this.chips.hidden ? input : (this.chips.children[place] ?? this.chips.lastElementChild)).focus();
    });
    this.all.addEventListener("click", () => {
      const every = this.#papers.every((paper) => this.#picked.has(paper));
      for (const paper of this.#papers) {
        if (every) this.#picked.delete(paper);
        else this.#picked.add(paper);
      }
      this.#renderPicked();
      this.#renderRows();
    });
    this.more.addEventListener("click", () => {
      const before = this.#shown;
      this.#shown += PAGE;
      this.#renderRows();
      rows.children[before]?.querySelector("a").focus();
    });
    this.bar.addEventListener("click", ({ target }) => {
      if (target.dataset.format) this.#export(target.dataset.format);
      else if (target.id === "rl-none") {
        this.#picked.clear();
        this.#renderPicked();
        this.#renderRows();
        this.all.focus();
      }
    });
    addEventListener("popstate", () => {
      if (location.search === this.#query) return; // a link within the page
      this.#query = location.search;
      this.view = readView(this.list.facets);
      this.#shown = history.state?.shown ?? PAGE;
      this.#renderAll();
    });
    addEventListener("pagehide", () => {
      this.#flush();
      const picked = this.#ids();
      history.replaceState({ ...history.state, typing: false, shown: this.#shown, row: this.#place(), picked }, "");
    });
    const wide = matchMedia("(min-width: 60em)");
    const fold = () => (facets.open = wide.matches);
    wide.addEventListener("change", fold);
    fold();
  }

  #listenToMarks() {
    const at = (id) => this.keep.querySelector(id);
    const file = at("#rl-marks-file");
    const said = at("#rl-marks-said");
    const clear = at("#rl-marks-clear");
    at("#rl-marks-save").addEventListener("click", () => {
      save(marks.text(), "reading-marks.json", "application/json");
      said.textContent = `${count(marks.size, "mark")} saved as reading-marks.json.`;
    });
    at("#rl-marks-load").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      if (!chosen) return;
      try {
        const { changed, same, refused } = marks.add(await chosen.text());
        said.textContent = [
          `${count(changed, "mark")} taken over`,
          same ? `${same} ${same === 1 ? "was" : "were"} here already` : "",
          refused ? `${refused} could not be read` : "",
        ].filter(Boolean).join(", ") + ".";
      } catch {
        said.textContent = `${chosen.name} is no file of reading marks. Nothing was changed.`;
      }
      file.value = "";
    });
    clear.addEventListener("click", () => {
      // A second press, no dialogue; anything else takes the question back.
      if (clear.dataset.sure) {
        marks.clear();
        said.textContent = "All marks are forgotten.";
        at("#rl-marks-load").focus(); // this button has nothing more to do and takes no focus
      } else {
        clear.dataset.sure = "yes";
        clear.textContent = "Press again to forget all";
      }
    });
    clear.addEventListener("blur", () => {
      delete clear.dataset.sure;
      clear.textContent = "Forget all";
    });
    marks.addEventListener("change", () => this.#later());
  }

  // --- rendering

  #renderAll(typing = false) {
    if (this.view.q.trim() !== this.answered) {
      this.#ask(typing);
      return;
    }
    const { papers, tallies } = this.list.find(this.view, this.answer);
    this.#papers = papers;
    if (this.input.value !== this.view.q) this.input.value = this.view.q;
    const match = this.sort.querySelector("[value=match]");
    match.hidden = match.disabled = !this.answer?.fields;
    this.sort.value = sortOf(this.view, this.answer);
    this.#renderFacets(tallies);
    this.#renderChips();
    this.#renderStatus();
    this.#renderRows(typing ? AT_ONCE : Infinity);
    this.#renderPicked();
    this.#renderMarks();
  }

  /** Ask the search for the text of the view, and show what it says unless another was typed meanwhile. */
  async #ask(typing) {
    const query = this.view.q.trim();
    if (query && query === this.#asked) return;
    this.#asked = query;
    const answer = query ? await this.list.search(query) : null;
    if (this.#asked !== query) return;
    if (answer?.outdated) {
      this.#flush();
      if (await renewed()) return location.reload();
    }
    this.#asked = "";
    this.answer = answer;
    this.answered = query;
    this.#renderAll(typing);
  }

  #renderFacets(tallies) {
    let chosen = 0;
    this.list.facets.forEach((one, at) => {
      chosen += this.view[one.key].size;
      this.#options[at].made.forEach((option, index) => {
        option.now = tallies[at][index];
        option.checked = option.box.checked = this.view[one.key].has(option.value);
        const text = option.now.toLocaleString("en");
        if (option.number.textContent !== text) option.number.textContent = text;
        option.label.classList.toggle("rl-is-empty", !option.now && !option.checked);
        option.label.classList.toggle("rl-is-on", option.checked);
      });
      this.#arrange(one, this.#options[at]);
    });
    this.facets.querySelector("summary").textContent = chosen ? `Filters (${chosen})` : "Filters";
  }

  /**
   * Show the options of a facet that lead somewhere, the fullest first where that is its order; fold a long rest. What is
   * chosen stays, and so does what has the focus.
   */
  #arrange(one, { options, set, toggle, open }) {
    const focused = set.contains(document.activeElement) ? document.activeElement : null;
    const held = (option) => option.checked || option.box === focused;
    const useful = options.filter((option) => one.first > 9 && !one.byCount ? true : option.now || held(option));
    if (one.byCount) useful.sort((a, b) => b.now - a.now || b.total - a.total);
    const long = useful.length > one.first + 1;
    const shown = long && !open ? useful.filter((option, place) => place < one.first || held(option)) : useful;
    toggle.hidden = !long;
    toggle.textContent = open ? "Fewer" : `All ${useful.length}`;
    toggle.setAttribute("aria-expanded", String(open));
    set.hidden = !shown.length;
    const labels = [...set.children].slice(1, -1);
    if (shown.length === labels.length && shown.every((option, place) => option.label === labels[place])) return;
    set.replaceChildren(set.firstElementChild, ...shown.map((option) => option.label), toggle);
    focused?.focus({ preventScroll: true });
  }

  #renderChips() {
    const made = [];
    const chip = (label, key, value, of) =>
      made.push(
        element("button", { type: "button", class: "rl-chip", "data-facet": key, "data-value": value, "data-of": of, "aria-label": `Remove the filter ${label}` }, label),
      );
    if (this.view.q.trim()) chip(`“${this.view.q.trim()}”`, "q");
    for (const one of this.list.facets) {
      for (const [value, name] of one.chosen(this.view)) chip(name || `${one.label} “${value}”: not on this list`, one.key, value, name ? one.label : null);
    }
    if (made.length > 1) made.push(element("button", { type: "button", class: "rl-quiet" }, "Clear all"));
    this.chips.hidden = !made.length;
    this.chips.replaceChildren(...made);
  }

  #renderStatus() {
    const found = this.#papers.length;
    const { size } = this.list;
    const number = found === size ? count(size, "paper") : `${found.toLocaleString("en")} of ${count(size, "paper")}`;
    const instead = this.answer?.mended ? `Showing results for “${this.answer.query}”. ` : "";
    const which = (this.answer?.partly ?? "") + number;
    const text = this.answer?.failed
      ? "The search could not be loaded; these are all papers."
      : found
        ? `${instead}${which}, ${SORTS[sortOf(this.view, this.answer)]}`
        : "No paper answers to all of this. Take a filter away.";
    if (this.status.textContent !== text) this.status.textContent = text;
    this.done.textContent = found ? `Show ${count(found, "paper")}` : "No paper answers to all of this";
  }

  #renderRows(most = Infinity) {
    clearTimeout(this.#rest);
    // Of very many rows only those on the page are kept.
    if (this.#rows.size > 2000) this.#rows.forEach(({ item }, paper) => item.isConnected || this.#rows.delete(paper));
    const wanted = Math.min(this.#shown, this.#papers.length);
    if (wanted > most) this.#rest = setTimeout(() => this.#renderRows(), 150);
    const papers = this.#papers.slice(0, Math.min(wanted, most));
    const rows = papers.map((paper) => this.#row(paper));
    // Rows that stay where they are are not touched: most letters typed leave the top of the list as it is.
    const { children } = this.rows;
    const same = rows.length === children.length && rows.every((row, at) => row === children[at]);
    if (!same) {
      const focused = this.rows.contains(document.activeElement) ? document.activeElement : null;
      const place = focused ? [...children].indexOf(focused.closest("li")) : -1;
      this.rows.replaceChildren(...rows);
      if (focused?.isConnected) focused.focus({ preventScroll: true });
      else if (focused) this.#focusLike(focused, children[Math.min(place, children.length - 1)]);
    }
    const rest = this.#papers.length - wanted;
    this.more.parentElement.hidden = rest <= 0;
    if (rest > 0) this.status.dataset.shown = `the first ${wanted.toLocaleString("en")} here`; // said on paper
    else delete this.status.dataset.shown;
    this.more.textContent = `Show ${Math.min(PAGE, rest)} more of ${rest.toLocaleString("en")}`;
  }

  /** Return the ids of the papers selected, which another publication of the list knows too. */
  #ids() {
    return [...this.#picked].map((paper) => this.list.id[paper]);
  }

  #pick(row, paper) {
    const picked = this.#picked.has(paper);
    if (row.picked === picked) return;
    row.picked = row.box.checked = picked;
    row.item.classList.toggle("rl-is-picked", picked);
  }

  /** A row went away under the reader's focus, marked as read in a view of unread papers: go on in the next one. */
  #focusLike(gone, row) {
    const like = gone.dataset.state ? `[data-state="${gone.dataset.state}"]` : gone.localName;
    (row?.querySelector(like) ?? this.input).focus({ preventScroll: true });
  }

  #row(paper) {
    const { list } = this;
    let row = this.#rows.get(paper);
    if (!row) {
      const title = list.title[paper];
      const box = element("input", { type: "checkbox", class: "rl-pick", value: paper, "aria-label": `Select: ${title}`, autocomplete: "off" });
      const facts = [list.byline(paper)];
      const [comments, captured] = list.stated.get(paper) ?? [0, ""];
      if (comments) facts.push(`${count(comments, "comment").replace(" ", "\u00a0")}${captured ? ` on ${inWords(captured)}` : ""}`);
      const tags = list.topics[paper].map((topic) => list.table.topics[topic][1]);
      const type = list.table.types[list.type[paper]];
      if (type && type !== "method") tags.unshift(capital(type));
      const has = Object.keys(LINKS).filter((kind) => list.links[paper] & LINKS[kind]).map((kind) => LINK_NAMES[kind]);
      row = {
        box,
        note: element("small", { class: "rl-row__note", hidden: true }),
        item: element(
          "li",
          {},
          box,
          element("a", { href: new URL(`papers/${list.id[paper]}/`, root).href }, title),
          " ",
          element("small", {}, facts.filter(Boolean).join(" · ")),
          element("small", { class: "rl-row__tags" }, [...tags, ...has].join(" · ")),
          buttons(list.id[paper], title, true),
        ),
      };
      row.item.insertBefore(row.note, row.item.lastChild);
      this.#rows.set(paper, row);
    }
    this.#pick(row, paper);
    const mark = marks.of(list.id[paper]);
    if (row.mark !== mark) refresh(row.item);
    row.mark = mark;
    const elsewhere = list.onlyInSummary(paper, this.answer);
    row.note.hidden = !elsewhere.length;
    row.note.textContent = elsewhere.length ? `In its summary: ${asTyped(elsewhere, this.answer.query)}` : "";
    return row.item;
  }

  #renderPicked(said = "") {
    const number = this.#picked.size;
    const found = this.#papers.length;
    const every = found > 0 && this.#papers.every((paper) => this.#picked.has(paper));
    this.all.hidden = !found;
    this.all.textContent = every ? "Select none of these" : `Select all ${found.toLocaleString("en")}`;
    this.bar.hidden = !number;
    const text = said || `${count(number, "paper")} selected`;
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  #renderMarks() {
    const parts = [
      marks.number("read") ? `${marks.number("read").toLocaleString("en")} read` : "",
      marks.number("to-read") ? `${marks.number("to-read").toLocaleString("en")} to read` : "",
    ].filter(Boolean);
    const where = marks.kept ? "Kept in this browser only." : "This browser keeps nothing; save them to a file.";
    this.keep.querySelector("#rl-kept").textContent = parts.length
      ? `${parts.join(", ")}. ${where}`
      : "Mark papers as read or to read; the marks stay in this browser.";
    this.keep.querySelector("#rl-marks-save").disabled = !marks.size;
    this.keep.querySelector("#rl-marks-clear").disabled = !marks.size;
  }

  async #export(format) {
    const { file, media } = EXPORTS[format];
    const ids = new Set(this.#ids());
    const name = file.replace("papers", "selection");
    this.#renderPicked(`Collecting ${count(ids.size, "paper")}…`);
    try {
      const text = await exported(format, ids);
      if (text) save(text, name, media);
      this.#renderPicked(
        text ? `${count(ids.size, "paper")} saved as ${name}` : "The list was published anew; reload the page and save again.",
      );
    } catch {
      this.#renderPicked("The entries could not be loaded; try again.");
    }
  }
}

function emptyView(facets, sort = "") {
  return { q: "", sort, ...Object.fromEntries(facets.map((one) => [one.key, new Set()])) };
}

/** Fetch list and search anew, as the site was published anew; tell, once, whether the page can begin again with them. */
async function renewed() {
  if (history.state?.renewed) return false;
  const [list, index] = await Promise.all([again("catalogue.json"), searchIndex.renew()]).catch(() => [{}, null]);
  history.replaceState({ ...history.state, renewed: true }, "");
  return list.edition === index?.edition;
}

/** Kept once the page is there; broken where the list cannot be loaded, which browse-start.js then says. */
export const ready = catalogue().then(async (found) => {
  const list = new List(found);
  const view = readView(list.facets);
  const answer = await list.search(view.q.trim());
  if (answer?.outdated && (await renewed())) location.reload();
  else new Page(document.querySelector(".rl-browse"), list, view, answer);
});
