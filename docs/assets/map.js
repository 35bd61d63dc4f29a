/* On a narrow screen the map scrolls within its box: a group that is chosen comes into view, and the page
   moves where most of the group would stand below the screen. Who comes back finds the box where it was. All else
   needs no script. */

const sheet = document.querySelector(".rl-map__sheet");

document.querySelector(".rl-legend")?.addEventListener("change", ({ target }) => {
  const points = sheet.querySelectorAll(`.${target.id.replace("group-", "g")}`); // none for all groups
  const boxes = Array.from(points, (point) => point.getBoundingClientRect());
  if (!boxes.length) return;
  const middle = (side) => boxes.map((box) => box[side]).sort((a, b) => a - b)[boxes.length >> 1];
  sheet.scrollLeft += middle("x") - sheet.getBoundingClientRect().x - sheet.clientWidth / 2;
  if (middle("y") > innerHeight) scrollBy(0, middle("y") - innerHeight / 2);
});

sheet.scrollLeft = history.state?.across ?? 0;
addEventListener("pagehide", () => history.replaceState({ ...history.state, across: sheet.scrollLeft }, ""));
