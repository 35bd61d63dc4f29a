/* On a narrow screen the map scrolls within its box: a group that is chosen comes into view. All else needs no script. */

const sheet = document.querySelector(".rl-map__sheet");

document.querySelector(".rl-legend")?.addEventListener("change", ({ target }) => {
  const points = sheet.querySelectorAll(`.${target.id.replace("group-", "g")}`); // none for all groups
  const places = Array.from(points, (point) => point.getBoundingClientRect().x).sort((a, b) => a - b);
  const middle = places[places.length >> 1];
  if (middle !== undefined) sheet.scrollLeft += middle - sheet.getBoundingClientRect().x - sheet.clientWidth / 2;
});
