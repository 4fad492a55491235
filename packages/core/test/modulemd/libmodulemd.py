"""Answers what the installed libmodulemd and libyaml make of texts: one JSON request a line, one JSON answer a line.

Each request is served by a process of its own, because some texts end the library's process (answered as a crash).
"""
import json
import os
import sys

import gi

gi.require_version("Modulemd", "2.0")
from gi.repository import GLib, Modulemd  # noqa: E402


def load(text, strict):
    index = Modulemd.ModuleIndex.new()
    try:
        ok, failures = index.update_from_string(text, strict)
    except GLib.Error as error:
        return index, False, [error.message]
    return index, bool(ok), [f.get_gerror().message if f.get_gerror() else "no reason" for f in failures]


def index(request):
    found, strict, reasons = load(request["text"], True)
    answer = {"strict": strict, "reasons": reasons, "lenient": load(request["text"], False)[1]}
    if strict:
        try:
            if request.get("upgrade"):
                found.upgrade_streams(Modulemd.ModuleStreamVersionEnum.TWO)
            answer["dump"] = found.dump_to_string()
        except GLib.Error as error:
            answer["dump"] = None
            answer["reasons"] = [error.message]
    return answer


def packager(request):
    try:
        Modulemd.read_packager_string(request["text"], None, None)
    except GLib.Error as error:
        return {"accepted": False, "reasons": [error.message]}
    return {"accepted": True, "reasons": []}


def merge(request):
    merger = Modulemd.ModuleIndexMerger.new()
    for text, priority in request["inputs"]:
        merger.associate_index(load(text, True)[0], priority)
    try:
        return {"dump": merger.resolve().dump_to_string()}
    except GLib.Error as error:
        return {"dump": None, "reasons": [error.message]}


def events(request):
    import yaml

    documents, stack = [], []
    try:
        for event in yaml.parse(request["text"], Loader=yaml.CLoader):
            name = type(event).__name__
            if name == "DocumentStartEvent":
                stack = [[]]
            elif name == "DocumentEndEvent":
                documents.append(stack[0][0])
            elif name == "ScalarEvent":
                stack[-1].append(event.value)
            elif name == "AliasEvent":
                stack[-1].append({"alias": event.anchor})
            elif name in ("SequenceStartEvent", "MappingStartEvent"):
                stack.append([name[0]])
            elif name in ("SequenceEndEvent", "MappingEndEvent"):
                node = stack.pop()
                stack[-1].append(node)
    except yaml.YAMLError as error:
        return {"documents": documents, "error": str(error)}
    return {"documents": documents, "error": None}


COMMANDS = {"index": index, "packager": packager, "merge": merge, "events": events}
# Texts that cannot end the process need no process of their own.
SAFE = {"events"}

for line in sys.stdin:
    request = json.loads(line)
    if request["command"] in SAFE:
        print(json.dumps(COMMANDS[request["command"]](request)), flush=True)
        continue
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            pipe.write(json.dumps(COMMANDS[request["command"]](request)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    print(answer if answer else json.dumps({"crash": True}), flush=True)
