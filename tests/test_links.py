"""Every relative link in the Markdown files and in the notebooks' text leads somewhere.

No network: links to other sites are not followed.
"""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("notebooks/*.md"), *ROOT.glob("notebooks/*.ipynb")])
LINK = re.compile(r"\]\(([^)\s]+)|(?:href|src)=\"([^\"]+)\"")
ELSEWHERE = re.compile(r"^(https?:|mailto:|data:|attachment:|#$)")


def prose(page: Path) -> str:
    """The text of a page without its code: Markdown, or the text cells of a notebook."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", lambda code: "" if "](" in code[0] else code[0], text)


def anchors(page: Path) -> set[str]:
    """What may follow `#`: GitHub's form of each heading, JupyterLab's, and explicit ids."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(page), flags=re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", heading) for heading in headings]
    github = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in plain}
    jupyter = {heading.replace(" ", "-") for heading in plain}
    return (jupyter if page.suffix == ".ipynb" else github) | set(
        re.findall(r"\bid=\"([^\"]+)\"", prose(page))
    )


def broken(page: Path) -> list[str]:
    """The links of this page that lead nowhere."""
    links = [unquote(one or other) for one, other in LINK.findall(prose(page))]
    return [link for link in links if not ELSEWHERE.match(link) and not leads(page, link)]


def leads(page: Path, link: str) -> bool:
    """Does this relative link lead to a file, and to a place in it where it names one?"""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or (target.suffix in (".md", ".ipynb") and anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page):
    assert broken(page) == []


@pytest.mark.parametrize(
    "link, leads_somewhere",
    [
        ("README.md#run-the-tests", True),
        ("#here-we-are", True),
        ("https://example.org/missing", True),
        ("README.md#no-such-heading", False),
        ("#nowhere", False),
        ("missing.md", False),
        ("../outside.md", False),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path, monkeypatch, link, leads_somewhere):
    course = tmp_path / "course"
    course.mkdir()
    monkeypatch.setattr(f"{__name__}.ROOT", course)
    (tmp_path / "outside.md").touch()
    (course / "README.md").write_text("# Read me\n\n## Run the tests\n", encoding="utf-8")
    page = course / "page.md"
    page.write_text(f"# Here we are\n\nSee [there]({link}).\n", encoding="utf-8")
    assert broken(page) == ([] if leads_somewhere else [link])
