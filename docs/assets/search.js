/*
 * What the header has: the search and, on a narrow screen, the menu; and the switch of light and dark.
 *
 * Results of the search appear beneath its box while one types. It follows the combobox pattern of the ARIA
 * Authoring Practices, https://www.w3.org/WAI/ARIA/apg/patterns/combobox/: the focus stays in the field, arrows move
 * through the results. Return without a chosen result sends the form, to the page that lists all it finds.
 */

import { count, element, root } from "./marks.js";
import { FIELDS, byline, passage, pieces, places, searchIndex } from "./search-index.js";

const SHOWN = 8;
const PAUSE = 90; // milliseconds without a key before a search
const LATE = 1000; // milliseconds after which an answer is late, and that is said
const COMPOSED = 229; // the code of a key that an input method takes; Safari says no more of the last one

/** Return pieces of a text as nodes; what was found is marked. */
const marked = (its) => its.map(([text, hit]) => (hit ? element("mark", {}, text) : text));
const isHit = (its) => its.some(([, hit]) => hit);

/** Return the name of a topic, with its initials where they were asked for. */
const called = ([, name, , initials], terms) => (isHit(pieces(initials, terms)) ? `${name} (${initials})` : name);

/** Return why a paper was found: each field, and what of it has the words. */
function reasons(card, bits, { terms, table }) {
  const line = (label, ...content) =>
    element("span", { class: "rl-hit__reason" }, element("span", { class: "rl-hit__label" }, label), ...content);
  const listed = (label, texts) => {
    const found = texts.map((text) => pieces(text, terms)).filter(isHit);
    if (!found.length) return [];
    const shown = found.slice(0, 3).flatMap((its, at) => [at ? ", " : " ", ...marked(its)]);
    return [line(label, ...shown)];
  };
  const made = bits & (FIELDS.name | FIELDS.title) ? [line("Title")] : [];
  if (bits & FIELDS.authors) made.push(...listed("Author", card.authors.split("\t")));
  if (bits & FIELDS.topics) made.push(...listed("Topic", card.topics.map((topic) => called(table.topics[topic], terms))));
  if (bits & FIELDS.facts) made.push(...listed("Facts", [...card.facts, card.type]));
  if (bits & FIELDS.summary) {
    const its = passage(card.text, terms, card.title);
    if (its) made.push(line("Summary", " ", ...marked(its)));
  }
  return made.flatMap((line) => [line, " "]); // they are told in one breath
}

class SearchBox {
  #turn = 0;
  #pause = 0;
  #active = -1;
  #options = [];
  #before = null;

