"""Fixtures that the tests share."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import built_site
import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright
from site_tools import RUN_FOLDER, chromium

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# The same examples on every run and machine, so that a failure in CI can be seen at home.
hypothesis.settings.register_profile("steady", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("steady")

# The first two would load two pages of Chromium's own, for its address bar, with each window that a test opens, which
# take longer than most tests. The others are what Playwright turns off: Chromium heeds only the last such list.
FEATURES_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what the workers of a run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="reading-list-tests-")
        os.environ[RUN_FOLDER] = folder
        config.add_cleanup(functools.partial(shutil.rmtree, folder, ignore_errors=True))


@pytest.fixture(scope="session", autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let what a program leaves in the folder for temporary files lie among what pytest clears away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository that holds the real dumps and the labelled sets."""
    for part in ("listings", "data/dedup", "data/facts"):
        if not (SHARED / part).is_dir():
            pytest.skip(f"{SHARED / part} is missing: the real dumps and labelled sets lie beside the repository")
    return SHARED


@pytest.fixture
def make_records(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Return a function that writes a records folder from texts by their path in it, such as ``papers/loom.yaml``."""

    def make(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "records"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        return folder

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; without one, skip, or fail where CI must not."""
    path = chromium()
    arguments = [*built_site.launch_arguments(), f"--disable-features={','.join(FEATURES_OFF)}"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()
