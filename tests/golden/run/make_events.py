#!/usr/bin/env python3
"""Writes events.bin, what test_events.c must write, with the package tensorboard: the same events
at one moment, each in its record. The texts are built as torch's SummaryWriter builds them."""

import os

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter

SCALARS = [("train/loss", 0.6931471824645996), ("eval/rewards/margins", -0.25), ("test/x", 7.0),
           ("train/epoch", 0.5), ("train/grad_norm", float("nan")), ("train/kl", float("inf"))]


def text_summary(name, text):
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    tensor = TensorProto(dtype="DT_STRING", string_val=[text.encode()],
                         tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]))
    return Summary(value=[Summary.Value(tag=name + "/text_summary", tensor=tensor,
                                        metadata=SummaryMetadata(plugin_data=plugin))])


def main():
    scalars = Summary(value=[Summary.Value(tag=tag, simple_value=x) for tag, x in SCALARS])
    events = [Event(file_version="brain.Event:2"),
              Event(step=31, session_log=SessionLog(status=SessionLog.START)),
              Event(step=300, summary=scalars),
              Event(step=5, summary=text_summary("args", "| beta | 0.1 |\n| größe | 1 |" + 200 * "x"))]
    with open(os.path.join(os.path.dirname(__file__), "events.bin"), "wb") as out:
        writer = RecordWriter(out)
        for event in events:
            # One that protobuf does not leave out, as it does with 0.
            event.wall_time = 5e-324
            writer.write(event.SerializeToString())


main()
