#!/usr/bin/env python3
"""An agent loop over HTTP, with nothing but Python's standard library.

Each round: one turn (which appends, recalls and remembers), an answer made of what was recalled, and that answer appended.
Where a real agent asks its language model, `answer` only repeats what it remembers.

Usage: agent.py [http://localhost:8090]
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid


class AgentMemory:
    """The memory of one user in one namespace."""

    def __init__(self, server, user, namespace="default", token=None):
        self.base = server.rstrip("/") + "/api/v1"
        self.scope = {"user": user, "namespace": namespace}
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, body=None, **query):
        url = f"{self.base}{path}?{urllib.parse.urlencode({**self.scope, **query})}"
        headers = dict(self.headers)
        if method != "GET":
            # A repetition after a lost answer does nothing twice.
            headers["Idempotency-Key"] = uuid.uuid4().hex
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            raise RuntimeError(f"{problem['title']}: {problem['detail']}") from error
        return json.loads(text) if text else None

    def begin_thread(self, goal):
        return self.call("POST", "/threads", {"goal": goal})["thread_id"]

    def remember(self, text, kind="semantic"):
        return self.call("POST", "/memories", {"text": text, "kind": kind})["memory_id"]

    def turn(self, thread, text, kind="episodic", threshold=0.7):
        body = {"thread_id": thread, "text": text, "kind": kind, "threshold": threshold}
        return self.call("POST", "/turn", body)

    def say(self, thread, text):
        self.call("POST", f"/threads/{thread}/turns", {"role": "assistant", "text": text})

    def thread(self, thread):
        return self.call("GET", f"/threads/{thread}")


def answer(message, recalled):
    """Here a real agent asks its language model, with what was recalled in the prompt."""
    if not recalled:
        return "I remember nothing about that."
    return "As I remember: " + " ".join(memory["text"] for memory in recalled)


def main(server):
    memory = AgentMemory(server, user="ada", namespace="python-example")
    memory.remember("Ada is allergic to peanuts.")
    memory.remember("Ada lives in Lisbon.")
    thread = memory.begin_thread("plan a dinner")
    # A question is not a memory: it is appended and recalls, but nothing is written for it.
    for message, kind in [
        ("What food is Ada allergic to?", "skip"),
        ("We invited four guests for Friday evening.", "episodic"),
        ("How many guests are coming on Friday?", "skip"),
    ]:
        turn = memory.turn(thread, message, kind)
        reply = answer(message, turn["recalled"])
        memory.say(thread, reply)
        print(f"> {message}\n{reply}")
    state = memory.thread(thread)
    print(f"{state['turn_count']} turns on the goal: {state['goal']}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8090")
