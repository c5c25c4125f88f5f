"""NumPy and SciPy cost memory: a web process that only shows pages does without them."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent.parent


def test_the_app_starts_without_them(tmp_path: Path) -> None:
    words = (
        "import sys; from portal import create_app; create_app();"
        "print([name for name in ('numpy', 'scipy') if name in sys.modules])"
    )
    environment = {"PORTAL_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")
