"""An independent client of the shared memory, on redis-py: reads what the server wrote, and writes as a demo does.

Usage: client.py PORT (session THREAD | memory ID | search USER NAMESPACE ID | events THREAD | append THREAD TEXT |
bump ID | recreate keep|drop). Prints JSON.
"""

import json
import math
import struct
import sys
import time

import redis
from redis.commands.search.field import NumericField, TagField, TextField, VectorField
from redis.commands.search.query import Query

try:
    from redis.commands.search.index_definition import IndexDefinition, IndexType
except ImportError:
    from redis.commands.search.indexDefinition import IndexDefinition, IndexType

INDEX = "agentmem:idx"
FLOATS = ("created_ts", "last_active_ts")


def session(client, thread):
    """The nine fields, read as strictly as the strictest program reads them."""
    key = f"agent:session:{thread}"
    fields = client.hgetall(key)
    turns = json.loads(fields["recent_turns"])
    assert isinstance(turns, list)
    read = {name: float(fields[name]) if name in FLOATS else fields[name] for name in fields}
    assert not any("e" in fields[name].lower() for name in FLOATS), "a float with an exponent"
    read["turn_count"] = int(fields["turn_count"])
    read["recent_turns"] = [
        {"role": turn["role"], "content": turn["content"], "ts": float(turn["ts"])} for turn in turns
    ]
    read["ttl_seconds"] = client.ttl(key)
    return read


def memory(client, memory_id):
    document = client.json().get(f"agent:mem:{memory_id}")
    embedding = document.pop("embedding")
    document["dimensions"] = len(embedding)
    document["norm"] = math.sqrt(sum(x * x for x in embedding))
    document["ttl_seconds"] = client.ttl(f"agent:mem:{memory_id}")
    assert isinstance(document["created_ts"], float) and isinstance(document["hit_count"], int)
    return document


def search(client, user, namespace, memory_id):
    """The demos' recall: KNN within user and namespace, with the vector of a memory as the question."""
    embedding = client.json().get(f"agent:mem:{memory_id}")["embedding"]
    query = (
        Query(f"(@user:{{{user}}} @namespace:{{{namespace}}})=>[KNN 5 @embedding $vec AS distance]")
        .sort_by("distance")
        .return_fields("text", "created_ts", "hit_count", "distance")
        .dialect(2)
    )
    found = client.ft(INDEX).search(query, {"vec": struct.pack(f"<{len(embedding)}f", *embedding)})
    return [{"id": row.id, "text": row.text, "distance": float(row.distance)} for row in found.docs]


def events(client, thread):
    rows = client.xrange(f"agent:events:{thread}")
    return [
        {"event_id": event_id, "action": row["action"], "detail": row["detail"], "ts": float(row["ts"])}
        for event_id, row in rows
    ]


def append(client, thread, text):
    """Read, append, trim, write everything back, as a demo does."""
    key = f"agent:session:{thread}"
    state = session(client, thread)
    now = time.time()
    turns = (state["recent_turns"] + [{"role": "assistant", "content": text, "ts": now}])[-20:]
    mapping = {
        "thread_id": thread,
        "user": state["user"],
        "agent": state["agent"],
        "goal": state["goal"],
        "scratchpad": state["scratchpad"],
        "turn_count": str(state["turn_count"] + 1),
        "created_ts": repr(state["created_ts"]),
        "last_active_ts": repr(now),
        "recent_turns": json.dumps(turns),
    }
    with client.pipeline(transaction=True) as pipeline:
        pipeline.hset(key, mapping=mapping)
        pipeline.expire(key, 3600)
        pipeline.execute()
    return len(turns)


def bump(client, memory_id):
    return client.json().numincrby(f"agent:mem:{memory_id}", "$.hit_count", 1)


def recreate(client, documents):
    """Drops the index, with or without the documents, and creates the base schema again."""
    client.ft(INDEX).dropindex(delete_documents=documents == "drop")
    tags = [TagField(f"$.{name}", as_name=name) for name in ("user", "namespace", "kind", "source_thread")]
    numbers = [NumericField(f"$.{name}", as_name=name, sortable=True) for name in ("created_ts", "hit_count")]
    vector = VectorField(
        "$.embedding", "HNSW", {"TYPE": "FLOAT32", "DIM": 384, "DISTANCE_METRIC": "COSINE"}, as_name="embedding"
    )
    client.ft(INDEX).create_index(
        [TextField("$.text", as_name="text"), *tags, *numbers, vector],
        definition=IndexDefinition(prefix=["agent:mem:"], index_type=IndexType.JSON),
    )
    return True


COMMANDS = {command.__name__: command for command in (session, memory, search, events, append, bump, recreate)}


def main():
    port, command, *words = sys.argv[1:]
    client = redis.Redis(host="127.0.0.1", port=int(port), decode_responses=True)
    print(json.dumps(COMMANDS[command](client, *words)))


if __name__ == "__main__":
    main()
