"""The floors of docs/architecture.md, and the promises of STYLE, held by reading the code."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = (
    {
        "busi.classes",
        "busi.text",
        "busi.images",
        "busi.metrics",
        "busi.provenance",
        "busi.home",
        "busi.proxies",
        "busi.room",
        "busi.zero_gpu",
        "busi.server.asgi",
        "busi.server.reports",
        "busi.server.own_folder",
        "busi.server.memory",
        "busi.server.sessions",
        "busi.server.stopping",
        "busi.workers",
        "busi.precision",
        "busi.console",
        "busi.archives",
        "busi.origin",
        "busi.busi_hashes",
        "busi.outline_names",
    },
    {
        "busi.duplicates",
        "busi.server.decoding",
        "busi.server.sites",
        "busi.server.waiting",
        "busi.server.ledger",
        "busi.server.connections",
        "busi.listening",
        "busi.quality",
        "busi.impostors",
        "busi.split",
        "busi.measured",
        "busi.simulator",
        "busi.exercises",
        "busi.architectures",
        "busi.degradation",
        "busi.domain",
        "busi.outlines",
        "busi.inventory",
        "busi.distortions",
        "busi.bundle_schema",
    },
    {
        "busi.augment",
        "busi.averaging",
        "busi.network",
        "busi.activations",
        "busi.arrangement",
        "busi.bundle",
        "busi.card",
        "busi.dataset",
        "busi.simulated",
        "busi.steps",
        "busi.server.kept",
        "busi.server.guard",
    },
    {
        "busi.recipe",
        "busi.predict",
        "busi.gallery",
        "busi.parts",
        "busi.hub",
        "busi.server.lines",
        "busi.server.uploads",
    },
    {
        "busi.batches",
        "busi.checkpoints",
        "busi.space",
        "busi.laboratory",
        "busi.live",
        "busi.twins",
        "busi.workshop",
        "busi.server.questions",
    },
    {"busi.training", "busi.progress", "busi.server.lifespan"},
    {"busi.evaluation", "busi.pretraining"},
    {"busi.description", "busi.ui.figures", "busi.ui.components"},
    {
        "busi.ui.refusals",
        "busi.ui.report",
        "busi.ui.curves",
        "busi.ui.thumbnails",
        "busi.ui.guesses",
        "busi.ui.medicine",
    },
    {
        "busi.ui.quiz",
        "busi.ui.enlarge",
        "busi.ui.cells",
        "busi.ui.concepts",
        "busi.ui.gradcam",
        "busi.ui.live",
        "busi.ui.source",
    },
    {
        "busi.ui.exercise_augmentation",
        "busi.ui.exercise_layers",
        "busi.ui.exercise_confidence",
        "busi.ui.exercise_groups",
        "busi.ui.exercise_errors",
    },
    {
        "busi.ui.picker",
        "busi.ui.welcome",
        "busi.ui.data",
        "busi.ui.preprocessing",
        "busi.ui.network",
        "busi.ui.training",
        "busi.ui.evaluation",
        "busi.ui.prediction",
        "busi.ui.laboratory",
        "busi.ui.exercises",
        "busi.ui.further",
        "busi.ui.glossary",
        "busi.ui.room",
        "busi.ui.endpoints",
    },
    {"busi.ui.page"},
    {"app", "train"},
)
FLOOR_OF = {module: number for number, floor in enumerate(FLOORS) for module in floor}
# Rooms of their own, entered by their door (__init__) only; inside, these steps.
IMAGES = (
    {"busi.images.refused"},
    {"busi.images.cost", "busi.images.levels", "busi.images.contract"},
    {"busi.images.metadata"},
    {"busi.images.tiff", "busi.images.dicom"},
    {"busi.images.read"},
    {"busi.images", "busi.images.worker"},
)
SIMULATOR = (
    {"busi.simulator.lesion", "busi.simulator.speckle"},
    {"busi.simulator.anatomy", "busi.simulator.outline", "busi.simulator.marks", "busi.simulator.cases"},
    {"busi.simulator.echoes"},
    {"busi.simulator.image"},
    {"busi.simulator"},
)
SHAPES = (
    "(H, W",
    "(S, S",
    "(N,",
    "(K,",
    "(P, 2)",
    "(height, width)",
    "(320, 320)",
    "(rows, columns)",
    "any shape",
    "(255,)",
    "(780, 255)",
)
ROOMS = {"busi.images": IMAGES, "busi.simulator": SIMULATOR}
STEP_OF = {module: number for room in ROOMS.values() for number, step in enumerate(room) for module in step}


def sources() -> dict[str, Path]:
    files = [*ROOT.glob("busi/**/*.py"), ROOT / "app.py", ROOT / "train.py"]
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    rooms = {f"{room}.__init__": room for room in ROOMS}
    names = {path: rooms.get(name, name) for path, name in names.items()}
    return {name: path for path, name in names.items() if not name.endswith("__init__")}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a thing lives"
            found.add(node.module)
    return found


def test_every_module_has_a_floor_and_every_floor_exists():
    assert set(sources()) == set(FLOOR_OF) | set(STEP_OF)


@pytest.mark.parametrize("name", sorted(STEP_OF))
def test_inside_a_room_imports_go_down_only(name):
    room = next(room for room in ROOMS if name.startswith(room))
    for imported in imports(sources()[name]):
        if imported.split(".")[0] == "busi" and imported != "busi.classes":
            assert imported.startswith(room), f"{name} imports {imported}, which is outside of its room"
            assert STEP_OF[imported] < STEP_OF[name], f"{name} imports {imported}, which is not below it"


@pytest.mark.parametrize("name", sorted(set(sources()) - set(STEP_OF)))
def test_imports_go_down_only(name):
    for imported in imports(sources()[name]):
        if imported.split(".")[0] in ("busi", "app", "train"):
            assert FLOOR_OF[imported] < FLOOR_OF[name], f"{name} imports {imported}, which is not below it"


def test_train_never_reaches_the_pages():
    seen, waiting = set(), {"train"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= {module for module in imports(sources()[name]) if module in FLOOR_OF} - seen
    assert not [name for name in seen if name.startswith("busi.ui")]


def test_gradio_is_imported_in_ui_and_server_and_nowhere_else():
    users = {name for name, path in sources().items() if "gradio" in {i.split(".")[0] for i in imports(path)}}
    assert users and all(name.startswith(("busi.ui.", "busi.server.")) for name in users)


def test_importing_the_pages_does_not_load_tensorflow():
    code = "import sys, busi.ui.page; sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


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
