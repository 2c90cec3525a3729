"""Build the portal: `python -m tools.site`.

--check   only check texts and types, that each part of the desk comes with its words, that a style
          sheet has no rule without a page, and that the copies of the texts in functions are not
          stale
--sizes   the size of each page over the wire
"""

from __future__ import annotations

import argparse
import sys

from casework.pack.jurisdiction import open_pack
from tools.site import build
from tools.site.messages import ROOT, MessagesWrong
from tools.site.site_errors import SiteNotBuilt
from tools.site.sizes import sizes
from tools.site.typed import type_check


def main() -> int:
    """Run the command; print one line for each error."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="check texts and types")
    arguments.add_argument("--sizes", action="store_true", help="show what each page weighs")
    asked = arguments.parse_args()
    try:
        if asked.check:
            return _check()
        folder = build.build()
        if asked.sizes:
            for name, size in sizes(folder).items():
                print(f"{size:>8,}  {name}")
    except (MessagesWrong, SiteNotBuilt) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


def _check() -> int:
    site = build.PortalSources(open_pack("ma"))
    typed = type_check(site.messages)
    lacking = [*build.staff_lacks(typed.texts), *build.of_no_page(typed)]
    for line in lacking:
        print(line, file=sys.stderr)
    stale = [
        file.relative_to(ROOT)
        for file, text in build.function_texts_by_file(site).items()
        if not file.is_file() or file.read_text("utf-8") != text
    ]
    for file in stale:
        print(f"stale: {file}; run `make docs`", file=sys.stderr)
    return 1 if stale or lacking else 0


if __name__ == "__main__":
    sys.exit(main())
