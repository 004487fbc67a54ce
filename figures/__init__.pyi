from .decay import plot_decay as plot_decay
from .overlay import plot_comparison as plot_comparison
from .portrait import phase_portrait as phase_portrait
from .regions import plot_region as plot_region
from .report import write_report as write_report
