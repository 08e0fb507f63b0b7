import re

import pytest

from ms_gan.report.collect import read_run
from ms_gan.report.page import compared_page, write_run_page
from tests.report.drawn_run import draw_run


@pytest.fixture
def complaints(page):
    """What the browser's console says; the policy's refusals among it."""
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url[:5] not in ("file:", "data:") else None)
    yield heard
    assert heard == []


@pytest.fixture
def run(tmp_path):
    """A drawn run's folder, with a page as it is when training is over."""
    folder = draw_run(tmp_path / "run", epochs=6)
    write_run_page(read_run(folder), folder / "report.html")
    return folder


def test_the_slider_moves_through_the_training(page, complaints, run):
    page.goto((run / "report.html").as_uri())
    slider, grid = page.get_by_role("slider", name="Training time"), page.locator("#grid")
    last = grid.get_attribute("src")
    assert page.locator("#label").inner_text() == "epoch 6" and "after epoch 6" in grid.get_attribute("alt")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    assert page.locator("#label").inner_text() == "epoch 4" and grid.get_attribute("alt").endswith("after epoch 4")
    assert slider.get_attribute("aria-valuetext") == "epoch 4" and grid.get_attribute("src") != last
    page.reload()
    assert page.locator("#label").inner_text() == "epoch 4"  # a reload keeps the place
    page.get_by_role("button", name="Play the training").click()
    page.get_by_text("Generated after epoch 6").wait_for()
    assert grid.get_attribute("src") == last


def test_charts_are_read_with_the_pointer_and_with_keys(page, complaints, run):
    page.goto((run / "report.html").as_uri())
    losses = page.locator('.plot[data-chart="losses"]')
    values = page.locator("figure", has=losses).locator(".value")
    assert values.all_inner_texts() == ["1.2", "1.4"]
    box = losses.bounding_box()
    losses.hover(position={"x": 46, "y": box["height"] / 2})  # where the axis begins
    assert values.all_inner_texts() == ["1.2", "0.85"]
    page.mouse.move(0, 0)
    assert values.all_inner_texts() == ["1.2", "1.4"]
    losses.focus()
    for key in ("Home", "ArrowRight", "Enter"):
        losses.press(key)
    assert values.all_inner_texts() == ["1.2", "0.9"] and page.locator("#label").inner_text() == "epoch 1"
    assert page.locator("#spoken").inner_text() == "Epoch 1: discriminator 1.2, generator 0.9"
    description = page.locator('.plot[data-chart="frechet"]').get_attribute("aria-label")
    assert "averaged weights: from 3.5 to 1.17" in description and "Best: 1.167 in epoch 6." in description
    assert page.locator("text.label").text_content() == "best 1.167"


@pytest.mark.parametrize("width", [380, 1280])
def test_it_fits_the_screen(page, complaints, run, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((run / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [one.bounding_box() for one in page.locator(".plot svg").all()]
    assert len(boxes) == 4 and all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


def test_dark_where_that_is_wanted(page, complaints, run):
    def brightness():
        page.goto((run / "report.html").as_uri())
        return page.evaluate("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")

    page.emulate_media(color_scheme="light")
    light = brightness()
    page.emulate_media(color_scheme="dark")
    assert brightness() < 60 < 200 < light


def test_a_page_of_a_training_renews_itself_until_it_is_paused(page, complaints, run):
    write_run_page(read_run(run), run / "report.html", reload=1)
    page.goto((run / "report.html").as_uri())
    page.wait_for_event("load", timeout=10_000)
    page.get_by_role("button", name="Pause updates").click()
    page.evaluate("window.old = true")
    page.wait_for_timeout(4500)  # longer than it waits for a person's hands
    assert page.evaluate("window.old")
    assert page.get_by_role("button", name="Resume updates").is_visible()


def test_a_page_without_news_says_so(page, complaints, run):
    path = run / "report.html"
    write_run_page(read_run(run), path, reload=20)
    text = path.read_text()
    path.write_text(re.sub(r'datetime="(\d+)"', lambda found: f'datetime="{int(found.group(1)) - 3600}"', text))
    page.goto(path.as_uri())
    assert "no news for 60 minutes, so it may have been killed" in page.locator("header").inner_text()


def test_runs_side_by_side(page, complaints, run, tmp_path):
    path = tmp_path / "comparison.html"
    path.write_text(compared_page([read_run(run)] * 2, ["first", "second"]))
    page.goto(path.as_uri())
    assert page.locator(".plot svg").count() == 6 and page.locator("path.line.c1").count() == 6
