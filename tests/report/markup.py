"""A page taken apart with the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "img", "wbr", "br", "link"}


@dataclass
class Element:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "") -> list["Element"]:
        """List the elements below, or those of a kind, in order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                found += [child] if tag in ("", child.tag) else []
                found += child.all(tag)
        return found

    @property
    def text(self) -> str:
        """All text within, blanks put together."""
        return " ".join("".join(c if isinstance(c, str) else f" {c.text} " for c in self.children).split())


class Parser(HTMLParser):
    """Builds a tree and refuses what does not fit together."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Element:
    """Parse a page; every element must be closed where it belongs."""
    parser = Parser()
    parser.feed(html)
    parser.close()
    assert parser.doctype == "DOCTYPE html"
    assert parser.open == [parser.root]
    return parser.root


def versions(page: Element) -> dict[str, Element]:
    """Find the page of each language."""
    return {main.attributes["lang"]: main for main in page.all("main")}
