"""Makes the shared cases importable: pytest's importlib mode leaves the folder of tests off the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
