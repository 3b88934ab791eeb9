"""A headless Chromium, spoken to through ChromeDriver's own protocol (W3C WebDriver): just what the page's tests need."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
_HOST = "127.0.0.1"
_OPEN = build_opener(ProxyHandler({}))


def missing() -> str:
    """Say what is missing on this machine; nothing where a browser can be driven."""
    if shutil.which("chromedriver") is None or not any(map(shutil.which, NAMES)):
        return "needs chromium and chromedriver (Debian: apt-get install chromium chromium-driver)"
    return ""


class Browser:
    """One session of a browser."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Send a command and return its value."""
        data = None if method == "GET" else json.dumps(body).encode()
        request = Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with _OPEN.open(request, timeout=60) as answer:
            return json.loads(answer.read())["value"]

    def open(self, path: Path) -> None:
        """Show a file."""
        self.call("POST", "/url", url=path.as_uri())
        self.run("return document.fonts.ready.then(() => 1)")

    def run(self, script: str) -> Any:
        """Run a script of the test (the page has none) and return what it returns."""
        return self.call("POST", "/execute/sync", script=script, args=[])

    def click(self, selector: str) -> None:
        """Click an element as a person would."""
        found = self.call("POST", "/element", using="css selector", value=selector)
        self.call("POST", f"/element/{next(iter(found.values()))}/click")

    def resize(self, width: int, height: int) -> None:
        """Pretend to be a screen of another size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("POST", "/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params=size)

    def asked_for(self) -> list[str]:
        """List the addresses that were asked for since the last call."""
        entries = self.call("POST", "/se/log", type="performance")
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser; it and its driver end with the block."""
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://{_HOST}:{port}"
    session = None
    try:
        _wait_for(address, driver)
        binary = next(filter(None, map(shutil.which, NAMES)))
        options = {"binary": binary, "args": list(_FLAGS)}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL"}}
        made = Browser(address).call("POST", "/session", capabilities={"alwaysMatch": wanted})
        session = Browser(f"{address}/session/{made['sessionId']}")
        yield session
    finally:
        if session is not None:
            session.call("DELETE", "")
        driver.terminate()
        driver.wait(timeout=30)


def _wait_for(address: str, driver: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and driver.poll() is None:
        try:
            if Browser(address).call("GET", "/status")["ready"]:
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("chromedriver does not answer")
