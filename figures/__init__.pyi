from .decay import plot_decay as plot_decay
from .maps import plot_region_map as plot_region_map
from .overlay import plot_comparison as plot_comparison
from .portrait import phase_portrait as phase_portrait
from .regions import plot_region as plot_region
from .report import write_report as write_report
