"""Every observation kind there is, by name."""

from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.observations.collective_runs import COLLECTIVE_RUNS
from evidence.observations.declarations import DECLARATIONS
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from evidence.observations.inventory import INVENTORY
from evidence.observations.jobs import JOBS
from evidence.observations.monitors import MONITORS
from evidence.observations.outages import OUTAGES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.run_cards import RUN_CARDS
from evidence.observations.schema import Kind
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.observations.survey_responses import SURVEY_RESPONSES
from evidence.observations.tickets import TICKETS
from evidence.observations.training_steps import TRAINING_STEPS

KINDS: tuple[Kind, ...] = (
    BENCHMARK_RUNS,
    COLLECTIVE_RUNS,
    DECLARATIONS,
    DEVICE_ALARMS,
    DEVICE_SAMPLES,
    ENERGY_READINGS,
    FLOW_READINGS,
    INVENTORY,
    JOBS,
    MONITORS,
    OUTAGES,
    POWER_SAMPLES,
    RUN_CARDS,
    SERVING_RUNS,
    SURVEY_RESPONSES,
    TICKETS,
    TRAINING_STEPS,
)

KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
