/*
 * What the theme prints as scripts into every page, as one file that is fetched once: where it keeps what a reader chose,
 * and what it does while a page is read in. The theme's own script calls these functions by their names.
 *
 * Not a module, for the palette is wanted before the page is drawn.
 */

var __md_scope = new URL("/", location);

function __md_hash(text) {
  return [...text].reduce((hash, character) => (hash << 5) - hash + character.charCodeAt(0), 0);
}

function __md_get(key, storage = localStorage, scope = __md_scope) {
  return JSON.parse(storage.getItem(`${scope.pathname}.${key}`));
}

function __md_set(key, value, storage = localStorage, scope = __md_scope) {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch {
    // Where nothing can be kept the next page begins as this one did.
  }
}

/** Show the page in the palette chosen before; the form it is chosen in has been read. */
function __md_palette() {
  const chosen = __md_get("__palette")?.color;
  if (!chosen) return;
  let of = (name) => chosen[name];
  if (chosen.media === "(prefers-color-scheme)") {
    const scheme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    const input = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${scheme})"]`);
    if (input) of = (name) => input.getAttribute(`data-md-color-${name}`);
  }
  for (const name of Object.keys(chosen)) document.body.setAttribute(`data-md-color-${name}`, of(name));
}

/** Open the tab of a text that the address names. */
addEventListener("DOMContentLoaded", () => {
  const named = document.getElementById(location.hash.slice(1));
  if (named?.name?.startsWith("__tabbed_")) named.checked = true;
});
