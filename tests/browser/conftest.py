"""Chromium, the app as a newcomer starts it, and a page that must not complain."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from busi.words.text import Words
from tests.support.chromium import chromium_path
from tests.support.places import IN_CI, ROOT
from tests.support.ports import free_port
from tests.support.running import wait_for

PATHS = {"fr": "/", "en": "/en"}
SCREENS = {"laptop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# Every test runs twice: French has the longer words and the phone the narrower screen, so they go together.
VISITS = [("fr", "phone"), ("en", "laptop")]
PUBLIC_NAME = "atelier.example"
expect.set_options(timeout=20_000)  # milliseconds: another process of the tests may have the processor
OPTIONS = [
    f"--{option}"
    for option in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1",
    )
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if IN_CI:
            pytest.fail("Chromium is missing, and CI must not skip the browser tests")
        pytest.skip("needs Chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def terminal(tmp_path_factory) -> Path:
    """What the app writes to its terminal."""
    return tmp_path_factory.mktemp("app") / "terminal.txt"


@pytest.fixture(scope="session")
def address(terminal) -> Iterator[str]:
    """The app with the embedded bundle and no data, as a newcomer starts it."""
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port)]
    with terminal.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    wait_for(url, server)
    yield url
    server.terminate()
    server.wait(20)


@pytest.fixture(params=VISITS, ids="-".join)
def visit(request) -> tuple[str, str]:
    return request.param


@pytest.fixture
def words(visit) -> Words:
    return Words(visit[0])


@pytest.fixture(scope="session")
def contexts(chromium) -> Iterator[dict[str, BrowserContext]]:
    """For each screen a context that all its tests share, so that scripts are fetched and compiled once."""
    settings = {"locale": "fr-FR", "reduced_motion": "reduce"}
    contexts = {name: chromium.new_context(viewport=screen, **settings) for name, screen in SCREENS.items()}
    yield contexts
    for context in contexts.values():
        context.close()


def forget(context: BrowserContext, page: Page, address: str) -> None:
    """What tests before left in the browser, but for its cache."""
    context.clear_permissions()
    context.clear_cookies()
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "local_storage,indexeddb"})
    session.detach()


@pytest.fixture
def page(contexts, address, terminal, visit, words) -> Iterator[Page]:
    """An open page, as a first visit sees it; the test fails on any console error or failed request."""
    context = contexts[visit[1]]
    page, problems = context.new_page(), []
    forget(context, page, address)
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 400 else None)
    page.goto(address + PATHS[words.language])
    wait_for_parts(page)
    yield page
    for opened in context.pages:
        opened.close()
    assert problems == [], terminal.read_text(errors="replace")[-20000:]


def wait_for_parts(page: Page) -> None:
    """Until all of Gradio has come; the first screen is there long before."""
    page.wait_for_selector("#tab-welcome-button", state="attached")


def open_tab(page: Page, name: str) -> None:
    """Opens a part by its name, as a visitor does: by its link in the rail."""
    page.locator(f'nav.rail a[data-part="{name}"]').click()
    expect(page.locator("#first-screen" if name == "welcome" else f"#tab-{name}")).to_be_visible()


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen, and every placeholder of a sentence was filled."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert "{" not in page.locator("main").inner_text()


def open_exercise(page: Page, name: str) -> None:
    """Opens an exercise and takes the first choice of its guess, which opens its bench."""
    page.evaluate(f"atelier.openTab('exercise_{name}')")
    guess = page.locator(f"#tab-exercise_{name} .question").first
    guess.locator("input").first.check()
    guess.locator("[data-answer]").click()
    expect(page.locator(f"#tab-exercise_{name} .after-guess")).to_be_visible()


def serious_issues(page: Page, name: str) -> list[str]:
    """What axe-core finds of serious or critical on the page as it is, a line each, beginning with a name."""
    return [
        f"{name}: {found['id']} ({found['impact']}): "
        + str([re.sub(r"\s+", " ", node["html"])[:160] for node in found["nodes"][:3]])
        for found in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