  constructor(form) {
    this.form = form;
    this.input = form.querySelector(".rl-search__input");
    this.button = form.querySelector(".rl-search__button");
    this.status = element("p", { class: "rl-search__status", role: "status" });
    this.list = element("div", { class: "rl-search__list", id: "rl-search-results", role: "listbox", "aria-label": "Results" });
    this.all = element("a", { class: "rl-search__all", href: form.action, hidden: true });
    this.panel = element("div", { class: "rl-search__panel", tabindex: "-1" }, this.status, this.list, this.all);
    this.closer = element("button", { type: "button", class: "rl-search__close", "aria-label": "Close the search" }, "×");
    const { input } = this;
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "rl-search-results",
      "aria-autocomplete": "list",
      "aria-keyshortcuts": "Control+K Meta+K",
    })) input.setAttribute(name, value);
    form.append(this.closer, this.panel);
    this.#clear();
    form.classList.add("rl-is-ready");
    this.#listen();
    if (document.activeElement === this.input) this.open(); // somebody was quicker than this script
  }

  #listen() {
    const { form, input, button } = this;
    input.addEventListener("focus", () => this.open());
    input.addEventListener("input", () => {
      this.open(); // a page that came back is closed though the field has the focus
      this.#choose(-1); // it was of what was found for another text
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#seek(), PAUSE);
    });
    form.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === COMPOSED) return;
      if (event.key === "Escape") {
        event.preventDefault();
        this.close(true);
      } else if (event.target === input) this.#key(event);
    });
    button.addEventListener("click", (event) => {
      if (this.isOpen && input.value.trim()) return; // sends the form
      event.preventDefault();
      this.open(button);
      input.focus();
    });
    this.closer.addEventListener("click", () => this.close(true));
    form.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !form.contains(relatedTarget)) this.close(false);
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.isOpen && !form.contains(target)) this.close(false);
    });
    document.addEventListener("keydown", (event) => {
      const { key = "", code, target } = event; // a browser that fills in a form sends no key
      // By its place where a layout has no Latin letters.
      const isK = /^[a-z]$/i.test(key) ? key.toLowerCase() === "k" : code === "KeyK";
      // No letter alone: who speaks to the browser types letters by mistake (WCAG 2.1.4).
      if (!isK || event.ctrlKey === event.metaKey || event.altKey || event.shiftKey) return;
      // A check box takes no text.
      if (/^(?:input|textarea|select)$/.test(target.localName) && !/^(?:checkbox|radio|button)$/.test(target.type)) return;
      event.preventDefault();
      this.open(target);
      input.focus();
      input.select();
    });
    addEventListener("pageshow", ({ persisted }) => persisted && this.close(false));
  }

  get isOpen() {
    return this.form.classList.contains("rl-is-open");
  }

  /** Show what was found, or on a phone the field; `from` has the focus until then and gets it back. */
  open(from = null) {
    if (from && from !== document.body) this.#before = from;
    if (this.isOpen) return;
    this.form.classList.add("rl-is-open");
    document.documentElement.classList.add("rl-is-searching");
    searchIndex.open().catch(() => {}); // said when something is asked
    if (this.input.value.trim()) this.#seek();
  }

  close(giveBack) {
    clearTimeout(this.#pause);
    this.#turn += 1;
    this.form.classList.remove("rl-is-open");
    document.documentElement.classList.remove("rl-is-searching");
    this.#clear();
    const before = this.#before;
    this.#before = null;
    if (!giveBack) return;
    if (before?.isConnected) before.focus();
    else this.input.blur();
  }

  /** Show nothing but what is said. */
  #clear(...said) {
    this.#offer([]);
    this.all.hidden = true;
    this.#say(...said);
  }

  #say(...said) {
    this.status.replaceChildren(...said);
    this.panel.classList.toggle("rl-is-empty", !said.length);
  }

  #offer(options) {
    this.#choose(-1);
    this.#options = options;
    options.forEach((each, at) => (each.id = `rl-hit-${at}`));
    this.list.replaceChildren(...options);
    this.list.scrollTop = this.panel.scrollTop = 0;
    this.list.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
  }

  async #seek() {
    const turn = ++this.#turn;
    const query = this.input.value.trim();
    if (!query) {
      this.#clear();
      return;
    }
    const late = setTimeout(() => turn === this.#turn && this.#say("Searching…"), LATE);
    try {
      const found = await searchIndex.find(query, SHOWN);
      if (turn === this.#turn) this.#show(query, found);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#clear("The search could not be loaded. Press Return for the list of all papers.");
      console.warn(error);
    } finally {
      clearTimeout(late);
    }
  }

  #show(query, found) {
    const { terms, papers, fields, cards, mended, partly } = found;
    const option = (href, title, about, ...why) =>
      element(
        "a",
        { class: "rl-hit", role: "option", "aria-selected": "false", tabindex: "-1", href: new URL(href, root).href },
        element("span", { class: "rl-hit__title" }, ...marked(pieces(title, terms))),
        " ",
        element("span", { class: "rl-hit__byline" }, about),
        ...why,
      );
    const options = [
      ...places(found).map(({ href, name, papers, kind }) => option(href, name, `${kind} · ${count(papers, "paper")}`)),
      ...cards.map((card, at) =>
        option(
          `papers/${card.id}/`,
          card.title,
          byline(card.authors, card.venue, card.issued),
          " ",
          element("span", { class: "rl-hit__why" }, ...reasons(card, fields.get(papers[at]), found)),
        ),
      ),
    ];
    this.#offer(options);
    const number = papers.length;
    if (options.length) {
      this.#say(
        ...(mended ? ["Showing results for ", element("strong", {}, found.query), ". "] : []),
        number ? partly + count(number, "paper") : "No paper has these words.",
      );
    } else this.#say(`Nothing found for “${query}”.`);
    const href = new URL("papers/", root);
    if (number) href.searchParams.set("find", query);
    this.all.href = href.href;
    this.all.textContent =
      number > 1 ? `All ${number.toLocaleString("en")} in the list, with filters` : number ? "In the list, with filters" : "Browse all papers";
    this.all.hidden = false;
  }

  #key(event) {
    const { key } = event;
    const last = this.#options.length - 1;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (last < 0) return;
      event.preventDefault();
      // The field itself is one stop on the way round.
      const step = this.#active + (key === "ArrowDown" ? 1 : -1);
      this.#choose(step > last ? -1 : step < -1 ? last : step);
    } else if (key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#options[this.#active].click();
    }
  }

  #choose(at) {
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const chosen = this.#options[at];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }
}

const form = document.querySelector("form.rl-search");
if (form) new SearchBox(form);

// The menu opens without this script, by a check box of the theme. It is taken for a button, which answers to Return too,
// and must not cover what has the focus.
const menu = document.querySelector("#__drawer");
if (menu) {
  menu.addEventListener("keydown", ({ key }) => key === "Enter" && menu.click());
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.checked) return;
    menu.click();
    menu.focus();
  });
  document.addEventListener("focusin", ({ target }) => {
    if (menu.checked && target.closest(".md-content, .md-footer")) menu.click();
  });
}

// The theme's switch of light and dark is a radio button a choice, and goes on to the next with Return alone. It is taken
// for one button, which a space presses too, again and again, as none stays checked.
const palette = document.querySelector("[data-md-component='palette']");
palette?.addEventListener("change", ({ target }) => (target.checked = false));
palette?.addEventListener("click", ({ target }) => {
  if (target.localName !== "input" || target.nextElementSibling.hidden) return; // by its icon, the theme's own way
  setTimeout(() => target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
});
