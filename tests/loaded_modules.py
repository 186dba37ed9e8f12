"""Which modules a fresh process has loaded after some code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path


def loaded_modules(
    code: str, among: Collection[str], project_root: Path, **environment: str
) -> list[str]:
    """Those of `among` that are loaded after the code, run in a process of its own."""
    program = (
        f"import json, sys; {code}; print(json.dumps(sorted({set(among)!r} & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project_root,
        env=os.environ | {"PYTHONPATH": str(project_root)} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    # What is imported may say something, too.
    return json.loads(done.stdout.splitlines()[-1])
