import base64
import hashlib
import json
import re
from dataclasses import fields

import pytest

from ms_gan.metrics.measures import MEASURES
from ms_gan.metrics.report import Measures
from ms_gan.report.collect import read_run
from ms_gan.report.embedded import Album
from ms_gan.report.markup import Markup, tag
from ms_gan.report.page import compared_page, run_page, write_run_page
from ms_gan.report.sections import duration
from ms_gan.tasks.latent import Config
from tests.report.drawn_run import draw_run, start_record, train_record, write_records

EVIL = "<script>alert(1)</script>\"'&"


def whole_page(folder, reload=None):
    return "".join(run_page(read_run(folder), Album(), reload))


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL).group(1))


def test_markup_escapes_all_but_markup():
    assert tag("p", EVIL, title=EVIL).count("<") == 2
    assert tag("p", Markup("<b>"), None, hidden=True, id=None, class_="a", data_x=1) == (
        '<p hidden class="a" data-x="1"><b></p>'
    )
    assert tag("img", src="x") == '<img src="x">'


def test_the_page_tells_what_the_folder_holds(tmp_path):
    folder = draw_run(tmp_path / "run", records=[{"event": "warning", "time": 0, "step": 7, "text": "all alike"}])
    page = whole_page(folder)
    for text in ("finished", "all alike", "1.75", "best, averaged, epoch 4", "2.10.0", "CPU, 2 cores", "train.epochs"):
        assert text in page
    assert f"python train.py --resume {folder} --epochs 8" in page and f"infer.py --ckpt {folder}" in page
    data = data_of(page)
    assert list(data["charts"]) == ["frechet", "losses", "verdicts", "speed"]
    assert data["charts"]["losses"]["series"][1]["y"][-1] == 1.2
    assert [grid["label"] for grid in data["grids"]] == ["epoch 1", "epoch 2", "epoch 3", "epoch 4"]
    assert "data-reload" not in page and 'data-reload="20"' in whole_page(folder, 20)


def test_images_by_class_stand_in_the_page_where_the_log_has_them(tmp_path):
    assert "Images by class" not in whole_page(draw_run(tmp_path / "run"))
    start = {**start_record(), "classes": "cat 120, dog 80"}
    page = whole_page(draw_run(tmp_path / "labelled", records=[start]))
    assert "<dt>Images by class</dt><dd>cat 120, dog 80</dd>" in page


def test_nothing_is_loaded_and_only_the_own_script_is_obeyed(tmp_path):
    page = whole_page(draw_run(tmp_path / "run"))
    links = set(re.findall(r"\b\w+://[^\s\"'<]+", page))
    assert links == {"http://www.w3.org/2000/svg"}  # the name of SVG in page.js; nothing is fetched from there
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    assert policy.startswith("default-src 'none'; img-src data:; ") and "unsafe" not in policy
    for name in ("style", "script"):
        text = re.search(rf"<{name}>(.*?)</{name}>", page, re.DOTALL).group(1)
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert not re.search(r'\sstyle="|\son\w+="', page)  # the policy would refuse them


def test_texts_of_files_do_no_harm(tmp_path):
    config = Config(recipe=EVIL)
    records = [{"event": "warning", "time": 0, "step": 7, "text": EVIL}]
    folder = draw_run(tmp_path / "a<script>b", config=config, records=records)
    (folder / "evaluation.json").write_text(
        json.dumps({"format": "ms_gan evaluation 1", "notes": [EVIL], "protocol": {"data": EVIL, "generator": EVIL}})
    )
    for page in (whole_page(folder), compared_page([read_run(folder)] * 2, [EVIL, "b"])):
        assert page.count("<script") == 2 and "alert(1)</script>" not in page


