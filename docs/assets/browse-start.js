/*
 * Stands by the browse page, whose script starts by itself. Where that, a module of it or the list cannot be loaded, the whole
 * plain list is shown. So this script imports nothing by itself.
 */

function showPlain(error) {
  const home = document.querySelector(".rl-browse");
  home.classList.add("rl-is-broken");
  for (const rest of home.querySelectorAll(".rl-browse__results noscript")) {
    rest.replaceWith(...new DOMParser().parseFromString(rest.textContent, "text/html").body.childNodes);
  }
  home.querySelector("#rl-count").textContent = "The list could not be loaded for filtering; this is its plain form.";
  console.warn(error);
}

import("./browse.js").then(({ ready }) => ready).catch(showPlain);
