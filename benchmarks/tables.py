"""Tables in Markdown that commands write: each stands between two comments, <!-- name --> and <!-- end -->."""

import re


def filled(text: str, tables: dict[str, str]) -> str:
    """The text with each table in its place.

    Args:
        text: Markdown.
        tables: by name.

    Raises:
        ValueError: if a table has no place in the text, or several.
    """
    for name, rows in tables.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if len(place.findall(text)) != 1:
            raise ValueError(f"there must be one <!-- {name} --> with its <!-- end -->")
        text = place.sub(lambda found, rows=rows: f"{found[1]}\n{rows}\n{found[2]}", text)
    return text
