"""What is installed is what the files say: reasons, pins, Binder, and settings without a package.

A failure names the file to change; CONTRIBUTING.md has the commands that refresh the pins.
"""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.execution.lessons import COMMITTED_WITH

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [ROOT, ROOT / "tests"]
SYSTEMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}
MACHINES = list(product(["3.11", "3.12", "3.13", "3.14"], SYSTEMS))


def direct(folder: Path) -> dict[str, str]:
    """The packages that a `requirements.in` asks for, each with the reason beside it."""
    lines = (folder / "requirements.in").read_text(encoding="utf-8").splitlines()
    asked = [line.partition("#") for line in lines if line.split("#")[0].strip()]
    return {canonicalize_name(Requirement(line).name): said.strip() for line, _, said in asked}


def requirements(path: Path) -> list[Requirement]:
    """The lines of a compiled requirements file that install something."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]


def pins(path: Path, python: str, system: str) -> dict[str, list[str]]:
    """What this file installs on this Python and system: name to pinned versions."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.99",
        "sys_platform": system,
        "os_name": SYSTEMS[system],
        "implementation_name": "cpython",
    }
    chosen: dict[str, list[str]] = {}
    for line in requirements(path):
        if line.marker is None or line.marker.evaluate(environment):
            chosen.setdefault(canonicalize_name(line.name), []).append(str(line.specifier))
    return chosen


def imported(path: Path) -> set[str]:
    """The top-level modules that a Python file, or the code cells of a notebook, import."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]
        lines = "\n".join("".join(cell["source"]) for cell in cells).splitlines()
        source = "\n".join(line for line in lines if re.match(r"\s*(import|from)\s", line))
        source = "\n".join(line.strip() for line in source.splitlines())
    nodes = list(ast.walk(ast.parse(source)))
    plain = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    froms = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.split(".")[0] for name in plain + froms if name}


@pytest.mark.parametrize("folder", FOLDERS, ids=["course", "tests"])
def test_every_direct_dependency_has_its_reason(folder):
    without = [name for name, reason in direct(folder).items() if len(reason.split()) < 3]
    assert not without, f"say in {folder.name}/requirements.in what these are for: {without}"


@pytest.mark.parametrize("folder", FOLDERS, ids=["course", "tests"])
def test_the_pins_were_compiled_from_these_direct_dependencies(folder):
    """uv notes beside each pin who asked for it: those it calls direct are those we name."""
    text = (folder / "requirements.txt").read_text(encoding="utf-8")
    source = (folder / "requirements.in").relative_to(ROOT).as_posix()
    blocks = re.findall(r"^([\w.-]+)==.*\n((?:    #.*\n?)+)", text, flags=re.MULTILINE)
    asked = {canonicalize_name(name) for name, why in blocks if f"-r {source}\n" in why + "\n"}
    assert asked == set(direct(folder)), f"compile {source} again"


@pytest.mark.parametrize("folder", FOLDERS, ids=["course", "tests"])
def test_the_compiled_file_says_how_and_contributors_are_told_the_same(folder):
    header = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()[1]
    command = header.removeprefix("#").strip()
    assert command.startswith("uv pip compile --universal --python-version 3.11 ")
    command = command.replace("compile", "compile --upgrade")
    assert command in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("python, system", MACHINES)
def test_one_version_of_each_package_is_pinned_and_both_files_agree(python, system):
    course, tests = (pins(folder / "requirements.txt", python, system) for folder in FOLDERS)
    unclear = {name: found for name, found in (course | tests).items() if len(set(found)) != 1}
    assert not unclear
    assert set(direct(ROOT)) <= set(course) and set(direct(ROOT / "tests")) <= set(tests)
    differ = {name for name in course.keys() & tests.keys() if course[name] != tests[name]}
    assert not differ, "compile tests/requirements.in again, with -c requirements.txt"
    assert all(found[0].startswith("==") for found in (course | tests).values())


@pytest.mark.parametrize("folder", [*FOLDERS, ROOT / "binder"], ids=["course", "tests", "binder"])
def test_a_requirements_file_names_no_address_no_folder_and_no_option(folder):
    for line in requirements(folder / "requirements.txt"):
        assert line.url is None
    assert "://" not in (folder / "requirements.txt").read_text(encoding="utf-8")


def test_whatever_is_imported_is_a_direct_dependency():
    """A package that only comes along with another may be gone after the next compilation."""
    files = [path for end in ("py", "ipynb") for path in course_files(f"*.{end}")]
    ours = {"helpers", "tests", "conftest"} | {path.stem for path in files}
    names = set.union(*map(imported, files)) - ours - set(sys.stdlib_module_names)
    installed = packages_distributions()
    asked = set(direct(ROOT)) | set(direct(ROOT / "tests"))
    missing = {
        name
        for name in names
        if not asked & {canonicalize_name(package) for package in installed.get(name, [name])}
    }
    assert not missing, f"name these in requirements.in or tests/requirements.in: {missing}"


def course_files(pattern: str) -> list[Path]:
    """The files of this kind that belong to the course, in the folders that hold code."""
    folders = [ROOT / name for name in ("helpers", "notebooks", "tests")]
    found = [path for folder in folders for path in folder.rglob(pattern)]
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def test_pyproject_holds_settings_and_nothing_to_build():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings) == {"tool"}


def test_binder_installs_the_same_pins():
    """A flat copy, because Binder keeps the layer of a file that refers to no other."""
    copy, original = ((ROOT / name / "requirements.txt").read_bytes() for name in ("binder", "."))
    assert copy == original, "cp requirements.txt binder/requirements.txt"


@pytest.fixture
def binder(monkeypatch):
    """What repo2docker, which Binder runs, makes of this folder. Nothing is built."""
    app = pytest.importorskip("repo2docker.app", reason="tests/requirements.txt is not installed")
    monkeypatch.chdir(ROOT)
    docker = app.Repo2Docker(platform="linux/amd64")
    candidates = [pack(docker.base_image) for pack in docker.buildpacks]
    chosen = next(pack for pack in candidates if pack.detect())
    chosen.platform = docker.platform
    return chosen


def test_binder_takes_its_folder_and_the_python_named_there(binder):
    assert type(binder).__name__ == "PythonBuildPack"
    assert binder.binder_dir == "binder"
    assert binder.python_version == COMMITTED_WITH
    environment = binder.get_build_script_files()
    assert f"conda/environment.py-{COMMITTED_WITH}-linux-64.lock" in environment


def test_binder_caches_what_it_installs(binder):
    """The packages go in before the course's files, so a new commit installs nothing again."""
    install = 'pip install --no-cache-dir -r "binder/requirements.txt"'
    assert install in "\n".join(script for _, script in binder.get_preassemble_scripts())
    assert "pip install" not in "\n".join(script for _, script in binder.get_assemble_scripts())
    dockerfile = binder.render()
    whole_course = re.search(r"^COPY .*\bsrc/ \$\{REPO_DIR\}", dockerfile, flags=re.MULTILINE)
    assert dockerfile.index(install) < whole_course.start()
