"""Run the long trials on a demo firm of their own: `python -m soak [--minutes 10] [--kills 10] [--races 20]`."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from soak import trials
from soak.server import Server


def main() -> int:
    """Print every figure with its limit; 1 when one is over it."""
    asked = argparse.ArgumentParser(prog="soak", description=__doc__)
    asked.add_argument("--clients", type=int, default=60)
    asked.add_argument("--minutes", type=float, default=10, help="of load")
    asked.add_argument("--kills", type=int, default=10)
    asked.add_argument("--races", type=int, default=20)
    asked.add_argument(
        "--json", action="store_true", help="one JSON document instead of the table and the kept results"
    )
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as room:
        folder = Path(room) / "data"
        server = Server(folder)
        people = server.lay(wanted.clients)
        people.sort(key=lambda who: who["role"] != "manager")  # the manager first: sees every client
        laid = Path(room) / "laid"
        shutil.copytree(folder, laid)
        seen = trials.kills(server, people, wanted.kills)
        seen |= trials.races(server, people, wanted.races)
        filled = trials.full_disk(Path(room) / "small", laid, people) if os.name == "posix" else {}
        if not filled:
            sys.stderr.write("The full disk is left out: it takes root to mount a small one.\n")
        seen |= filled
        seen |= trials.load(server, people, wanted.minutes)
    rows = [_row(name, float(value)) for name, value in seen.items()]
    if wanted.json:
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        Path(__file__).with_name("results.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        for row in rows:
            limit = "" if row["limit"] is None else f"  (limit {row['limit']:g})"
            sys.stdout.write(f"{'ok  ' if row['ok'] else 'OVER'} {row['name']:28} {row['value']:>10g}{limit}\n")
    return 0 if all(row["ok"] for row in rows) else 1


def _row(name: str, value: float) -> dict[str, Any]:
    limit = trials.LIMITS[name]
    return {"name": name, "value": value, "limit": limit, "ok": limit is None or value <= limit}


if __name__ == "__main__":
    sys.exit(main())
