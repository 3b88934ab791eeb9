"""Write docs/validation.md and its figures: calibrates, simulates what is not kept yet, and fills the page."""

from pathlib import Path

from sim.figures import draw_replay, draw_stress, save_figure
from sim.figures.font import house_style
from sim.figures.wording import Texts

from .diagnosis import diagnosis_parts
from .fog import fit
from .report import gather, page
from .runs import run_part, scenarios, stress_parts
from .stress import stress_frame

DOCS = Path(__file__).resolve().parents[1]
SUFFIX = {"en": "", "zh": ".zh"}


def main() -> None:
    """Do all of it; about four minutes on two cores when nothing is kept and numba is there, else far longer."""
    posterior = fit()
    parts = {
        name: run_part(name, *part) for name, part in {**scenarios(), **diagnosis_parts(), **stress_parts()}.items()
    }
    report = gather(posterior, parts)
    figures = DOCS / "figures"
    for language, suffix in SUFFIX.items():
        texts = Texts(language, 0.9)
        with house_style():
            save_png(draw_replay(report.replay, texts), figures / f"fog_replay{suffix}")
            save_png(draw_stress(*stress_frame(report.stress, language), texts), figures / f"fog_policies{suffix}")
    (DOCS / "validation.md").write_text("\n".join(page(report)) + "\n", encoding="utf-8")


def save_png(figure: object, stem: Path) -> None:
    """Keep the picture alone; the page shows no vector file."""
    save_figure(figure, stem)  # type: ignore[arg-type]
    stem.with_name(f"{stem.name}.svg").unlink()


if __name__ == "__main__":
    main()
