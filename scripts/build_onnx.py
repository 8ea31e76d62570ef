#!/usr/bin/env python3
"""Turns the weights of all-MiniLM-L6-v2 into an ONNX file, with Python's standard library alone.

usage: build_onnx.py MODEL_DIR OUT.onnx

MODEL_DIR holds config.json and model.safetensors. The result has the interface of the file that
the model's authors publish: input_ids, attention_mask and token_type_ids (int64, [batch,
sequence]) give last_hidden_state (float32, [batch, sequence, hidden]). It uses standard operators
of opset 17 only, written in the shapes that ONNX Runtime's own optimiser recognises and fuses.
The same weights give the same bytes on every machine, so the result can be checked by its sum.
"""

import array
import json
import struct
import sys
from pathlib import Path

# Element types, as numbered in onnx.proto (TensorProto.DataType).
FLOAT, INT64 = 1, 7


# The protobuf wire format: a field is a key (number and wire type) and a value.


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer_field(field, value):
    return varint(field << 3) + varint(value)


def bytes_field(field, value):
    if isinstance(value, str):
        value = value.encode()
    return varint(field << 3 | 2) + varint(len(value)) + value


def float_field(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


# ONNX messages. The field numbers are those of onnx.proto.


def tensor(name, element_type, shape, data):
    dims = b"".join(integer_field(1, dim) for dim in shape)
    return dims + integer_field(2, element_type) + bytes_field(8, name) + bytes_field(9, data)


def attribute(name, value):
    """One attribute of a node; its kind (1 float, 2 int, 7 ints) follows the value."""
    if isinstance(value, float):
        return bytes_field(1, name) + float_field(2, value) + integer_field(20, 1)
    if isinstance(value, int):
        return bytes_field(1, name) + integer_field(3, value) + integer_field(20, 2)
    return bytes_field(1, name) + b"".join(integer_field(8, i) for i in value) + integer_field(20, 7)


def value_info(name, element_type, shape):
    """An input or output; a dimension that is a string is free and bears that name."""
    dims = b"".join(
        bytes_field(1, bytes_field(2, dim) if isinstance(dim, str) else integer_field(1, dim))
        for dim in shape
    )
    tensor_type = integer_field(1, element_type) + bytes_field(2, dims)
    return bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor_type))


class Graph:
    """Collects nodes and constants; each method gives back the name of what it adds."""

    def __init__(self):
        self.nodes = []
        self.initializers = []

    def op(self, kind, *inputs, out=None, **attributes):
        name = f"{kind}_{len(self.nodes) + 1}"
        out = out or name
        self.nodes.append(
            b"".join(bytes_field(1, i) for i in inputs)
            + bytes_field(2, out)
            + bytes_field(3, name)
            + bytes_field(4, kind)
            + b"".join(bytes_field(5, attribute(k, attributes[k])) for k in sorted(attributes))
        )
        return out

    def weights(self, name, shape, data):
        self.initializers.append(tensor(name, FLOAT, shape, bytes(data)))
        return name

    def number(self, name, value):
        self.initializers.append(tensor(name, FLOAT, [], struct.pack("<f", value)))
        return name

    def integers(self, name, *values, scalar=False):
        shape = [] if scalar else [len(values)]
        self.initializers.append(
            tensor(name, INT64, shape, struct.pack(f"<{len(values)}q", *values))
        )
        return name


class Weights:
    """A safetensors file: a JSON head that gives shape and place of each tensor, then the data."""

    def __init__(self, path):
        blob = memoryview(path.read_bytes())
        (head_size,) = struct.unpack("<Q", blob[:8])
        self.head = json.loads(bytes(blob[8 : 8 + head_size]))
        self.body = blob[8 + head_size :]

    def get(self, name):
        entry = self.head[name]
        if entry["dtype"] != "F32":
            raise SystemExit(f"{name}: expected F32, found {entry['dtype']}")
        start, end = entry["data_offsets"]
        return entry["shape"], self.body[start:end]

    def transposed(self, name):
        """A linear layer's [out, in] as the [in, out] that MatMul takes."""
        (rows, columns), data = self.get(name)
        source = array.array("f", bytes(data))
        target = array.array("f", bytes(len(data)))
        for row in range(rows):
            target[row::rows] = source[row * columns : (row + 1) * columns]
        return [columns, rows], target


