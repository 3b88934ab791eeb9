"""`--cfg`: print a configuration as composed, without running anything that it may hold."""

from omegaconf import OmegaConf

from sim.errors import Fault, ScenarioError

from .compose import Desk, at_stored_run, composed_with_hydra, plain_mapping
from .terminal import say


def show_config(desk: Desk, kind: str, package: str | None, is_resolved: bool) -> None:
    """Print a configuration as YAML.

    Parameters
    ----------
    desk : Desk
    kind : {"job", "hydra", "all"}
        The scenario, Hydra's own settings, or both.
    package : str, optional
        Print only this part, such as `run`.
    is_resolved : bool
        Whether references are followed.
    """
    desk = at_stored_run(desk)
    config = composed_with_hydra(desk)
    if kind == "job":
        shown = (
            OmegaConf.create(plain_mapping(desk))
            if is_resolved
            else OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
        )
    else:
        shown = config if kind == "all" else OmegaConf.masked_copy(config, ["hydra"])
    part = shown if package in (None, "_global_") else OmegaConf.select(shown, package or "")
    if part is None:
        raise ScenarioError(Fault("--package", "must name a part of the configuration", package))
    say(OmegaConf.to_yaml(part).rstrip() if OmegaConf.is_config(part) else str(part))
