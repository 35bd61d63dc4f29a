"""The issue forms: valid for GitHub, in step with the topics, of use to any list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from site_tools import ROOT, TOY_RECORDS, call, enter_project

from generator import settings, store
from generator.curation import forms
from generator.models import Topic
from generator.store.schema import record_schema

TOPICS = {
    "ours": store.load(ROOT / "records").topics,
    "toy": store.load(TOY_RECORDS).topics,
    "none": {},
    "odd": {
        "yes": Topic(name="Yes", group="No"),
        "twin": Topic(name="Same, and more", group="Group"),
        "twin-2": Topic(name="Same, and more", group="Group"),
        "hash": Topic(name="# {a: b} &c *d !e ${{ f }}", group="None"),
    },
}


@pytest.fixture(params=TOPICS.values(), ids=list(TOPICS))
def topics(request: pytest.FixtureRequest) -> dict[str, Topic]:
    found: dict[str, Topic] = request.param
    return found


def test_the_committed_forms_are_in_step() -> None:
    for name, text in forms.texts(TOPICS["ours"]).items():
        assert (ROOT / forms.FOLDER / name).read_text(encoding="utf-8") == text, "run `reading-list check --fix`"


def test_the_forms_keep_the_rules_of_github(topics: dict[str, Topic]) -> None:
    # https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/common-validation-errors-when-creating-issue-forms
    labels: list[str] = []
    for name, text in forms.texts(topics).items():
        data: dict[str, Any] = yaml.safe_load(text)
        if name == "config.yml":
            assert data == {"blank_issues_enabled": True}
            continue
        assert set(data) == {"name", "description", "labels", "body"}
        assert all(isinstance(data[key], str) and data[key].strip() for key in ("name", "description"))
        ids = [item["id"] for item in data["body"]]
        assert len(ids) == len(set(ids))
        for item in data["body"]:
            assert item["type"] in ("input", "textarea", "dropdown")
            assert set(item) <= {"type", "id", "attributes", "validations"}
            labels.append(item["attributes"]["label"])
            if item["type"] == "dropdown":
                options = item["attributes"]["options"]
                assert options
                assert len(options) == len(set(options))
                assert all(isinstance(option, str) and option and option.lower() != "none" for option in options)
            else:
                assert "options" not in item["attributes"]
    assert len(labels) == len(set(labels)), "labels tell the forms and their questions apart"


def test_every_topic_can_be_chosen(topics: dict[str, Topic]) -> None:
    data = yaml.safe_load(forms.texts(topics)["suggest-paper.yml"])
    offered = [item["attributes"]["options"] for item in data["body"] if item["id"] == "topics"]
    assert offered == ([list(forms.topic_labels(topics))] if topics else [])
    assert list(forms.topic_labels(topics).values()) == list(topics)


def test_the_forms_serve_any_list() -> None:
    ours = settings.load(ROOT / "mkdocs.yml")
    text = json.dumps(forms.texts(TOPICS["toy"])).lower()
    records = store.load(ROOT / "records").records
    arxiv_ids = {record.identifiers.arxiv for record in records.values()} - {None}
    for word in (ours.site_name, "efficient", "pre-training", "github.io", *TOPICS["ours"], *arxiv_ids):
        assert str(word).lower() not in text
    assert "https://" not in text.replace("https://…", "").replace("https://\\u2026", "").replace(
        "https://evil.example", ""
    )


def test_every_field_that_can_be_corrected_is_one_of_a_record() -> None:
    schema = json.loads(record_schema({}))
    for name in forms.FIELDS.values():
        group, _, kind = name.partition(".")
        assert group in schema["properties"]
        assert not kind or kind in schema["$defs"][group.capitalize()]["properties"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = enter_project(tmp_path, monkeypatch)
    (folder / forms.FOLDER).mkdir(parents=True)
    for name, text in forms.texts(TOPICS["toy"]).items():
        (folder / forms.FOLDER / name).write_text(text, encoding="utf-8")
    return folder


def test_check_reports_a_form_out_of_step_and_mends_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = forms.FOLDER / "suggest-paper.yml"
    assert call("check") == 0
    topics = project / "records" / "topics.yaml"
    topics.write_text(topics.read_text(encoding="utf-8").replace("name: Spinning", "name: Spinning wheels"), "utf-8")
    capsys.readouterr()
    assert call("check") == 1
    assert (
        f"{path}: does not offer the topics of topics.yaml; run `reading-list check --fix`" in capsys.readouterr().out
    )
    assert call("check", "--fix") == 0
    assert f"rewritten: {path}" in capsys.readouterr().err
    assert "Looms: Spinning wheels" in path.read_text(encoding="utf-8")
    before = path.stat().st_mtime_ns
    assert call("check", "--fix") == 0
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["taken away", "a person's own", "no text", "other records", "faulty topics"])
def test_what_is_not_ours_is_left_alone(name: str, project: Path) -> None:
    path = project / forms.FOLDER / "suggest-paper.yml"
    stale = path.read_bytes().replace(b"Looms: Spinning", b"Looms: Carding")
    path.write_bytes(stale)
    if name == "taken away":
        path.unlink()
    elif name == "a person's own":
        path.write_bytes(stale.split(b"\n", 1)[1])
    elif name == "no text":
        path.write_bytes(b"\xff")
    elif name == "faulty topics":
        topics = project / "records" / "topics.yaml"
        topics.write_text(topics.read_text(encoding="utf-8").replace("name: Spinning", "nam: Spinning"), "utf-8")
    before = path.read_bytes() if path.exists() else None
    call("check", "--fix", *(["--records", "elsewhere"] if name == "other records" else []))
    assert (path.read_bytes() if path.exists() else None) == before