class Bert:
    """Writes a BERT encoder into a graph."""

    def __init__(self, config, weights):
        self.hidden = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.layers = config["num_hidden_layers"]
        self.epsilon = float(config["layer_norm_eps"])
        self.weights = weights
        self.graph = Graph()

    def vector(self, name):
        return self.graph.weights(name, *self.weights.get(name))

    def linear(self, x, name):
        weight = self.graph.weights(f"{name}.weight", *self.weights.transposed(f"{name}.weight"))
        bias = self.vector(f"{name}.bias")
        return self.graph.op("Add", self.graph.op("MatMul", x, weight), bias)

    def layer_norm(self, x, name, out=None):
        gain = self.vector(f"{name}.LayerNorm.weight")
        bias = self.vector(f"{name}.LayerNorm.bias")
        return self.graph.op(
            "LayerNormalization", x, gain, bias, axis=-1, epsilon=self.epsilon, out=out
        )

    def constants(self):
        graph, size = self.graph, self.hidden // self.heads
        self.split_heads = graph.integers("split_heads", 0, 0, self.heads, size)
        self.join_heads = graph.integers("join_heads", 0, 0, self.hidden)
        self.scale = graph.number("scale", size**0.5)
        self.one = graph.number("one", 1.0)
        self.half = graph.number("half", 0.5)
        self.sqrt2 = graph.number("sqrt2", 2**0.5)

    def embeddings(self):
        """The sum of word, position and token type embeddings, normalised."""
        graph = self.graph
        word, position, token_type = (
            self.vector(f"embeddings.{kind}_embeddings.weight")
            for kind in ("word", "position", "token_type")
        )
        zero = graph.integers("first_position", 0, scalar=True)
        step = graph.integers("position_step", 1, scalar=True)
        shape = graph.op("Shape", "input_ids")
        positions = graph.op("Range", zero, graph.op("Gather", shape, step, axis=0), step)
        rows = graph.op("Unsqueeze", positions, graph.integers("row_axis", 0))
        positions = graph.op("Expand", rows, shape)
        words = graph.op("Gather", word, "input_ids", axis=0)
        x = graph.op("Add", words, graph.op("Gather", position, positions, axis=0))
        x = graph.op("Add", x, graph.op("Gather", token_type, "token_type_ids", axis=0))
        return self.layer_norm(x, "embeddings")

    def attention_mask(self):
        """0 for a token and -10000 for padding, broadcast over heads and queries."""
        graph = self.graph
        mask = graph.op("Unsqueeze", "attention_mask", graph.integers("head_axis", 1))
        mask = graph.op("Unsqueeze", mask, graph.integers("query_axis", 2))
        padding = graph.op("Sub", self.one, graph.op("Cast", mask, to=FLOAT))
        return graph.op("Mul", padding, graph.number("padding_score", -10000.0))

    def attention(self, x, mask, name):
        graph = self.graph
        # Queries and values are [batch, head, token, size]; keys come with the last two swapped.
        orders = (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
        query, key, value = (
            graph.op(
                "Transpose",
                graph.op("Reshape", self.linear(x, f"{name}.self.{part}"), self.split_heads),
                perm=order,
            )
            for part, order in orders
        )
        scores = graph.op("Div", graph.op("MatMul", query, key), self.scale)
        shares = graph.op("Softmax", graph.op("Add", scores, mask), axis=3)
        context = graph.op("Transpose", graph.op("MatMul", shares, value), perm=[0, 2, 1, 3])
        context = graph.op("Reshape", context, self.join_heads)
        output = self.linear(context, f"{name}.output.dense")
        return self.layer_norm(graph.op("Add", output, x), f"{name}.output")

    def feed_forward(self, x, name, out):
        """Two linear layers with the exact GELU, h * (1 + erf(h / sqrt 2)) / 2, between them."""
        graph = self.graph
        h = self.linear(x, f"{name}.intermediate.dense")
        erf = graph.op("Erf", graph.op("Div", h, self.sqrt2))
        h = graph.op("Mul", graph.op("Mul", h, graph.op("Add", erf, self.one)), self.half)
        output = self.linear(h, f"{name}.output.dense")
        return self.layer_norm(graph.op("Add", output, x), f"{name}.output", out=out)

    def model(self):
        """The bytes of the whole ModelProto."""
        self.constants()
        x = self.embeddings()
        mask = self.attention_mask()
        for layer in range(self.layers):
            name = f"encoder.layer.{layer}"
            out = "last_hidden_state" if layer == self.layers - 1 else None
            x = self.feed_forward(self.attention(x, mask, f"{name}.attention"), name, out)
        inputs = ("input_ids", "attention_mask", "token_type_ids")
        output = value_info("last_hidden_state", FLOAT, ["batch", "sequence", self.hidden])
        graph = (
            b"".join(bytes_field(1, node) for node in self.graph.nodes)
            + bytes_field(2, "all-MiniLM-L6-v2")
            + b"".join(bytes_field(5, constant) for constant in self.graph.initializers)
            + b"".join(
                bytes_field(11, value_info(name, INT64, ["batch", "sequence"])) for name in inputs
            )
            + bytes_field(12, output)
        )
        ir_version, opset = integer_field(1, 8), bytes_field(8, integer_field(2, 17))
        return ir_version + bytes_field(2, "build_onnx.py") + bytes_field(7, graph) + opset


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    if sys.byteorder != "little":
        raise SystemExit("weights are little-endian: run this on a little-endian machine")
    folder = Path(sys.argv[1])
    config = json.loads((folder / "config.json").read_text())
    model = Bert(config, Weights(folder / "model.safetensors")).model()
    Path(sys.argv[2]).write_bytes(model)


if __name__ == "__main__":
    main()
