"""Theorems on flows and methods, one file each: statement, source, certificates, rate."""

from __future__ import annotations

from .anchored_distance import ANCHORED_DISTANCE
from .anchored_general import ANCHORED_GENERAL
from .anchored_master import ANCHORED_MASTER
from .anchored_power import ANCHORED_POWER
from .anchored_weight import ANCHORED_WEIGHT
from .eag_c_rate import EAG_C_RATE
from .eag_v_rate import EAG_V_RATE
from .extragradient_gap import EXTRAGRADIENT_GAP
from .extragradient_rate import EXTRAGRADIENT_RATE
from .fast_ogda_rate import FAST_OGDA_RATE
from .feg_rate import FEG_RATE
from .gradient_distance import GRADIENT_DISTANCE
from .gradient_gap import GRADIENT_GAP
from .gradient_rotation import GRADIENT_ROTATION
from .gradient_speed import GRADIENT_SPEED
from .gradient_strong import GRADIENT_STRONG
from .halpern_rate import HALPERN_RATE
from .optimistic_distance import OPTIMISTIC_DISTANCE
from .optimistic_rate import OPTIMISTIC_RATE
from .optimistic_sharp import OPTIMISTIC_SHARP
from .proximal_point_rate import PROXIMAL_POINT_RATE
from .simgd_a_half import SIMGD_A_HALF
from .simgd_a_recursion import SIMGD_A_RECURSION
from .simgd_divergence import SIMGD_DIVERGENCE
from .simgd_o_exact import SIMGD_O_EXACT
from .simgd_o_paper import SIMGD_O_PAPER
from .simgd_o_simple import SIMGD_O_SIMPLE
from .simgd_strong import SIMGD_STRONG
from .sssgd_a_path import SSSGD_A_PATH
from .sssgd_inequality import SSSGD_INEQUALITY
from .theorem import Theorem

__all__ = ["THEOREMS", "Theorem"]

THEOREMS: tuple[Theorem, ...] = (
    GRADIENT_DISTANCE,
    GRADIENT_SPEED,
    GRADIENT_STRONG,
    GRADIENT_ROTATION,
    GRADIENT_GAP,
    OPTIMISTIC_DISTANCE,
    OPTIMISTIC_RATE,
    OPTIMISTIC_SHARP,
    ANCHORED_DISTANCE,
    ANCHORED_MASTER,
    ANCHORED_WEIGHT,
    ANCHORED_GENERAL,
    ANCHORED_POWER,
    FAST_OGDA_RATE,
    SIMGD_STRONG,
    SIMGD_DIVERGENCE,
    SSSGD_INEQUALITY,
    SIMGD_O_PAPER,
    SIMGD_O_SIMPLE,
    SIMGD_O_EXACT,
    SIMGD_A_RECURSION,
    SIMGD_A_HALF,
    SSSGD_A_PATH,
    EXTRAGRADIENT_RATE,
    EXTRAGRADIENT_GAP,
    PROXIMAL_POINT_RATE,
    HALPERN_RATE,
    FEG_RATE,
    EAG_C_RATE,
    EAG_V_RATE,
)
"""All theorems, first those on flows; tests, command line and docs run through it."""
