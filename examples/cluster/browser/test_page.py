"""The page of the masters in a real browser: it lands on the leader, follows the next one by itself, and a leader that
is cut off says on its own page that it no longer leads before another one claims to.

`scripts/cluster-browser` runs it; with `--write` it keeps the screenshots in docs/cluster/.
"""

from __future__ import annotations

import os
import pathlib
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from cluster import LIMIT, Cluster
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

# In the page: each change of the big word and of the banner, with the wall clock in milliseconds.
WATCH = """
window.changes = [];
const note = () => {
  const word = document.body.dataset.state;
  const banner = document.getElementById('banner');
  const text = banner.hidden ? '' : banner.innerText.replace(/\\s+/g, ' ').trim();
  const last = window.changes.at(-1);
  const source = document.getElementById('source-text').textContent;
  if (!last || last.word !== word || last.banner !== text || last.source !== source) {
    window.changes.push({at: performance.timeOrigin + performance.now(), word, banner: text, source});
  }
};
new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true,
                                                   attributes: true});
note();
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    running = Cluster(os.environ["CLUSTER_DRIVER"], os.environ["CLUSTER_PROGRAMS"])
    yield running
    running.close()


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    # Root has no sandbox of Chromium's; small shared memory is usual in containers.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1000",
                     "--disable-background-networking", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
    chrome = webdriver.Chrome(options=options, service=service)
    chrome.set_page_load_timeout(LIMIT)
    yield chrome
    chrome.quit()


def await_that(browser: webdriver.Chrome, condition: Any, message: str) -> Any:
    return WebDriverWait(browser, LIMIT, poll_frequency=0.05).until(lambda _: condition(), message)


def word(browser: webdriver.Chrome) -> str:
    """The state that the page shows: its large word, colour and icon follow it."""
    return browser.find_element(By.TAG_NAME, "body").get_attribute("data-state")


def source(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.ID, "source-text").text


def set_colours(browser: webdriver.Chrome, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def keep(browser: webdriver.Chrome, name: str) -> None:
    """Keeps a screenshot, if screenshots are wanted."""
    folder = os.environ.get("CLUSTER_SCREENSHOTS")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(pathlib.Path(folder) / f"{name}.png"))


def assert_console_is_clean(browser: webdriver.Chrome, gone: set[str]) -> None:
    """Nothing is in the console but connections to masters that were gone: the browser itself notes those."""
    for entry in browser.get_log("browser"):
        if entry["level"] in ("INFO", "DEBUG"):
            continue
        is_network = entry["source"] == "network" and re.search(r"net::ERR_|503 \(Service Unavailable\)",
                                                                entry["message"])
        address = urllib.parse.urlsplit(entry["message"].split(" ")[0]).netloc
        assert is_network and address in gone, entry


def test_a_standby_sends_the_browser_to_the_leader(cluster: Cluster, browser: webdriver.Chrome) -> None:
    cluster.await_masters(leader=1, standby=2)
    (leader,) = cluster.masters("leader")
    for standby in cluster.masters("standby"):
        browser.get(standby["url"])
        assert browser.current_url == leader["url"]
        await_that(browser, lambda: word(browser) == "leader", "the page of the leader says that it leads")
    lease = browser.find_element(By.ID, "lease-bar")
    await_that(browser, lambda: int(lease.get_attribute("aria-valuenow")) > 0, "the lease is shown")
    status = cluster.tell("status")
    await_that(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, "#masters > li")) == 3, "three members")
    agents = len(status["agents"])
    active = "#agents > tr"
    await_that(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, active)) == agents, "all agents")
    set_colours(browser, "light")
    keep(browser, "leader-light")
    set_colours(browser, "dark")
    keep(browser, "leader-dark")
    assert_console_is_clean(browser, set())


def test_the_page_can_be_used_by_keyboard_and_on_a_narrow_screen(cluster: Cluster, browser: webdriver.Chrome) -> None:
    cluster.await_masters(leader=1, standby=2)
    (leader,) = cluster.masters("leader")
    browser.get(leader["url"])
    await_that(browser, lambda: word(browser) == "leader", "the page says that it leads")
    reached = set()
    body = browser.find_element(By.TAG_NAME, "body")
    for _ in range(40):
        body.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        reached.add(focused.get_attribute("id") or focused.get_attribute("href") or focused.tag_name)
    for wanted in ("with-tasks", "events"):
        assert wanted in reached, reached
    for standby in cluster.masters("standby"):
        assert f"{standby['url']}self" in reached, reached
    browser.set_window_size(500, 900)
    await_that(browser, lambda: browser.execute_script(
        "return document.documentElement.scrollWidth <= window.innerWidth"), "nothing is wider than the window")
    keep(browser, "narrow")
    assert_console_is_clean(browser, set())


def test_the_open_page_follows_the_next_leader(cluster: Cluster, browser: webdriver.Chrome) -> None:
    cluster.await_masters(leader=1, standby=2)
    (first,) = cluster.masters("leader")
    browser.get(first["url"])
    await_that(browser, lambda: word(browser) == "leader", "the page says that it leads")
    browser.execute_script(WATCH)
    document = browser.execute_script("return performance.timeOrigin")
    killed = cluster.tell("kill leader")["process"]
    assert killed == first["name"]
    await_that(browser, lambda: first["address"] in browser.find_element(By.ID, "banner").text,
               "the page says that the leader does not answer")
    set_colours(browser, "light")
    keep(browser, "leader-killed")
    await_that(browser, lambda: word(browser) == "leader" and first["address"] not in source(browser),
               "the page shows another leader")
    await_that(browser, lambda: "leads now" in browser.find_element(By.ID, "banner").text, "the page says so")
    keep(browser, "next-leader")
    (second,) = cluster.masters("leader")
    assert second["address"] != first["address"]
    assert second["address"] in source(browser)
    # It was not loaded again: it is the same document.
    assert browser.execute_script("return performance.timeOrigin") == document
    words = [change["word"].lower() for change in browser.execute_script("return window.changes")]
    assert set(words) - {"leader", "jeopardy"}, f"it never said that there was no leader: {words}"
    cluster.await_masters(leader=1, standby=2)
    assert_console_is_clean(browser, {first["address"]})


def test_a_leader_that_is_cut_off_says_so_before_the_next_one_leads(cluster: Cluster,
                                                                    browser: webdriver.Chrome) -> None:
    cluster.await_masters(leader=1, standby=2)
    (first,) = cluster.masters("leader")
    browser.get(f"{first['url']}self")
    await_that(browser, lambda: word(browser) == "leader", "its own page says that it leads")
    browser.execute_script(WATCH)
    assert cluster.tell("cut leader")["process"] == first["name"]
    await_that(browser, lambda: word(browser) == "jeopardy", "its own page says that the lease runs out")
    keep(browser, "leader-in-jeopardy")
    await_that(browser, lambda: word(browser) not in ("leader", "jeopardy"), "its own page says that it no longer leads")
    keep(browser, "leader-cut-off")
    cluster.await_masters(leader=1)
    (second,) = cluster.masters("leader")
    assert second["address"] != first["address"]
    led = [change for change in browser.execute_script("return window.changes")
           if change["word"].lower() in ("leader", "jeopardy")]
    after = [change["at"] for change in browser.execute_script("return window.changes") if change["at"] > led[-1]["at"]]
    cluster.tell("heal")
    # The next leader's page has the instant of its election, by the same clock.
    browser.get(second["url"])
    await_that(browser, lambda: word(browser) == "leader", "the page of the next leader")
    elected = browser.execute_async_script(
        "const done = arguments[0];"
        "fetch('/state').then((answer) => answer.json()).then((state) => done(Date.parse(state.elected_at)));")
    assert min(after) < elected, f"it said so {min(after) - elected:.0f} ms after the next one was elected"
    cluster.await_masters(leader=1, standby=2)
    assert_console_is_clean(browser, {first["address"]})


def test_the_page_is_small_and_brings_nothing_from_elsewhere(cluster: Cluster, browser: webdriver.Chrome) -> None:
    cluster.await_masters(leader=1, standby=2)
    (leader,) = cluster.masters("leader")
    browser.get(leader["url"])
    await_that(browser, lambda: word(browser) == "leader", "the page says that it leads")
    loaded = browser.execute_script(
        "return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map((each) => [each.name, each.decodedBodySize])")
    own = urllib.parse.urlsplit(leader["url"]).netloc
    assert all(urllib.parse.urlsplit(name).netloc == own for name, _ in loaded), loaded
    page = {name: size for name, size in loaded if not name.endswith(("/events", "/state"))}
    assert 0 < sum(page.values()) < 100_000, page
