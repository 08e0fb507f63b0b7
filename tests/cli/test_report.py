import pytest

from ms_gan.cli.report import main
from tests.report.drawn_run import draw_run


def test_the_page_of_a_run_and_of_several(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        draw_run(tmp_path / name)
    assert main(["a"]) == 0
    assert "written      a/report.html\n" in capsys.readouterr().out and (tmp_path / "a/report.html").is_file()
    assert main(["b", "--output", "pages/b.html"]) == 0 and (tmp_path / "pages/b.html").is_file()
    assert main(["--compare", "a", "b"]) == 0 and "2 runs" in (tmp_path / "comparison.html").read_text()


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "give a run folder"),
        (["a", "--compare", "a", "a"], "give a run folder"),
        (["--compare", "a"], "--compare: 1 run is too few"),
        (["--compare", *"aaaaaaaaa"], "--compare: 9 runs are too many; allowed: 2 to 8"),
        (["a", "--output", "page.pdf"], "--output page.pdf: must be a file that ends in .html"),
        (["absent"], "absent: not a run folder"),
        (["a", "--outptu", "b.html"], "did you mean --output?"),
    ],
)
def test_usage_errors(tmp_path, monkeypatch, capsys, argv, message):
    monkeypatch.chdir(tmp_path)
    draw_run(tmp_path / "a")
    assert main(argv) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and not list(tmp_path.rglob("*.html"))
