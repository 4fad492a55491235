"""Times the Module Build Service's resolver on cases read as JSON from standard input; prints one JSON line."""
import json
import logging
import sys
import time

import gi

gi.require_version("Modulemd", "2.0")
from gi.repository import Modulemd  # noqa: E402

logging.disable(logging.CRITICAL)
from module_build_service.web.mmd_resolver import MMDResolver  # noqa: E402


def stream(name, stream_name, version, context, dependencies, xmd):
    mmd = Modulemd.ModuleStreamV2.new(name, stream_name)
    mmd.set_version(int(version))
    if context is not None:
        mmd.set_context(context)
    for element in dependencies:
        deps = Modulemd.Dependencies()
        for module, streams in element["requires"].items():
            deps.set_empty_runtime_dependencies_for_module(module)
            for one in streams:
                deps.add_runtime_stream(module, one)
        for module, streams in element["buildrequires"].items():
            deps.set_empty_buildtime_dependencies_for_module(module)
            for one in streams:
                deps.add_buildtime_stream(module, one)
        mmd.add_dependencies(deps)
    mmd.set_xmd(xmd)
    return mmd


def main():
    cases = []
    for case in json.load(sys.stdin):
        modules = [
            stream(m["name"], m["stream"], m["version"], m["context"], m["dependencies"], {"mbs": {}})
            for m in case["modules"]
        ]
        cases.append((modules, stream("case", "1", 1, None, case["dependencies"], {"mbs": {}})))
    combinations = 0
    start = time.monotonic()
    for modules, source in cases:
        resolver = MMDResolver()
        for module in modules:
            resolver.add_modules(module)
        try:
            combinations += len(resolver.solve(source))
        except RuntimeError:
            pass
    elapsed = (time.monotonic() - start) * 1000
    print(json.dumps({"milliseconds": elapsed, "combinations": combinations}))


main()
