"""Every observation kind there is, by name."""

from collections.abc import Iterable

from evidence.observations.asset_events import ASSET_EVENTS
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.observations.billing_rows import BILLING_ROWS
from evidence.observations.collective_runs import COLLECTIVE_RUNS
from evidence.observations.content_digests import CONTENT_DIGESTS
from evidence.observations.declarations import DECLARATIONS
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from evidence.observations.inventory import INVENTORY
from evidence.observations.jobs import JOBS
from evidence.observations.link_events import LINK_EVENTS
from evidence.observations.monitors import MONITORS
from evidence.observations.network_probes import NETWORK_PROBES
from evidence.observations.outages import OUTAGES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.request_windows import REQUEST_WINDOWS
from evidence.observations.run_cards import RUN_CARDS
from evidence.observations.schema import Kind
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.observations.step_heartbeats import STEP_HEARTBEATS
from evidence.observations.survey_responses import SURVEY_RESPONSES
from evidence.observations.tickets import TICKETS
from evidence.observations.timed_trials import TIMED_TRIALS
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.observations.utility_bills import UTILITY_BILLS

KINDS: tuple[Kind, ...] = (
    ASSET_EVENTS,
    BENCHMARK_RUNS,
    BILLING_ROWS,
    COLLECTIVE_RUNS,
    CONTENT_DIGESTS,
    DECLARATIONS,
    DEVICE_ALARMS,
    DEVICE_SAMPLES,
    ENERGY_READINGS,
    FLOW_READINGS,
    INVENTORY,
    JOBS,
    LINK_EVENTS,
    MONITORS,
    NETWORK_PROBES,
    OUTAGES,
    POWER_SAMPLES,
    REQUEST_WINDOWS,
    RUN_CARDS,
    SERVING_RUNS,
    STEP_HEARTBEATS,
    SURVEY_RESPONSES,
    TICKETS,
    TIMED_TRIALS,
    TRAINING_STEPS,
    UTILITY_BILLS,
)

KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


def written_by_tools(kinds: Iterable[str]) -> bool:
    """Whether a file that carries these kinds is a tool's own output, to be handed in exactly as the tool wrote it."""
    return any(KIND_BY_NAME[kind].written_by_tools for kind in kinds if kind in KIND_BY_NAME)