def test_an_empty_run_has_a_page(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.yaml").write_text("")
    page = whole_page(folder)
    assert "unfinished" in page and 'id="curves"' not in page and 'id="samples"' not in page


def test_a_long_run_has_a_small_page(tmp_path):
    folder = draw_run(tmp_path / "run", epochs=60, end="")
    write_records(folder / "log.jsonl", (train_record(step, 1) for step in range(1, 20_001)))
    write_run_page(read_run(folder), folder / "report.html")
    assert (folder / "report.html").stat().st_size < 500_000
    data = data_of((folder / "report.html").read_text())
    series = data["charts"]["losses"]["series"][0]
    assert 500 <= len(series["x"]) <= 1000 and len(series["band"][0]) == len(series["x"]) and len(data["grids"]) == 40


def test_an_evaluation_is_a_table_of_the_measures_that_eval_prints(tmp_path):
    assert {measure.key for measure in MEASURES} < {f.name for f in fields(Measures)}
    folder = draw_run(tmp_path / "run")
    measures = {"generated": {"frechet": 1.4956, "precision": 0.8181, "recall": "?"}, "floor": {"frechet": 0.1595}}
    protocol = {"protocol": {"generated": 10000, "seed": 3, "features": {"name": "classifier"}}}
    (folder / "evaluation.json").write_text(json.dumps({"format": "ms_gan evaluation 1", **measures, **protocol}))
    page = whole_page(folder)
    assert "1.496</td><td>0.160" in page and "81.8</td><td>–" in page and "recall, %" not in page
    assert "10,000 images of seed 3" in page


def test_runs_are_compared(tmp_path):
    wide = Config()
    wide.generator.hidden = [1024]
    runs = [read_run(draw_run(tmp_path / "a")), read_run(draw_run(tmp_path / "b", config=wide))]
    page = compared_page(runs, ["a", "b"])
    charts = data_of(page)["charts"]
    assert [series["name"] for series in charts["losses-loss_d"]["series"]] == ["a", "b"]
    assert len(charts["frechet"]["series"]) == 2 and "do not compare" not in page
    assert page.count("<code>generator.hidden</code>") == 1 and "<code>seed</code>" not in page
    records = (tmp_path / "b/metrics.jsonl").read_text().replace('"generated": 5000', '"generated": 100')
    (tmp_path / "b/metrics.jsonl").write_text(records)
    page = compared_page([runs[0], read_run(tmp_path / "b")], ["a", "b"])
    assert "do not compare: they were measured with different generated" in page


@pytest.mark.parametrize(
    "seconds, text", [(3, "3 s"), (600, "10 min"), (3 * 3600 + 720, "3 h 12 min"), (3 * 86400, "3.0 days")]
)
def test_durations_are_for_people(seconds, text):
    assert duration(seconds) == text


def test_a_measure_beside_the_headline_has_a_chart_where_a_run_has_it(tmp_path):
    folder, bare = draw_run(tmp_path / "run"), draw_run(tmp_path / "bare")
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    values = ({"accuracy": 0.25}, {"accuracy": 0.5}, {"accuracy": "high"}, {"accuracy": 0.75})
    write_records(folder / "metrics.jsonl", [{**record, **value} for record, value in zip(records, values)])
    charts = data_of(whole_page(folder))["charts"]
    assert list(charts) == ["frechet", "accuracy", "losses", "verdicts", "speed"]
    averaged, raw = charts["accuracy"]["series"]
    assert (averaged["x"], averaged["y"], averaged["best"]) == ([2, 4], [0.5, 0.75], None)
    assert (raw["x"], raw["y"], raw["best"]) == ([2], [0.25], None)
    assert "Higher is better." in whole_page(folder) and "Class accuracy" not in whole_page(bare)
    (curve,) = data_of(compared_page([read_run(bare), read_run(folder)], ["a", "b"]))["charts"]["accuracy"]["series"]
    assert curve["name"] == "b" and curve["y"] == [0.5, 0.75]


def test_an_evaluation_by_class_is_a_table_of_the_classes(tmp_path):
    folder = draw_run(tmp_path / "run")
    generated = {"frechet": 1.5, "accuracy_by_class": [0.5, None], "intra_frechet_by_class": [2.5, "?"]}
    about = {"format": "ms_gan evaluation 1", "asked": ["cat", EVIL], "floor": {"accuracy_by_class": [1.0]}}
    (folder / "evaluation.json").write_text(json.dumps({**about, "generated": generated}))
    page = whole_page(folder)
    assert "cat</th><td>50.0</td><td>2.500</td>" in page and "</th><td>–</td><td>–</td>" in page
    assert page.count("<script") == 2 and 'real images</th></tr></thead><tbody><tr><th scope="row">cat' not in page


def test_an_evaluation_of_translations_is_a_table_for_each_direction(tmp_path):
    folder = draw_run(tmp_path / "run")
    row = {"key": "l1", "name": EVIL, "better": "lower", "form": ".2f", "factor": 100, "values": [0.05, None, "?", 7]}
    wild = {"name": "wild", "form": "1000000d", "factor": "?", "values": "?"}
    part = {"title": "a to b", "columns": ["output", "input", EVIL], "measures": [row, wild, 3]}
    used = {"column": "output", "network": "generator", "run": EVIL, "recipe": "pix2pix", "kind": "raw", "epoch": 2}
    protocol = {"generators": [used, 3], "data": "faces", "columns": {"input": "as it is"}}
    about = {"format": "ms_gan evaluation 2", "parts": [part, "?"], "protocol": protocol, "notes": [EVIL]}
    (folder / "evaluation.json").write_text(json.dumps(about))
    page = whole_page(folder)
    assert "a to b</th>" in page and "<td>5.00</td><td>–</td><td>–</td></tr>" in page and "wild" in page
    assert "pix2pix, raw weights of epoch 2." in page and "input: as it is." in page
    assert page.count("<script") == 2 and "alert(1)</script>" not in page
