"""Measures libmodulemd reading and writing one file in this process; prints JSON."""
import json
import sys
import time

import gi

gi.require_version("Modulemd", "2.0")
from gi.repository import Modulemd  # noqa: E402


def megabytes():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


idle = megabytes()
path = sys.argv[1]
repeat = int(sys.argv[2]) if len(sys.argv) > 2 else 7


def read():
    index = Modulemd.ModuleIndex.new()
    ok, failures = index.update_from_file(path, True)
    assert ok, [f.get_gerror().message for f in failures]
    return index


def best(body):
    fastest = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        body()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest * 1000


index = read()
peak = megabytes()
reading = best(read)
text = index.dump_to_string()
writing = best(index.dump_to_string)
print(json.dumps({"read": reading, "write": writing, "written": len(text.encode()), "peak": peak, "idle": idle}))
