"""The real program on a demo firm of its own: laid, served, killed and served again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

START_SECONDS = 60
TRACKER = [str(Path(sys.executable).with_name("tracker"))]


class Server:
    """`tracker serve` over one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "TRACKER_DATA_DIR": str(folder)}
        self.env.pop("DATABASE_URL", None)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def lay(self, clients: int) -> list[dict[str, Any]]:
        """A fresh demo firm; its sign-ins."""
        told = json.loads(self._run("demo", "--no-serve", "--json", "--clients", str(clients)).stdout)
        return list(told["sign_ins"])

    def start(self) -> None:
        """Serve, and wait until it says that it is ready."""
        command = [*TRACKER, "serve", "--port", str(self.port)]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the server never became ready")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it and everything it started; SIGKILL asks nobody."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait()
            self.process = None

    def is_sound(self) -> bool:
        """Whether the program's own checks find nothing: database, files, invariants, and the trail's chain."""
        checks = (("verify", "--json"), ("audit", "verify", "--json"))
        return all(self._run(*check, may_fail=True).returncode == 0 for check in checks)

    def megabytes(self) -> float:
        """Memory of the server and its workers."""
        assert self.process is not None
        listed = subprocess.run(
            ["/bin/ps", "-o", "rss=", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return sum(int(line) for line in listed.stdout.split()) / 1024

    def _run(self, *words: str, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*TRACKER, *words], env=self.env, capture_output=True, text=True, check=not may_fail)
