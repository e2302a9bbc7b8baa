"""Known vulnerabilities of the locked packages: fails where a release without them exists.

    python scripts/audit.py

Asks the package index by pip-audit. Where it does not answer, or tells nothing of vulnerabilities (a mirror), that is
said and nothing fails: what cannot be known here is known where the index is reached. Whatever else goes wrong fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TOOL = ("pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json", "--timeout=5")
NO_ANSWER = "vulnerabilities: not known here, the index does not answer"
UNREACHED = "requests.exceptions."  # how pip-audit ends without a network
IGNORED: dict[str, str] = {}  # id of a vulnerability: why it does not concern Tidecast


def verdict(answer: dict[str, Any]) -> tuple[list[str], bool]:
    """(lines to print, whether a vulnerability has a release without it) of what pip-audit found."""
    audited = [one for one in answer["dependencies"] if "vulns" in one]
    if not audited:
        return ["vulnerabilities: not known here, the index tells nothing of them"], False
    lines, mendable = [], False
    for one in audited:
        for found in one["vulns"]:
            if {found["id"], *found.get("aliases", ())} & set(IGNORED):
                continue
            fixed = ", ".join(found["fix_versions"])
            mendable = mendable or bool(fixed)
            then = f"mended in {fixed}: scripts/lock --upgrade-package {one['name']}" if fixed else "not mended yet"
            lines.append(f"{one['name']} {one['version']}: {found['id']}, {then}")
    unknown = len(answer["dependencies"]) - len(audited)
    lines.append(f"vulnerabilities: {len(audited)} packages audited, {unknown} not known to the index")
    return lines, mendable


def main() -> int:
    command = [sys.executable, "-m", *TOOL, "--requirement", str(LOCK)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        print(NO_ANSWER)
        return 0
    if done.stdout.startswith("{"):
        lines, mendable = verdict(json.loads(done.stdout))
        print("\n".join(lines))
        return int(mendable)
    why = (done.stderr.strip().splitlines() or ["nothing"])[-1]
    if why.startswith(UNREACHED):
        print(NO_ANSWER)
        return 0
    print(f"vulnerabilities: pip-audit said: {why}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
