"""Make the pictures of pages in docs/images: python docs/make_screenshots.py PAGE RUN.

Needs playwright and a Chromium. One function a page; each is given the browser, a run folder and the file to write.
"""

import argparse
import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).parent / "images"


@contextlib.contextmanager
def explored(browser, run: Path, height: int):
    """The explorer's page of a run, once it is ready."""
    command = [sys.executable, "-m", "ms_gan.cli.explore", "--ckpt", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        page = browser.new_page(viewport={"width": 1280, "height": height})
        page.goto(process.stdout.readline().strip())
        page.wait_for_selector("body[data-ready]")
        yield page
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def explorer(browser, run: Path, picture: Path) -> None:
    """The latent explorer with five pins and a sample that has been moved."""
    with explored(browser, run, 880) as page:
        for number in (3, 14, 30, 37, 8):
            page.locator("#grid button").nth(number).dblclick()
        page.locator("#sliders input").nth(1).fill("2.4")
        page.locator("#shown-name", has_text="moved").wait_for()
        page.locator("#status.faded").wait_for(state="attached")
        page.wait_for_timeout(1000)  # it fades, and the corners' images come
        page.screenshot(path=picture)


def picture_explorer(browser, run: Path, picture: Path) -> None:
    """The explorer of a generator of pictures, with a painted hole where it fills in holes."""
    with explored(browser, run, 820) as page:
        page.locator("#examples button").nth(3).click()
        page.locator("#size", has_text="o").wait_for()
        if page.locator("#painting").is_visible():
            box = page.locator("#stage").bounding_box()
            for number, (x, y) in enumerate(((0.25, 0.4), (0.5, 0.6), (0.7, 0.45))):
                page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
                if number == 0:
                    page.mouse.down()
            page.mouse.up()
        page.locator("#size", has_text="made in").wait_for()
        page.wait_for_timeout(1000)
        page.screenshot(path=picture)


def paint(browser, run: Path, picture: Path) -> None:
    """The page to paint on, with a stroke through the first map."""
    command = [sys.executable, "-m", "ms_gan.cli.explore", "--ckpt", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(process.stdout.readline().strip())
        page.wait_for_selector("body[data-ready]", timeout=120_000)
        page.locator("#swatches label").nth(7).click()
        box = page.locator("#map").bounding_box()
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.62 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.66 * box["height"], steps=20)
        page.mouse.up()
        page.wait_for_timeout(2000)
        page.screenshot(path=picture)
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def export_html(browser, run: Path, picture: Path) -> None:
    """The page of export.py --format HTML with a moved sample, the point between the corners off its middle."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "digits.html"
        door = Path(__file__).parents[1] / "export.py"
        command = [sys.executable, str(door), "--ckpt", str(run), "--format", "HTML", "--output", str(made)]
        subprocess.run(command, check=True)
        page = browser.new_page(viewport={"width": 1180, "height": 1000})
        page.goto(made.as_uri())
        page.wait_for_selector("#grid:not([aria-busy])")
        page.locator("#direction-4").fill("-4.5")
        page.locator("#across").fill("80")
        page.locator("#down").fill("20")
        page.wait_for_timeout(200)
        page.screenshot(path=picture, full_page=True)
        page.close()


def report(browser, run: Path, picture: Path) -> None:
    """A run's page from its head to its curves, the slider in the middle of the training."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "report.html"
        subprocess.run([sys.executable, "-m", "ms_gan.cli.report", str(run), "--output", str(made)], check=True)
        page = browser.new_page(viewport={"width": 1180, "height": 1000})
        page.goto(made.as_uri())
        page.locator("#when").fill("9")
        page.locator("#when").blur()
        below = page.locator("#curves").bounding_box()
        page.set_viewport_size({"width": 1180, "height": round(below["y"] + below["height"] + 40)})
        page.locator('.plot[data-chart="losses"] svg').wait_for()
        page.screenshot(path=picture)
        page.close()


PAGES = {
    "explorer": explorer, "picture_explorer": picture_explorer, "export_html": export_html, "paint": paint,
    "report": report,
}  # fmt: skip


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", choices=sorted(PAGES))
    parser.add_argument("run", type=Path, help="a run folder")
    chosen = parser.parse_args()
    with sync_playwright() as started:
        # Its sandbox does not run as root, as in containers; nothing but our own pages is opened.
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        PAGES[chosen.page](browser, chosen.run, IMAGES / f"{chosen.page}.png")
        browser.close()


if __name__ == "__main__":
    main()
