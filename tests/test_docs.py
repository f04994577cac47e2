"""The documents name what exists. Code in backticks that looks like a path, a dotted name or a
table in SQL is looked up; every model, constraint, trigger and decision has its place."""

import importlib
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from alliance.devstack.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PACKAGES = ("alliance", "locations", "scheduling")
# Written short inside a document about one package: `queries.access`, `rules/slots.py`.
BASES = (ROOT, ROOT / "scheduling", ROOT / "templates", ROOT / "static")
MADE = (".venv", ".local")  # by commands
ENDINGS = r"\.(?:py|md|html|txt|css|js|svg|png|csv|toml|yaml)"
PATH = re.compile(rf"^(?:[\w.-]+/)+(?:[\w*.-]+)?$|^[\w.-]+{ENDINGS}$")
DOTTED = re.compile(r"^(?:alliance|locations|scheduling|actions|queries|rules|models)(?:\.\w+)+$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#]+)\)")


def prose(document: Path) -> str:
    """Without fenced blocks: they hold commands and examples."""
    return re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def ticked(document: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(document))


def has_path(name: str) -> bool:
    if name.startswith(MADE):
        return True
    if "*" in name or "/" not in name:
        return any(True for _ in ROOT.glob(name)) or any(
            True
            for folder in (*PACKAGES, "templates", "static", "tests")
            for _ in (ROOT / folder).rglob(name)
        )
    return any((base / name).exists() for base in BASES)


def has_name(name: str) -> bool:
    """A module, or something in a module, or in a class of one."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        parts = ["scheduling", *parts]
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_there_are_documents():
    assert {path.name for path in DOCUMENTS} >= {
        "README.md",
        "architecture.md",
        "glossary.md",
        "operations.md",
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_and_names_exist(document):
    paths = [name for name in ticked(document) if PATH.match(name) and not DOTTED.match(name)]
    names = [name for name in ticked(document) if DOTTED.match(name) and not PATH.match(name)]
    missing = [name for name in paths if not has_path(name)] + [name for name in names if not has_name(name)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    assert [
        target for target in LINK.findall(prose(document)) if not (document.parent / target).exists()
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(document):
    named = set(re.findall(r"python3 dev\.py (\w+)", document.read_text(encoding="utf-8")))
    assert named - COMMANDS.keys() == set()


def test_missing_paths_and_names_are_noticed():
    assert has_path("scheduling/rules/slots.py")
    assert has_path("rules/slots.py")
    assert not has_path("scheduling/rules/gone.py")
    assert not has_path("gone.py")
    assert has_name("queries.access")
    assert has_name("scheduling.queries.openings.Opening.ends_at")
    assert not has_name("scheduling.queries.openings.gone")
    assert not has_name("scheduling.gone")


def models() -> list[type]:
    return [model for app in ("locations", "scheduling") for model in apps.get_app_config(app).get_models()]


def test_every_model_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [model.__name__ for model in models() if f"(`{model.__name__}`)" not in glossary] == []


def test_every_model_in_the_glossary_exists():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(`([A-Z]\w+)`\)", glossary)) == {model.__name__ for model in models()}


@pytest.mark.django_db
def test_constraints_and_triggers_are_listed_by_name():
    """As the database has them: also those that only a migration writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
            UNION
            SELECT conname FROM pg_constraint
            WHERE conrelid::regclass::text ~ '^(locations|scheduling)_' AND array_length(conkey, 1) > 1
                  AND contype = 'f'
            """
        )
        in_database = {name for (name,) in cursor.fetchall()}
    in_models = {constraint.name for model in models() for constraint in model._meta.constraints}
    listed = Counter(
        name
        for line in (ROOT / "docs" / "constraints.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    )
    assert sorted(listed) == sorted(in_database | in_models)
    assert [name for name, count in listed.items() if count > 1] == []


def test_decisions_have_numbers_of_their_own():
    numbers = [path.name.split("-")[0] for path in ADRS]
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in ADRS]

    assert [number for number, count in Counter(numbers).items() if count > 1] == []
    assert [int(number) for number in numbers] == [
        int(title.split(".")[0].removeprefix("# ")) for title in titles
    ]


@pytest.mark.parametrize("decision", ADRS, ids=lambda path: path.stem)
def test_decisions_say_why_what_and_what_follows(decision):
    text = decision.read_text(encoding="utf-8")

    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 25


@pytest.mark.django_db
def test_queries_of_the_operations_page_run():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.findall(r"\| `(SELECT [^`]*)` \|", text)

    assert len(found) == text.count("`SELECT ")
    with connection.cursor() as cursor:
        for query in found:
            cursor.execute(query)
