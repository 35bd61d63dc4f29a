/*
 * The page of a wrong address: offers the topics and papers that its words may mean, through the same index as the
 * search box, typing errors mended. Old ids of papers are words of the index too.
 */

import { count, element, root } from "./marks.js";
import { byline, places, searchIndex } from "./search-index.js";

const SHOWN = 5;
const FOLDERS = new Set("papers topics years sources paths authors data".split(" "));

/** Return the words of the address below the site's root, without folder and endings: `/papers/gptqq/` asks for gptqq. */
function asked() {
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // Broken escapes are read as they are.
  }
  if (path.startsWith(root.pathname)) path = path.slice(root.pathname.length);
  const names = path.replace(/\.[a-z]{2,5}$/i, "").split("/").filter((name) => name && name !== "index");
  if (names.length > 1 && FOLDERS.has(names[0].toLowerCase())) names.shift();
  return names.join(" ").replace(/[-_+.\s]+/g, " ").trim();
}

/**
 * Lead addresses that begin at the host's root to the site's root. They differ where the site was built without its
 * published address and then put into a folder; elsewhere this changes nothing.
 */
function mendLinks() {
  for (const [selector, name] of [["a, link", "href"], ["form", "action"]]) {
    for (const each of document.querySelectorAll(selector)) {
      const address = each.getAttribute(name) ?? "";
      if (!address.startsWith("/") || address.startsWith("//") || address.startsWith(root.pathname)) continue;
      each.setAttribute(name, root.pathname + address.slice(1));
    }
  }
}

async function suggest(box, input) {
  const found = await searchIndex.find(asked(), SHOWN);
  const item = (href, name, about) =>
    element("li", {}, element("a", { href: new URL(href, root).href }, name), " ", element("small", {}, about));
  const items = [
    ...places(found).map(({ href, name, papers, kind }) => item(href, name, `${kind} · ${count(papers, "paper")}`)),
    ...found.cards.map(({ id, title, authors, venue, issued }) => item(`papers/${id}/`, title, byline(authors, venue, issued))),
  ];
  if (!items.length) return;
  if (document.activeElement !== input) input.value ||= found.query; // what one types is one's own
  box.replaceChildren(element("h2", {}, "Perhaps it was"), element("ul", {}, ...items));
}

const box = document.querySelector(".rl-lost");
if (box) {
  mendLinks();
  suggest(box, document.querySelector(".rl-lost__form input")).catch((error) => console.warn(error));
}
