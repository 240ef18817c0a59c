"""The format `html`: one self-contained file that asks nothing of a network, needs no script, and prints on A4."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, ClassVar

from herkomst.reports.base import PLAIN, RenderOptions, ReportModel

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "report.html"
STYLE = "report.css"


class HtmlFormat:
    """Everything of the model on one page; evidence unfolds on the screen and is open in print."""

    name: ClassVar[str] = "html"
    media_type: ClassVar[str] = "text/html; charset=utf-8"
    suffix: ClassVar[str] = ".html"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return the page; every text in it is escaped by the template engine."""
        del options
        page = _template().render(
            report=report, head=report.head, say=report.words.say, language=report.words.language, style=_read(STYLE)
        )
        return page.encode("utf-8", "backslashreplace")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # 40 ms, and only HTML needs it

    environment = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(TEMPLATE)


def _read(name: str) -> str:
    return files("herkomst.reports").joinpath("templates", name).read_text(encoding="utf-8")
