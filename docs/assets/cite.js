/*
 * The cite box of a paper page: its formats as tabs, one press to copy, one to download. Without this script each format
 * is a part that opens by itself.
 */

import { element, pageAt, root, save } from "./marks.js";

const REMEMBERED = `reading-list-format:${root.pathname}`;
const ENDINGS = {
  bibtex: [".bib", "application/x-bibtex"],
  ris: [".ris", "application/x-research-info-systems"],
  "csl-json": [".csl.json", "application/vnd.citationstyles.csl+json"],
  text: [".txt", "text/plain"],
};

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(format) {
  try {
    localStorage.setItem(REMEMBERED, format);
  } catch {
    // Where nothing can be kept the first tab opens next time.
  }
}

/** Copy the text of an element; an older way where the page may not use the clipboard, as without HTTPS. */
async function copy(holder) {
  try {
    await navigator.clipboard.writeText(holder.textContent);
    return true;
  } catch {
    const chosen = getSelection();
    chosen.selectAllChildren(holder);
    const done = document.execCommand("copy");
    // The text stays selected where even this fails, so that a reader can copy it.
    if (done) chosen.removeAllRanges();
    return done;
  }
}

function enhance(box) {
  const parts = [...box.querySelectorAll("[data-format]")].map((part) => ({
    format: part.dataset.format,
    name: part.querySelector("summary").textContent.trim(),
    text: part.querySelector("pre"),
  }));
  const said = element("p", { class: "rl-cite__said", role: "status" });
  const copier = element("button", { type: "button", class: "rl-cite__copy" }, "Copy");
  const saver = element("button", { type: "button", class: "rl-cite__save" }, "Download");
  const tabs = parts.map(({ format, name }) =>
    element("button", { type: "button", role: "tab", id: `rl-tab-${format}`, "aria-controls": `rl-panel-${format}` }, name),
  );
  const panels = parts.map(({ format, text }) =>
    element("div", { role: "tabpanel", id: `rl-panel-${format}`, "aria-labelledby": `rl-tab-${format}`, tabindex: "0" }, text),
  );
  let open = 0;
  const say = (text, isWrong = false) => {
    said.textContent = text;
    said.classList.toggle("rl-is-wrong", isWrong);
  };
  const show = (at) => {
    open = at;
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === at));
      tab.tabIndex = index === at ? 0 : -1;
      panels[index].hidden = index !== at;
    });
    copier.setAttribute("aria-label", `Copy ${parts[at].name}`);
    saver.setAttribute("aria-label", `Download ${parts[at].name}`);
    copier.textContent = "Copy";
    say("");
  };
  const choose = (at) => {
    show(at);
    remember(parts[at].format);
  };
  const row = element("div", { role: "tablist", "aria-label": "Format of the citation" }, ...tabs);
  row.addEventListener("click", ({ target }) => tabs.includes(target) && choose(tabs.indexOf(target)));
  row.addEventListener("keydown", (event) => {
    const last = tabs.length - 1;
    const to = { ArrowRight: open === last ? 0 : open + 1, ArrowLeft: open ? open - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return; // Alt and an arrow lead back
    event.preventDefault();
    choose(to);
    tabs[to].focus();
  });
  copier.addEventListener("click", async () => {
    const { text, name } = parts[open];
    const done = await copy(text);
    copier.textContent = done ? "Copied" : "Copy";
    if (done) say(`${name} copied.`);
    else say("This browser does not let a page copy. The text is selected; copy it with the keyboard.", true);
  });
  saver.addEventListener("click", () => {
    const { text, format, name } = parts[open];
    const [ending, media] = ENDINGS[format];
    const file = `${pageAt(location)?.[1] ?? "paper"}${ending}`;
    save(text.textContent, file, media);
    say(`${name} saved as ${file}.`);
  });
  box.replaceChildren(
    element("div", { class: "rl-cite__head" }, row, element("div", { class: "rl-cite__actions" }, copier, saver)),
    ...panels,
    said,
  );
  box.classList.add("rl-is-ready");
  const kept = remembered();
  show(Math.max(0, parts.findIndex(({ format }) => format === kept)));
}

document.querySelectorAll(".rl-cite").forEach(enhance);
