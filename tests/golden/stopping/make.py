"""Early stopping as transformers does it: make.py > cases.jsonl

Values of a metric go through EarlyStoppingCallback, and through the Trainer's rule for its best
metric after that, as in the Trainer. Values are coarse, so that some are equal.
"""
import json
import random
from types import SimpleNamespace

from transformers.trainer_callback import EarlyStoppingCallback, TrainerControl, TrainerState


def case(rng):
    greater = rng.random() < 0.5
    patience, threshold = rng.randint(1, 4), rng.choice([0.0, 0.0, 0.05, 0.25])
    metric = "eval_rewards/margins" if greater else "eval_loss"
    args = SimpleNamespace(metric_for_best_model=metric, greater_is_better=greater)
    callback = EarlyStoppingCallback(patience, threshold)
    state, control = TrainerState(), TrainerControl()
    values, counters, stops, bests = [], [], [], []
    drift = rng.choice([-0.1, 0.0, 0.1])
    for step in range(1, 13):
        value = round(1 + drift * step + rng.uniform(-0.4, 0.4), 1)
        callback.on_evaluate(args, state, control, metrics={metric: value})
        if state.best_metric is None or (
            value > state.best_metric if greater else value < state.best_metric
        ):
            state.best_metric, state.best_global_step = value, step
        values.append(value)
        counters.append(callback.early_stopping_patience_counter)
        stops.append(control.should_training_stop)
        bests.append(state.best_global_step)
        control.should_training_stop = False
    return {"by": "margin" if greater else "loss", "patience": patience, "threshold": threshold,
            "values": values, "counters": counters, "stops": stops, "bests": bests}


rng = random.Random(6)
for _ in range(60):
    print(json.dumps(case(rng)))
