"""The order of the packages, and what public functions must state, checked by reading the code."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.support.places import ROOT

SHAPES = (
    "(H, W",
    "(S, S",
    "(N,",
    "(K,",
    "(P, 2)",
    "(height, width)",
    "(320, 320)",
    "(rows, columns)",
    "(rows, 1)",
    "(columns,)",
    "any shape",
    "(255,)",
    "(6, 6)",
    "(780, 255)",
)


def sources() -> dict[str, Path]:
    files = [*ROOT.glob("busi/**/*.py"), ROOT / "app.py", ROOT / "train.py"]
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a thing lives"
            found.add(node.module)
    return found


def test_the_packages_are_in_their_order():
    """The contracts of pyproject.toml, read by import-linter."""
    linted = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_no_module_imports_a_door():
    for name, path in sources().items():
        assert not imports(path) & {"app", "train", "busi.predict", "busi.hub"}, name


def test_train_never_reaches_the_pages():
    modules, seen, waiting = sources(), set(), {"train"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= {module for module in imports(modules[name]) if module in modules} - seen
    assert not [name for name in seen if name.startswith("busi.web")]


def public_functions():
    for name, path in sources().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        holders = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")]
        for holder in holders:
            for node in holder.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{name}.{node.name}", node


def test_public_signatures_have_types():
    for name, node in public_functions():
        arguments = [a for a in node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls")]
        assert all(argument.annotation for argument in arguments), name
        assert node.returns is not None, name


def test_every_public_array_function_states_shape_and_dtype_or_range():
    checked = 0
    for name, node in public_functions():
        annotations = [a.annotation for a in node.args.args if a.annotation] + [node.returns]
        if not any("ndarray" in ast.unparse(annotation) for annotation in annotations if annotation):
            continue
        text = ast.get_docstring(node) or ""
        shapes = any(shape in text for shape in SHAPES)
        kinds = any(kind in text for kind in ("uint8", "float", "bool", "int array", "in [0, 1]", "true for"))
        checked += 1
        assert shapes or "as for `auc`" in text, f"{name} does not state the shape of its arrays"
        assert kinds or "as for `auc`" in text, f"{name} does not state the dtype or range of its arrays"
    assert checked > 25
