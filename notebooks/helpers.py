"""Finds the course's `helpers` in the folder above, whatever else of that name is installed.

A notebook imports from its own folder first, so `import helpers` reads this file. It puts the
folder above at the front of the search path, steps aside, and imports the real package.
"""

import sys
from pathlib import Path

course = Path(__file__).resolve().parent.parent
if not (course / "helpers" / "__init__.py").is_file():
    raise ImportError(
        f"The course's helpers folder is not in {course}: "
        "keep notebooks/ and helpers/ side by side, as in the download."
    )
sys.path.insert(0, str(course))
del sys.modules["helpers"]
import helpers  # noqa: E402, F401
